#include "dsp/stft/heap.h"

#include <math.h>
#include <string.h>

/* 100 dB in all: levels of the queue to an octave, a factor of 2, of magnitude. */
static const float levels_an_octave = 15.0514998f;

LTS_CLONES static void row_levels(const float *restrict magnitudes, float scale,
                                  float *restrict level, size_t bins)
{
    for (size_t k = 0; k < bins; k++)
        level[k] = approx_log2(magnitudes[k] * scale + 1e-5f);
}

/* The sinusoid's distance from the bin, in bins: half the difference of ln M over the two
 * neighbouring bins is d, and the Hann window's response at v bins is sinc(v) / (1 - v^2), so with
 * R = e^{2d} its ratio at v = delta +- 1 gives (1-R) delta^2 + 3 (1+R) delta + 2 (1-R) = 0. */
static inline float deviation_of(float difference)
{
    const float half_ln2 = 0.34657359f, h = approx_tanh(half_ln2 * difference);
    return 4 * h / (3 + sqrtf(9 - 8 * h * h));
}

LTS_CLONES static void deviations(const float *restrict level, float *restrict deviation,
                                  size_t bins)
{
    /* Spectra of real sounds are even about both ends, where the difference is 0. */
    deviation[0] = deviation[bins - 1] = 0;
    for (size_t k = 1; k + 1 < bins; k++)
        deviation[k] = deviation_of(level[k + 1] - level[k - 1]);
}

/* How far the energy lies ahead of the frame's centre, in samples: with a Hann window cos^2(pi u /
 * l) over an impulse u ahead, the frames a hop h before and after it have levels whose logarithms
 * differ by D, with tan(pi u / l) tan(pi h / l) = tanh(D / 4). */
LTS_CLONES static void delays(const float *restrict earlier, const float *restrict later,
                              float slope, float width, float least, float most,
                              float *restrict delay, size_t bins)
{
    const float quarter_ln2 = 0.17328680f;
    for (size_t k = 0; k < bins; k++) {
        const float angle = approx_atan(slope * approx_tanh(quarter_ln2 * (later[k] - earlier[k])));
        const float u = width * angle;
        delay[k] = u < least ? least : u > most ? most : u;
    }
}

/* phi(t + 1, k) = phi(t, k) + ahead(t, k), by the trapezoid rule. */
static void steps_ahead(const float *now, const float *next, double hop, double size, turns *ahead,
                        size_t bins)
{
    const float half = (float)(hop / size / 2);
    for (size_t k = 0; k < bins; k++) {
        const double carrier = hop * (double)k / size;
        ahead[k] = (turns)(int64_t)((carrier - floor(carrier)) * 4294967296.0) +
                   turns_from(half * (now[k] + next[k]));
    }
}

/* phi(t, k + 1) = phi(t, k) + above(t, k): e^{-2 pi i k u / l} of what lies u ahead. */
static void steps_above(const float *delay, float turns_a_sample, turns *above, size_t bins)
{
    for (size_t k = 0; k + 1 < bins; k++)
        above[k] = turns_from(-0.5f * turns_a_sample * (delay[k] + delay[k + 1]));
}

static void sort_row(const float *level, uint8_t *loudness, uint8_t *open, size_t bins)
{
    for (size_t k = 0; k < bins; k++) {
        const float value = HEAP_LEVELS - 1 + levels_an_octave * level[k];
        const int index = value > 0 ? (int)value : 0;
        loudness[k] = (uint8_t)(index < HEAP_LEVELS ? index : HEAP_LEVELS - 1);
        open[k] = loudness[k] > 0;
    }
}

void stft_heap_gradient(stft_heap *heap, size_t begin, size_t count)
{
    const lts_stft *stft = heap->stft;
    const size_t bins = stft->bins, last = heap->frames - 1;
    const double size = stft->config.size, hop = stft->config.hop, pi = acos(-1.0);
    const float width = (float)(size / pi);
    /* Frames half a window apart and more tell nothing of what lies between. */
    const float slope = 2 * hop < size ? (float)(1 / tan(pi * hop / size)) : 0;
    /* Row r of the chunk is row r + 1 of the levels; beyond the ends these repeat. */
    for (size_t r = 0; r < count + 3; r++) {
        size_t t = begin + r < 2 ? 0 : begin + r - 2;
        t = t > last ? last : t;
        row_levels(heap->magnitudes + t * bins, heap->scale, heap->level + r * bins, bins);
    }
    float *now = heap->deviation, *next = now + bins;
    deviations(heap->level + bins, now, bins);
    for (size_t r = 0; r <= count; r++) {
        const float *level = heap->level + (r + 1) * bins;
        const size_t cell = (r + 1) * heap->stride + 1;
        deviations(level + bins, next, bins);
        steps_ahead(now, next, hop, size, heap->ahead + cell, bins);
        /* Nothing lies before the sound or after it. */
        const double centre = hop * ((double)(begin + r) - 1);
        delays(level - bins, level + bins, slope, width, (float)-centre,
               (float)((double)heap->samples - 1 - centre), heap->delay, bins);
        steps_above(heap->delay, (float)(1 / size), heap->above + cell, bins);
        sort_row(level, heap->loudness + cell, heap->open + cell, bins);
        float *swap = now;
        now = next;
        next = swap;
    }
}
