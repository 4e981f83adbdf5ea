#include "pipeline/interp/interp_sounds.h"

#include <string.h>

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

/* The sounds' paths as a mixture along `weight`; `*paths` (lts_free) holds its pointers. */
static lts_status open_mixture(lts_interp *interp, const float *weight,
                               const lts_render_config *config, const float ***paths,
                               lts_mixture *mixture, const lts_reporter *reporter, lts_error *err)
{
    const bool streamed = interp->sounds[0].chunk;
    lts_status status = LTS_OK;
    *paths = NULL;
    *mixture = (lts_mixture){.sounds = interp->count,
                             .frames = interp->frames,
                             .weight = weight,
                             .ends = mixture_ends(interp)};
    if (streamed) {
        mixture->path = interp_read_path;
        mixture->path_user = interp;
        return LTS_OK;
    }
    if (config->sample)
        status = interp_encode_log_variances(interp, reporter, err);
    if (status == LTS_OK)
        status = lts_alloc_checked(paths, 2 * interp->count, sizeof **paths, "latent paths", err);
    if (status != LTS_OK)
        return status;
    for (size_t s = 0; s < interp->count; s++) {
        (*paths)[s] = interp->sounds[s].mean;
        (*paths)[interp->count + s] = interp->sounds[s].log_variance;
    }
    mixture->mean = *paths;
    mixture->log_variance = config->sample ? *paths + interp->count : NULL;
    return LTS_OK;
}

lts_status lts_interp_render(lts_interp *interp, const float *weight,
                             const lts_render_config *config, const lts_render_output *out,
                             const lts_reporter *reporter, lts_error *err)
{
    const float **paths;
    lts_mixture mixture;
    lts_status status = open_mixture(interp, weight, config, &paths, &mixture, reporter, err);
    if (status == LTS_OK)
        status =
            lts_render(interp->renderer, &mixture, config, interp->samples, out, reporter, err);
    lts_free(paths);
    return status;
}

lts_status lts_interp_retake(lts_interp *interp, const float *weight, const float *before,
                             const lts_render_config *config, float *x, size_t *first,
                             size_t *count, const lts_reporter *reporter, lts_error *err)
{
    const float **paths;
    lts_mixture mixture;
    *first = *count = 0;
    if (interp->sounds[0].chunk)
        return lts_fail(err, LTS_ERR_ARGUMENT, "retake: the sounds' paths were not kept");
    lts_status status = open_mixture(interp, weight, config, &paths, &mixture, reporter, err);
    if (status == LTS_OK)
        status = lts_render_retake(interp->renderer, &mixture, before, config, x, interp->samples,
                                   first, count, reporter, err);
    lts_free(paths);
    return status;
}

/* The magnitudes of an excerpt, as lts_render_rows. */
static lts_status read_rows(void *user, size_t first, size_t count, float *magnitudes,
                            lts_error *err)
{
    excerpt *e = user;
    const size_t bins = excerpt_bins(e);
    const float *rows;
    (void)first;
    for (size_t done = 0, got; done < count; done += got) {
        lts_status status = excerpt_rows(e, count - done, &rows, &got, err);
        if (status != LTS_OK)
            return status;
        memcpy(magnitudes + done * bins, rows, got * bins * sizeof *rows);
    }
    return LTS_OK;
}

lts_status lts_interp_phase_only(lts_interp *interp, size_t s, const lts_phase_config *phase,
                                 lts_render_sink *sink, void *user, const lts_reporter *reporter,
                                 lts_error *err)
{
    const interp_sound *of = &interp->sounds[s];
    const lts_render_output out = {.sink = sink, .user = user};
    excerpt *e = NULL;
    lts_status status = interp_open_excerpt(interp, of, &e, err);
    if (status == LTS_OK)
        status = lts_render_frames(interp->renderer, read_rows, e, interp->frames, of->ends, phase,
                                   interp->samples, &out, reporter, err);
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
