/* The level of a mixture: a path in loudness between the levels of its sounds. */
#include "lts/latent.h"

#include <math.h>
#include <strings.h>

/* Loudness is a power of amplitude (Stevens 1955): half of it is 10 dB less. */
static const double exponent = 0.6;

/* The level of silence, dB. */
static const double silence = -160;

static const char *const laws[] = {
    [LTS_LAW_LOUDNESS] = "loudness",
    [LTS_LAW_NONE] = "none",
};
enum { LAWS = sizeof laws / sizeof *laws };

const char *lts_level_law_text(int law)
{
    return law >= 0 && law < LAWS ? laws[law] : NULL;
}

bool lts_parse_level_law(const char *text, lts_level_law *law)
{
    for (int l = 0; l < LAWS; l++)
        if (strcasecmp(text, laws[l]) == 0) {
            *law = (lts_level_law)l;
            return true;
        }
    return false;
}

static double loudness_of(double level)
{
    return pow(10, exponent * level / 20);
}

/* Frame t: L = 20/0.6 log10(N0 + sum_s w_s (N_s - N0) / max(sum_s w_s, 1)), where N_s = 10^(0.6
 * L_s / 20), N0 is that of silence, and the weights w_s are clamped to 0..1. */
static float frame_level(const float *const *paths, const float *weights, size_t sounds,
                         size_t frames, size_t columns, size_t t)
{
    const double nothing = loudness_of(silence);
    double sum = 0, loudness = 0;
    size_t used = 0;
    float level = 0;
    for (size_t s = 0; s < sounds; s++) {
        const double weight = fmin(fmax((double)weights[s * frames + t], 0), 1);
        if (!(weight > 0))
            continue;
        used++;
        level = paths[s][t * columns + columns - 1];
        sum += weight;
        loudness += weight * (loudness_of((double)level) - nothing);
    }
    if (used == 1 && sum == 1)
        return level;
    loudness = nothing + fmax(loudness, 0) / fmax(sum, 1);
    return (float)(20 / exponent * log10(loudness));
}

void lts_latent_mix_levels(const float *const *paths, const float *weights, size_t sounds,
                           size_t frames, size_t columns, float *mixed)
{
    for (size_t t = 0; t < frames; t++)
        mixed[t * columns + columns - 1] = frame_level(paths, weights, sounds, frames, columns, t);
}
