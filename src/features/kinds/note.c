/* A kind whose example is a whole note: its short-time spectrum in dB, scaled to 0 .. 1. */
#include "features/kinds/example_stream.h"
#include "features/kinds/note_transform.h"

#include <math.h>
#include <stdio.h>

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
                                   .plan_create = note_plan_create,
                                   .plan_destroy = note_plan_destroy,
                                   .plan_slice = note_plan_slice,
                                   .work_create = note_work_create,
                                   .work_destroy = note_work_destroy,
                                   .analyse = note_analyse,
                                   .stream_create = note_stream_create,
                                   .stream_destroy = example_stream_destroy,
                                   .stream_restart = example_stream_restart,
                                   .stream_feed = example_stream_feed,
                                   .stream_finish = example_stream_finish,
                                   .stream_take = example_stream_take,
                                   .analyse_note = note_analyse_ranged,
                                   .recover = note_recover};
