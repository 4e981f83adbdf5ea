#include "render/renderer.h"

#include <math.h>

lts_render_config lts_render_defaults(void)
{
    return (lts_render_config){.sample = false, .seed = 0, .phase = lts_phase_defaults()};
}

static lts_status create_plan(const lts_feature *feature, size_t samples, render_plan *plan,
                              lts_error *err)
{
    lts_status status = transform_create(feature, samples, &plan->transform, err);
    if (status != LTS_OK)
        goto done;
    status = transform_work_create(plan->transform, &plan->work, err);
done:
    if (status != LTS_OK) {
        transform_destroy(plan->transform);
        plan->transform = NULL;
    }
    return status;
}

lts_status lts_renderer_create_plain(const lts_feature *feature, size_t samples, lts_renderer **out,
                                     lts_error *err)
{
    *out = NULL;
    lts_renderer *renderer;
    lts_status status = lts_feature_check(feature, err);
    if (status != LTS_OK)
        return status;
    if (!lts_feature_is_invertible(feature))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "renderer: features %s cannot be turned back into sound: use those of "
                        "another kind",
                        lts_feature_kind_text((int)feature->kind));
    status = lts_alloc_checked(&renderer, 1, sizeof *renderer, "a renderer", err);
    if (status != LTS_OK)
        return status;
    renderer->feature = *feature;
    status = create_plan(feature, samples, &renderer->plan[0], err);
    if (status != LTS_OK) {
        lts_renderer_destroy(renderer);
        return status;
    }
    *out = renderer;
    return LTS_OK;
}

lts_status lts_renderer_create_with(const lts_model *model, const lts_feature *feature,
                                    size_t samples, unsigned threads, lts_renderer **out,
                                    lts_error *err)
{
    lts_renderer *renderer = NULL;
    *out = NULL;
    if (lts_feature_floats(feature) != lts_model_settings(model)->bins)
        return lts_fail(err, LTS_ERR_SHAPE, "renderer: a feature of %zu bins for a model of %zu",
                        lts_feature_floats(feature), lts_model_settings(model)->bins);
    lts_status status = lts_renderer_create_plain(feature, samples, &renderer, err);
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

lts_status lts_renderer_create(const lts_model *model, size_t samples, unsigned threads,
                               lts_renderer **out, lts_error *err)
{
    const lts_feature *feature;
    *out = NULL;
    lts_status status = lts_model_feature(model, &feature, err);
    if (status != LTS_OK)
        return status;
    return lts_renderer_create_with(model, feature, samples, threads, out, err);
}

void lts_renderer_destroy(lts_renderer *renderer)
{
    if (!renderer)
        return;
    for (int i = 0; i < RENDER_PLANS; i++) {
        transform_work_destroy(renderer->plan[i].work);
        transform_destroy(renderer->plan[i].transform);
    }
    lts_model_work_destroy(renderer->model_work);
    lts_free(renderer);
}

const lts_feature *lts_renderer_feature(const lts_renderer *renderer)
{
    return &renderer->feature;
}

void lts_renderer_analyse(lts_renderer *renderer, const float *x, size_t n, float *magnitudes)
{
    transform_analyse(renderer->plan[0].work, x, n, magnitudes);
}

const transform *render_transform(const lts_renderer *renderer)
{
    return renderer->plan[0].transform;
}

void lts_renderer_encode(lts_renderer *renderer, const float *magnitudes, size_t frames,
                         float *mean, float *log_variance)
{
    lts_model_encode(renderer->model, renderer->model_work, magnitudes, frames, mean, log_variance);
}

lts_status render_plan_for(lts_renderer *renderer, size_t frames, const render_plan **plan,
                           lts_error *err)
{
    const size_t hop = lts_feature_hop(&renderer->feature);
    const render_sizes sizes = render_sizes_of(&renderer->feature);
    const size_t most = transform_slice(renderer->plan[0].transform);
    *plan = &renderer->plan[0];
    for (size_t i = 1; i < RENDER_PLANS; i++) {
        /* A first block's, and one about twice that for retakes: by default both fill the sizes
         * that the transform likes, 1280 and 2048 frames with their guards. */
        size_t size = (sizes.first + sizes.ahead) * (i == 1 ? 8 : 15) / 8;
        render_plan *smaller = &renderer->plan[i];
        if (frames > size || 3 * size > 2 * most)
            continue;
        if (!smaller->transform) {
            lts_status status = create_plan(&renderer->feature, (size - 1) * hop, smaller, err);
            if (status != LTS_OK)
                return status;
        }
        *plan = smaller;
        break;
    }
    return LTS_OK;
}

/* A decoder far outside its training data can overflow; a phase cannot be found for that. */
static lts_status check_finite(const float *magnitudes, size_t first, size_t count, size_t total,
                               size_t bins, lts_error *err)
{
    for (size_t t = 0; t < count; t++) {
        float sum = 0;
        for (size_t k = 0; k < bins; k++)
            sum += magnitudes[t * bins + k];
        if (!isfinite(sum))
            return lts_fail(err, LTS_ERR_NONFINITE,
                            "decoder: frame %zu of %zu is not finite: the latent path leads too "
                            "far out there",
                            first + t, total);
    }
    return LTS_OK;
}

lts_status render_decode(lts_renderer *renderer, const float *z, size_t first, size_t count,
                         size_t total, float *magnitudes, lts_error *err)
{
    size_t bins = lts_model_settings(renderer->model)->bins;
    lts_model_decode(renderer->model, renderer->model_work, z, count, magnitudes);
    /* With a linear output layer a magnitude can come out negative; there is no such thing. */
    const bool clamped = lts_feature_is_magnitude(&renderer->feature);
    for (size_t i = 0; clamped && i < count * bins; i++)
        magnitudes[i] = magnitudes[i] < 0 ? 0 : magnitudes[i];
    return check_finite(magnitudes, first, count, total, bins, err);
}

lts_status lts_renderer_decode(lts_renderer *renderer, const float *z, size_t frames,
                               float *magnitudes, lts_error *err)
{
    return render_decode(renderer, z, 0, frames, frames, magnitudes, err);
}

lts_status lts_renderer_phase(lts_renderer *renderer, const float *magnitudes, size_t frames,
                              const lts_phase_config *config, float *x, size_t n,
                              const lts_reporter *reporter, lts_error *err)
{
    return transform_recover(renderer->plan[0].work, magnitudes, frames, NULL, config, x, n,
                             reporter, err);
}

void lts_normalize(float *x, size_t n)
{
    float peak = 0;
    for (size_t i = 0; i < n; i++)
        peak = fmaxf(peak, fabsf(x[i]));
    for (size_t i = 0; peak > 0 && i < n; i++)
        x[i] /= peak;
}
