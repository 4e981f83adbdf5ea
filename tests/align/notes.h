/* Frames of notes on a constant-Q grid, made from the Hann window's response: every partial a lobe,
 * with the pitch exactly where it is put. */
#ifndef LTS_TESTS_NOTES_H
#define LTS_TESTS_NOTES_H

#include "testing.h"

#include "lts/align.h"

#include <math.h>
#include <string.h>

enum { NOTE_BINS = 384, NOTE_OCTAVE = 48, NOTE_PARTIALS = 16 };
#define NOTE_RATE  (44100.0 / 128) /* frames a second */
#define NOTE_CENTS (1200.0 / NOTE_OCTAVE)

/* |sin(pi v) / (pi v (1 - v^2))|, 1 at v = 0. */
static inline double note_lobe(double v)
{
    const double x = 3.14159265358979 * v;
    if (fabs(v) < 1e-6)
        return 1;
    if (fabs(fabs(v) - 1) < 1e-6)
        return 0.5;
    return fabs(sin(x) / (x * (1 - v * v)));
}

/* Bin of partial h = 1, 2 .. of a note whose fundamental lies at `pitch`, in bins. */
static inline double note_partial(double pitch, int h)
{
    return pitch + NOTE_OCTAVE * log2(h);
}

/* Adds a note to frame (NOTE_BINS); partial h has `loudness` h^-tilt as its amplitude, and a
 * magnitude by the root of its filter's length. */
static inline void note_add(double pitch, double loudness, double tilt, float *frame)
{
    for (int h = 1; h <= NOTE_PARTIALS; h++) {
        const double at = note_partial(pitch, h);
        const double top = loudness * pow(h, -tilt) * exp2(-0.5 * at / NOTE_OCTAVE);
        for (int k = 0; k < NOTE_BINS; k++)
            if (fabs(k - at) < 20) /* 90 dB down there */
                frame[k] += (float)(top * note_lobe(k - at));
    }
}

static inline void note_frame(double pitch, double loudness, double tilt, float *frame)
{
    memset(frame, 0, NOTE_BINS * sizeof *frame);
    note_add(pitch, loudness, tilt, frame);
}

/* Independent magnitudes of noise. */
static inline void note_noise(lts_rng *rng, double loudness, float *frame)
{
    float draw[2 * NOTE_BINS];
    lts_rng_fill_normal(rng, draw, 2 * NOTE_BINS);
    for (int k = 0; k < NOTE_BINS; k++)
        frame[k] = (float)(loudness * hypot(draw[2 * k], draw[2 * k + 1]));
}

/* Bin of the highest peak within 1.5 bins of `near`, by a parabola through logarithms. */
static inline double note_peak(const float *frame, double near)
{
    int top = (int)lround(near);
    for (int k = (int)ceil(near - 1.5); k <= (int)floor(near + 1.5); k++)
        if (k > 0 && k + 1 < NOTE_BINS && frame[k] > frame[top])
            top = k;
    const double l = log((double)frame[top - 1] + 1e-30), m = log((double)frame[top] + 1e-30);
    const double r = log((double)frame[top + 1] + 1e-30);
    return top + 0.5 * (l - r) / (l - 2 * m + r);
}

/* 10 log10 of the power of the sound a frame stands for. */
static inline double note_level(const float *frame)
{
    double power = 0;
    for (int k = 0; k < NOTE_BINS; k++)
        power += (double)frame[k] * (double)frame[k] * exp2((double)k / NOTE_OCTAVE);
    return 10 * log10(power);
}

#endif
