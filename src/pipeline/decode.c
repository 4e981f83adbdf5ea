#include "lts/codec.h"

#include "lts/formats.h"

#include <math.h>
#include <string.h>

enum { BLOCK = 1024 }; /* latent rows decoded at once */

static lts_status check_rows(const char *path, const float *rows, size_t first, size_t count,
                             size_t columns, lts_error *err)
{
    for (size_t i = 0; i < count * columns; i++)
        if (!isfinite(rows[i]))
            return lts_fail(err, LTS_ERR_NONFINITE,
                            "%s: row %zu, column %zu is not a finite number: mend the array", path,
                            first + i / columns, i % columns);
    return LTS_OK;
}

static lts_status open_array(const char *path, size_t columns, const char *meaning, lts_npy **npy,
                             lts_error *err)
{
    lts_status status = lts_npy_open(path, npy, err);
    if (status == LTS_OK && lts_npy_columns(*npy) != columns)
        return lts_fail(err, LTS_ERR_SHAPE, "%s: %zu columns, expected %zu (%s)", path,
                        lts_npy_columns(*npy), columns, meaning);
    if (status == LTS_OK && lts_npy_rows(*npy) == 0)
        return lts_fail(err, LTS_ERR_SHAPE, "%s: holds no rows", path);
    return status;
}

/* (T-1) hop samples, as the transform centres its frames; a single frame still sounds for a hop. */
static size_t sample_count(size_t frames, size_t hop)
{
    return frames > 1 ? (frames - 1) * hop : hop - 1;
}

static lts_status save(const char *wav_path, float *x, size_t n, double sample_rate,
                       const char *comment, const lts_interp_output *output,
                       const lts_reporter *reporter, lts_error *err)
{
    if (output->normalize)
        lts_normalize(x, n);
    lts_audio_format format = {
        .sample_rate = sample_rate, .bits = output->bits, .comment = comment};
    lts_status status = lts_audio_save(wav_path, x, n, &format, err);
    lts_field fields[] = {{.name = "file", .text = wav_path},
                          {.name = "seconds", .number = (double)n / sample_rate}};
    if (status == LTS_OK)
        lts_record(reporter, "sound", fields, 2);
    return status;
}

static lts_status decode_rows(lts_renderer *renderer, const lts_model *model, const lts_npy *npy,
                              float *magnitudes, lts_error *err)
{
    const lts_model_config *config = lts_model_settings(model);
    float *z;
    lts_status status =
        lts_alloc_checked(&z, BLOCK, config->latent * sizeof *z, "latent rows", err);
    for (size_t t = 0; status == LTS_OK && t < lts_npy_rows(npy); t += BLOCK) {
        size_t count = lts_npy_rows(npy) - t < BLOCK ? lts_npy_rows(npy) - t : BLOCK;
        lts_npy_read(npy, t, count, z);
        status = check_rows(lts_npy_path(npy), z, t, count, config->latent, err);
        if (status == LTS_OK)
            status = lts_renderer_decode(renderer, z, count, magnitudes + t * config->bins, err);
    }
    lts_free(z);
    return status;
}

lts_status lts_decode_latent(const lts_model *model, const char *npy_path, unsigned threads,
                             const lts_phase_config *phase, const lts_interp_output *output,
                             const char *wav_path, const lts_reporter *reporter, lts_error *err)
{
    const lts_model_config *config = lts_model_settings(model);
    lts_npy *npy = NULL;
    lts_renderer *renderer = NULL;
    float *magnitudes = NULL, *x = NULL;
    char *comment = NULL;
    size_t frames = 0, n = 0;
    lts_status status =
        open_array(npy_path, config->latent, "the model's latent dimensions", &npy, err);
    if (status == LTS_OK) {
        frames = lts_npy_rows(npy);
        status = lts_renderer_create(model, 0, threads, &renderer, err);
    }
    if (status == LTS_OK) {
        n = sample_count(frames, (size_t)lts_renderer_settings(renderer)->hop);
        status =
            lts_alloc_checked(&magnitudes, frames, config->bins * sizeof(float), "magnitudes", err);
    }
    if (status == LTS_OK)
        status = lts_alloc_checked(&x, n, sizeof *x, "samples", err);
    if (status == LTS_OK)
        status = decode_rows(renderer, model, npy, magnitudes, err);
    if (status == LTS_OK)
        status = lts_renderer_phase(renderer, magnitudes, frames, phase, x, n, reporter, err);
    if (status == LTS_OK) {
        comment = lts_format("latent-timbre %s, model %s, decoded from %s", LTS_VERSION,
                             lts_model_hash(model), npy_path);
        status = save(wav_path, x, n, lts_renderer_settings(renderer)->sample_rate, comment, output,
                      reporter, err);
    }
    lts_free(comment);
    lts_free(x);
    lts_free(magnitudes);
    lts_renderer_destroy(renderer);
    lts_npy_close(npy);
    return status;
}

lts_status lts_decode_features(const lts_cqt_config *config, const char *npy_path,
                               const lts_phase_config *phase, const lts_interp_output *output,
                               const char *wav_path, const lts_reporter *reporter, lts_error *err)
{
    lts_npy *npy = NULL;
    lts_cqt *cqt = NULL;
    lts_cqt_work *work = NULL;
    float *magnitudes = NULL, *x = NULL;
    char *comment = NULL;
    size_t frames = 0, n = 0, bins = lts_cqt_bins(config);
    lts_status status = open_array(npy_path, bins, "octaves x bins per octave", &npy, err);
    if (status == LTS_OK) {
        frames = lts_npy_rows(npy);
        n = sample_count(frames, (size_t)config->hop);
        status = lts_cqt_create(config, n, &cqt, err);
    }
    if (status == LTS_OK)
        status = lts_cqt_work_create(cqt, &work, err);
    if (status == LTS_OK)
        status = lts_alloc_checked(&magnitudes, frames, bins * sizeof(float), "magnitudes", err);
    if (status == LTS_OK)
        status = lts_alloc_checked(&x, n, sizeof *x, "samples", err);
    if (status == LTS_OK) {
        lts_npy_read(npy, 0, frames, magnitudes);
        status = check_rows(npy_path, magnitudes, 0, frames, bins, err);
    }
    if (status == LTS_OK)
        status = lts_phase_recover(cqt, work, magnitudes, frames, phase, x, n, reporter, err);
    if (status == LTS_OK) {
        comment = lts_format("latent-timbre %s, phase found for %s", LTS_VERSION, npy_path);
        status = save(wav_path, x, n, config->sample_rate, comment, output, reporter, err);
    }
    lts_free(comment);
    lts_free(x);
    lts_free(magnitudes);
    lts_cqt_work_destroy(work);
    lts_cqt_destroy(cqt);
    lts_npy_close(npy);
    return status;
}
