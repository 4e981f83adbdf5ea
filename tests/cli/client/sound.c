/* sound: writes a tone. peak: the largest absolute value of a sound. */
#include "client.h"
#include "wave.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

int run_sound(int argc, char **argv)
{
    if (argc != 5)
        return USAGE;
    const double pi = 3.14159265358979, hz = atof(argv[3]), amplitude = atof(argv[4]);
    wave w = {.rate = atof(argv[1])};
    w.n = (size_t)(w.rate * atof(argv[2]) + 0.5);
    w.x = calloc(w.n + 1, sizeof *w.x);
    if (!w.x)
        die("out of memory");
    for (size_t i = 0; i < w.n; i++)
        w.x[i] = (float)(amplitude * sin(2 * pi * hz * (double)i / w.rate));
    wave_write(argv[0], &w);
    wave_free(&w);
    return 0;
}

int run_peak(int argc, char **argv)
{
    if (argc != 1)
        return USAGE;
    wave w = wave_read(argv[0]);
    printf("%.6f\n", peak_between(&w, 0, (double)w.n / w.rate));
    wave_free(&w);
    return 0;
}
