#include "align/align_parts.h"

#include <math.h>
#include <string.h>

LTS_CLONES static void add_scaled(const float *restrict s, float tap, float *restrict y, size_t n)
{
#pragma omp simd
    for (size_t k = 0; k < n; k++)
        y[k] += tap * s[k];
}

void align_interpolate(const float *s, size_t bins, const align_kernel *kernel, ptrdiff_t first,
                       size_t count, float *y)
{
    const ptrdiff_t end = first + (ptrdiff_t)count;
    memset(y, 0, count * sizeof *y);
    for (int j = 0; j < ALIGN_TAPS; j++) {
        /* s[k - offset], where it lies within s */
        const ptrdiff_t offset = kernel->whole - 1 + j;
        const ptrdiff_t from = first > offset ? first : offset;
        const ptrdiff_t to = end < (ptrdiff_t)bins + offset ? end : (ptrdiff_t)bins + offset;
        if (from < to)
            add_scaled(s + (from - offset), kernel->tap[j], y + (from - first),
                       (size_t)(to - from));
    }
}

/* y[k] = x[k - whole] */
static void copy_moved(const float *x, size_t bins, ptrdiff_t whole, float *y)
{
    const size_t off = (size_t)(whole < 0 ? -whole : whole), kept = bins - off;
    const float zero = 0;
    memcpy(whole < 0 ? y : y + off, whole < 0 ? x + off : x, kept * sizeof *y);
    for (size_t k = 0; k < off; k++)
        y[whole < 0 ? kept + k : k] = zero;
}

void lts_align_move(const float *x, size_t bins, double shift, float *y)
{
    enum { TILE = 512 };
    float root[TILE + ALIGN_TAPS], sum[TILE];
    if (!(fabs(shift) < (double)bins)) {
        memset(y, 0, bins * sizeof *y);
        return;
    }
    const align_kernel kernel = align_kernel_of(shift);
    if (shift == (double)kernel.whole) {
        copy_moved(x, bins, kernel.whole, y);
        return;
    }
    for (ptrdiff_t k = 0; k < (ptrdiff_t)bins; k += TILE) {
        const size_t count = bins - (size_t)k < TILE ? bins - (size_t)k : TILE;
        /* Reads x[from] .. x[to - 1], the tile's taps. */
        ptrdiff_t from = k - kernel.whole - (ALIGN_TAPS - 2);
        ptrdiff_t to = k + (ptrdiff_t)count - kernel.whole + 1;
        from = from > 0 ? from : 0;
        to = to < (ptrdiff_t)bins ? to : (ptrdiff_t)bins;
        const size_t read = to > from ? (size_t)(to - from) : 0;
        align_square_roots(x + (read ? from : 0), root, read);
        align_interpolate(root, read, &kernel, k - from, count, sum);
        align_squares(sum, y + k, count);
    }
}

void lts_align_meet(double shift, double alpha, double *move_a, double *move_b)
{
    const double a = align_bounded(alpha);
    *move_a = (1 - a) * shift;
    *move_b = -a * shift;
}

void lts_align_transpose(const float *x, size_t bins, int bins_per_octave, double shift, float *y)
{
    const float gain = (float)exp2(-0.5 * shift / bins_per_octave);
    lts_align_move(x, bins, shift, y);
    for (size_t k = 0; shift != 0 && k < bins; k++)
        y[k] *= gain;
}
