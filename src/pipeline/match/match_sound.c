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
        const refine_task task = {.space = m->space,
                                  .target = target,
                                  .probability = out->probability,
                                  .classes = m->classes,
                                  .seconds = options->refine,
                                  .threads = m->threads,
                                  .seed = options->seed,
                                  .reporter = reporter};
        refine_result result;
        status = refine(&task, out->values, &result, err);
        if (status != LTS_OK)
            goto done;
        out->predicted = result.first;
        out->distance = result.distance;
        out->evaluations = result.evaluations;
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
