/* The parts of lts_structure_measure. */
#ifndef LATENT_STRUCTURE_PARTS_H
#define LATENT_STRUCTURE_PARTS_H

#include "lts/structure.h"

/* A mean that is NaN without values. */
typedef struct running_mean {
    double sum;
    size_t count;
} running_mean;

static inline void mean_add(running_mean *mean, double value)
{
    mean->sum += value;
    mean->count++;
}

double mean_of(running_mean mean);

/* Sets the silhouettes. */
lts_status structure_silhouettes(const float *points, size_t n, size_t latent,
                                 const lts_structure_labels *labels, unsigned threads,
                                 lts_structure *all, lts_structure *each,
                                 const lts_reporter *reporter, lts_error *err);

/* Adds the linearity and straightness of `count` points, in any order; fewer than three magnitudes
 * say nothing. scratch (count (Z + 1)). */
void structure_trajectory(const float *points, size_t latent, const double *magnitude,
                          size_t *index, size_t count, double *scratch, running_mean *linearity,
                          running_mean *straightness);

#endif
