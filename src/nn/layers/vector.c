#include "base/fastmath.h"
#include "nn/layers/layer.h"

LTS_CLONES static void vector_exp_cloned(const float *x, float *y, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        y[i] = fast_exp(x[i]);
}

void nn_vector_exp(const float *x, float *y, size_t n)
{
    vector_exp_cloned(x, y, n);
}

LTS_CLONES static void vector_expm1_cloned(const float *x, float *y, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        y[i] = fast_expm1(x[i]);
}

void nn_vector_expm1(const float *x, float *y, size_t n)
{
    vector_expm1_cloned(x, y, n);
}

LTS_CLONES static void vector_log1p_cloned(const float *x, float *y, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        y[i] = fast_log1p(x[i]);
}

void nn_vector_log1p(const float *x, float *y, size_t n)
{
    vector_log1p_cloned(x, y, n);
}

LTS_CLONES static void vector_cbrt_cloned(const float *x, float *y, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        y[i] = fast_cbrt(x[i]);
}

void nn_vector_cbrt(const float *x, float *y, size_t n)
{
    vector_cbrt_cloned(x, y, n);
}

/* x^e = exp(e log x); below float's smallest normal number it is 0. */
LTS_CLONES static void vector_pow_cloned(const float *x, float *y, float exponent, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        float power = fast_exp(exponent * fast_log(x[i]));
        y[i] = x[i] < 1.17549435e-38f ? 0.0f : power;
    }
}

void nn_vector_pow(const float *x, float *y, float exponent, size_t n)
{
    vector_pow_cloned(x, y, exponent, n);
}

LTS_CLONES static void vector_sigmoid_cloned(const float *x, float *y, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        y[i] = fast_sigmoid(x[i]);
}

void nn_vector_sigmoid(const float *x, float *y, size_t n)
{
    vector_sigmoid_cloned(x, y, n);
}

LTS_CLONES static void vector_add_cloned(const float *x, float *y, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        y[i] += x[i];
}

void vector_add(const float *x, float *y, size_t n)
{
    vector_add_cloned(x, y, n);
}
