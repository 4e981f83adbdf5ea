#include "render/renderer.h"

/* Renders all of a sound, whose length and settings the job has. */
static lts_status render_all(render_job *job, lts_error *err)
{
    const size_t hop = (size_t)lts_renderer_settings(job->renderer)->hop;
    if (job->frames != job->n / hop + 1)
        return lts_fail(err, LTS_ERR_SHAPE, "render: %zu samples make %zu frames, not %zu", job->n,
                        job->n / hop + 1, job->frames);
    job->changed_to = job->frames;
    return render_stretch(job, err);
}

/* The same of a mixture. */
static lts_status render_mixture(render_job *job, const lts_mixture *mixture,
                                 const lts_render_config *config, lts_error *err)
{
    render_source source;
    lts_status status = render_source_open(job->renderer, mixture, config, &source, err);
    job->rows = render_source_rows;
    job->rows_user = &source;
    job->frames = mixture->frames;
    job->ends = mixture->ends;
    job->phase = &config->phase;
    if (status == LTS_OK)
        status = render_all(job, err);
    render_source_close(&source);
    return status;
}

lts_status lts_render_rows_blocks(lts_renderer *renderer, lts_render_rows *rows, void *rows_user,
                                  size_t frames, const lts_phase_config *phase, float *x, size_t n,
                                  lts_render_ready *ready, void *user, const lts_reporter *reporter,
                                  lts_error *err)
{
    render_job job = {.renderer = renderer,
                      .rows = rows,
                      .rows_user = rows_user,
                      .frames = frames,
                      .n = n,
                      .phase = phase,
                      .x = x,
                      .ready = ready,
                      .user = user,
                      .reporter = reporter};
    return render_all(&job, err);
}

lts_status lts_render_rows_stream(lts_renderer *renderer, lts_render_rows *rows, void *rows_user,
                                  size_t frames, lts_render_ends ends,
                                  const lts_phase_config *phase, size_t n, lts_render_sink *sink,
                                  void *user, const lts_reporter *reporter, lts_error *err)
{
    render_job job = {.renderer = renderer,
                      .rows = rows,
                      .rows_user = rows_user,
                      .frames = frames,
                      .n = n,
                      .ends = ends,
                      .phase = phase,
                      .sink = sink,
                      .user = user,
                      .reporter = reporter};
    return render_all(&job, err);
}

lts_status lts_render_blocks(lts_renderer *renderer, const lts_mixture *mixture,
                             const lts_render_config *config, float *x, size_t n,
                             lts_render_ready *ready, void *user, const lts_reporter *reporter,
                             lts_error *err)
{
    render_job job = {
        .renderer = renderer, .n = n, .x = x, .ready = ready, .user = user, .reporter = reporter};
    return render_mixture(&job, mixture, config, err);
}

lts_status lts_render_stream(lts_renderer *renderer, const lts_mixture *mixture,
                             const lts_render_config *config, size_t n, lts_render_sink *sink,
                             void *user, const lts_reporter *reporter, lts_error *err)
{
    render_job job = {
        .renderer = renderer, .n = n, .sink = sink, .user = user, .reporter = reporter};
    return render_mixture(&job, mixture, config, err);
}

lts_status lts_render(lts_renderer *renderer, const lts_mixture *mixture,
                      const lts_render_config *config, float *x, size_t n,
                      const lts_reporter *reporter, lts_error *err)
{
    return lts_render_blocks(renderer, mixture, config, x, n, NULL, NULL, reporter, err);
}
