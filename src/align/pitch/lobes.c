#include "align/align_parts.h"

#include <math.h>

/* Bins to each side of a peak in which its window's side lobes are looked for. */
enum { REACH = 8 };

/* A Hann window's side lobes v bins off, 2 / (pi v (v^2 - 1)) of the peak: 6 dB above their tops.
 * On lts_cqt's grid a bin is one of the window's own, whatever the bins an octave. */
static bool is_side_lobe(const float *m, size_t bins, size_t k)
{
    for (size_t v = 2; v <= REACH; v++) {
        const float off = (float)v, limit = m[k] * (1.5707963f * off * (off * off - 1));
        if ((k >= v && m[k - v] > limit) || (k + v < bins && m[k + v] > limit))
            return true;
    }
    return false;
}

static bool is_peak(const float *m, size_t bins, size_t k)
{
    return m[k] > 0 && (k == 0 || m[k] >= m[k - 1]) && (k + 1 == bins || m[k] > m[k + 1]) &&
           !is_side_lobe(m, bins, k);
}

/* The top of the parabola through the square roots. */
static float centre_of(const float *m, size_t bins, size_t k)
{
    if (k == 0 || k + 1 == bins)
        return (float)k;
    const float l = sqrtf(m[k - 1]), c = sqrtf(m[k]), r = sqrtf(m[k + 1]), bend = l - 2 * c + r;
    return (float)k + (bend < 0 ? 0.5f * (l - r) / bend : 0);
}

static double sum_of(const float *m, size_t begin, size_t end)
{
    double sum = 0;
    for (size_t k = begin; k < end; k++)
        sum += (double)m[k];
    return sum;
}

size_t align_find_lobes(const float *m, size_t bins, align_lobe *lobe)
{
    size_t count = 0, valley = 0;
    for (size_t k = 0; k < bins; k++) {
        if (m[k] < m[valley])
            valley = k;
        if (!is_peak(m, bins, k))
            continue;
        if (count)
            lobe[count - 1].end = valley;
        lobe[count].begin = count ? valley : 0;
        lobe[count++].centre = centre_of(m, bins, k);
        valley = k;
    }
    if (count)
        lobe[count - 1].end = bins;
    for (size_t i = 0; i < count; i++)
        lobe[i].mass = sum_of(m, lobe[i].begin, lobe[i].end);
    return count;
}
