/* Gain and shape apart (Sabin & Gray 1984): a frame is its level times a shape of RMS 1. */
#include "model/model_parts.h"

#include <math.h>

/* Added to every gain, so that silence has a shape too: all 0. */
static const float least_gain = 1e-4f;

/* Added to every RMS, so that the level of silence is finite: -160 dB. */
static const double least_rms = 1e-8;

/* What decoded levels are kept below: far above any sound, and far from float's end. */
static const float most_decibels = 120.0f;

LTS_CLONES static double sum_of_squares(const float *x, size_t n)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++)
        sum += (double)(x[i] * x[i]);
    return sum;
}

LTS_CLONES static double weighted_sum_of_squares(const float *x, const float *weight, size_t n)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++)
        sum += (double)(weight[i] * x[i] * x[i]);
    return sum;
}

LTS_CLONES static void scale(float *x, float factor, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        x[i] *= factor;
}

double gain_sum_of_squares(const float *x, size_t n)
{
    return sum_of_squares(x, n);
}

void gain_split(float *frames, size_t bins, size_t count, float *gain)
{
    for (size_t t = 0; t < count; t++) {
        float *row = frames + t * bins;
        gain[t] = (float)sqrt(sum_of_squares(row, bins) / (double)bins) + least_gain;
        scale(row, 1 / gain[t], bins);
    }
}

void level_weights(size_t octave, size_t bins, float *weight)
{
    double sum = 0;
    for (size_t k = 0; k < bins; k++)
        sum += octave ? exp2((double)k / (double)octave) : 1;
    for (size_t k = 0; k < bins; k++)
        weight[k] = (float)((octave ? exp2((double)k / (double)octave) : 1) * (double)bins / sum);
}

double level_rms(const float *magnitudes, const float *weight, size_t bins)
{
    return sqrt(weighted_sum_of_squares(magnitudes, weight, bins) / (double)bins);
}

float level_of(const float *magnitudes, const float *weight, size_t bins)
{
    return (float)(20 * log10(level_rms(magnitudes, weight, bins) + least_rms));
}

void level_set_rms(float *magnitudes, const float *weight, size_t bins, double rms)
{
    const double now = level_rms(magnitudes, weight, bins);
    if (now > 0)
        scale(magnitudes, (float)(rms / now), bins);
}

void level_set(float *magnitudes, const float *weight, size_t bins, float level)
{
    const double bounded = (double)(level > most_decibels ? most_decibels : level);
    level_set_rms(magnitudes, weight, bins, fmax(pow(10, bounded / 20) - least_rms, 0));
}
