/* A data set without recordings: 24 sounds from four textbook synthesis methods, for machines where
 * no recordings can be had. Usage: lts-render-set FOLDER */
#include "lts/audio.h"

#include <math.h>
#include <string.h>

enum { RATE = 44100, LONGEST = 3 * RATE };

static const double pi = 3.14159265358979323846;

/* Plucked string (Karplus & Strong 1983): a noise burst in a delay line with a two-point average.
 */
static size_t pluck(float *x, double hz, lts_rng *rng)
{
    float line[4096];
    size_t length = (size_t)(RATE / hz - 0.5), n = 5 * LONGEST / 6;
    for (size_t i = 0; i < length; i++)
        line[i] = (float)(2 * lts_rng_uniform(rng) - 1);
    for (size_t i = 0; i < n; i++) {
        size_t here = i % length, next = (i + 1) % length;
        x[i] = 0.5f * line[here];
        line[here] = 0.498f * (line[here] + line[next]);
    }
    return n;
}

/* Bell by frequency modulation (Chowning 1973): ratio 1 : 1.4, index decaying with the sound. */
static size_t bell(float *x, double hz, lts_rng *rng)
{
    double index = 4 + 4 * lts_rng_uniform(rng);
    for (size_t i = 0; i < LONGEST; i++) {
        double t = (double)i / RATE, decay = exp(-1.8 * t);
        double modulator = index * decay * sin(2 * pi * 1.4 * hz * t);
        x[i] = (float)(0.4 * decay * sin(2 * pi * hz * t + modulator));
    }
    return LONGEST;
}

/* Wind: white noise through a two-pole resonator whose frequency wanders around `hz`. */
static size_t wind(float *x, double hz, lts_rng *rng)
{
    double y1 = 0, y2 = 0, radius = 0.995;
    for (size_t i = 0; i < LONGEST; i++) {
        double t = (double)i / RATE, sway = hz * (1 + 0.3 * sin(2 * pi * 0.7 * t));
        double y = 2 * radius * cos(2 * pi * sway / RATE) * y1 - radius * radius * y2 +
                   0.01 * (2 * lts_rng_uniform(rng) - 1);
        y2 = y1;
        y1 = y;
        x[i] = (float)(y * fmin(1, fmin(4 * t, 2 * (3 - t))));
    }
    return LONGEST;
}

/* Glide: eight harmonics from `hz` up a fifth, closing towards the end. */
static size_t glide(float *x, double hz, lts_rng *rng)
{
    size_t n = 2 * LONGEST / 3;
    double phase = 2 * pi * lts_rng_uniform(rng);
    for (size_t i = 0; i < n; i++) {
        double t = (double)i / (double)n, sum = 0;
        phase += 2 * pi * hz * pow(1.5, t) / RATE;
        for (int h = 1; h <= 8; h++)
            sum += sin(h * phase) / h * exp(-t * h / 2);
        x[i] = (float)(0.3 * sum * fmin(1, fmin(20 * t, 8 * (1 - t))));
    }
    return n;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        size_t (*render)(float *x, double hz, lts_rng *rng);
    } methods[] = {{"pluck", pluck}, {"bell", bell}, {"wind", wind}, {"glide", glide}};
    static const double pitches[] = {65.41, 98.0, 146.83, 220.0, 329.63, 493.88};
    static float x[LONGEST];
    lts_audio_format format = {.sample_rate = RATE, .bits = LTS_AUDIO_16, .comment = "CC0 1.0"};
    lts_error err = {0};
    if (argc != 2 || strcmp(argv[1], "--help") == 0) {
        fprintf(argc == 2 ? stdout : stderr, "Usage: lts-render-set FOLDER\n");
        return argc == 2 ? 0 : 2;
    }
    size_t count = 0;
    for (size_t m = 0; m < sizeof methods / sizeof *methods; m++)
        for (size_t p = 0; p < sizeof pitches / sizeof *pitches; p++) {
            lts_rng rng;
            lts_rng_seed(&rng, 1, count++);
            memset(x, 0, sizeof x);
            size_t n = methods[m].render(x, pitches[p], &rng);
            char *path = lts_format("%s/%s_%03.0f.wav", argv[1], methods[m].name, pitches[p]);
            if (!path || lts_audio_save(path, x, n, &format, &err) != LTS_OK) {
                fprintf(stderr, "lts-render-set: %s\n", path ? err.text : "out of memory");
                return 1;
            }
            lts_free(path);
        }
    printf("%s: %zu sounds\n", argv[1], count);
    return 0;
}
