#include "lts/base.h"

#include <math.h>

/* x - x is 0 for every finite number and NaN for the others. */
LTS_CLONES static bool all_finite(const float *x, size_t n)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++)
        sum += x[i] - x[i];
    return sum == 0;
}

size_t lts_first_nonfinite(const float *x, size_t n)
{
    size_t i = 0;
    if (all_finite(x, n))
        return n;
    while (i < n && isfinite(x[i]))
        i++;
    return i;
}
