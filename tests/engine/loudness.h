/* What the limiter promises of live sound, measured. */
#ifndef LTS_TESTS_LOUDNESS_H
#define LTS_TESTS_LOUDNESS_H

#include "lts/base.h"

#include <math.h>

enum { LOUDNESS_WINDOW = 44100 / 20 };

/* L: root mean square of the 50 ms before each sample, silence before the first. The law: L <=
 * 0.4, or 12 dB above the loudest L up to 50 ms before. Returns the highest L that is more than
 * that. */
static inline double loudness_at_once(const float *x, size_t n)
{
    double *level = lts_alloc(n, sizeof *level), sum = 0, before = 0, most = 0;
    for (size_t i = 0; i < n; i++) {
        sum += (double)x[i] * (double)x[i];
        if (i >= LOUDNESS_WINDOW) {
            sum -= (double)x[i - LOUDNESS_WINDOW] * (double)x[i - LOUDNESS_WINDOW];
            before = fmax(before, level[i - LOUDNESS_WINDOW]);
        }
        level[i] = sqrt(fmax(sum, 0) / LOUDNESS_WINDOW);
        if (level[i] > 3.98 * before + 1e-6)
            most = fmax(most, level[i]);
    }
    lts_free(level);
    return most;
}

static inline double loudness_peak(const float *x, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs((double)x[i]));
    return most;
}

#endif
