#include "render/renderer.h"

#include "lts/latent.h"

#include <string.h>

lts_status render_source_open(lts_renderer *renderer, const lts_mixture *mixture,
                              const lts_render_config *config, render_source *source,
                              lts_error *err)
{
    *source = (render_source){.renderer = renderer, .mixture = mixture, .config = config};
    if (mixture->rows)
        return LTS_OK;
    if (!renderer->model)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "render: a mixture needs a model to decode it: give magnitudes instead");
    const size_t latent = source->latent = lts_model_columns(renderer->model);
    source->levels = lts_model_has_level(renderer->model);
    if (config->sample && !mixture->path && !mixture->log_variance)
        return lts_fail(err, LTS_ERR_ARGUMENT, "sampling needs the log-variances of every sound");
    lts_status status = lts_alloc_checked(&source->z, LTS_RENDER_ROWS, latent * sizeof(float),
                                          "a latent path", err);
    if (status != LTS_OK)
        return status;
    if (config->sample)
        status = lts_alloc_checked(&source->spread, LTS_RENDER_ROWS, latent * sizeof(float),
                                   "a latent path", err);
    if (status != LTS_OK)
        return status;
    if (mixture->path)
        status = lts_alloc_checked(&source->given, 2 * mixture->sounds,
                                   LTS_RENDER_ROWS * latent * sizeof(float), "latent paths", err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&source->weight, mixture->sounds, LTS_RENDER_ROWS * sizeof(float),
                               "weights", err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&source->paths, mixture->sounds, sizeof *source->paths,
                               "latent paths", err);
    return status;
}

void render_source_close(render_source *source)
{
    lts_free(source->z);
    lts_free(source->spread);
    lts_free(source->given);
    lts_free(source->weight);
    lts_free(source->paths);
}

/* Of sound i, the means or, as `spread`, the log-variances that mixture->path gives. */
static float *given_path(const render_source *s, size_t i, bool spread)
{
    return s->given + (spread * s->mixture->sounds + i) * LTS_RENDER_ROWS * s->latent;
}

static lts_status ask_paths(const render_source *s, size_t first, size_t count, lts_error *err)
{
    const lts_mixture *mixture = s->mixture;
    lts_status status = LTS_OK;
    for (size_t i = 0; mixture->path && i < mixture->sounds; i++) {
        status = mixture->path(mixture->path_user, i, first, count, given_path(s, i, false),
                               s->spread ? given_path(s, i, true) : NULL, err);
        if (status != LTS_OK)
            return status;
    }
    return status;
}

static void mix(const render_source *s, bool spread, size_t first, size_t count, float *mixed)
{
    const float *const *paths = spread ? s->mixture->log_variance : s->mixture->mean;
    for (size_t i = 0; i < s->mixture->sounds; i++)
        s->paths[i] = s->mixture->path ? given_path(s, i, spread) : paths[i] + first * s->latent;
    lts_latent_mix(s->paths, s->weight, s->mixture->sounds, count, s->latent, mixed);
    if (!spread && s->levels && s->config->level == LTS_LAW_LOUDNESS)
        lts_latent_mix_levels(s->paths, s->weight, s->mixture->sounds, count, s->latent, mixed);
}

/* The level, where rows end with one, stays. */
static void move(const render_source *s, size_t count)
{
    const float *offset = s->config->offset;
    for (size_t t = 0; offset && t < count; t++)
        for (size_t z = 0; z < s->latent - s->levels; z++)
            s->z[t * s->latent + z] += offset[z];
}

/* Every frame has a seed of its own, so that a stretch draws what the whole sound does. A level is
 * no draw. */
static void sample(const render_source *s, size_t first, size_t count)
{
    for (size_t t = 0; t < count; t++) {
        float *z = s->z + t * s->latent;
        lts_rng rng;
        lts_rng_seed(&rng, s->config->seed, first + t);
        lts_latent_sample(z, s->spread + t * s->latent, 1, s->latent - s->levels,
                          lts_rng_next(&rng), z);
    }
}

/* z of frames first .. first+count-1, at most LTS_RENDER_ROWS of them. */
static lts_status mix_frames(const render_source *s, size_t first, size_t count, lts_error *err)
{
    const lts_mixture *mixture = s->mixture;
    lts_status status = ask_paths(s, first, count, err);
    if (status != LTS_OK)
        return status;
    for (size_t i = 0; i < mixture->sounds; i++)
        memcpy(s->weight + i * count, mixture->weight + i * mixture->frames + first,
               count * sizeof(float));
    mix(s, false, first, count, s->z);
    move(s, count);
    render_measure(s->config, mixture, s->paths, s->weight, count, s->latent, s->z);
    if (s->spread) {
        mix(s, true, first, count, s->spread);
        sample(s, first, count);
    }
    return LTS_OK;
}

static lts_status decode_frames(const render_source *s, size_t first, size_t count,
                                float *magnitudes, lts_error *err)
{
    lts_status status = mix_frames(s, first, count, err);
    if (status != LTS_OK)
        return status;
    return render_decode(s->renderer, s->z, first, count, s->mixture->frames, magnitudes, err);
}

lts_status render_source_magnitudes(const render_source *s, size_t first, size_t count,
                                    float *magnitudes, const lts_reporter *reporter, lts_error *err)
{
    const lts_mixture *mixture = s->mixture;
    const size_t bins = lts_feature_floats(&s->renderer->feature), end = first + count;
    for (size_t here; first < end; first += here, magnitudes += here * bins) {
        lts_status status;
        here = end - first < LTS_RENDER_ROWS ? end - first : LTS_RENDER_ROWS;
        if (lts_cancelled(reporter))
            return lts_fail(err, LTS_ERR_CANCELLED, "cancelled before the phase");
        if (mixture->rows)
            status = mixture->rows(mixture->rows_user, first, here, magnitudes, err);
        else
            status = decode_frames(s, first, here, magnitudes, err);
        if (status != LTS_OK)
            return status;
        if (mixture->decoded)
            status = mixture->decoded(mixture->decoded_user, first, here, magnitudes, err);
        if (status != LTS_OK)
            return status;
    }
    return LTS_OK;
}

lts_status lts_renderer_magnitudes(lts_renderer *renderer, const lts_mixture *mixture,
                                   const lts_render_config *config, float *magnitudes,
                                   lts_error *err)
{
    render_source source;
    lts_status status = render_source_open(renderer, mixture, config, &source, err);
    if (status != LTS_OK)
        goto done;
    status = render_source_magnitudes(&source, 0, mixture->frames, magnitudes, NULL, err);
done:
    render_source_close(&source);
    return status;
}
