#include "latent/structure/parts.h"

#include <math.h>
#include <string.h>

/* Rising by magnitude; few points, mostly sorted already. */
static void sort_by_magnitude(const double *magnitude, size_t *index, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const size_t moved = index[i];
        size_t at = i;
        for (; at > 0 && magnitude[index[at - 1]] > magnitude[moved]; at--)
            index[at] = index[at - 1];
        index[at] = moved;
    }
}

/* level (levels,Z): the mean point of each magnitude, and value (levels) these; returns how many.
 */
static size_t find_levels(const float *points, size_t latent, const double *magnitude,
                          const size_t *index, size_t count, double *level, double *value)
{
    size_t levels = 0;
    for (size_t first = 0, end; first < count; first = end, levels++) {
        double *mean = level + levels * latent;
        end = first;
        memset(mean, 0, latent * sizeof *mean);
        while (end < count && magnitude[index[end]] == magnitude[index[first]]) {
            for (size_t z = 0; z < latent; z++)
                mean[z] += points[index[end] * latent + z];
            end++;
        }
        for (size_t z = 0; z < latent; z++)
            mean[z] /= (double)(end - first);
        value[levels] = magnitude[index[first]];
    }
    return levels;
}

static double distance(const double *a, const double *b, size_t latent)
{
    double sum = 0;
    for (size_t z = 0; z < latent; z++)
        sum += (a[z] - b[z]) * (a[z] - b[z]);
    return sqrt(sum);
}

/* R^2 of z = u + v m: |sum (m - <m>) z|^2 / (sum (m - <m>)^2 sum |z - <z>|^2). */
static double explained(const double *level, const double *value, size_t levels, size_t latent)
{
    double mean_value = 0, value_square = 0, product_square = 0, point_square = 0;
    for (size_t l = 0; l < levels; l++)
        mean_value += value[l] / (double)levels;
    for (size_t l = 0; l < levels; l++)
        value_square += (value[l] - mean_value) * (value[l] - mean_value);
    for (size_t z = 0; z < latent; z++) {
        double mean = 0, product = 0;
        for (size_t l = 0; l < levels; l++)
            mean += level[l * latent + z] / (double)levels;
        for (size_t l = 0; l < levels; l++) {
            const double from_mean = level[l * latent + z] - mean;
            product += (value[l] - mean_value) * from_mean;
            point_square += from_mean * from_mean;
        }
        product_square += product * product;
    }
    return fmin(product_square / (value_square * point_square), 1);
}

void structure_trajectory(const float *points, size_t latent, const double *magnitude,
                          size_t *index, size_t count, double *scratch, running_mean *linearity,
                          running_mean *straightness)
{
    double *level = scratch, *value = scratch + count * latent, length = 0;
    sort_by_magnitude(magnitude, index, count);
    const size_t levels = find_levels(points, latent, magnitude, index, count, level, value);
    if (levels < 3)
        return;
    for (size_t l = 1; l < levels; l++)
        length += distance(level + (l - 1) * latent, level + l * latent, latent);
    if (!(length > 0))
        return;
    mean_add(linearity, explained(level, value, levels, latent));
    mean_add(straightness, distance(level, level + (levels - 1) * latent, latent) / length);
}
