/* Kinds whose examples are segments of a sound, one after the other, each by itself: its samples,
 * or the logarithm of its short-time spectrum. */
#include "features/kinds/example_stream.h"
#include "features/kinds/segment_transform.h"

#include <stdio.h>

/* --- Settings -------------------------------------------------------------------------------- */

#define SAMPLE_RATE                                                                                \
    {                                                                                              \
        .name = "sample_rate", .section = "audio", .key = "sample_rate", .alias = "sampling_rate", \
        .offset = offsetof(lts_feature, segment.sample_rate)                                       \
    }
#define SEGMENT_SAMPLES                                                                            \
    {                                                                                              \
        .name = "segment_samples", .section = "audio", .key = "segment_samples", .whole = true,    \
        .offset = offsetof(lts_feature, segment.samples)                                           \
    }

static const lts_feature_setting settings_of_samples[] = {
    SAMPLE_RATE,
    SEGMENT_SAMPLES,
    {.name = NULL},
};

static const lts_feature_setting settings_of_log_stft[] = {
    SAMPLE_RATE,
    SEGMENT_SAMPLES,
    {.name = "n_fft",
     .section = "audio",
     .key = "n_fft",
     .whole = true,
     .offset = offsetof(lts_feature, segment.stft.size)},
    {.name = "hop_length",
     .section = "audio",
     .key = "hop_length",
     .whole = true,
     .offset = offsetof(lts_feature, segment.stft.hop)},
    {.name = NULL},
};

/* The rate and hop of constant-Q frames, so that [audio] has one default of each. */
static lts_feature defaults_of(lts_feature_kind kind)
{
    const lts_cqt_config frames_of = lts_cqt_defaults();
    lts_feature feature = {.kind = kind};
    feature.segment = (lts_segment_config){
        .sample_rate = frames_of.sample_rate, .samples = 16384, .stft = lts_stft_defaults()};
    feature.segment.stft.hop = frames_of.hop;
    return feature;
}

static lts_feature defaults_of_samples(void)
{
    return defaults_of(LTS_FEATURE_SAMPLES);
}

static lts_feature defaults_of_log_stft(void)
{
    return defaults_of(LTS_FEATURE_LOG_STFT);
}

static lts_status check_samples(const lts_feature *feature, lts_error *err)
{
    const lts_segment_config *config = &feature->segment;
    if (!(config->sample_rate >= 1 && config->sample_rate <= 1e8))
        return lts_fail(err, LTS_ERR_ARGUMENT, "sample_rate = %g: must be 1 to 1e8 Hz",
                        config->sample_rate);
    if (config->samples < 1 || config->samples > LTS_SEGMENT_SAMPLES)
        return lts_fail(err, LTS_ERR_ARGUMENT, "segment_samples = %d: must be 1 to %d",
                        config->samples, LTS_SEGMENT_SAMPLES);
    return LTS_OK;
}

static lts_status check_log_stft(const lts_feature *feature, lts_error *err)
{
    lts_status status = check_samples(feature, err);
    if (status != LTS_OK)
        return status;
    status = lts_stft_check(&feature->segment.stft, err);
    if (status != LTS_OK)
        return status;
    if (feature->segment.samples < feature->segment.stft.hop)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "segment_samples = %d: must be hop_length = %d or more",
                        feature->segment.samples, feature->segment.stft.hop);
    return LTS_OK;
}

/* --- Shape and time -------------------------------------------------------------------------- */

static size_t one_row(const lts_feature *feature)
{
    (void)feature;
    return 1;
}

static size_t segment_samples(const lts_feature *feature)
{
    return (size_t)feature->segment.samples;
}

static size_t frames(const lts_feature *feature)
{
    return (size_t)(feature->segment.samples / feature->segment.stft.hop);
}

static size_t bins(const lts_feature *feature)
{
    return lts_stft_bins(&feature->segment.stft);
}

static double sample_rate(const lts_feature *feature)
{
    return feature->segment.sample_rate;
}

static void shape_of_samples(const lts_feature *feature, char text[LTS_FEATURE_SHAPE_TEXT])
{
    snprintf(text, LTS_FEATURE_SHAPE_TEXT, "%zu samples", segment_samples(feature));
}

static void shape_of_log_stft(const lts_feature *feature, char text[LTS_FEATURE_SHAPE_TEXT])
{
    snprintf(text, LTS_FEATURE_SHAPE_TEXT, "%zu frames x %zu bins", frames(feature), bins(feature));
}

/* --- The rows -------------------------------------------------------------------------------- */

#define SHARED                                                                                     \
    .version = 1, .sample_rate = sample_rate, .hop = segment_samples, .count = segment_count,      \
    .context = segment_samples, .plan_create = segment_plan_create,                                \
    .plan_destroy = segment_plan_destroy, .plan_slice = segment_plan_slice,                        \
    .work_create = segment_work_create, .work_destroy = segment_work_destroy,                      \
    .analyse = segment_analyse, .stream_create = segment_stream_create,                            \
    .stream_destroy = example_stream_destroy, .stream_restart = example_stream_restart,            \
    .stream_feed = example_stream_feed, .stream_finish = example_stream_finish,                    \
    .stream_take = example_stream_take

const feature_kind feature_samples = {SHARED,
                                      .name = "samples",
                                      .settings = settings_of_samples,
                                      .defaults = defaults_of_samples,
                                      .check = check_samples,
                                      .rows = one_row,
                                      .columns = segment_samples,
                                      .shape_text = shape_of_samples};

const feature_kind feature_log_stft = {SHARED,
                                       .name = "log-stft",
                                       .settings = settings_of_log_stft,
                                       .defaults = defaults_of_log_stft,
                                       .check = check_log_stft,
                                       .rows = frames,
                                       .columns = bins,
                                       .shape_text = shape_of_log_stft};
