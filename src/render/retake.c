#include "lts/render.h"

#include <string.h>

lts_status lts_render_retake(lts_renderer *renderer, const lts_mixture *mixture,
                             const float *before, const lts_render_config *config, float *x,
                             size_t n, size_t *first, size_t *count, const lts_reporter *reporter,
                             lts_error *err)
{
    *first = *count = 0;
    if (memcmp(before, mixture->weight, mixture->sounds * mixture->frames * sizeof *before) == 0)
        return LTS_OK;
    lts_status status = lts_render(renderer, mixture, config, x, n, reporter, err);
    if (status == LTS_OK)
        *count = n;
    return status;
}
