#include "wave.h"

#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double pi = 3.14159265358979;

wave wave_read(const char *path)
{
    SF_INFO info = {0};
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    if (!file || info.channels != 1)
        die("%s: %s", path, file ? "not mono" : sf_strerror(NULL));
    wave w = {.n = (size_t)info.frames, .rate = info.samplerate};
    w.x = malloc((w.n + 1) * sizeof *w.x);
    if (!w.x || sf_readf_float(file, w.x, info.frames) != info.frames)
        die("%s: cannot be read whole", path);
    sf_close(file);
    return w;
}

void wave_write(const char *path, const wave *w)
{
    SF_INFO info = {
        .samplerate = (int)w->rate, .channels = 1, .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);
    if (!file || sf_writef_float(file, w->x, (sf_count_t)w->n) != (sf_count_t)w->n)
        die("%s: cannot be written", path);
    sf_close(file);
}

void wave_free(wave *w)
{
    free(w->x);
    w->x = NULL;
}

static size_t sample_at(const wave *w, double time)
{
    double i = floor(time * w->rate);
    return i <= 0 ? 0 : i >= (double)w->n ? w->n : (size_t)i;
}

double amplitude_at(const wave *w, double hz, double at, double seconds)
{
    size_t from = sample_at(w, at - seconds / 2), to = sample_at(w, at + seconds / 2);
    double re = 0, im = 0, sum = 0;
    for (size_t i = from; i < to; i++) {
        double window = 0.5 - 0.5 * cos(2 * pi * ((double)(i - from) + 0.5) / (double)(to - from));
        double angle = 2 * pi * hz * (double)i / w->rate;
        re += window * (double)w->x[i] * cos(angle);
        im += window * (double)w->x[i] * sin(angle);
        sum += window;
    }
    return sum > 0 ? 2 * sqrt(re * re + im * im) / sum : 0;
}

double peak_between(const wave *w, double from, double to)
{
    double peak = 0;
    for (size_t i = sample_at(w, from), end = sample_at(w, to); i < end; i++)
        peak = fmax(peak, fabs((double)w->x[i]));
    return peak;
}

double bend_between(const wave *w, double from, double to)
{
    double most = 0;
    for (size_t i = sample_at(w, from) + 1, end = sample_at(w, to); i + 1 < end; i++)
        most = fmax(most, fabs((double)w->x[i - 1] - 2 * (double)w->x[i] + (double)w->x[i + 1]));
    return most;
}

static void set_device(const osc_link *link, const char *device, double *early, double *late)
{
    answer a;
    *early = now();
    link_send(link, "/audio/device/out", "s", device);
    for (;;) {
        if (!link_receive(link, 5, &a))
            die("/audio/device/out %s: no answer", device);
        if (strcmp(a.path, "/report") != 0)
            continue;
        if (strncmp(a.text[0], "Audio output is set to ", 23) == 0)
            break;
        if (strncmp(a.text[0], "Could not set ", 14) == 0)
            die("/audio/device/out %s: %s", device, a.text[0]);
    }
    *late = a.when;
}

capture capture_begin(const osc_link *link, const char *path)
{
    char device[512];
    capture c = {.path = path};
    snprintf(device, sizeof device, "file:%s", path);
    set_device(link, device, &c.early, &c.late);
    return c;
}

wave capture_end(const osc_link *link, const capture *c)
{
    double early, late;
    if (link_spoiled(link))
        printf("capture: spoiled by a machine that stalled\n");
    set_device(link, "null", &early, &late);
    wave w = wave_read(c->path);
    double seconds = (double)w.n / w.rate;
    printf("capture: %.3f s of %.3f to %.3f s\n", seconds, early - c->late, late - c->early);
    return w;
}
