#include "lts/render.h"

lts_status lts_render_blocks(lts_renderer *renderer, const lts_mixture *mixture,
                             const lts_render_config *config, float *x, size_t n,
                             lts_render_ready *ready, void *user, const lts_reporter *reporter,
                             lts_error *err)
{
    lts_status status = lts_render(renderer, mixture, config, x, n, reporter, err);
    if (status == LTS_OK && ready)
        ready(user, n);
    return status;
}
