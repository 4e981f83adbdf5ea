/* What tests measure of live sound: 44100 samples a second. */
#ifndef LTS_TESTS_LIVE_SOUND_H
#define LTS_TESTS_LIVE_SOUND_H

#include "lts/base.h"

#include <fftw3.h>
#include <math.h>

enum { SOUND_RATE = 44100 };
static const double sound_pi = 3.14159265358979323846;

static inline double energy(const float *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)x[i] * x[i];
    return sum;
}

static inline double decibels(double ratio)
{
    return 10 * log10(ratio + 1e-30);
}

/* Amplitude of a tone in the `width` samples around `at`, Hann window. */
static inline double amplitude(const float *x, size_t at, size_t width, double f)
{
    double re = 0, im = 0;
    for (size_t i = 0; i < width; i++) {
        double w = (1 - cos(2 * sound_pi * ((double)i + 0.5) / (double)width)) / (double)width;
        double angle = 2 * sound_pi * f / SOUND_RATE * (double)i,
               value = w * (double)x[at - width / 2 + i];
        re += 2 * value * cos(angle);
        im += 2 * value * sin(angle);
    }
    return hypot(re, im);
}

/* The highest energy above 10 kHz, where no bin is, of windows of 256 samples, over the mean energy
 * of such windows in all: what a click would raise. dB. */
static inline double splash(const float *x, size_t n)
{
    enum { SIZE = 256, STEP = 64, FIRST = SIZE * 10000 / SOUND_RATE };
    float *in = lts_alloc(SIZE, sizeof *in), *out = lts_alloc(SIZE + 2, sizeof *out);
    fftwf_plan plan = fftwf_plan_dft_r2c_1d(SIZE, in, (fftwf_complex *)out, FFTW_ESTIMATE);
    double most = 0, all = 0;
    size_t count = 0;
    for (size_t at = 0; at + SIZE <= n; at += STEP, count++) {
        for (size_t i = 0; i < SIZE; i++) {
            double u = 2 * sound_pi * (double)i / SIZE;
            in[i] = (float)((double)x[at + i] * (0.35875 - 0.48829 * cos(u) + 0.14128 * cos(2 * u) -
                                                 0.01168 * cos(3 * u)));
        }
        fftwf_execute(plan);
        all += energy(out, SIZE + 2);
        most = fmax(most, energy(out + 2 * FIRST, SIZE + 2 - 2 * FIRST));
    }
    fftwf_destroy_plan(plan);
    lts_free(in);
    lts_free(out);
    return decibels(most * (double)count / all);
}

#endif
