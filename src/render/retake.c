#include "render/renderer.h"

/* Whether the weights of frame t differ. */
static bool differs(const lts_mixture *mixture, const float *before, size_t t)
{
    for (size_t s = 0; s < mixture->sounds; s++)
        if (before[s * mixture->frames + t] != mixture->weight[s * mixture->frames + t])
            return true;
    return false;
}

/* The next frames from `t` on that differ, as one where the stretches they reach would meet. */
static bool next_change(const lts_mixture *mixture, const float *before, size_t t, size_t gap,
                        size_t *from, size_t *to)
{
    size_t same = 0;
    *from = *to = t;
    for (bool found = false; t < mixture->frames && same <= gap; t++) {
        if (differs(mixture, before, t)) {
            *from = found ? *from : t;
            *to = t + 1;
            found = true;
            same = 0;
        } else if (found) {
            same++;
        }
    }
    return *to > *from;
}

lts_status lts_render_retake(lts_renderer *renderer, const lts_mixture *mixture,
                             const float *before, const lts_render_config *config, float *x,
                             size_t n, size_t *first, size_t *count, const lts_reporter *reporter,
                             lts_error *err)
{
    const lts_feature *feature = &renderer->feature;
    const size_t gap = 2 * lts_feature_context(feature) / lts_feature_hop(feature);
    size_t end = 0;
    render_source source;
    *first = *count = 0;
    lts_status status = render_source_open(renderer, mixture, config, &source, err);
    rendering job = {.renderer = renderer,
                     .rows = render_source_rows,
                     .rows_user = &source,
                     .frames = mixture->frames,
                     .n = n,
                     .ends = mixture->ends,
                     .phase = &config->phase,
                     .out = {.x = x},
                     .reporter = reporter};
    if (status == LTS_OK && mixture->frames != n / lts_feature_hop(feature) + 1)
        status = lts_fail(err, LTS_ERR_SHAPE, "retake: %zu samples make %zu frames, not %zu", n,
                          n / lts_feature_hop(feature) + 1, mixture->frames);
    if (status != LTS_OK)
        goto done;
    while (status == LTS_OK &&
           next_change(mixture, before, job.changed_to, gap, &job.changed_from, &job.changed_to)) {
        size_t at, length;
        render_reach(&job, &at, &length);
        *first = end > 0 ? *first : at;
        end = at + length;
        *count = end - *first;
        status = render_blocks(&job, err);
    }
done:
    render_source_close(&source);
    return status;
}
