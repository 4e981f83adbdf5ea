/* Squares of Euclidean distances, vectorised. */
#ifndef LATENT_SQUARED_DISTANCES_H
#define LATENT_SQUARED_DISTANCES_H

#include <stddef.h>

/* square[j] = |query - points[j]|^2: query (Z), points (count,Z), square (count). */
void squared_distances(const float *query, const float *points, size_t count, size_t latent,
                       float *square);

#endif
