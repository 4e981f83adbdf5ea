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

LTS_CLONES static float sum_of_squares(const float *x, size_t n)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    return sum;
}

LTS_CLONES static float sum_of(const float *x, size_t n)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return sum;
}

/* Before the first step, and where no gradient ever was, nothing is known to compare with. */
static void clip(const nn_adam *adam, const float *v, float *gradient, size_t count)
{
    const double known = 1 - pow(adam->beta2, (double)(adam->step - 1));
    const double running = known > 0 ? (double)sum_of(v, count) / known : 0;
    const double most = adam->clip * adam->clip * running;
    const double squares = (double)sum_of_squares(gradient, count);
    if (!(most > 0 && squares > most))
        return;
    const float scale = (float)sqrt(most / squares);
    for (size_t i = 0; i < count; i++)
        gradient[i] *= scale;
}

void nn_adam_apply(const nn_adam *adam, float *parameters, float *gradient, size_t first,
                   size_t count)
{
    if (adam->clip > 0)
        clip(adam, adam->v + first, gradient, count);
    /* mhat = m / (1 - beta1^t) goes into the rate, vhat = v / (1 - beta2^t) under the root. */
    const double correct1 = 1 - pow(adam->beta1, (double)adam->step);
    const double correct2 = 1 - pow(adam->beta2, (double)adam->step);
    adam_range(parameters + first, adam->m + first, adam->v + first, gradient, count,
               (float)adam->beta1, (float)adam->beta2, (float)(1 - adam->beta1),
               (float)(1 - adam->beta2), (float)(adam->learning_rate / correct1),
               (float)(1 / sqrt(correct2)), (float)adam->epsilon);
}
