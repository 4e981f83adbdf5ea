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

LTS_CLONES static void to_decibels(const float *x, float least, float *y, size_t n)
{
    const float decibels = 8.68588963806503655f; /* 20 / log(10) */
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        y[i] = decibels * fast_log(x[i] > least ? x[i] : least);
}

void stft_decibels(const float *x, float least, float *y, size_t n)
{
    to_decibels(x, least, y, n);
}
