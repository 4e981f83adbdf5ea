/* The gain that brings what is rendered to the level its mixture asks for. Phases that suit
 * magnitudes of no real sound do not exist: what comes of a mixture's best ones has levels of its
 * own, and the filters' length has smeared those of the frames. */
#include "render/renderer.h"

#include "lts/latent.h"
#include "render/envelope.h"

#include <math.h>
#include <string.h>

/* A gain averaged over the window comes close to what it is for, a second one to what was left. */
enum { PASSES = 2 };
static const double most_gain = 4; /* of each */

/* Of the loudest sound's power: what lies below stays as it is, so that silence is not lifted. */
static const double least_power = 1e-6;

/* The window of a sound's gain that is not mixed, s: longer than its lowest filters, whose
 * magnitudes a quicker gain would spread. */
static const double slow_window = 4;

/* Frames in which the gain sets in after samples that stay as they are. */
enum { RAMP = 9 };

static double loudest(const lts_mixture *mixture)
{
    float level = -INFINITY;
    for (size_t s = 0; s < mixture->sounds; s++)
        for (size_t t = 0; t < mixture->frames; t++)
            level = fmaxf(level, mixture->envelope[s][t]);
    return pow(10, (double)level / 10);
}

lts_status render_gain_open(const render_blocks *blocks, const lts_feature *feature,
                            const lts_mixture *mixture, const lts_render_config *config,
                            render_gain *gain, lts_error *err)
{
    *gain = (render_gain){.mixture = mixture, .feature = feature};
    if (!mixture->envelope || config->level != LTS_LAW_LOUDNESS)
        return LTS_OK;
    const size_t frames = blocks->most;
    lts_status status = lts_alloc_checked(&gain->asked, frames,
                                          (4 + mixture->sounds) * sizeof(float), "levels", err);
    if (status != LTS_OK)
        return status;
    gain->power = gain->asked + frames;
    gain->got = gain->power + frames;
    gain->factor = gain->got + frames;
    gain->weight = gain->factor + frames;
    gain->floor = least_power * loudest(mixture);
    return lts_alloc_checked(&gain->paths, mixture->sounds, sizeof *gain->paths, "levels", err);
}

void render_gain_close(render_gain *gain)
{
    lts_free(gain->asked);
    lts_free(gain->paths);
}

/* asked (count) = the powers of the mixture's path, frames first .. first+count-1. */
static void ask(const render_gain *gain, size_t first, size_t count)
{
    const lts_mixture *mixture = gain->mixture;
    for (size_t s = 0; s < mixture->sounds; s++) {
        gain->paths[s] = mixture->envelope[s] + first;
        memcpy(gain->weight + s * count, mixture->weight + s * mixture->frames + first,
               count * sizeof(float));
    }
    lts_latent_mix_levels(gain->paths, gain->weight, mixture->sounds, count, 1, gain->asked);
    envelope_to_powers(gain->asked, count);
}

/* How far the gain has set in at a distance, in samples, from those that stay. */
static double share(size_t distance, size_t hop)
{
    return distance < RAMP * hop ? (double)distance / (double)(RAMP * hop) : 1;
}

/* x *= the gain between frames t and t+1. */
static void amplify(float *x, size_t count, const float *factor, size_t hop,
                    const lts_phase_known *known)
{
    const size_t end = count - known->samples_after;
    for (size_t i = known->samples_before; i < end; i++) {
        const size_t t = i / hop;
        const double part = (double)(i - t * hop) / (double)hop;
        const double from = (double)factor[t],
                     to = (double)factor[(t + 1) * hop < count ? t + 1 : t];
        double in = 1;
        if (known->samples_before > 0)
            in = share(i - known->samples_before, hop);
        if (known->samples_after > 0)
            in = fmin(in, share(end - 1 - i, hop));
        x[i] *= (float)(1 + in * (from + part * (to - from) - 1));
    }
}

/* How far frame t of `count` is from one sound alone, 0..1: 1 with a quarter of another. */
static double mixed_part(const render_gain *gain, size_t t, size_t count)
{
    double others = 0, largest = -INFINITY;
    for (size_t s = 0; s < gain->mixture->sounds; s++) {
        const double weight = (double)gain->weight[s * count + t];
        others += fabs(weight);
        largest = fmax(largest, weight);
    }
    others -= fabs(largest);
    return fmin(1, 2 * (others + fabs(largest - 1)));
}

static double ratio(const render_gain *gain, float asked, float got)
{
    const double factor = sqrt(((double)asked + gain->floor) / ((double)got + gain->floor));
    return fmin(fmax(factor, 1 / most_gain), most_gain);
}

/* gain->factor (frames) = by how much x is to be amplified around each frame. */
static void find_factors(const render_gain *gain, const float *x, size_t count, size_t frames)
{
    envelope_meter meter;
    float *const got = gain->got, *const slow_got = gain->power, *const slow_asked = gain->factor;
    memset(gain->power, 0, frames * sizeof *gain->power);
    envelope_begin(&meter, gain->feature, gain->power, frames);
    envelope_feed(&meter, x, count);
    envelope_smooth(gain->feature, envelope_window, gain->power, frames, got);
    envelope_smooth(gain->feature, slow_window, got, frames, slow_got);
    envelope_smooth(gain->feature, slow_window, gain->asked, frames, slow_asked);
    for (size_t t = 0; t < frames; t++) {
        const double mixed = mixed_part(gain, t, frames);
        gain->factor[t] = (float)(pow(ratio(gain, gain->asked[t], got[t]), mixed) *
                                  pow(ratio(gain, slow_asked[t], slow_got[t]), 1 - mixed));
    }
}

void render_gain_apply(const render_gain *gain, const render_blocks *blocks,
                       const lts_phase_known *known, float *x, size_t count)
{
    const size_t frames = blocks->to - blocks->from;
    if (!gain->paths)
        return;
    ask(gain, blocks->from, frames);
    for (int pass = 0; pass < PASSES; pass++) {
        find_factors(gain, x, count, frames);
        amplify(x, count, gain->factor, blocks->hop, known);
    }
}
