#include "match/pitch.h"
#include "match/refine.h"
#include "pipeline/match/matcher.h"

#include <string.h>

static lts_status allocate(const lts_matcher *m, lts_match *out, lts_error *err)
{
    *out = (lts_match){0};
    lts_status status = lts_alloc_checked(&out->probability, m->free * m->classes,
                                          sizeof *out->probability, "a match", err);
    if (status != LTS_OK)
        return status;
    return lts_alloc_checked(&out->values, m->parameters, sizeof *out->values, "a match", err);
}

bool matcher_goes_wide(const lts_matcher *m, const lts_match_options *options)
{
    return options->refine > 0 && !options->within_levels &&
           lts_synth_space_settings(m->space)->source == LTS_SYNTH_FM;
}

/* From the prediction on. The built-in synthesizer is searched past its levels. */
static lts_status search(const lts_matcher *m, const float *x, const lts_match_options *options,
                         const spectral_target *target, const lts_reporter *reporter,
                         lts_match *out, lts_error *err)
{
    const lts_synth_settings *settings = lts_synth_space_settings(m->space);
    const bool wide = matcher_goes_wide(m, options);
    guess heard;
    refine_result result;
    lts_status status = LTS_OK;
    if (wide)
        status = guess_listen(x, m->samples, settings,
                              match_pitch(x, m->samples, settings->sample_rate), &heard, err);
    if (status != LTS_OK)
        return status;
    const refine_task task = {.space = m->space,
                              .target = target,
                              .probability = out->probability,
                              .classes = m->classes,
                              .heard = wide ? &heard : NULL,
                              .seconds = options->refine,
                              .threads = m->threads,
                              .seed = options->seed,
                              .reporter = reporter};
    status = refine(&task, out->values, &result, err);
    if (status != LTS_OK)
        return status;
    out->predicted = result.first;
    out->distance = result.distance;
    out->evaluations = result.evaluations;
    return LTS_OK;
}

lts_status lts_match_sound(lts_matcher *m, const float *x, const lts_match_options *options,
                           const lts_reporter *reporter, lts_match *out, lts_error *err)
{
    spectral_target *target = NULL;
    spectral_work *work = NULL;
    lts_status status = allocate(m, out, err);
    if (status != LTS_OK)
        goto done;
    status = spectral_target_create(x, m->samples, &target, err);
    if (status != LTS_OK)
        goto done;
    transform_analyse(m->work, x, m->samples, m->example);
    lts_classifier_run(m->classifier, m->example, 1, out->probability);
    matcher_label(m, out->probability);
    status = lts_synth_values(m->space, m->label, out->values, err);
    if (status != LTS_OK)
        goto done;
    if (options->refine > 0) {
        status = search(m, x, options, target, reporter, out, err);
        goto done;
    }
    status = spectral_work_create(target, &work, err);
    if (status != LTS_OK)
        goto done;
    if ((status = lts_synth_render(m->synth, out->values, m->sound, err)) != LTS_OK)
        goto done;
    out->predicted = out->distance = spectral_distance(work, m->sound);
done:
    spectral_work_destroy(work);
    spectral_target_destroy(target);
    if (status != LTS_OK)
        lts_match_free(out);
    return status;
}

void lts_match_free(lts_match *match)
{
    lts_free(match->probability);
    lts_free(match->values);
    *match = (lts_match){0};
}

size_t lts_match_order(const lts_matcher *m, const lts_match *match, size_t index, int32_t *order,
                       size_t count)
{
    const float *p = match->probability + index * m->classes;
    const size_t levels =
        lts_synth_space_at(m->space, lts_synth_space_free_at(m->space, index)).levels;
    size_t told = 0;
    for (size_t c = 0; c < levels; c++) {
        size_t at = told;
        for (; at > 0 && p[c] > p[order[at - 1]]; at--)
            if (at < count)
                order[at] = order[at - 1];
        if (at < count)
            order[at] = (int32_t)c;
        told = told < count ? told + 1 : told;
    }
    return told;
}
