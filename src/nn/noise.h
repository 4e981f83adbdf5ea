/* Random numbers of a row, by counters. */
#ifndef NN_NOISE_H
#define NN_NOISE_H

#include "lts/base.h"

/* `count` draws of N(0,1) that depend on (seed, row, count) alone: Philox 4x32-10 (Salmon et al.
 * 2011) keyed by the seed and counted by the row, then Box & Muller 1958. */
void nn_noise_row(uint64_t seed, uint64_t row, float *x, size_t count);

/* Each of `count` numbers is 0 with a probability of `rate` (0 to below 1), else 1 / (1 - rate), by
 * (seed, row, stream, rate) alone: Philox as above, on counters of their own. */
void nn_dropout_row(uint64_t seed, uint64_t row, uint32_t stream, float rate, float *scale,
                    size_t count);

#endif
