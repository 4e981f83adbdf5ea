#include "pipeline/interp/interp_change.h"

#include "pipeline/sound/change_report.h"

#include <string.h>

static double rate_of(lts_interp *interp)
{
    return lts_feature_sample_rate(lts_renderer_feature(lts_interp_renderer(interp)));
}

lts_status interp_heard_open(const lts_interp *interp, interp_heard *heard, lts_error *err)
{
    const double most = LTS_SOUND_MEASURED * rate_of((lts_interp *)interp);
    const size_t samples = lts_interp_samples(interp);
    *heard = (interp_heard){.most = (double)samples < most ? samples : (size_t)most};
    return lts_alloc_checked(&heard->x, heard->most, sizeof *heard->x, "samples", err);
}

void interp_heard_close(interp_heard *heard)
{
    lts_free(heard->x);
}

lts_status interp_heard_append(void *user, const float *x, size_t count, lts_error *err)
{
    interp_heard *heard = user;
    const size_t room = heard->most - heard->count, part = count < room ? count : room;
    (void)err;
    memcpy(heard->x + heard->count, x, part * sizeof *x);
    heard->count += part;
    return LTS_OK;
}

lts_status interp_report_change(lts_interp *interp, const char *file, const lts_interp_made *made,
                                const interp_heard *heard, const lts_reporter *reporter,
                                lts_error *err)
{
    const double rate = rate_of(interp);
    float before[LTS_NOTE_MEASURES], after[LTS_NOTE_MEASURES];
    lts_render_config plain = *made->config;
    interp_heard without;
    lts_status status = interp_heard_open(interp, &without, err);
    if (status != LTS_OK)
        return status;
    plain.offset = NULL;
    plain.measured = NULL;
    const lts_render_output out = {.sink = interp_heard_append, .user = &without};
    status = lts_interp_render(interp, made->weight, &plain, &out, reporter, err);
    if (status != LTS_OK)
        goto done;
    status = lts_sound_measure(without.x, without.count, rate, before, err);
    if (status != LTS_OK)
        goto done;
    status = lts_sound_measure(heard->x, heard->count, rate, after, err);
    if (status != LTS_OK)
        goto done;
    report_change(file, before, after, reporter);
done:
    interp_heard_close(&without);
    return status;
}
