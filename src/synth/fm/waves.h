/* The four waves of a phase, in loops that compilers turn into vector code. */
#ifndef SYNTH_FM_WAVES_H
#define SYNTH_FM_WAVES_H

#include "lts/synth.h"

#include <math.h>

#if defined(__GNUC__)
#define SYNTH_INLINE static inline __attribute__((always_inline))
#else
#define SYNTH_INLINE static inline
#endif

/* The phase less the nearest whole number, -0.5 .. 0.5: adding 1.5 * 2^52 leaves no room for
 * fractions. For |phase| below 2^50. */
SYNTH_INLINE double wave_centred(double phase)
{
    const double magic = 6755399441055744.0;
    return phase - ((phase + magic) - magic);
}

/* sin 2 pi r for r in -0.5 .. 0.5: the Taylor series on a quarter of a period, to 1e-15. */
SYNTH_INLINE double wave_sine(double r)
{
    const double a = fabs(r), b = 0.5 - a, x = 6.283185307179586 * (a < b ? a : b), z = x * x;
    double s = -1.0 / 121645100408832000.0;
    s = s * z + 1.0 / 355687428096000.0;
    s = s * z - 1.0 / 1307674368000.0;
    s = s * z + 1.0 / 6227020800.0;
    s = s * z - 1.0 / 39916800.0;
    s = s * z + 1.0 / 362880.0;
    s = s * z - 1.0 / 5040.0;
    s = s * z + 1.0 / 120.0;
    s = s * z - 1.0 / 6.0;
    s = x + x * z * s;
    return r < 0 ? -s : s;
}

SYNTH_INLINE double wave_cosine(double r)
{
    const double quarter = r + 0.25;
    return wave_sine(quarter > 0.5 ? quarter - 1.0 : quarter);
}

/* How far within one sample's step of a corner at distance r: 1 on it, 0 from a step on. */
SYNTH_INLINE double wave_nearness(double r, double per_step)
{
    const double n = 1.0 - fabs(r) * per_step;
    return n > 0 ? n : 0;
}

/* One sample. A smooth wave is the naive one, convolved with a triangle of two samples' width
 * where it jumps or bends (polynomial band-limited steps and ramps: Valimaki & Huovilainen 2007,
 * Esqueda, Valimaki & Bilbao 2016), `step` being the phase's change a sample in either direction.
 */
SYNTH_INLINE double wave_sample(double phase, double step, lts_synth_wave wave, bool smooth)
{
    const double r = wave_centred(phase);
    if (wave == LTS_SYNTH_SINE)
        return wave_sine(r);
    double y = wave == LTS_SYNTH_SAW        ? (r < 0 ? 2 * r + 1 : 2 * r - 1)
               : wave == LTS_SYNTH_TRIANGLE ? 4 * fabs(r) - 1
               : r >= 0 && r < 0.5          ? 1.0
                                            : -1.0;
    if (!smooth)
        return y;
    const double size = fabs(step) > 1e-9 ? fabs(step) : 1e-9, per_step = 1 / size;
    const double across = r < 0 ? r + 0.5 : r - 0.5; /* from the middle of the period */
    const double here = wave_nearness(r, per_step), there = wave_nearness(across, per_step);
    if (wave == LTS_SYNTH_SAW)
        return y + (r < 0 ? -here : here) * here;
    if (wave == LTS_SYNTH_TRIANGLE)
        return y + 8.0 / 6.0 * size * (here * here * here - there * there * there);
    return y - (r < 0 ? -here : here) * here + (across < 0 ? -there : there) * there;
}

/* y[i] += A[i] wave(phase[i]), A going in a line from `first` by `slope` a sample. */
SYNTH_INLINE void wave_add(const double *phase, const double *step, double first, double slope,
                           lts_synth_wave wave, bool smooth, double *y, int n)
{
#pragma omp simd
    for (int i = 0; i < n; i++)
        y[i] += (first + slope * i) * wave_sample(phase[i], step[i], wave, smooth);
}

/* The same where the wave is only known at run time; each case is a loop of its own. */
SYNTH_INLINE void wave_add_any(const double *phase, const double *step, double first, double slope,
                               lts_synth_wave wave, bool smooth, double *y, int n)
{
    switch (wave) {
    case LTS_SYNTH_SINE: wave_add(phase, step, first, slope, LTS_SYNTH_SINE, false, y, n); break;
    case LTS_SYNTH_SAW:
        if (smooth)
            wave_add(phase, step, first, slope, LTS_SYNTH_SAW, true, y, n);
        else
            wave_add(phase, step, first, slope, LTS_SYNTH_SAW, false, y, n);
        break;
    case LTS_SYNTH_TRIANGLE:
        if (smooth)
            wave_add(phase, step, first, slope, LTS_SYNTH_TRIANGLE, true, y, n);
        else
            wave_add(phase, step, first, slope, LTS_SYNTH_TRIANGLE, false, y, n);
        break;
    default:
        if (smooth)
            wave_add(phase, step, first, slope, LTS_SYNTH_SQUARE, true, y, n);
        else
            wave_add(phase, step, first, slope, LTS_SYNTH_SQUARE, false, y, n);
    }
}

#endif
