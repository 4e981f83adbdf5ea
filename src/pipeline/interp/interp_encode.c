#include "pipeline/interp/interp_sounds.h"
#include "render/envelope.h"
#include "render/renderer.h"

#include <string.h>

lts_status interp_open_excerpt(const lts_interp *interp, const interp_sound *of, excerpt **out,
                               lts_error *err)
{
    return excerpt_open(render_transform(interp->renderer), of->path, of->span, out, err);
}

/* The next frames of `e`, at most INTERP_ENCODED, frame `first` the first of them: mean (*count,Z),
 * log_variance (*count,Z) or NULL. */
static lts_status encode_next(lts_interp *interp, excerpt *e, size_t first, float *mean,
                              float *log_variance, size_t *count, lts_error *err)
{
    const size_t latent = interp_latent(interp), left = interp->frames - first;
    *count = left < INTERP_ENCODED ? left : INTERP_ENCODED;
    lts_status status = excerpt_read(e, *count, interp->magnitudes, err);
    if (status != LTS_OK)
        return status;
    lts_renderer_encode(interp->renderer, interp->magnitudes, *count, mean, log_variance);
    status = excerpt_check(e, mean, first, *count, latent, "latents", err);
    if (status != LTS_OK || !log_variance)
        return status;
    return excerpt_check(e, log_variance, first, *count, latent, "latents", err);
}

lts_status interp_encode(lts_interp *interp, interp_sound *of, bool spread,
                         const lts_reporter *reporter, lts_error *err)
{
    const size_t latent = interp_latent(interp);
    float *mean = of->mean, *log_variance = NULL;
    excerpt *e = NULL;
    lts_status status = LTS_OK;
    if (!mean)
        status =
            lts_alloc_checked(&mean, interp->frames, latent * sizeof *mean, "a latent path", err);
    if (status != LTS_OK)
        return status;
    of->mean = mean;
    if (spread)
        status = lts_alloc_checked(&log_variance, interp->frames, latent * sizeof *log_variance,
                                   "a latent path", err);
    if (status != LTS_OK)
        goto done;
    status = interp_open_excerpt(interp, of, &e, err);
    if (status != LTS_OK)
        goto done;
    for (size_t t = 0, count; t < interp->frames; t += count) {
        status = encode_next(interp, e, t, mean + t * latent,
                             spread ? log_variance + t * latent : NULL, &count, err);
        if (status != LTS_OK)
            goto done;
        if (lts_cancelled(reporter)) {
            status = lts_fail(err, LTS_ERR_CANCELLED, "cancelled before the render");
            goto done;
        }
    }
    if (spread) {
        of->log_variance = log_variance;
        log_variance = NULL;
    }
done:
    lts_free(log_variance);
    excerpt_close(e);
    return status;
}

/* A lts_render_sink of an envelope_meter. */
static lts_status feed_meter(void *meter, const float *x, size_t count, lts_error *err)
{
    (void)err;
    envelope_feed(meter, x, count);
    return LTS_OK;
}

lts_status interp_measure(const lts_interp *interp, interp_sound *of, lts_error *err)
{
    const lts_feature *feature = lts_renderer_feature(interp->renderer);
    const size_t frames = interp->frames;
    envelope_meter meter;
    float *power = NULL;
    if (!lts_model_has_level(interp->model) || feature->kind != LTS_FEATURE_CQT)
        return LTS_OK;
    lts_status status = lts_alloc_checked(&of->envelope, frames, sizeof *power, "levels", err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&power, frames, sizeof *power, "levels", err);
    if (status != LTS_OK)
        return status;
    envelope_begin(&meter, feature, power, frames);
    status = excerpt_samples(feature, of->path, of->span, feed_meter, &meter, err);
    if (status != LTS_OK)
        goto done;
    envelope_smooth(feature, envelope_window, power, frames, of->envelope);
    envelope_to_levels(of->envelope, frames);
done:
    lts_free(power);
    return status;
}

lts_status interp_read_path(void *user, size_t which, size_t first, size_t count, float *mean,
                            float *log_variance, lts_error *err)
{
    lts_interp *interp = user;
    interp_sound *of = &interp->sounds[which];
    const size_t latent = interp_latent(interp), row = latent * sizeof(float);
    float *spread = log_variance ? of->chunk + INTERP_ENCODED * latent : NULL;
    if (first == 0) {
        excerpt_close(of->reading);
        of->reading = NULL;
        of->frame = of->have = 0;
        lts_status status = interp_open_excerpt(interp, of, &of->reading, err);
        if (status != LTS_OK)
            return status;
    }
    for (size_t done = 0; done < count;) {
        if (first + done == of->frame) {
            lts_status status =
                encode_next(interp, of->reading, of->frame, of->chunk, spread, &of->have, err);
            if (status != LTS_OK)
                return status;
            of->frame += of->have;
        }
        const size_t at = first + done - (of->frame - of->have);
        const size_t here = of->have - at < count - done ? of->have - at : count - done;
        memcpy(mean + done * latent, of->chunk + at * latent, here * row);
        if (log_variance)
            memcpy(log_variance + done * latent, spread + at * latent, here * row);
        done += here;
    }
    return LTS_OK;
}
