/* Sounds that the engine wrote into a file, and when it did. */
#ifndef CLIENT_WAVE_H
#define CLIENT_WAVE_H

#include "osc.h"

typedef struct wave {
    float *x; /* N samples, mono */
    size_t n;
    double rate;
} wave;

wave wave_read(const char *path);
void wave_write(const char *path, const wave *w); /* 16-bit */
void wave_free(wave *w);

/* Amplitude at hz in a Hann window of `seconds` around time `at`, s. */
double amplitude_at(const wave *w, double hz, double at, double seconds);
/* The largest absolute value, and the largest second difference, from time `from` to `to`, s. */
double peak_between(const wave *w, double from, double to);
double bend_between(const wave *w, double from, double to);

/* The engine's output goes to a file, paced by a clock. Its first sample was taken after `early`
 * and before `late`, both of now(). */
typedef struct capture {
    const char *path;
    double early, late;
} capture;

capture capture_begin(const osc_link *link, const char *path);
/* Back to the null device; the file is whole. */
wave capture_end(const osc_link *link, const capture *c);

#endif
