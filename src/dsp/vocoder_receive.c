#include "dsp/vocoder.h"

#include <math.h>
#include <string.h>

/* Below the lowest bin and above the highest a transposed sound falls by so much a bin, 12 dB: the
 * slope of a filter's main lobe. */
static const float end_slope = 2;

LTS_CLONES static void levels(const float *restrict magnitudes, const float *restrict scaling,
                              float *restrict amplitude, float *restrict level, size_t bins)
{
    for (size_t k = 0; k < bins; k++) {
        amplitude[k] = magnitudes[k] * scaling[k];
        level[k] = approx_log2(amplitude[k] + VOCODER_LEAST);
    }
}

/* level[k] = source at k + offset by Lagrange's cubic through four bins, w their weights. */
LTS_CLONES static void interpolate(const float *restrict source, const float *restrict w,
                                   float *restrict amplitude, float *restrict level, size_t count)
{
    const float silence = -26.5754248f; /* log2 of VOCODER_LEAST */
    for (size_t k = 0; k < count; k++) {
        float l =
            w[0] * source[k] + w[1] * source[k + 1] + w[2] * source[k + 2] + w[3] * source[k + 3];
        l = l > silence ? l : silence;
        l = l < 64 ? l : 64;
        level[k] = l;
        amplitude[k] = approx_exp2(l) - VOCODER_LEAST;
    }
}

/* Amplitudes are those of sinusoids, so they move from bin to bin as they are; between bins the
 * levels are interpolated, for near its top a filter's lobe is a parabola there. */
static void transpose(lts_vocoder *v, double up, float *amplitude, float *level)
{
    const ptrdiff_t bins = (ptrdiff_t)v->bins, whole = (ptrdiff_t)ceil(up);
    const double p = (double)whole - up; /* bin k is source bin k - whole + p */
    const float w[4] = {(float)(-p * (p - 1) * (p - 2) / 6), (float)((p * p - 1) * (p - 2) / 2),
                        (float)(-p * (p + 1) * (p - 2) / 2), (float)(p * (p * p - 1) / 6)};
    float *source = v->source + VOCODER_MARGIN;
    memcpy(source, level, v->bins * sizeof *source);
    for (ptrdiff_t i = 1; i <= VOCODER_MARGIN; i++) {
        source[-i] = source[0] - end_slope * (float)i;
        source[bins - 1 + i] = source[bins - 1] - end_slope * (float)i;
    }
    /* The bins whose four sources exist, and silence around them. */
    ptrdiff_t first = whole - VOCODER_MARGIN + 1, end = bins + whole + VOCODER_MARGIN - 2;
    first = first < 0 ? 0 : first > bins ? bins : first;
    end = end < first ? first : end > bins ? bins : end;
    for (ptrdiff_t k = 0; k < bins; k++)
        if (k < first || k >= end) {
            level[k] = log2f(VOCODER_LEAST);
            amplitude[k] = 0;
        }
    if (end > first)
        interpolate(source + first - whole - 1, w, amplitude + first, level + first,
                    (size_t)(end - first));
}

void vocoder_receive(lts_vocoder *v, const float *magnitudes, double semitones)
{
    const size_t bins = v->bins;
    float *amplitude = v->amplitude + v->row * bins, *level = v->level + v->row * (bins + 2) + 1;
    double up = semitones * v->config.bins_per_octave / 12;
    levels(magnitudes, v->scaling, amplitude, level, bins);
    v->stretch[v->row] = (float)exp2(semitones / 12);
    if (up != 0)
        transpose(v, up, amplitude, level);
    /* Beyond the lowest and the highest bin the level goes on as it came. */
    level[-1] = bins > 1 ? 2 * level[0] - level[1] : level[0];
    level[bins] = bins > 1 ? 2 * level[bins - 1] - level[bins - 2] : level[0];
}
