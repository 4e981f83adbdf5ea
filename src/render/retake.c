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
    const size_t frames = mixture->frames;
    const size_t gap = 2 * lts_feature_context(feature) / lts_feature_hop(feature);
    lts_render_output out = {.x = x};
    size_t end = 0;
    *first = *count = 0;
    lts_status status = render_check_frames(feature, frames, n, err);
    if (status != LTS_OK)
        return status;
    while (next_change(mixture, before, out.changed_to, gap, &out.changed_from, &out.changed_to)) {
        size_t at, length;
        render_reach(feature, frames, n, out.changed_from, out.changed_to, &at, &length);
        *first = end > 0 ? *first : at;
        end = at + length;
        *count = end - *first;
        if ((status = lts_render(renderer, mixture, config, n, &out, reporter, err)) != LTS_OK)
            return status;
    }
    return status;
}
