#include "dsp/stft/logarithms.h"

#include "base/fastmath.h"
#include "lts/base.h"

LTS_CLONES static void raise_and_log(const float *x, float floor, float *y, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        y[i] = fast_log(x[i] + floor);
}

void stft_logarithms(const float *x, float floor, float *y, size_t n)
{
    raise_and_log(x, floor, y, n);
}
