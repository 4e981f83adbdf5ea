#include "align/time/time.h"

#include <math.h>

enum { STEPS_A_SECOND = 86, BANDS_AN_OCTAVE = 4 };

size_t time_band_width(const lts_align_time_config *config)
{
    const int width = config->bins_per_octave / BANDS_AN_OCTAVE;
    return width > 1 ? (size_t)width : 1;
}

void time_profile_free(time_profile *profile)
{
    lts_free(profile->flux);
    lts_free(profile->onset);
    lts_free(profile->strength);
    lts_free(profile->feature);
    lts_free(profile->silence);
    *profile = (time_profile){0};
}

/* Divides each band by its mean, and by a tenth of the loudest band's, so that what is hardly heard
 * is not raised. All of them together then count as much as the flux. */
static void scale_bands(time_profile *profile)
{
    const size_t steps = profile->steps, bands = profile->bands - 1;
    double loudest = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t k = 0; k < bands; k++) {
            float *band = profile->feature + k * steps;
            double mean = 0;
            for (size_t i = 0; i < steps; i++)
                mean += band[i] / (double)steps;
            if (pass == 0)
                loudest = fmax(loudest, mean);
            else if (loudest > 0)
                for (size_t i = 0; i < steps; i++)
                    band[i] /= (float)(2 * (double)bands * (mean + 0.1 * loudest));
        }
}

/* The last band: each onset's strength over the mean strength, at most 2, falling linearly to 0 in
 * about 90 ms, so that near onsets are nearer than far ones. */
static void set_onset_band(time_profile *profile)
{
    enum { DECAY = 8 };
    float *band = profile->feature + (profile->bands - 1) * profile->steps;
    double mean = 0;
    for (size_t n = 0; n < profile->onsets; n++)
        mean += profile->strength[n] / (double)profile->onsets;
    for (size_t n = 0; n < profile->onsets; n++) {
        const size_t at = (size_t)round(profile->onset[n]) / profile->decimation;
        const float height = (float)fmin(2, profile->strength[n] / mean) / 2;
        for (size_t i = 0; i < DECAY && at + i < profile->steps; i++)
            band[at + i] = fmaxf(band[at + i], height * (1 - (float)i / DECAY));
    }
}

lts_status time_profile_create(const float *magnitudes, size_t frames, size_t bins,
                               const lts_align_time_config *config, time_profile *profile,
                               lts_error *err)
{
    const char *what = "features of a sound";
    const size_t width = time_band_width(config);
    const size_t decimation = (size_t)(config->frame_rate / STEPS_A_SECOND);
    profile->frames = frames;
    profile->decimation = decimation > 0 ? decimation : 1;
    profile->steps = (frames + profile->decimation - 1) / profile->decimation;
    profile->bands = (bins + width - 1) / width + 1;
    const struct {
        void *array;
        size_t count, size;
    } arrays[] = {
        {&profile->flux, frames, sizeof(float)},
        {&profile->onset, frames, sizeof(double)},
        {&profile->strength, frames, sizeof(float)},
        {&profile->feature, profile->steps, profile->bands * sizeof(float)},
        {&profile->silence, profile->steps, sizeof(float)},
    };
    lts_status status = LTS_OK;
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        status = lts_alloc_checked(arrays[i].array, arrays[i].count, arrays[i].size, what, err);
        if (status != LTS_OK)
            return status;
    }
    status = time_flux(magnitudes, bins, config, profile, err);
    if (status != LTS_OK)
        return status;
    time_pick_onsets(config->frame_rate, profile);
    scale_bands(profile);
    set_onset_band(profile);
    for (size_t k = 0; k < profile->bands; k++)
        for (size_t i = 0; i < profile->steps; i++)
            profile->silence[i] += profile->feature[k * profile->steps + i];
    return LTS_OK;
}

static float feature_at(const time_profile *profile, size_t band, ptrdiff_t i)
{
    const bool inside = i >= 0 && (size_t)i < profile->steps;
    return inside ? profile->feature[band * profile->steps + (size_t)i] : 0;
}

float time_distance(const time_profile *a, ptrdiff_t i, const time_profile *b, ptrdiff_t j)
{
    float sum = 0;
    for (size_t k = 0; k < a->bands; k++)
        sum += fabsf(feature_at(a, k, i) - feature_at(b, k, j));
    return sum;
}
