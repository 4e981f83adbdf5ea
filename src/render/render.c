#include "render/renderer.h"

#include <math.h>

/* How far a rendering is, for reports. */
typedef struct rendering {
    render_blocks blocks;
    double rate;  /* frames a second */
    double began; /* s */
    const lts_reporter *reporter;
} rendering;

static void report_progress(const rendering *r, double part)
{
    const render_blocks *b = &r->blocks;
    const double frames = (double)(b->begin - b->first) + part * (double)(b->end - b->begin);
    const double done = frames / r->rate;
    lts_progress(r->reporter, "rendering", done, (double)(b->last - b->first) / r->rate,
                 done / fmax(lts_now() - r->began, 1e-9));
}

/* The phase recovery's progress as a part of the whole. */
static void on_progress(void *user, const char *what, double done, double total, double rate)
{
    (void)what, (void)rate;
    if (done < total)
        report_progress(user, done / total);
}

static bool on_cancelled(void *user)
{
    return lts_cancelled(((const rendering *)user)->reporter);
}

/* Hands the block's own samples to the sink, or reports them as ready. x: those around it. */
static lts_status give_block(const render_blocks *b, const lts_render_output *out, const float *x,
                             lts_error *err)
{
    size_t first, last;
    render_blocks_own(b, &first, &last);
    if (out->sink)
        return out->sink(out->user, x + (first - b->from * b->hop), last - first, err);
    if (out->ready)
        out->ready(out->user, last);
    return LTS_OK;
}

lts_status lts_render(lts_renderer *renderer, const lts_mixture *mixture,
                      const lts_render_config *config, size_t n, const lts_render_output *out,
                      const lts_reporter *reporter, lts_error *err)
{
    rendering r = {.reporter = reporter, .began = lts_now()};
    const lts_reporter phase_reporter = {
        .user = &r, .progress = on_progress, .cancelled = on_cancelled};
    render_blocks *b = &r.blocks;
    render_source source;
    render_gain gain = {0};
    lts_status status = render_source_open(renderer, mixture, config, &source, err);
    if (status != LTS_OK)
        goto done;
    status = render_blocks_open(renderer, mixture, n, out, b, err);
    if (status != LTS_OK)
        goto done;
    status = render_gain_open(b, &renderer->feature, mixture, config, &gain, err);
    if (status != LTS_OK)
        goto done;
    r.rate = lts_feature_sample_rate(&renderer->feature) / (double)b->hop;
    while (render_blocks_next(b)) {
        const size_t frames = b->to - b->from;
        const render_plan *plan;
        status = render_source_magnitudes(&source, b->from + b->have, frames - b->have,
                                          b->magnitudes + b->have * b->bins, reporter, err);
        if (status != LTS_OK)
            goto done;
        status = render_plan_for(renderer, frames, &plan, err);
        if (status != LTS_OK)
            goto done;
        size_t count;
        float *x = render_blocks_samples(b, &count);
        const lts_phase_known known = render_blocks_known(b);
        status = transform_recover(plan->work, b->magnitudes, frames, &known, &config->phase, x,
                                   count, &phase_reporter, err);
        if (status != LTS_OK)
            goto done;
        render_gain_apply(&gain, b, &known, x, count);
        report_progress(&r, 1);
        status = give_block(b, out, x, err);
        if (status != LTS_OK)
            goto done;
    }
done:
    render_gain_close(&gain);
    render_blocks_close(b);
    render_source_close(&source);
    return status;
}
