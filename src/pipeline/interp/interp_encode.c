#include "pipeline/interp/interp_sounds.h"

#include <string.h>

lts_status interp_open_excerpt(const lts_interp *interp, const interp_sound *of, excerpt **out,
                               lts_error *err)
{
    return excerpt_open(lts_renderer_plan(interp->renderer), of->path, of->span, out, err);
}

/* The next frames of `e`, at most INTERP_ENCODED, frame `first` the first of them: mean (*count,Z),
 * log_variance (*count,Z) or NULL. */
static lts_status encode_next(lts_interp *interp, excerpt *e, size_t first, float *mean,
                              float *log_variance, size_t *count, lts_error *err)
{
    const size_t bins = lts_model_settings(interp->model)->bins, latent = interp_latent(interp);
    const float *rows;
    *count = 0;
    for (size_t got = 1; got > 0 && *count < INTERP_ENCODED; *count += got) {
        lts_status status = excerpt_rows(e, INTERP_ENCODED - *count, &rows, &got, err);
        if (status != LTS_OK)
            return status;
        if (got > 0)
            memcpy(interp->magnitudes + *count * bins, rows, got * bins * sizeof *rows);
    }
    lts_renderer_encode(interp->renderer, interp->magnitudes, *count, mean, log_variance);
    lts_status status = excerpt_check(e, mean, first, *count, latent, "latents", err);
    if (status == LTS_OK && log_variance)
        status = excerpt_check(e, log_variance, first, *count, latent, "latents", err);
    return status;
}

/* All of a sound: mean (T,Z), log_variance (T,Z) or NULL. */
static lts_status encode_sound(lts_interp *interp, const interp_sound *of, float *mean,
                               float *log_variance, const lts_reporter *reporter, lts_error *err)
{
    const size_t latent = interp_latent(interp);
    excerpt *e = NULL;
    lts_status status = interp_open_excerpt(interp, of, &e, err);
    for (size_t t = 0, count; status == LTS_OK && t < interp->frames; t += count) {
        status = encode_next(interp, e, t, mean + t * latent,
                             log_variance ? log_variance + t * latent : NULL, &count, err);
        if (status == LTS_OK && lts_cancelled(reporter))
            status = lts_fail(err, LTS_ERR_CANCELLED, "cancelled before the render");
    }
    excerpt_close(e);
    return status;
}

static lts_status encode_mean(lts_interp *interp, interp_sound *into, const lts_reporter *reporter,
                              lts_error *err)
{
    lts_status status = lts_alloc_checked(
        &into->mean, interp->frames, interp_latent(interp) * sizeof(float), "a latent path", err);
    if (status == LTS_OK)
        status = encode_sound(interp, into, into->mean, NULL, reporter, err);
    return status;
}

lts_status interp_encode_means(lts_interp *interp, const lts_reporter *reporter, lts_error *err)
{
    lts_status status = LTS_OK;
    for (size_t s = 0; status == LTS_OK && s < interp->count; s++)
        status = encode_mean(interp, &interp->sounds[s], reporter, err);
    return status;
}

/* Only a sampled path needs the log-variances, a third of the encoder's work. */
lts_status interp_encode_log_variances(lts_interp *interp, const lts_reporter *reporter,
                                       lts_error *err)
{
    lts_status status = LTS_OK;
    for (size_t s = 0; status == LTS_OK && s < interp->count; s++) {
        interp_sound *of = &interp->sounds[s];
        if (of->log_variance)
            continue;
        status = lts_alloc_checked(&of->log_variance, interp->frames,
                                   interp_latent(interp) * sizeof(float), "a latent path", err);
        if (status == LTS_OK)
            status = encode_sound(interp, of, of->mean, of->log_variance, reporter, err);
        if (status != LTS_OK) {
            lts_free(of->log_variance);
            of->log_variance = NULL;
        }
    }
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
