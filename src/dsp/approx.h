/* Elementary functions in single precision that compilers turn into vector code: no table, no
 * branch, no call. */
#ifndef DSP_APPROX_H
#define DSP_APPROX_H

#include <math.h>
#include <stdint.h>
#include <string.h>

/* log2(x) for normal x > 0, absolute error below 2e-6. The mantissa is brought to 1 + f within
 * 1/sqrt(2) .. sqrt(2); log2(1 + f) as the series of 2 artanh(f / (2 + f)) / ln 2. */
static inline float approx_log2(float x)
{
    int32_t bits, exponent;
    memcpy(&bits, &x, sizeof bits);
    exponent = (bits - 0x3f3504f3) >> 23; /* 0x3f3504f3: sqrt(1/2) */
    bits -= exponent * (1 << 23);
    float m;
    memcpy(&m, &bits, sizeof m);
    float s = (m - 1) / (m + 1), z = s * s;
    float series = 2.88539008f + z * (0.961796694f + z * (0.577078016f + z * 0.412198583f));
    return (float)exponent + s * series;
}

/* 2^x for -126 < x < 127, relative error below 1e-3: enough for weights. */
static inline float approx_exp2(float x)
{
    const float whole = rintf(x), f = x - whole;
    const int32_t bits = ((int32_t)whole + 127) * (1 << 23);
    float power;
    memcpy(&power, &bits, sizeof power);
    return power * (1 + f * (0.6931472f + f * (0.2402265f + f * 0.0555041f)));
}

/* tanh(x), error below 1e-3: Lambert's continued fraction, cut where it reaches 1. */
static inline float approx_tanh(float x)
{
    float z = x * x;
    float t = x * (945 + z * (105 + z)) / (945 + z * (420 + z * 15));
    return t > 1 ? 1 : t < -1 ? -1 : t;
}

/* atan(x), error below 2e-5: Abramowitz & Stegun 1964, 4.4.49, on -1 .. 1, and pi/2 - atan(1/x). */
static inline float approx_atan(float x)
{
    const float a = fabsf(x), b = a > 1 ? 1 / a : a, z = b * b;
    const float series =
        0.9998660f + z * (-0.3302995f + z * (0.1801410f + z * (-0.0851330f + z * 0.0208351f)));
    const float angle = a > 1 ? 1.57079633f - b * series : b * series;
    return x < 0 ? -angle : angle;
}

/* Phases are held in turns, as 32-bit integers of 2^-32: sums wrap as phases do, exactly. */
typedef uint32_t turns;

/* Any angle in turns, |angle| < 2^22, to within 2^-24 of a turn. */
static inline turns turns_from(float angle)
{
    float part = angle - rintf(angle); /* -0.5 .. 0.5 */
    return (turns)(int32_t)(part * 16777216.0f) << 8;
}

/* cos and sin of a phase, error below 1e-6: the Taylor polynomials on an eighth of a turn to either
 * side of the nearest quarter. */
static inline void turns_cos_sin(turns phase, float *cosine, float *sine)
{
    const uint32_t quarter = (phase + 0x20000000u) >> 30;
    const float a = (float)(int32_t)(phase - (quarter << 30)) * 1.46291807926715968105e-9f;
    const float z = a * a;
    const float s = a * (1 + z * (-1.6666667e-1f + z * (8.3333310e-3f + z * -1.9840874e-4f)));
    const float c =
        1 + z * (-0.5f + z * (4.1666638e-2f + z * (-1.3888397e-3f + z * 2.4760495e-5f)));
    const float x = quarter & 1 ? s : c, y = quarter & 1 ? c : s;
    *cosine = (quarter + 1) & 2 ? -x : x;
    *sine = quarter & 2 ? -y : y;
}

#endif
