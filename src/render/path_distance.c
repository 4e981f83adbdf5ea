#include "render/renderer.h"

#include <math.h>

/* The distance that frame t may have: sounds that are farther off than the limit stay as they are,
 * and the path between them leads from the distance of one to that of the other. */
static double allowed(const lts_render_config *config, const lts_mixture *mixture,
                      const float *const *path, const float *weight, size_t t, size_t count,
                      size_t columns)
{
    double sum = 0, weights = 0;
    for (size_t i = 0; i < mixture->sounds; i++) {
        const double w = weight[i * count + t];
        if (!(w > 0))
            continue;
        sum += w * (double)lts_distance_point(config->distance, path[i] + t * columns);
        weights += w;
    }
    return fmax(config->limit, sum / fmax(weights, 1));
}

void render_measure(const lts_render_config *config, const lts_mixture *mixture,
                    const float *const *path, const float *weight, size_t count, size_t columns,
                    float *z)
{
    for (size_t t = 0; config->distance && t < count; t++, z += columns) {
        double d = lts_distance_point(config->distance, z);
        double limit = config->limit > 0 ? config->limit : INFINITY;
        if (path && d > limit)
            limit = allowed(config, mixture, path, weight, t, count, columns);
        if (d > limit) {
            lts_distance_limit(config->distance, limit, z);
            d = limit;
        }
        if (config->measured)
            lts_distance_count(config->measured, d);
    }
}
