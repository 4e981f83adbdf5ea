#include "latent/squared_distances.h"

#include "lts/base.h"

LTS_CLONES static void each_square(const float *restrict query, const float *restrict points,
                                   size_t count, size_t latent, float *restrict square)
{
    for (size_t j = 0; j < count; j++) {
        const float *restrict point = points + j * latent;
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (size_t z = 0; z < latent; z++)
            sum += (query[z] - point[z]) * (query[z] - point[z]);
        square[j] = sum;
    }
}

void squared_distances(const float *query, const float *points, size_t count, size_t latent,
                       float *square)
{
    each_square(query, points, count, latent, square);
}
