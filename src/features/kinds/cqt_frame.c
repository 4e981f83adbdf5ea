#include "features/kinds.h"

#include "dsp/cqt/cqt.h"

#include <math.h>
#include <stdio.h>

static const lts_feature_setting settings[] = {
    {.name = "sample_rate",
     .section = "audio",
     .key = "sample_rate",
     .alias = "sampling_rate",
     .offset = offsetof(lts_feature, cqt.sample_rate)},
    {.name = "hop_length",
     .section = "audio",
     .key = "hop_length",
     .whole = true,
     .offset = offsetof(lts_feature, cqt.hop)},
    {.name = "bins_per_octave",
     .section = "audio",
     .key = "bins_per_octave",
     .whole = true,
     .offset = offsetof(lts_feature, cqt.bins_per_octave)},
    {.name = "num_octaves",
     .section = "audio",
     .key = "num_octaves",
     .whole = true,
     .offset = offsetof(lts_feature, cqt.octaves)},
    {.name = "fmin",
     .section = "audio",
     .key = "cqt_fmin",
     .pitch = true,
     .offset = offsetof(lts_feature, cqt.fmin)},
    {.name = NULL},
};

static lts_feature defaults(void)
{
    return (lts_feature){.kind = LTS_FEATURE_CQT, .cqt = lts_cqt_defaults()};
}

static lts_status check(const lts_feature *feature, lts_error *err)
{
    return lts_cqt_check(&feature->cqt, err);
}

static size_t rows(const lts_feature *feature)
{
    (void)feature;
    return 1;
}

static size_t columns(const lts_feature *feature)
{
    return lts_cqt_bins(&feature->cqt);
}

static double sample_rate(const lts_feature *feature)
{
    return feature->cqt.sample_rate;
}

static size_t hop(const lts_feature *feature)
{
    return (size_t)feature->cqt.hop;
}

static size_t count(const lts_feature *feature, size_t samples)
{
    return lts_cqt_frames(&feature->cqt, samples);
}

/* Half of the longest filter, the lowest bin's. */
static size_t context(const lts_feature *feature)
{
    const lts_cqt_config *config = &feature->cqt;
    double ratio = pow(2, 2.0 / config->bins_per_octave);
    double longest = (ratio + 1) / (ratio - 1) * config->sample_rate / config->fmin;
    return ((size_t)(longest / 2) / (size_t)config->hop + 2) * (size_t)config->hop;
}

static void shape_text(const lts_feature *feature, char text[LTS_FEATURE_SHAPE_TEXT])
{
    snprintf(text, LTS_FEATURE_SHAPE_TEXT, "%d octaves x %d", feature->cqt.octaves,
             feature->cqt.bins_per_octave);
}

/* --- The transform ---------------------------------------------------------------------------- */

static lts_status plan_create(const lts_feature *feature, size_t samples, void **plan,
                              lts_error *err)
{
    lts_cqt *cqt;
    const lts_status status = lts_cqt_create(&feature->cqt, samples, &cqt, err);
    *plan = cqt;
    return status;
}

static lts_status plan_create_brief(const lts_feature *feature, size_t most, void **plan,
                                    lts_error *err)
{
    lts_cqt *cqt;
    const lts_status status = cqt_create_brief(&feature->cqt, most, &cqt, err);
    *plan = cqt;
    return status;
}

static void plan_destroy(void *plan)
{
    lts_cqt_destroy(plan);
}

static size_t plan_slice(const void *plan)
{
    return lts_cqt_slice_frames(plan);
}

static lts_status work_create(const void *plan, void **work, lts_error *err)
{
    lts_cqt_work *own;
    const lts_status status = lts_cqt_work_create(plan, &own, err);
    *work = own;
    return status;
}

static void work_destroy(void *work)
{
    lts_cqt_work_destroy(work);
}

static void analyse(const void *plan, void *work, const float *x, size_t n, float *examples)
{
    lts_cqt_magnitudes(plan, work, x, n, examples);
}

static lts_status stream_create(const void *plan, void **stream, lts_error *err)
{
    lts_cqt_stream *own;
    const lts_status status = lts_cqt_stream_create(plan, &own, err);
    *stream = own;
    return status;
}

static void stream_destroy(void *stream)
{
    lts_cqt_stream_destroy(stream);
}

static void stream_restart(void *stream)
{
    lts_cqt_stream_restart(stream);
}

static size_t stream_feed(void *stream, const float *x, size_t n)
{
    return lts_cqt_stream_feed(stream, x, n);
}

static void stream_finish(void *stream)
{
    lts_cqt_stream_finish(stream);
}

static size_t stream_take(void *stream, const float **examples)
{
    return lts_cqt_stream_take(stream, examples);
}

static lts_status recover(const void *plan, void *work, const float *examples, size_t frames,
                          const lts_phase_known *known, const lts_phase_config *config, float *x,
                          size_t n, const lts_reporter *reporter, lts_error *err)
{
    return lts_phase_recover(plan, work, examples, frames, known, config, x, n, reporter, err);
}

static int octave(const lts_feature *feature)
{
    return feature->cqt.bins_per_octave;
}

static double column_at(const lts_feature *feature, double hz)
{
    return feature->cqt.bins_per_octave * log2(hz / feature->cqt.fmin);
}

static lts_status vocoder_create(const lts_feature *feature, uint64_t seed, lts_vocoder **out,
                                 lts_error *err)
{
    return lts_vocoder_create(&feature->cqt, seed, out, err);
}

const feature_kind feature_cqt = {.name = "cqt",
                                  .version = 1,
                                  .magnitudes = true,
                                  .settings = settings,
                                  .defaults = defaults,
                                  .check = check,
                                  .rows = rows,
                                  .columns = columns,
                                  .sample_rate = sample_rate,
                                  .hop = hop,
                                  .count = count,
                                  .context = context,
                                  .shape_text = shape_text,
                                  .plan_create = plan_create,
                                  .plan_create_brief = plan_create_brief,
                                  .plan_destroy = plan_destroy,
                                  .plan_slice = plan_slice,
                                  .work_create = work_create,
                                  .work_destroy = work_destroy,
                                  .analyse = analyse,
                                  .stream_create = stream_create,
                                  .stream_destroy = stream_destroy,
                                  .stream_restart = stream_restart,
                                  .stream_feed = stream_feed,
                                  .stream_finish = stream_finish,
                                  .stream_take = stream_take,
                                  .recover = recover,
                                  .column_at = column_at,
                                  .octave = octave,
                                  .vocoder_create = vocoder_create};
