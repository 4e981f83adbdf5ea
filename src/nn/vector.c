#include "nn/fastmath.h"
#include "nn/layers/layer.h"

LTS_CLONES void nn_vector_exp(const float *x, float *y, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        y[i] = fast_exp(x[i]);
}

LTS_CLONES void nn_vector_expm1(const float *x, float *y, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        y[i] = fast_expm1(x[i]);
}

LTS_CLONES void nn_vector_log1p(const float *x, float *y, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        y[i] = fast_log1p(x[i]);
}

LTS_CLONES void nn_vector_cbrt(const float *x, float *y, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        y[i] = fast_cbrt(x[i]);
}

LTS_CLONES void vector_add(const float *x, float *y, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        y[i] += x[i];
}
