#include "align/align_parts.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* A float's bits, divided by three and offset, are those of its cube root to within 4 %; each of
 * Halley's steps cubes the error. */
static inline float cube_root(float x)
{
    int32_t bits;
    float y;
    memcpy(&bits, &x, sizeof bits);
    bits = (int32_t)((float)bits * (1.0f / 3)) + 0x2a5137a0;
    memcpy(&y, &bits, sizeof y);
    for (int i = 0; i < 2; i++) {
        const float cubed = y * y * y;
        y *= (cubed + 2 * x) / (2 * cubed + x);
    }
    return x < FLT_MIN ? 0 : y;
}

LTS_CLONES static void cube_roots(const float *m, float *c, size_t n)
{
#pragma omp simd
    for (size_t k = 0; k < n; k++)
        c[k] = cube_root(m[k]);
}

LTS_CLONES static void cubes(const float *c, float *y, size_t n)
{
#pragma omp simd
    for (size_t k = 0; k < n; k++) {
        const float x = c[k] > 0 ? c[k] : 0;
        y[k] = x * x * x;
    }
}

LTS_CLONES static void square_roots(const float *m, float *s, size_t n)
{
#pragma omp simd
    for (size_t k = 0; k < n; k++)
        s[k] = m[k] > 0 ? sqrtf(m[k]) : 0;
}

LTS_CLONES static void squares(const float *s, float *y, size_t n)
{
#pragma omp simd
    for (size_t k = 0; k < n; k++) {
        const float x = s[k] > 0 ? s[k] : 0;
        y[k] = x * x;
    }
}

void align_cube_roots(const float *m, float *c, size_t n)
{
    cube_roots(m, c, n);
}

void align_cubes(const float *c, float *y, size_t n)
{
    cubes(c, y, n);
}

void align_square_roots(const float *m, float *s, size_t n)
{
    square_roots(m, s, n);
}

void align_squares(const float *s, float *y, size_t n)
{
    squares(s, y, n);
}
