#include "pipeline/plot/plot_figure.h"

#include <math.h>
#include <stdlib.h>

/* Of the points on either side of each dimension, and of the range between them. */
static const double tail = 0.025, allowance = 0.5, margin = 0.03;

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* The value below which a share of the sorted ones lies, interpolated. */
static double quantile(const float *sorted, size_t n, double share)
{
    double at = share * (double)(n - 1), below = floor(at);
    size_t i = (size_t)below, next = i + 1 < n ? i + 1 : i;
    return sorted[i] + (at - below) * ((double)sorted[next] - sorted[i]);
}

static lts_status check_finite(const float *points, size_t n, const char *what, lts_error *err)
{
    const size_t bad = lts_first_nonfinite(points, 2 * n);
    if (bad < 2 * n)
        return lts_fail(err, LTS_ERR_NONFINITE, "%s: point %zu is not finite", what, bad / 2);
    return LTS_OK;
}

/* `sorted` (n) is room for one dimension of the points. */
static void include_points(const lts_plot_space *space, float *sorted, plot_limits *limits)
{
    const size_t n = space->n;
    for (int d = 0; d < 2; d++) {
        for (size_t i = 0; i < n; i++)
            sorted[i] = space->points[2 * i + (size_t)d];
        qsort(sorted, n, sizeof *sorted, by_value);
        double low = quantile(sorted, n, tail), high = quantile(sorted, n, 1 - tail);
        double reach = space->whole || !(high > low) ? INFINITY : allowance * (high - low);
        limits->low[d] = fmax(sorted[0], low - reach);
        limits->high[d] = fmin(sorted[n - 1], high + reach);
    }
}

static void include_path(const lts_plot_path *path, plot_limits *limits)
{
    for (size_t i = 0; i < 2 * path->frames; i++) {
        limits->low[i % 2] = fmin(limits->low[i % 2], path->points[i]);
        limits->high[i % 2] = fmax(limits->high[i % 2], path->points[i]);
    }
}

lts_status plot_limits_find(const lts_plot_space *space, const double inches[2],
                            plot_limits *limits, lts_error *err)
{
    float *sorted = NULL;
    lts_status status = check_finite(space->points, space->n, "latent space", err);
    if (status != LTS_OK)
        return status;
    for (size_t p = 0; p < space->path_count; p++) {
        status =
            check_finite(space->paths[p].points, space->paths[p].frames, space->paths[p].name, err);
        if (status != LTS_OK)
            return status;
    }
    status = lts_alloc_checked(&sorted, space->n, sizeof *sorted, "the points", err);
    if (status != LTS_OK)
        return status;
    include_points(space, sorted, limits);
    lts_free(sorted);
    for (size_t p = 0; p < space->path_count; p++)
        include_path(&space->paths[p], limits);
    double scale = 0;
    for (int d = 0; d < 2; d++)
        scale = fmax(scale, (1 + 2 * margin) * (limits->high[d] - limits->low[d]) / inches[d]);
    if (!(scale > 0))
        scale = 1e-2;
    for (int d = 0; d < 2; d++) {
        double centre = 0.5 * (limits->low[d] + limits->high[d]);
        limits->low[d] = centre - 0.5 * scale * inches[d];
        limits->high[d] = centre + 0.5 * scale * inches[d];
    }
    return LTS_OK;
}

bool plot_limits_clamp(const plot_limits *limits, float point[2])
{
    bool beyond = false;
    for (int d = 0; d < 2; d++)
        beyond = beyond || point[d] < limits->low[d] || point[d] > limits->high[d];
    /* A little inside, so that the whole mark is seen. */
    for (int d = 0; beyond && d < 2; d++) {
        double inset = 0.006 * (limits->high[d] - limits->low[d]);
        point[d] = (float)fmin(fmax(point[d], limits->low[d] + inset), limits->high[d] - inset);
    }
    return beyond;
}
