#include "align/time/time.h"

#include <math.h>
#include <string.h>

/* As fmaxf of finite numbers, in one instruction. */
static inline float larger(float a, float b)
{
    return a > b ? a : b;
}

/* y = log2(1 + magnitude / c) of one frame. */
static void compress(const float *magnitudes, size_t bins, float scale, float *y)
{
    for (size_t k = 0; k < bins; k++)
        y[k] = log2f(1 + magnitudes[k] * scale);
}

/* The largest of y_{k-reach} to y_{k+reach}. */
static void widen(const float *y, size_t bins, size_t reach, float *widest)
{
    memcpy(widest, y, bins * sizeof *y);
    for (size_t j = 1; j <= reach && j < bins; j++)
        for (size_t k = 0; k + j < bins; k++) {
            widest[k] = larger(widest[k], y[k + j]);
            widest[k + j] = larger(widest[k + j], y[k]);
        }
}

/* Adds a frame to the step's bands, each a mean over the step's frames and the band's bins. */
static void add_bands(const float *y, size_t bins, size_t width, size_t frame,
                      time_profile *profile)
{
    const size_t step = frame / profile->decimation;
    const size_t begin = step * profile->decimation;
    const size_t left = profile->frames - begin;
    const size_t share = left < profile->decimation ? left : profile->decimation;
    for (size_t k = 0; k < bins; k += width) {
        const size_t end = k + width < bins ? k + width : bins;
        float sum = 0;
        for (size_t j = k; j < end; j++)
            sum += y[j];
        profile->feature[k / width * profile->steps + step] += sum / (float)((end - k) * share);
    }
}

/* A long filter smears an onset over its own length, which falls with the frequency: the weights
 * follow the square root of it. They are scaled so that the flux is 1 where every bin rises from
 * silence to its maximum. */
static void set_weights(const float *loudest, size_t bins, int bins_per_octave, float *weight)
{
    double sum = 0;
    for (size_t k = 0; k < bins; k++) {
        weight[k] = (float)exp2(-0.5 * (double)(bins - 1 - k) / bins_per_octave);
        sum += (double)weight[k] * loudest[k];
    }
    for (size_t k = 0; k < bins; k++)
        weight[k] = (float)(weight[k] / sum);
}

/* The maximum of each bin; returns the largest of them. */
static float find_loudest(const float *magnitudes, size_t frames, size_t bins, float *loudest)
{
    float peak = 0;
    for (size_t t = 0; t < frames; t++)
        for (size_t k = 0; k < bins; k++)
            loudest[k] = larger(loudest[k], magnitudes[t * bins + k]);
    for (size_t k = 0; k < bins; k++)
        peak = larger(peak, loudest[k]);
    return peak;
}

lts_status time_flux(const float *magnitudes, size_t bins, const lts_align_time_config *config,
                     time_profile *profile, lts_error *err)
{
    const double FLOOR = 316;      /* 50 dB */
    const float FAINTEST = 1e-30f; /* silence; what is fainter would overflow when it is scaled */
    const size_t lag = (size_t)fmax(1, round(LTS_ALIGN_TIME_COINCIDENCE * config->frame_rate));
    const size_t reach = config->bins_per_octave < 24 ? 1 : (size_t)config->bins_per_octave / 24;
    const size_t width = time_band_width(config);
    float *ring = NULL, *y = NULL, *weight = NULL;
    /* The ring holds the widened frames of the last `lag`, silence at first. */
    lts_status status = lts_alloc_checked(&ring, lag, bins * sizeof *ring, "spectral flux", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&y, bins, sizeof *y, "spectral flux", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&weight, bins, sizeof *weight, "spectral flux", err);
    if (status != LTS_OK)
        goto done;
    const float peak = find_loudest(magnitudes, profile->frames, bins, y);
    if (peak < FAINTEST)
        goto done;
    const float scale = (float)(FLOOR / peak);
    compress(y, bins, scale, y);
    set_weights(y, bins, config->bins_per_octave, weight);
    for (size_t t = 0; t < profile->frames; t++) {
        float *before = ring + t % lag * bins, flux = 0;
        compress(magnitudes + t * bins, bins, scale, y);
        for (size_t k = 0; k < bins; k++)
            flux += weight[k] * larger(0, y[k] - before[k]);
        profile->flux[t] = flux;
        widen(y, bins, reach, before);
        add_bands(y, bins, width, t, profile);
    }
done:
    lts_free(ring);
    lts_free(y);
    lts_free(weight);
    return status;
}

static size_t frames_of(double seconds, double frame_rate)
{
    return (size_t)fmax(1, round(seconds * frame_rate));
}

/* The vertex of the parabola through the flux at t - 1, t and t + 1, t the largest of the three. */
static double refine(const time_profile *profile, size_t t)
{
    if (t == 0 || t + 1 >= profile->frames)
        return (double)t;
    const double before = profile->flux[t - 1], at = profile->flux[t], after = profile->flux[t + 1];
    const double bend = before - 2 * at + after;
    return bend < 0 ? (double)t + 0.5 * (before - after) / bend : (double)t;
}

static bool is_largest(const time_profile *profile, size_t t, size_t reach)
{
    const size_t begin = t > reach ? t - reach : 0;
    for (size_t i = begin; i <= t + reach && i < profile->frames; i++)
        if (profile->flux[i] > profile->flux[t] || (i < t && profile->flux[i] == profile->flux[t]))
            return false;
    return true;
}

void time_pick_onsets(double frame_rate, time_profile *profile)
{
    /* A peak stands out when it is the largest within 30 ms, and well above the mean of 0.7 s
     * around it: steady noise has peaks of 3 times its mean. */
    const double CONTRAST = 3.5, RISE = 0.03;
    const size_t reach = frames_of(0.03, frame_rate), around = frames_of(0.35, frame_rate);
    double sum = 0;
    size_t end = 0; /* sum is over the frames from t - around to before this one */
    profile->onsets = 0;
    for (size_t t = 0; t < profile->frames; t++) {
        while (end < profile->frames && end <= t + around)
            sum += profile->flux[end++];
        if (t > around)
            sum -= profile->flux[t - around - 1];
        const double mean = sum / (double)(2 * around + 1), flux = profile->flux[t];
        if (flux < RISE || flux < CONTRAST * mean || !is_largest(profile, t, reach))
            continue;
        profile->onset[profile->onsets] = refine(profile, t);
        profile->strength[profile->onsets++] = (float)flux;
    }
}
