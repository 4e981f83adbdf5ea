#include "model/model_parts.h"

#include <math.h>
#include <string.h>

static const float log_scale = 1000.0f, log_range = 6.90875478f; /* log(1001) */

/* x = scale * max(x, 0), at most `most`; NaN stays. */
LTS_CLONES static void clamp_scale(const float *x, float *y, float scale, float most, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        float scaled = (x[i] < 0.0f ? 0.0f : x[i]) * scale;
        y[i] = scaled > most ? most : scaled;
    }
}

LTS_CLONES static void multiply(float *x, float scale, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        x[i] *= scale;
}

LTS_CLONES static void cube(float *x, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        x[i] = x[i] * x[i] * x[i];
}

LTS_CLONES static void square(float *x, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        x[i] = x[i] * x[i];
}

LTS_CLONES static void square_root(float *x, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        x[i] = sqrtf(x[i]);
}

/* y = x^exponent: the two roots in use have quicker ways, and the same bits for ever. */
static void power(const float *x, float *y, double exponent, size_t n)
{
    clamp_scale(x, y, 1, INFINITY, n);
    if (fabs(exponent - 1.0 / 3) < 1e-9)
        nn_vector_cbrt(y, y, n);
    else if (fabs(exponent - 0.5) < 1e-9)
        square_root(y, n);
    else
        nn_vector_pow(y, y, (float)exponent, n);
}

static void root(const float *y, float *x, double exponent, size_t n)
{
    /* Beyond it float overflows. */
    const float limit = (float)pow(3.3e38, exponent);
    clamp_scale(y, x, 1, limit, n);
    if (fabs(exponent - 1.0 / 3) < 1e-9)
        cube(x, n);
    else if (fabs(exponent - 0.5) < 1e-9)
        square(x, n);
    else
        nn_vector_pow(x, x, (float)(1 / exponent), n);
}

void magnitudes_compress(const lts_model_config *config, const float *x, float *y, size_t n)
{
    switch (config->compression) {
    case LTS_COMPRESSION_NONE: memmove(y, x, n * sizeof *y); break;
    case LTS_COMPRESSION_POWER: power(x, y, config->exponent, n); break;
    case LTS_COMPRESSION_LOG:
        clamp_scale(x, y, log_scale, INFINITY, n);
        nn_vector_log1p(y, y, n);
        multiply(y, 1 / log_range, n);
        break;
    }
}

void magnitudes_expand(const lts_model_config *config, const float *y, float *x, size_t n)
{
    const float log_limit = 88.0f; /* beyond it float overflows */
    switch (config->compression) {
    case LTS_COMPRESSION_NONE: clamp_scale(y, x, 1, INFINITY, n); break;
    case LTS_COMPRESSION_POWER: root(y, x, config->exponent, n); break;
    case LTS_COMPRESSION_LOG:
        clamp_scale(y, x, log_range, log_limit, n);
        nn_vector_expm1(x, x, n);
        multiply(x, 1 / log_scale, n);
        break;
    }
}
