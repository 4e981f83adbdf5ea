/* A kind whose example is a whole note: its short-time spectrum in dB, scaled to 0 .. 1. */
#include "dsp/stft/logarithms.h"
#include "features/example_stream.h"
#include "lts/stft_note.h"

#include <math.h>
#include <stdio.h>

/* Magnitudes below it count as it: -100 dB. */
static const float least_magnitude = 1e-5f;

typedef struct note_plan {
    lts_feature feature;
    size_t samples, frames, bins;
    lts_stft *stft;
} note_plan;

typedef struct note_work {
    lts_stft_work *stft;
    float *magnitudes; /* (frames, bins + 1) */
} note_work;

/* --- Settings -------------------------------------------------------------------------------- */

static const lts_feature_setting settings[] = {
    {.name = "sample_rate",
     .section = "stft",
     .key = "sample_rate",
     .offset = offsetof(lts_feature, note.sample_rate)},
    {.name = "duration",
     .section = "stft",
     .key = "duration",
     .offset = offsetof(lts_feature, note.duration)},
    {.name = "n_fft",
     .section = "stft",
     .key = "n_fft",
     .whole = true,
     .offset = offsetof(lts_feature, note.stft.size)},
    {.name = "hop",
     .section = "stft",
     .key = "hop",
     .whole = true,
     .offset = offsetof(lts_feature, note.stft.hop)},
    {.name = "floor",
     .section = "stft",
     .key = "floor",
     .offset = offsetof(lts_feature, note.floor)},
    {.name = NULL},
};

static lts_feature defaults(void)
{
    return (lts_feature){.kind = LTS_FEATURE_STFT,
                         .note = {.sample_rate = 22050,
                                  .duration = 0.74,
                                  .stft = {.size = 1024, .hop = 256},
                                  .floor = 80}};
}

/* Whole samples of a duration; the product of two decimals may fall short of a whole number. */
static double note_length(const lts_note_config *config)
{
    return floor(config->sample_rate * config->duration + 1e-6);
}

static lts_status check(const lts_feature *feature, lts_error *err)
{
    const lts_note_config *config = &feature->note;
    if (!(config->sample_rate >= 100 && config->sample_rate <= 1e6))
        return lts_fail(err, LTS_ERR_ARGUMENT, "sample_rate = %g: must be 100 to 1e6 Hz",
                        config->sample_rate);
    if (!(config->duration > 0 && note_length(config) >= 1 &&
          note_length(config) <= LTS_SEGMENT_SAMPLES))
        return lts_fail(err, LTS_ERR_ARGUMENT, "duration = %g: must be a sample to %g s",
                        config->duration, LTS_SEGMENT_SAMPLES / config->sample_rate);
    if (!(config->floor >= 1 && config->floor <= 300))
        return lts_fail(err, LTS_ERR_ARGUMENT, "floor = %g: must be 1 to 300 dB", config->floor);
    return lts_stft_check(&config->stft, err);
}

/* --- Shape and time -------------------------------------------------------------------------- */

static size_t samples_of(const lts_feature *feature)
{
    return (size_t)note_length(&feature->note);
}

static size_t bins_of(const lts_feature *feature)
{
    return (size_t)feature->note.stft.size / 2;
}

static size_t frames_of(const lts_feature *feature)
{
    return 1 + samples_of(feature) / (size_t)feature->note.stft.hop;
}

static double sample_rate(const lts_feature *feature)
{
    return feature->note.sample_rate;
}

static size_t count(const lts_feature *feature, size_t samples)
{
    (void)feature, (void)samples;
    return 1;
}

static void shape_text(const lts_feature *feature, char text[LTS_FEATURE_SHAPE_TEXT])
{
    snprintf(text, LTS_FEATURE_SHAPE_TEXT, "%zu bins x %zu frames", bins_of(feature),
             frames_of(feature));
}

lts_note_range lts_note_span(const lts_feature *feature)
{
    const float max = (float)(20 * log10(feature->note.stft.size / 4.0) - 15);
    return (lts_note_range){max - (float)feature->note.floor, max};
}

void lts_note_decibels(const lts_note_range *range, const float *x, size_t n, float *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = range->min + x[i] * (range->max - range->min);
}

/* --- The transform --------------------------------------------------------------------------- */

static void plan_destroy(void *plan)
{
    note_plan *own = plan;
    lts_stft_destroy(own->stft);
    lts_free(own);
}

static lts_status plan_create(const lts_feature *feature, size_t samples, void **plan,
                              lts_error *err)
{
    (void)samples;
    note_plan *own = NULL;
    *plan = NULL;
    lts_status status = lts_alloc_checked(&own, 1, sizeof *own, "a transform", err);
    if (status != LTS_OK)
        return status;
    *own = (note_plan){.feature = *feature,
                       .samples = samples_of(feature),
                       .frames = frames_of(feature),
                       .bins = bins_of(feature)};
    status = lts_stft_create(&feature->note.stft, &own->stft, err);
    if (status != LTS_OK) {
        plan_destroy(own);
        return status;
    }
    *plan = own;
    return LTS_OK;
}

static size_t plan_slice(const void *plan)
{
    (void)plan;
    return 1;
}

static void work_destroy(void *work)
{
    note_work *own = work;
    if (!own)
        return;
    lts_stft_work_destroy(own->stft);
    lts_free(own->magnitudes);
    lts_free(own);
}

static lts_status work_create(const void *plan, void **work, lts_error *err)
{
    const note_plan *of = plan;
    note_work *own = NULL;
    *work = NULL;
    lts_status status = lts_alloc_checked(&own, 1, sizeof *own, "a transform's scratch", err);
    if (status != LTS_OK)
        return status;
    *own = (note_work){0};
    status = lts_stft_work_create(of->stft, &own->stft, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&own->magnitudes, of->frames * (of->bins + 1),
                               sizeof *own->magnitudes, "a transform's scratch", err);
    if (status != LTS_OK)
        goto done;
    *work = own;
    own = NULL;
done:
    work_destroy(own);
    return status;
}

/* (frames, bins + 1) -> (bins, frames), without the top bin; blocks keep both in the cache. */
static void turn(const note_plan *plan, const float *magnitudes, float *example)
{
    enum { BLOCK = 16 };
    const size_t frames = plan->frames, bins = plan->bins;
    for (size_t first = 0; first < bins; first += BLOCK) {
        const size_t end = first + BLOCK < bins ? first + BLOCK : bins;
        for (size_t t = 0; t < frames; t++)
            for (size_t k = first; k < end; k++)
                example[k * frames + t] = magnitudes[t * (bins + 1) + k];
    }
}

static void find_range(const float *x, size_t n, lts_note_range *range)
{
    *range = (lts_note_range){x[0], x[0]};
    for (size_t i = 0; i < n; i++) {
        range->min = x[i] < range->min ? x[i] : range->min;
        range->max = x[i] > range->max ? x[i] : range->max;
    }
}

static void analyse_note(const void *plan, void *work, const float *x, size_t n, float *example,
                         lts_note_range *range)
{
    const note_plan *of = plan;
    note_work *own = work;
    const size_t floats = of->bins * of->frames;
    lts_stft_magnitudes(own->stft, x, n < of->samples ? n : of->samples, of->frames,
                        own->magnitudes);
    turn(of, own->magnitudes, example);
    stft_decibels(example, least_magnitude, example, floats);
    find_range(example, floats, range);
    const float lowest = range->max - (float)of->feature.note.floor;
    range->min = range->min > lowest ? range->min : lowest;
    const float scale = range->max > range->min ? 1 / (range->max - range->min) : 0;
    for (size_t i = 0; i < floats; i++) {
        const float level = (example[i] - range->min) * scale;
        example[i] = level < 0 ? 0 : level > 1 ? 1 : level;
    }
}

static void analyse(const void *plan, void *work, const float *x, size_t n, float *examples)
{
    lts_note_range range;
    analyse_note(plan, work, x, n, examples, &range);
}

/* One note of average loudness, and silence after it. */
static lts_status recover(const void *plan, void *work, const float *examples, size_t count,
                          const lts_phase_known *known, const lts_phase_config *config, float *x,
                          size_t n, const lts_reporter *reporter, lts_error *err)
{
    const note_plan *of = plan;
    const lts_note_config *config_of = &of->feature.note;
    const lts_stft_note note = {config_of->sample_rate, config_of->duration, config_of->stft};
    const lts_note_range span = lts_note_span(&of->feature);
    float *own = NULL;
    (void)work;
    if (count != 1 || known)
        return lts_fail(err, LTS_ERR_SHAPE, "a note: %zu examples, expected 1, and all of it",
                        count);
    lts_status status = lts_alloc_checked(&own, of->samples, sizeof *own, "a note", err);
    if (status != LTS_OK)
        return status;
    status = lts_stft_note_render(&note, examples, span.min, span.max, config, own, reporter, err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < n; i++)
        x[i] = i < of->samples ? own[i] : 0;
done:
    lts_free(own);
    return status;
}

static lts_status stream_create(const void *plan, void **stream, lts_error *err)
{
    const note_plan *of = plan;
    return example_stream_create(&(example_maker){.plan = plan,
                                                  .samples = of->samples,
                                                  .floats = of->bins * of->frames,
                                                  .single = true,
                                                  .work_create = work_create,
                                                  .work_destroy = work_destroy,
                                                  .make = analyse},
                                 stream, err);
}

const feature_kind feature_stft = {.name = "stft",
                                   .version = 1,
                                   .note = true,
                                   .settings = settings,
                                   .defaults = defaults,
                                   .check = check,
                                   .rows = bins_of,
                                   .columns = frames_of,
                                   .sample_rate = sample_rate,
                                   .hop = samples_of,
                                   .count = count,
                                   .context = samples_of,
                                   .shape_text = shape_text,
                                   .plan_create = plan_create,
                                   .plan_destroy = plan_destroy,
                                   .plan_slice = plan_slice,
                                   .work_create = work_create,
                                   .work_destroy = work_destroy,
                                   .analyse = analyse,
                                   .stream_create = stream_create,
                                   .stream_destroy = example_stream_destroy,
                                   .stream_restart = example_stream_restart,
                                   .stream_feed = example_stream_feed,
                                   .stream_finish = example_stream_finish,
                                   .stream_take = example_stream_take,
                                   .analyse_note = analyse_note,
                                   .recover = recover};
