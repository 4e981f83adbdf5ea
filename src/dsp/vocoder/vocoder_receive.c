#include "dsp/vocoder/vocoder.h"

#include <math.h>
#include <string.h>

LTS_CLONES static void levels(const float *restrict magnitudes, const float *restrict scaling,
                              float *restrict amplitude, float *restrict level, size_t bins)
{
    for (size_t k = 0; k < bins; k++) {
        amplitude[k] = magnitudes[k] * scaling[k];
        level[k] = approx_log2(amplitude[k] + VOCODER_LEAST);
    }
}

/* Moves x up by `by` places. Values that leave are lost; places that become free get `rest`. */
static void shift(float *x, size_t count, ptrdiff_t by, float rest)
{
    const size_t distance =
        (size_t)(by < 0 ? -by : by) < count ? (size_t)(by < 0 ? -by : by) : count;
    const size_t kept = count - distance;
    memmove(by > 0 ? x + distance : x, by > 0 ? x : x + distance, kept * sizeof *x);
    for (size_t i = 0; i < distance; i++)
        x[by > 0 ? i : kept + i] = rest;
}

/* Amplitudes are those of sinusoids and stay as they are. Whole bins move them along, the rest
 * detunes the oscillators: nothing is interpolated. */
void vocoder_receive(lts_vocoder *v, const float *magnitudes, double semitones)
{
    const size_t bins = v->bins;
    const double up = semitones * v->config.bins_per_octave / 12, whole = rint(up);
    float *amplitude = v->amplitude + v->row * bins, *level = v->level + v->row * (bins + 2) + 1;
    levels(magnitudes, v->scaling, amplitude, level, bins);
    if (whole != 0) {
        /* The filters' scales are those of the bins that the magnitudes came from. */
        shift(amplitude, bins, (ptrdiff_t)whole, 0);
        shift(level, bins, (ptrdiff_t)whole, log2f(VOCODER_LEAST));
    }
    v->moved[v->row] = (ptrdiff_t)whole;
    v->detune[v->row] = (float)exp2((up - whole) / v->config.bins_per_octave);
    /* Beyond the lowest and the highest bin the level is extrapolated in a straight line. */
    level[-1] = bins > 1 ? 2 * level[0] - level[1] : level[0];
    level[bins] = bins > 1 ? 2 * level[bins - 1] - level[bins - 2] : level[0];
}
