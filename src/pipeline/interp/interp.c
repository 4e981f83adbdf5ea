#include "pipeline/interp/interp_sounds.h"

#include "pipeline/sound/sound.h"

/* Where the excerpt lies in its file, and what goes on around it. */
static lts_status place_sound(lts_interp *interp, const lts_source *source, interp_sound *into,
                              lts_error *err)
{
    const lts_feature *feature = lts_renderer_feature(interp->renderer);
    const double rate = lts_feature_sample_rate(feature);
    lts_audio_info info;
    into->path = lts_strdup(source->path);
    if (!into->path)
        return lts_no_memory(source->path, err);
    lts_status status = lts_audio_probe(source->path, &info, err);
    if (status != LTS_OK)
        return status;
    into->span = excerpt_span_of(feature, source->offset, interp->samples);
    into->offset = (double)into->span.start / rate;
    const double end = (double)(into->span.start + interp->samples + lts_feature_hop(feature));
    into->ends = (lts_render_ends){.more_before = into->span.start > 0,
                                   .more_after = info.seconds * rate >= end};
    return LTS_OK;
}

/* Finds every sound, and encodes those of one whole or, where they are not kept, makes room for a
 * part of them. */
static lts_status start_sounds(lts_interp *interp, const lts_source *sources, bool kept,
                               const lts_reporter *reporter, lts_error *err)
{
    const size_t row = interp_latent(interp) * sizeof(float);
    lts_status status = LTS_OK;
    for (size_t s = 0; s < interp->count; s++) {
        status = place_sound(interp, &sources[s], &interp->sounds[s], err);
        if (status != LTS_OK)
            return status;
    }
    for (size_t s = 0; s < interp->count; s++) {
        status = interp_measure(interp, &interp->sounds[s], err);
        if (status != LTS_OK)
            return status;
    }
    for (size_t s = 0; s < interp->count; s++) {
        status = kept ? interp_encode(interp, &interp->sounds[s], false, reporter, err)
                      : lts_alloc_checked(&interp->sounds[s].chunk, (size_t)2 * INTERP_ENCODED, row,
                                          "a latent path", err);
        if (status != LTS_OK)
            return status;
    }
    return status;
}

lts_status lts_interp_open_stream(const lts_model *model, const lts_source *sources, size_t count,
                                  double duration, unsigned threads, size_t most, lts_interp **out,
                                  const lts_reporter *reporter, lts_error *err)
{
    const size_t row = lts_model_settings(model)->latent * sizeof(float);
    const lts_feature *feature;
    lts_interp *interp = NULL;
    size_t samples = 0;
    *out = NULL;
    if (count == 0)
        return lts_fail(err, LTS_ERR_ARGUMENT, "no sounds to interpolate");
    lts_status status = lts_model_feature(model, &feature, err);
    if (status != LTS_OK)
        return status;
    if (lts_feature_is_note(feature))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "the run's examples are whole notes, which have no frames to mix along a "
                        "path: name two with --a, --b and --steps, or make one with lts-generate");
    status = lts_sound_excerpt(sources, count, duration, lts_feature_sample_rate(feature),
                               lts_feature_hop(feature), &samples, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&interp, 1, sizeof *interp, "an interpolation", err);
    if (status != LTS_OK)
        return status;
    *interp = (lts_interp){
        .model = model, .samples = samples, .frames = lts_feature_count(feature, samples)};
    status = lts_alloc_checked(&interp->sounds, count, sizeof *interp->sounds, "sounds", err);
    if (status != LTS_OK)
        goto done;
    interp->count = count;
    status = lts_alloc_checked(&interp->paths, count, 3 * sizeof *interp->paths, "sounds", err);
    if (status != LTS_OK)
        goto done;
    status = lts_renderer_create(model, samples, threads, &interp->renderer, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&interp->magnitudes, INTERP_ENCODED,
                               lts_feature_floats(feature) * sizeof(float), "magnitudes", err);
    if (status != LTS_OK)
        goto done;
    status = start_sounds(interp, sources, interp->frames <= most / row / count, reporter, err);
    if (status != LTS_OK)
        goto done;
    *out = interp;
    interp = NULL;
done:
    lts_interp_close(interp);
    return status;
}

lts_status lts_interp_open(const lts_model *model, const lts_source *sources, size_t count,
                           double duration, unsigned threads, lts_interp **out,
                           const lts_reporter *reporter, lts_error *err)
{
    return lts_interp_open_stream(model, sources, count, duration, threads, SIZE_MAX, out, reporter,
                                  err);
}

void lts_interp_close(lts_interp *interp)
{
    if (!interp)
        return;
    for (size_t s = 0; s < interp->count; s++) {
        excerpt_close(interp->sounds[s].reading);
        lts_free(interp->sounds[s].path);
        lts_free(interp->sounds[s].mean);
        lts_free(interp->sounds[s].log_variance);
        lts_free(interp->sounds[s].chunk);
        lts_free(interp->sounds[s].envelope);
    }
    interp_alignment_free(interp->alignment);
    lts_free(interp->aligned);
    lts_free(interp->sounds);
    lts_free(interp->magnitudes);
    lts_free(interp->paths);
    lts_renderer_destroy(interp->renderer);
    lts_free(interp);
}

size_t lts_interp_count(const lts_interp *interp)
{
    return interp->count;
}

size_t lts_interp_frames(const lts_interp *interp)
{
    return interp->frames;
}

size_t lts_interp_samples(const lts_interp *interp)
{
    return interp->samples;
}

lts_renderer *lts_interp_renderer(lts_interp *interp)
{
    return interp->renderer;
}

const lts_model *lts_interp_model(const lts_interp *interp)
{
    return interp->model;
}

lts_source lts_interp_source(const lts_interp *interp, size_t s)
{
    return (lts_source){.path = interp->sounds[s].path, .offset = interp->sounds[s].offset};
}

const float *lts_interp_mean(const lts_interp *interp, size_t s)
{
    return interp->sounds[s].mean;
}

const float *lts_interp_envelope(const lts_interp *interp, size_t s)
{
    return interp->sounds[s].envelope;
}
