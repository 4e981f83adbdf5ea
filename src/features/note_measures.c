/* What a note sounds like, measured of its spectrum: see lts_note_measure. */
#include "lts/features.h"

#include <math.h>

enum { PEAKS = 32 };

typedef struct spectrum {
    const float *example;
    size_t bins, frames;
    double low, range;     /* dB */
    double hertz, seconds; /* from one bin, and one frame, to the next */
} spectrum;

static double energy_at(const spectrum *s, size_t k, size_t t)
{
    return pow(10, (s->low + s->range * (double)s->example[k * s->frames + t]) / 10);
}

static double energy_of_bin(const spectrum *s, size_t k)
{
    double sum = 0;
    for (size_t t = 0; t < s->frames; t++)
        sum += energy_at(s, k, t);
    return sum;
}

typedef struct peak {
    double hertz, amplitude;
} peak;

/* Keeps the highest, in falling order. */
static void keep_peak(peak peaks[PEAKS], peak found)
{
    for (size_t p = 0; p < PEAKS; p++)
        if (found.amplitude > peaks[p].amplitude) {
            const peak lower = peaks[p];
            peaks[p] = found;
            found = lower;
        }
}

static double roughness_of(const peak peaks[PEAKS])
{
    double rough = 0, energy = 0;
    for (size_t p = 0; p < PEAKS; p++) {
        energy += peaks[p].amplitude * peaks[p].amplitude;
        for (size_t q = p + 1; q < PEAKS; q++) {
            const double distance = fabs(peaks[p].hertz - peaks[q].hertz);
            const double scale = 0.24 / (0.021 * fmin(peaks[p].hertz, peaks[q].hertz) + 19);
            rough += peaks[p].amplitude * peaks[q].amplitude *
                     (exp(-3.5 * scale * distance) - exp(-5.75 * scale * distance));
        }
    }
    return energy > 0 ? rough / energy : 0;
}

/* Frames from the last below 10 % of the maximum to the first above 90 % of it. */
static double attack_of(const spectrum *s)
{
    double most = 0;
    size_t from = 0, to = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t t = 0; t < s->frames && (pass == 0 || to == 0); t++) {
            double energy = 0;
            for (size_t k = 0; k < s->bins; k++)
                energy += energy_at(s, k, t);
            if (pass == 0)
                most = fmax(most, energy);
            else if (energy < 0.1 * most)
                from = t;
            else if (energy >= 0.9 * most)
                to = t + 1;
        }
    const size_t frames = to > from + 1 ? to - 1 - from : 1;
    return log10((double)frames * s->seconds);
}

void lts_note_measure_example(const lts_feature *feature, const lts_note_range *range,
                              const float *example, float measures[LTS_NOTE_MEASURES])
{
    const bool known = range->max > range->min;
    const spectrum s = {example,
                        lts_feature_rows(feature),
                        lts_feature_columns(feature),
                        known ? (double)range->min : -80,
                        known ? (double)range->max - (double)range->min : 80,
                        feature->note.sample_rate / (double)feature->note.stft.size,
                        (double)feature->note.stft.hop / feature->note.sample_rate};
    const double bright = 1500;
    double sum = 0, weighted = 0, above = 0, around[3] = {0, 0, 0};
    peak peaks[PEAKS] = {{0, 0}};
    for (size_t k = 0; k <= s.bins; k++) {
        const double hertz = (double)k * s.hertz, energy = k < s.bins ? energy_of_bin(&s, k) : 0;
        around[0] = around[1];
        around[1] = around[2];
        around[2] = sqrt(energy);
        if (around[1] > around[0] && around[1] >= around[2])
            keep_peak(peaks, (peak){hertz - s.hertz, around[1]});
        sum += energy;
        weighted += energy * hertz;
        above += hertz > bright ? energy : 0;
    }
    measures[LTS_NOTE_CENTROID] = (float)(sum > 0 ? log2(fmax(weighted / sum, 1)) : 0);
    measures[LTS_NOTE_ROUGHNESS] = (float)roughness_of(peaks);
    measures[LTS_NOTE_BRIGHTNESS] = (float)(sum > 0 ? above / sum : 0);
    measures[LTS_NOTE_ATTACK] = (float)attack_of(&s);
}
