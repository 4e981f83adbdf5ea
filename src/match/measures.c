#include "match/measures.h"

#include <math.h>

double measure_rank(const float *probability, size_t classes, size_t right)
{
    double before = 0;
    for (size_t c = 0; c < classes; c++)
        if (c != right)
            before += probability[c] > probability[right]    ? 1
                      : probability[c] == probability[right] ? 0.5
                                                             : 0;
    return before;
}

size_t measure_most_probable(const float *probability, size_t classes)
{
    size_t most = 0;
    for (size_t c = 1; c < classes; c++)
        if (probability[c] > probability[most])
            most = c;
    return most;
}

double measure_percentile(double rank, size_t classes)
{
    return classes > 1 ? 100 * (1 - rank / (double)(classes - 1)) : 100;
}

double measure_correlation(const float *x, const float *y, size_t n)
{
    double mean_x = 0, mean_y = 0, xx = 0, yy = 0, xy = 0;
    for (size_t i = 0; i < n; i++) {
        mean_x += (double)x[i] / (double)n;
        mean_y += (double)y[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        const double a = (double)x[i] - mean_x, b = (double)y[i] - mean_y;
        xx += a * a;
        yy += b * b;
        xy += a * b;
    }
    /* What the mean's rounding leaves of a constant is no variation. */
    const bool x_stands = xx <= 1e-24 * (double)n * mean_x * mean_x;
    const bool y_stands = yy <= 1e-24 * (double)n * mean_y * mean_y;
    if (x_stands || y_stands)
        return x_stands && y_stands ? 1 : 0;
    return xy / sqrt(xx * yy);
}
