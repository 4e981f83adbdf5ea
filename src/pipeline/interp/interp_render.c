#include "pipeline/interp/interp_sounds.h"

/* A mixture goes on where any of its sounds does. */
static lts_render_ends mixture_ends(const lts_interp *interp)
{
    lts_render_ends ends = {false, false};
    for (size_t s = 0; s < interp->count; s++) {
        ends.more_before = ends.more_before || interp->sounds[s].ends.more_before;
        ends.more_after = ends.more_after || interp->sounds[s].ends.more_after;
    }
    return ends;
}

lts_status interp_mixture(lts_interp *interp, const float *weight, bool sampled,
                          lts_mixture *mixture, const lts_reporter *reporter, lts_error *err)
{
    const size_t count = interp->count;
    *mixture = (lts_mixture){
        .sounds = count, .frames = interp->frames, .weight = weight, .ends = mixture_ends(interp)};
    for (size_t s = 0; s < count; s++)
        interp->paths[2 * count + s] = interp->sounds[s].envelope;
    mixture->envelope = interp->sounds[0].envelope ? interp->paths + 2 * count : NULL;
    if (interp->alignment)
        return interp_aligned_mixture(interp, weight, mixture, err);
    if (interp->sounds[0].chunk) {
        mixture->path = interp_read_path;
        mixture->path_user = interp;
        return LTS_OK;
    }
    for (size_t s = 0; s < count; s++) {
        interp_sound *of = &interp->sounds[s];
        /* Only a sampled path needs the log-variances, a third of the encoder's work. */
        lts_status status =
            sampled && !of->log_variance ? interp_encode(interp, of, true, reporter, err) : LTS_OK;
        if (status != LTS_OK)
            return status;
        interp->paths[s] = of->mean;
        interp->paths[count + s] = of->log_variance;
    }
    mixture->mean = interp->paths;
    mixture->log_variance = sampled ? interp->paths + count : NULL;
    return LTS_OK;
}

lts_status lts_interp_render(lts_interp *interp, const float *weight,
                             const lts_render_config *config, const lts_render_output *out,
                             const lts_reporter *reporter, lts_error *err)
{
    lts_mixture mixture;
    lts_status status = interp_mixture(interp, weight, config->sample, &mixture, reporter, err);
    if (status != LTS_OK)
        return status;
    return lts_render(interp->renderer, &mixture, config, interp->samples, out, reporter, err);
}

lts_status lts_interp_magnitudes(lts_interp *interp, const float *weight,
                                 const lts_render_config *config, float *magnitudes,
                                 const lts_reporter *reporter, lts_error *err)
{
    lts_mixture mixture;
    lts_status status = interp_mixture(interp, weight, config->sample, &mixture, reporter, err);
    if (status != LTS_OK)
        return status;
    return lts_renderer_magnitudes(interp->renderer, &mixture, config, magnitudes, err);
}

lts_status lts_interp_retake(lts_interp *interp, const float *weight, const float *before,
                             const lts_render_config *config, float *x, size_t *first,
                             size_t *count, const lts_reporter *reporter, lts_error *err)
{
    lts_mixture mixture;
    float *changed = NULL;
    *first = *count = 0;
    if (interp->alignment ? interp->alignment->method != LTS_INTERP_MODEL
                          : interp->sounds[0].chunk != NULL)
        return lts_fail(err, LTS_ERR_ARGUMENT, "retake: the sounds' paths were not kept");
    lts_status status = interp_mixture(interp, weight, config->sample, &mixture, reporter, err);
    if (status != LTS_OK)
        return status;
    if (interp->alignment) {
        status = lts_alloc_checked(&changed, interp->frames, 2 * sizeof *changed, "weights", err);
        if (status != LTS_OK)
            goto done;
        status = interp_aligned_before(interp, before, changed, err);
        if (status != LTS_OK)
            goto done;
        before = changed;
    }
    status = lts_render_retake(interp->renderer, &mixture, before, config, x, interp->samples,
                               first, count, reporter, err);
done:
    lts_free(changed);
    return status;
}

/* A lts_render_rows of an excerpt. */
static lts_status read_rows(void *e, size_t first, size_t count, float *magnitudes, lts_error *err)
{
    (void)first;
    return excerpt_read(e, count, magnitudes, err);
}

lts_status lts_interp_phase_only(lts_interp *interp, size_t s, const lts_phase_config *phase,
                                 lts_render_sink *sink, void *user, const lts_reporter *reporter,
                                 lts_error *err)
{
    const interp_sound *of = &interp->sounds[s];
    const lts_render_config config = {.phase = *phase};
    const lts_render_output out = {.sink = sink, .user = user};
    excerpt *e = NULL;
    lts_status status = interp_open_excerpt(interp, of, &e, err);
    if (status != LTS_OK)
        return status;
    const lts_mixture rows = {
        .frames = interp->frames, .rows = read_rows, .rows_user = e, .ends = of->ends};
    status = lts_render(interp->renderer, &rows, &config, interp->samples, &out, reporter, err);
    excerpt_close(e);
    return status;
}

lts_status lts_interp_original(const lts_interp *interp, size_t s, lts_render_sink *sink,
                               void *user, lts_error *err)
{
    const interp_sound *of = &interp->sounds[s];
    return excerpt_samples(lts_renderer_feature(interp->renderer), of->path, of->span, sink, user,
                           err);
}
