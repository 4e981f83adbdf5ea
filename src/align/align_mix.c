#include "align/align_parts.h"

#include <string.h>

/* c = alpha c + beta d */
LTS_CLONES static void mix_rows(float *restrict c, float alpha, const float *restrict d, float beta,
                                size_t n)
{
#pragma omp simd
    for (size_t k = 0; k < n; k++)
        c[k] = alpha * c[k] + beta * d[k];
}

void lts_align_mix(lts_align_work *work, const float *a, const float *b, double shift, double alpha,
                   float *out)
{
    const size_t bins = work->bins;
    double move_a, move_b;
    alpha = align_bounded(alpha);
    if (alpha == 1 || alpha == 0) {
        memcpy(out, alpha == 1 ? a : b, bins * sizeof *out);
        return;
    }
    lts_align_meet(shift, alpha, &move_a, &move_b);
    lts_align_move(a, bins, move_a, work->moved[0]);
    lts_align_move(b, bins, move_b, work->moved[1]);
    align_cube_roots(work->moved[0], work->root[0], bins);
    align_cube_roots(work->moved[1], work->root[1], bins);
    mix_rows(work->root[0], (float)alpha, work->root[1], (float)(1 - alpha), bins);
    align_cubes(work->root[0], out, bins);
    align_set_level(work, a, b, alpha, out);
}
