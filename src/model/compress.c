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

void magnitudes_compress(lts_compression compression, const float *x, float *y, size_t n)
{
    switch (compression) {
    case LTS_COMPRESSION_NONE: memmove(y, x, n * sizeof *y); break;
    case LTS_COMPRESSION_POWER:
        clamp_scale(x, y, 1, INFINITY, n);
        nn_vector_cbrt(y, y, n);
        break;
    case LTS_COMPRESSION_LOG:
        clamp_scale(x, y, log_scale, INFINITY, n);
        nn_vector_log1p(y, y, n);
        multiply(y, 1 / log_range, n);
        break;
    }
}

void magnitudes_expand(lts_compression compression, const float *y, float *x, size_t n)
{
    /* Beyond these float overflows. */
    const float cube_limit = 6.9e12f, log_limit = 88.0f;
    switch (compression) {
    case LTS_COMPRESSION_NONE: clamp_scale(y, x, 1, INFINITY, n); break;
    case LTS_COMPRESSION_POWER:
        clamp_scale(y, x, 1, cube_limit, n);
        cube(x, n);
        break;
    case LTS_COMPRESSION_LOG:
        clamp_scale(y, x, log_range, log_limit, n);
        nn_vector_expm1(x, x, n);
        multiply(x, 1 / log_scale, n);
        break;
    }
}
