#include "lts/render.h"

#include "lts/latent.h"

#include <math.h>

struct lts_renderer {
    const lts_model *model; /* NULL in a plain one */
    lts_model_work *model_work;
    lts_cqt *cqt;
    lts_cqt_work *cqt_work;
};

lts_render_config lts_render_defaults(void)
{
    return (lts_render_config){.sample = false, .seed = 0, .phase = lts_phase_defaults()};
}

lts_status lts_renderer_create_plain(const lts_cqt_config *config, size_t samples,
                                     lts_renderer **out, lts_error *err)
{
    *out = NULL;
    lts_renderer *renderer;
    lts_status status = lts_alloc_checked(&renderer, 1, sizeof *renderer, "a renderer", err);
    if (status != LTS_OK)
        return status;
    status = lts_cqt_create(config, samples, &renderer->cqt, err);
    if (status == LTS_OK)
        status = lts_cqt_work_create(renderer->cqt, &renderer->cqt_work, err);
    if (status != LTS_OK) {
        lts_renderer_destroy(renderer);
        return status;
    }
    *out = renderer;
    return LTS_OK;
}

lts_status lts_renderer_create(const lts_model *model, size_t samples, unsigned threads,
                               lts_renderer **out, lts_error *err)
{
    *out = NULL;
    lts_cqt_config config;
    lts_renderer *renderer = NULL;
    lts_status status = lts_render_settings(model, &config, err);
    if (status == LTS_OK)
        status = lts_renderer_create_plain(&config, samples, &renderer, err);
    if (status != LTS_OK)
        return status;
    renderer->model = model;
    status = lts_model_work_create(model, threads, &renderer->model_work, err);
    if (status != LTS_OK) {
        lts_renderer_destroy(renderer);
        return status;
    }
    *out = renderer;
    return LTS_OK;
}

void lts_renderer_destroy(lts_renderer *renderer)
{
    if (!renderer)
        return;
    lts_cqt_work_destroy(renderer->cqt_work);
    lts_cqt_destroy(renderer->cqt);
    lts_model_work_destroy(renderer->model_work);
    lts_free(renderer);
}

const lts_cqt_config *lts_renderer_settings(const lts_renderer *renderer)
{
    return lts_cqt_settings(renderer->cqt);
}

void lts_renderer_analyse(lts_renderer *renderer, const float *x, size_t n, float *magnitudes)
{
    lts_cqt_magnitudes(renderer->cqt, renderer->cqt_work, x, n, magnitudes);
}

lts_status lts_renderer_encode(lts_renderer *renderer, const float *x, size_t total, size_t before,
                               size_t excerpt, float *mean, float *log_variance, lts_error *err)
{
    const lts_cqt_config *config = lts_cqt_settings(renderer->cqt);
    size_t hop = (size_t)config->hop, bins = lts_cqt_bins(config);
    size_t first = before / hop, frames = lts_cqt_frames(config, excerpt);
    if (before % hop != 0 || before + excerpt > total)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "excerpt of %zu samples after %zu: outside the %zu given, or not on a hop",
                        excerpt, before, total);
    float *magnitudes;
    lts_status status = lts_alloc_checked(&magnitudes, lts_cqt_frames(config, total),
                                          bins * sizeof *magnitudes, "magnitudes", err);
    if (status != LTS_OK)
        return status;
    lts_renderer_analyse(renderer, x, total, magnitudes);
    lts_model_encode(renderer->model, renderer->model_work, magnitudes + first * bins, frames, mean,
                     log_variance);
    lts_free(magnitudes);
    return LTS_OK;
}

/* A decoder far outside its training data can overflow; a phase cannot be found for that. */
static lts_status check_finite(const float *magnitudes, size_t frames, size_t bins, lts_error *err)
{
    for (size_t t = 0; t < frames; t++) {
        float sum = 0;
        for (size_t k = 0; k < bins; k++)
            sum += magnitudes[t * bins + k];
        if (!isfinite(sum))
            return lts_fail(err, LTS_ERR_NONFINITE,
                            "decoder: frame %zu of %zu is not finite: the latent path leads too "
                            "far out there",
                            t, frames);
    }
    return LTS_OK;
}

lts_status lts_renderer_decode(lts_renderer *renderer, const float *z, size_t frames,
                               float *magnitudes, lts_error *err)
{
    size_t bins = lts_model_settings(renderer->model)->bins;
    lts_model_decode(renderer->model, renderer->model_work, z, frames, magnitudes);
    /* With a linear output layer a magnitude can come out negative; there is no such thing. */
    for (size_t i = 0; i < frames * bins; i++)
        magnitudes[i] = magnitudes[i] < 0 ? 0 : magnitudes[i];
    return check_finite(magnitudes, frames, bins, err);
}

lts_status lts_renderer_magnitudes(lts_renderer *renderer, const lts_mixture *mixture,
                                   const lts_render_config *config, float *magnitudes,
                                   lts_error *err)
{
    size_t latent = lts_model_settings(renderer->model)->latent, frames = mixture->frames;
    float *z = NULL, *spread = NULL;
    if (config->sample && !mixture->log_variance)
        return lts_fail(err, LTS_ERR_ARGUMENT, "sampling needs the log-variances of every sound");
    lts_status status = lts_alloc_checked(&z, frames, latent * sizeof *z, "a latent path", err);
    if (status == LTS_OK && config->sample)
        status = lts_alloc_checked(&spread, frames, latent * sizeof *z, "a latent path", err);
    if (status == LTS_OK) {
        lts_latent_mix(mixture->mean, mixture->weight, mixture->sounds, frames, latent, z);
        if (config->sample) {
            lts_latent_mix(mixture->log_variance, mixture->weight, mixture->sounds, frames, latent,
                           spread);
            lts_latent_sample(z, spread, frames, latent, config->seed, z);
        }
        status = lts_renderer_decode(renderer, z, frames, magnitudes, err);
    }
    lts_free(spread);
    lts_free(z);
    return status;
}

lts_status lts_renderer_phase(lts_renderer *renderer, const float *magnitudes, size_t frames,
                              const lts_phase_config *config, float *x, size_t n,
                              const lts_reporter *reporter, lts_error *err)
{
    return lts_phase_recover(renderer->cqt, renderer->cqt_work, magnitudes, frames, config, x, n,
                             reporter, err);
}

lts_status lts_render(lts_renderer *renderer, const lts_mixture *mixture,
                      const lts_render_config *config, float *x, size_t n,
                      const lts_reporter *reporter, lts_error *err)
{
    float *magnitudes;
    size_t bins = lts_model_settings(renderer->model)->bins;
    lts_status status = lts_alloc_checked(&magnitudes, mixture->frames, bins * sizeof *magnitudes,
                                          "magnitudes", err);
    if (status != LTS_OK)
        return status;
    status = lts_renderer_magnitudes(renderer, mixture, config, magnitudes, err);
    if (status == LTS_OK && lts_cancelled(reporter))
        status = lts_fail(err, LTS_ERR_CANCELLED, "cancelled before the phase");
    if (status == LTS_OK)
        status = lts_renderer_phase(renderer, magnitudes, mixture->frames, &config->phase, x, n,
                                    reporter, err);
    lts_free(magnitudes);
    return status;
}

void lts_normalize(float *x, size_t n)
{
    float peak = 0;
    for (size_t i = 0; i < n; i++)
        peak = fmaxf(peak, fabsf(x[i]));
    for (size_t i = 0; peak > 0 && i < n; i++)
        x[i] /= peak;
}
