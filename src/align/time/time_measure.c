#include "align/time/time.h"

#include <math.h>

/* Pairs of onsets that coincide in the time half way between both sounds. The nearest two that are
 * left are paired first to last: no other pairing has more, as the tolerance is one for all. */
static double coincidence(const time_profile *a, const time_profile *b, double tolerance,
                          const lts_align_time *alignment)
{
    size_t i = 0, j = 0, pairs = 0;
    while (i < a->onsets && j < b->onsets) {
        const double at_a = time_spline_solve(alignment, 1, a->onset[i]);
        const double at_b = time_spline_solve(alignment, -1, b->onset[j]);
        const bool together = fabs(at_a - at_b) <= tolerance;
        pairs += together;
        i += together || at_a < at_b;
        j += together || at_b <= at_a;
    }
    const size_t onsets = a->onsets + b->onsets;
    return onsets ? 2 * (double)pairs / (double)onsets : 0;
}

/* The mean of time_distance from where the first sound begins to where the last one ends. */
static double distance(const time_profile *a, const time_profile *b,
                       const lts_align_time *alignment)
{
    const double step = (double)a->decimation;
    const double begin =
        fmin(time_spline_solve(alignment, 1, 0), time_spline_solve(alignment, -1, 0));
    const double end = fmax(time_spline_solve(alignment, 1, (double)a->frames),
                            time_spline_solve(alignment, -1, (double)b->frames));
    const size_t count = (size_t)ceil((end - begin) / step);
    double sum = 0;
    for (size_t n = 0; n < count; n++) {
        const double m = begin + ((double)n + 0.5) * step;
        const double d = time_spline_at(alignment, m, NULL);
        sum +=
            time_distance(a, (ptrdiff_t)floor((m + d) / step), b, (ptrdiff_t)floor((m - d) / step));
    }
    return count ? sum / (double)count : 0;
}

void time_measure(const time_profile *a, const time_profile *b, double frame_rate,
                  lts_align_time *alignment)
{
    const double tolerance = LTS_ALIGN_TIME_COINCIDENCE * frame_rate;
    const lts_align_time identity = {.frames_a = a->frames, .frames_b = b->frames};
    lts_align_time_gain *gain = &alignment->gain;
    gain->onsets_a = a->onsets;
    gain->onsets_b = b->onsets;
    gain->coincidence_before = coincidence(a, b, tolerance, &identity);
    gain->coincidence_after = coincidence(a, b, tolerance, alignment);
    gain->distance_before = distance(a, b, &identity);
    gain->distance_after = distance(a, b, alignment);
}
