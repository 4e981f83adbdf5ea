#include "match/pitch.h"

#include <math.h>

enum { WINDOW = 1024, MOST_LAG = 1024 };
static const double lowest_hz = 30, threshold = 0.15;

/* Where the loudest stretch of WINDOW + MOST_LAG samples begins. */
static size_t find_loudest(const float *x, size_t n)
{
    const size_t length = WINDOW + MOST_LAG;
    double energy = 0, most = -1;
    size_t best = 0;
    for (size_t i = 0; i < n; i++) {
        energy += (double)x[i] * (double)x[i];
        if (i >= length)
            energy -= (double)x[i - length] * (double)x[i - length];
        if (i + 1 >= length && energy > most) {
            most = energy;
            best = i + 1 - length;
        }
    }
    return best;
}

/* d'(lag) of equation 8: the squared difference relative to its mean over shorter lags. */
static void normalised_difference(const float *x, size_t lags, double *d)
{
    double sum = 0;
    d[0] = 1;
    for (size_t lag = 1; lag < lags; lag++) {
        double difference = 0;
        for (size_t i = 0; i < WINDOW; i++) {
            const double step = (double)x[i] - (double)x[i + lag];
            difference += step * step;
        }
        sum += difference;
        d[lag] = sum > 0 ? difference * (double)lag / sum : 1;
    }
}

double match_pitch(const float *x, size_t n, double sample_rate)
{
    double d[MOST_LAG];
    const double longest = floor(sample_rate / lowest_hz);
    const size_t lags = longest < MOST_LAG ? (size_t)longest : MOST_LAG;
    if (n < WINDOW + MOST_LAG || lags < 32)
        return (double)NAN;
    normalised_difference(x + find_loudest(x, n), lags, d);
    for (size_t lag = 15; lag + 1 < lags; lag++) {
        if (d[lag] >= threshold || d[lag + 1] < d[lag])
            continue;
        /* The vertex of the parabola through the dip and its neighbours. */
        const double curve = d[lag - 1] - 2 * d[lag] + d[lag + 1];
        const double shift = curve > 0 ? (d[lag - 1] - d[lag + 1]) / (2 * curve) : 0;
        return sample_rate / ((double)lag + shift);
    }
    return (double)NAN;
}
