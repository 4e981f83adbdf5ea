#include "render/renderer.h"

lts_status lts_render_frames(lts_renderer *renderer, lts_render_rows *rows, void *rows_user,
                             size_t frames, lts_render_ends ends, const lts_phase_config *phase,
                             size_t n, const lts_render_output *out, const lts_reporter *reporter,
                             lts_error *err)
{
    const size_t hop = lts_feature_hop(&renderer->feature);
    const rendering job = {.renderer = renderer,
                           .rows = rows,
                           .rows_user = rows_user,
                           .frames = frames,
                           .n = n,
                           .changed_to = frames,
                           .ends = ends,
                           .phase = phase,
                           .out = *out,
                           .reporter = reporter};
    if (frames != n / hop + 1)
        return lts_fail(err, LTS_ERR_SHAPE, "render: %zu samples make %zu frames, not %zu", n,
                        n / hop + 1, frames);
    return render_blocks(&job, err);
}

lts_status lts_render(lts_renderer *renderer, const lts_mixture *mixture,
                      const lts_render_config *config, size_t n, const lts_render_output *out,
                      const lts_reporter *reporter, lts_error *err)
{
    render_source source;
    lts_status status = render_source_open(renderer, mixture, config, &source, err);
    if (status == LTS_OK)
        status = lts_render_frames(renderer, render_source_rows, &source, mixture->frames,
                                   mixture->ends, &config->phase, n, out, reporter, err);
    render_source_close(&source);
    return status;
}
