#include "nn/nn.h"

#include <math.h>

LTS_CLONES static void adam_range(float *restrict w, float *restrict m, float *restrict v,
                                  float *restrict g, size_t n, float beta1, float beta2,
                                  float rest1, float rest2, float rate, float root, float epsilon)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        m[i] = beta1 * m[i] + rest1 * g[i];
        v[i] = beta2 * v[i] + rest2 * g[i] * g[i];
        w[i] -= rate * m[i] / (sqrtf(v[i]) * root + epsilon);
        g[i] = 0; /* here it is in cache; a product that need not clear its result is quicker */
    }
}

void nn_adam_apply(const nn_adam *adam, float *parameters, float *gradient, size_t first,
                   size_t count)
{
    /* mhat = m / (1 - beta1^t) goes into the rate, vhat = v / (1 - beta2^t) under the root. */
    const double correct1 = 1 - pow(adam->beta1, (double)adam->step);
    const double correct2 = 1 - pow(adam->beta2, (double)adam->step);
    adam_range(parameters + first, adam->m + first, adam->v + first, gradient, count,
               (float)adam->beta1, (float)adam->beta2, (float)(1 - adam->beta1),
               (float)(1 - adam->beta2), (float)(adam->learning_rate / correct1),
               (float)(1 / sqrt(correct2)), (float)adam->epsilon);
}
