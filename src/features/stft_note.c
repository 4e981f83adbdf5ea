#include "lts/stft_note.h"

#include <math.h>

enum { LEAST_SIZE = 6, MOST_SAMPLES = 1 << 24 };

static const double silent_db = -100, most_db = 500;

lts_stft_note lts_stft_note_defaults(void)
{
    return (lts_stft_note){.sample_rate = 22050, .duration = 0.74, .stft = {1024, 256}};
}

lts_status lts_stft_note_check(const lts_stft_note *config, lts_error *err)
{
    lts_status status = lts_stft_check(&config->stft, err);
    if (status != LTS_OK)
        return status;
    if (config->stft.size < LEAST_SIZE)
        return lts_fail(err, LTS_ERR_ARGUMENT, "n_fft = %d: a note needs %d samples or more",
                        config->stft.size, (int)LEAST_SIZE);
    if (!(config->sample_rate >= 1 && config->sample_rate <= 1e8))
        return lts_fail(err, LTS_ERR_ARGUMENT, "sample_rate = %g: must be 1 to 1e8 Hz",
                        config->sample_rate);
    const double samples = config->sample_rate * config->duration;
    if (!(samples >= 1 && samples <= MOST_SAMPLES))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "duration = %g: must be 1 to %d samples at %g Hz, %g to %g s",
                        config->duration, (int)MOST_SAMPLES, config->sample_rate,
                        1 / config->sample_rate, MOST_SAMPLES / config->sample_rate);
    return LTS_OK;
}

size_t lts_stft_note_samples(const lts_stft_note *config)
{
    /* 0.74 s is no binary number: what is a whole count but for rounding is whole. */
    return (size_t)floor(config->sample_rate * config->duration * (1 + 1e-12));
}

size_t lts_stft_note_frames(const lts_stft_note *config)
{
    return 1 + lts_stft_note_samples(config) / (size_t)config->stft.hop;
}

size_t lts_stft_note_bins(const lts_stft_note *config)
{
    return (size_t)config->stft.size / 2;
}

static float magnitude(double level)
{
    return level > silent_db ? (float)pow(10, level / 20) : 0;
}

/* magnitudes (T,K+1) = those of the picture (K,T). */
static lts_status find_magnitudes(const float *picture, size_t frames, size_t bins, double min_db,
                                  double max_db, float *magnitudes, lts_error *err)
{
    const size_t bad = lts_first_nonfinite(picture, bins * frames);
    if (bad < bins * frames)
        return lts_fail(err, LTS_ERR_NONFINITE, "note: bin %zu, frame %zu is not finite",
                        bad / frames, bad % frames);
    for (size_t t = 0; t < frames; t++) {
        double level = 0, below = 0;
        for (size_t k = 0; k < bins; k++) {
            below = level;
            level = min_db + (max_db - min_db) * (double)picture[k * frames + t];
            magnitudes[t * (bins + 1) + k] = magnitude(level);
        }
        magnitudes[t * (bins + 1) + bins] = magnitude((4 * level - below) / 3);
    }
    return LTS_OK;
}

lts_status lts_stft_note_render(const lts_stft_note *config, const float *picture, double min_db,
                                double max_db, const lts_phase_config *phase, float *x,
                                const lts_reporter *reporter, lts_error *err)
{
    lts_stft *stft = NULL;
    lts_stft_work *work = NULL;
    float *magnitudes = NULL;
    lts_status status = lts_stft_note_check(config, err);
    if (status != LTS_OK)
        return status;
    if (!(min_db <= max_db && min_db >= -most_db && max_db <= most_db))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "note: levels from %g to %g dB: must rise, within -%g to %g", min_db,
                        max_db, most_db, most_db);
    const size_t frames = lts_stft_note_frames(config), bins = lts_stft_note_bins(config);
    status = lts_alloc_checked(&magnitudes, frames * (bins + 1), sizeof *magnitudes, "a note", err);
    if (status != LTS_OK)
        goto done;
    status = find_magnitudes(picture, frames, bins, min_db, max_db, magnitudes, err);
    if (status != LTS_OK)
        goto done;
    status = lts_stft_create(&config->stft, &stft, err);
    if (status != LTS_OK)
        goto done;
    status = lts_stft_work_create(stft, &work, err);
    if (status != LTS_OK)
        goto done;
    status = lts_stft_recover(work, magnitudes, frames, phase, x, lts_stft_note_samples(config),
                              reporter, err);
done:
    lts_stft_work_destroy(work);
    lts_stft_destroy(stft);
    lts_free(magnitudes);
    return status;
}
