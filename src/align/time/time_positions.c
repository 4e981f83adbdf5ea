#include "align/time/time.h"

#include <math.h>
#include <string.h>

/* How fast m may run: what constant weights of 0 and 1 need where |d'| is 1/2. Speeds of both
 * sounds are then within 1/3 and 3. */
#define SLOWEST  (2.0 / 3)
#define FASTEST  2.0
#define ROUNDING 1e-6

static double clamp_weight(double alpha)
{
    return alpha > 0 ? fmin(alpha, 1) : 0;
}

size_t lts_align_time_frames(const lts_align_time *alignment, double alpha)
{
    const double weight = clamp_weight(alpha);
    return (size_t)round(weight * (double)alignment->frames_a +
                         (1 - weight) * (double)alignment->frames_b);
}

void lts_align_time_positions(const lts_align_time *alignment, const float *alpha, size_t frames,
                              double *position_a, double *position_b)
{
    double before = 0; /* m of the frame before */
    for (size_t t = 0; t < frames; t++) {
        const double weight = clamp_weight(alpha[t]), now = (double)t;
        double m = time_spline_solve(alignment, 2 * weight - 1, now);
        const bool early = t > 0 && m < before + SLOWEST - ROUNDING;
        const bool late = t > 0 && m > before + FASTEST + ROUNDING;
        if (early)
            m = before + SLOWEST;
        if (late)
            m = before + FASTEST;
        const double d = time_spline_at(alignment, m, NULL);
        /* m + (2 alpha - 1) d = t in the form that is exact where d, alpha or 1 - alpha is 0. */
        position_a[t] = early || late ? m + d : now + 2 * (1 - weight) * d;
        position_b[t] = early || late ? m - d : now - 2 * weight * d;
        before = m;
    }
}

void lts_align_time_read(const float *x, size_t frames, size_t bins, double position, float *row)
{
    const double whole = floor(position), share = position - whole;
    const float *left = NULL, *right = NULL; /* silence */
    if (whole >= 0 && whole < (double)frames)
        left = x + (size_t)whole * bins;
    if (whole >= -1 && whole + 1 < (double)frames)
        right = x + (size_t)(whole + 1) * bins;
    if (left && share == 0) {
        memcpy(row, left, bins * sizeof *row);
        return;
    }
    const float to_right = (float)share, to_left = (float)(1 - share);
    for (size_t k = 0; k < bins; k++) {
        const float root =
            (left ? to_left * sqrtf(left[k]) : 0) + (right ? to_right * sqrtf(right[k]) : 0);
        row[k] = root * root;
    }
}
