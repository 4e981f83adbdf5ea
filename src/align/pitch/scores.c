#include "align/align_parts.h"

#include <math.h>
#include <string.h>

LTS_CLONES static float dot(const float *x, const float *y, size_t n)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t k = 0; k < n; k++)
        sum += x[k] * y[k];
    return sum;
}

/* y[k] = c[k] - mean c[k - span .. k + span], cut at the edges. */
static void subtract_envelope(const float *c, size_t bins, size_t span, float *sum, float *y)
{
    sum[0] = 0;
    for (size_t k = 0; k < bins; k++)
        sum[k + 1] = sum[k] + c[k];
    for (size_t k = 0; k < bins; k++) {
        const size_t from = k > span ? k - span : 0;
        const size_t to = bins - k > span ? k + span + 1 : bins;
        y[k] = c[k] - (sum[to] - sum[from]) / (float)(to - from);
    }
}

/* 1 / (|x| |y|), 0 for silence. */
static float normalisation(const float *x, const float *y, size_t bins)
{
    const float norm = sqrtf(dot(x, x, bins)) * sqrtf(dot(y, y, bins));
    return norm > 0 ? 1 / norm : 0;
}

/* <x moved up by shift, y>; swapped sounds give the same bits. */
static float product(const float *x, const float *y, size_t bins, ptrdiff_t shift)
{
    const size_t off = (size_t)(shift < 0 ? -shift : shift);
    return shift < 0 ? dot(y, x + off, bins - off) : dot(x, y + off, bins - off);
}

void align_scores(const float *a, const float *b, size_t bins, size_t span, size_t range,
                  float *scratch, float *score, float *energy)
{
    float *c = scratch, *d = c + bins, *x = d + bins, *y = x + bins, *sum = y + bins;
    align_cube_roots(a, c, bins);
    align_cube_roots(b, d, bins);
    energy[0] = dot(c, c, bins);
    energy[1] = dot(d, d, bins);
    if (!isfinite(energy[0]) || !isfinite(energy[1])) {
        memset(score, 0, (2 * range + 1) * sizeof *score);
        energy[0] = energy[1] = 0;
        return;
    }
    subtract_envelope(c, bins, span, sum, x);
    subtract_envelope(d, bins, span, sum, y);
    const float whole = normalisation(c, d, bins), peaks = normalisation(x, y, bins);
    const float unmoved = product(c, d, bins, 0);
    for (size_t k = 0; k <= 2 * range; k++) {
        const ptrdiff_t shift = (ptrdiff_t)k - (ptrdiff_t)range;
        const float gain = whole * (product(c, d, bins, shift) - unmoved);
        score[k] = peaks * product(x, y, bins, shift) + (gain < 0 ? gain : 0);
    }
}
