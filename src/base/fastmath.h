/* Scalar functions that a compiler can turn into vector code: no branch, no call, no table. Series
 * are plain Taylor series on ranges small enough that the first term left out is below float's
 * rounding. NaN goes through all of them. */
#ifndef BASE_FASTMATH_H
#define BASE_FASTMATH_H

#include <math.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t float_bits(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline float bits_float(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* x = n log 2 + r, exp(x) = 2^n exp(r), |r| <= log(2)/2. Adding 1.5 * 2^23 rounds to the nearest
 * integer and leaves it in the low bits. 2^n is applied in two halves, so that overflow gives
 * infinity and underflow zero. */
static inline float fast_exp(float x)
{
    const float magic = 12582912.0f, log2e = 1.44269504088896341f;
    const float log2_high = 0.693359375f, log2_low = -2.12194440054690581e-4f;
    x = x > 89.0f ? 89.0f : x;
    x = x < -104.0f ? -104.0f : x;
    float shifted = x * log2e + magic;
    float n = shifted - magic;
    float r = (x - n * log2_high) - n * log2_low;
    float p = 1.0f / 5040;
    p = p * r + 1.0f / 720;
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    uint32_t whole = float_bits(shifted) - 0x4b400000u + 256u; /* n + 256 > 0 */
    uint32_t half = whole / 2;
    return p * bits_float((half - 1u) << 23) * bits_float((whole - half - 1u) << 23);
}

/* x = 2^e m with m in [sqrt(1/2), sqrt(2)); log m = 2 artanh((m - 1) / (m + 1)). For normal x > 0
 * and infinity. */
static inline float fast_log(float x)
{
    const float log2_high = 0.693359375f, log2_low = -2.12194440054690581e-4f;
    uint32_t bits = float_bits(x) - 0x3f3504f3u; /* sqrt(1/2) */
    float e = (float)((int32_t)bits >> 23);
    float m = bits_float((bits & 0x007fffffu) + 0x3f3504f3u);
    float s = (m - 1.0f) / (m + 1.0f), q = s * s;
    float p = 1.0f / 9;
    p = p * q + 1.0f / 7;
    p = p * q + 1.0f / 5;
    p = p * q + 1.0f / 3;
    float log_m = 2.0f * s + 2.0f * s * q * p;
    float result = e * log2_high + (log_m + e * log2_low);
    return x < INFINITY ? result : x;
}

/* Kahan's correction: where 1 + x rounds, log(1 + x) errs as (1 + x) - 1 does. */
static inline float fast_log1p(float x)
{
    float u = 1.0f + x, d = u - 1.0f;
    float corrected = fast_log(u) * (x / (d == 0.0f ? 1.0f : d));
    float result = d == 0.0f ? x : corrected;
    return u < INFINITY ? result : u;
}

/* The same for exp: e^x - 1 = (u - 1) x / log u with u = e^x as rounded. */
static inline float fast_expm1(float x)
{
    float clamped = x < -20.0f ? -20.0f : x; /* e^x - 1 is -1 from there on */
    float u = fast_exp(clamped), log_u = fast_log(u);
    float corrected = (u - 1.0f) * (clamped / (log_u == 0.0f ? 1.0f : log_u));
    float result = log_u == 0.0f ? x : corrected;
    return u < INFINITY ? result : u;
}

/* A third of the exponent (the bias kept), then Halley's iteration, which is cubic, twice. */
static inline float fast_cbrt(float x)
{
    float y = bits_float(float_bits(x) / 3u + 0x2a555555u);
    for (int i = 0; i < 2; i++) {
        float cube = y * y * y;
        y = y * (cube + 2.0f * x) / (2.0f * cube + x);
    }
    return x > 0.0f ? y : x;
}

static inline float fast_sigmoid(float x)
{
    return 1.0f / (1.0f + fast_exp(-x));
}

/* sin and cos of 2 pi turn, 0 <= turn < 1: the nearest quarter turn, and a series for the rest. */
static inline void fast_sincos(float turn, float *sine, float *cosine)
{
    const float magic = 12582912.0f;
    float shifted = 4.0f * turn + magic;
    float a = (4.0f * turn - (shifted - magic)) * 1.57079632679489662f, q = a * a;
    uint32_t quarter = float_bits(shifted) & 3u;
    float s = 1.0f / 362880;
    s = s * q - 1.0f / 5040;
    s = s * q + 1.0f / 120;
    s = s * q - 1.0f / 6;
    s = a + a * q * s;
    float c = -1.0f / 3628800;
    c = c * q + 1.0f / 40320;
    c = c * q - 1.0f / 720;
    c = c * q + 1.0f / 24;
    c = c * q - 0.5f;
    c = 1.0f + q * c;
    /* Odd quarters swap the two; the sine is negative in 2 and 3, the cosine in 1 and 2. */
    float first = quarter & 1u ? c : s, second = quarter & 1u ? s : c;
    *sine = bits_float(float_bits(first) ^ ((quarter & 2u) << 30));
    *cosine = bits_float(float_bits(second) ^ (((quarter + 1u) & 2u) << 30));
}

#endif
