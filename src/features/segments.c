/* Kinds whose examples are segments of a sound, one after the other, each by itself: its samples,
 * or the logarithm of its short-time spectrum. */
#include "dsp/stft/logarithms.h"
#include "features/kinds.h"

#include <stdio.h>
#include <string.h>

/* What magnitudes are raised by before the logarithm: 60 dB below 1. */
static const float floor_magnitude = 1e-3f;

typedef struct segment_plan {
    lts_feature feature;
    size_t samples, floats; /* of an example */
    lts_stft *stft;         /* NULL: examples are samples */
} segment_plan;

typedef struct segment_work {
    lts_stft_work *stft;
} segment_work;

/* Gathers a segment's samples, and holds its example until it is taken. */
typedef struct segment_stream {
    const segment_plan *plan;
    segment_work *work;
    float *samples, *example;
    size_t filled;
    bool any; /* an example was made: silence without a sample still gives one */
    bool ready, finished;
} segment_stream;

/* --- Settings -------------------------------------------------------------------------------- */

#define SAMPLE_RATE                                                                                \
    {                                                                                              \
        .name = "sample_rate", .key = "sample_rate", .alias = "sampling_rate",                     \
        .offset = offsetof(lts_feature, segment.sample_rate)                                       \
    }
#define SEGMENT_SAMPLES                                                                            \
    {                                                                                              \
        .name = "segment_samples", .key = "segment_samples", .whole = true,                        \
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
     .key = "n_fft",
     .whole = true,
     .offset = offsetof(lts_feature, segment.stft.size)},
    {.name = "hop_length",
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

static size_t count(const lts_feature *feature, size_t samples)
{
    const size_t length = segment_samples(feature);
    return samples > length ? (samples + length - 1) / length : 1;
}

static void shape_of_samples(const lts_feature *feature, char text[LTS_FEATURE_SHAPE_TEXT])
{
    snprintf(text, LTS_FEATURE_SHAPE_TEXT, "%zu samples", segment_samples(feature));
}

static void shape_of_log_stft(const lts_feature *feature, char text[LTS_FEATURE_SHAPE_TEXT])
{
    snprintf(text, LTS_FEATURE_SHAPE_TEXT, "%zu frames x %zu bins", frames(feature), bins(feature));
}

/* --- The transform --------------------------------------------------------------------------- */

static void plan_destroy(void *plan)
{
    segment_plan *own = plan;
    lts_stft_destroy(own->stft);
    lts_free(own);
}

static lts_status plan_create(const lts_feature *feature, size_t samples, void **plan,
                              lts_error *err)
{
    (void)samples;
    segment_plan *own = NULL;
    *plan = NULL;
    lts_status status = lts_alloc_checked(&own, 1, sizeof *own, "a transform", err);
    if (status != LTS_OK)
        return status;
    *own = (segment_plan){.feature = *feature,
                          .samples = segment_samples(feature),
                          .floats = lts_feature_floats(feature)};
    if (feature->kind == LTS_FEATURE_LOG_STFT)
        status = lts_stft_create(&feature->segment.stft, &own->stft, err);
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
    segment_work *own = work;
    lts_stft_work_destroy(own->stft);
    lts_free(own);
}

static lts_status work_create(const void *plan, void **work, lts_error *err)
{
    const segment_plan *of = plan;
    segment_work *own = NULL;
    *work = NULL;
    lts_status status = lts_alloc_checked(&own, 1, sizeof *own, "a transform's scratch", err);
    if (status != LTS_OK)
        return status;
    own->stft = NULL;
    if (of->stft)
        status = lts_stft_work_create(of->stft, &own->stft, err);
    if (status != LTS_OK) {
        work_destroy(own);
        return status;
    }
    *work = own;
    return LTS_OK;
}

static void analyse_segment(const segment_plan *plan, segment_work *work, const float *x, size_t n,
                            float *example)
{
    if (plan->stft) {
        lts_stft_magnitudes(work->stft, x, n, frames(&plan->feature), example);
        stft_logarithms(example, floor_magnitude, example, plan->floats);
        return;
    }
    memcpy(example, x, n * sizeof *x);
    memset(example + n, 0, (plan->samples - n) * sizeof *x);
}

static void analyse(const void *plan, void *work, const float *x, size_t n, float *examples)
{
    const segment_plan *own = plan;
    const size_t total = count(&own->feature, n);
    for (size_t i = 0; i < total; i++) {
        const size_t first = i * own->samples, left = n - first;
        analyse_segment(own, work, x + first, left < own->samples ? left : own->samples,
                        examples + i * own->floats);
    }
}

/* --- A sound in pieces ----------------------------------------------------------------------- */

static void stream_restart(void *stream)
{
    segment_stream *own = stream;
    own->filled = 0;
    own->any = own->ready = own->finished = false;
}

static void stream_destroy(void *stream)
{
    segment_stream *own = stream;
    if (own->work)
        work_destroy(own->work);
    lts_free(own->samples);
    lts_free(own->example);
    lts_free(own);
}

static lts_status stream_create(const void *plan, void **stream, lts_error *err)
{
    static const char what[] = "a stream";
    const segment_plan *of = plan;
    segment_stream *own = NULL;
    void *work;
    *stream = NULL;
    lts_status status = lts_alloc_checked(&own, 1, sizeof *own, what, err);
    if (status != LTS_OK)
        return status;
    *own = (segment_stream){.plan = of};
    status = work_create(of, &work, err);
    if (status != LTS_OK)
        goto failed;
    own->work = work;
    status = lts_alloc_checked(&own->samples, of->samples, sizeof *own->samples, what, err);
    if (status != LTS_OK)
        goto failed;
    status = lts_alloc_checked(&own->example, of->floats, sizeof *own->example, what, err);
    if (status != LTS_OK)
        goto failed;
    *stream = own;
    return LTS_OK;
failed:
    stream_destroy(own);
    return status;
}

static void make_example(segment_stream *own)
{
    analyse_segment(own->plan, own->work, own->samples, own->filled, own->example);
    own->filled = 0;
    own->any = own->ready = true;
}

static size_t stream_feed(void *stream, const float *x, size_t n)
{
    segment_stream *own = stream;
    size_t fed = 0;
    while (fed < n && !own->ready) {
        const size_t room = own->plan->samples - own->filled;
        const size_t part = n - fed < room ? n - fed : room;
        memcpy(own->samples + own->filled, x + fed, part * sizeof *x);
        own->filled += part;
        fed += part;
        if (own->filled == own->plan->samples)
            make_example(own);
    }
    return fed;
}

static void stream_finish(void *stream)
{
    segment_stream *own = stream;
    own->finished = true;
}

static size_t stream_take(void *stream, const float **examples)
{
    segment_stream *own = stream;
    if (!own->ready && own->finished && (own->filled > 0 || !own->any))
        make_example(own);
    *examples = own->example;
    const size_t taken = own->ready ? 1 : 0;
    own->ready = false;
    return taken;
}

/* --- The rows -------------------------------------------------------------------------------- */

#define SHARED                                                                                     \
    .version = 1, .sample_rate = sample_rate, .hop = segment_samples, .count = count,              \
    .context = segment_samples, .plan_create = plan_create, .plan_destroy = plan_destroy,          \
    .plan_slice = plan_slice, .work_create = work_create, .work_destroy = work_destroy,            \
    .analyse = analyse, .stream_create = stream_create, .stream_destroy = stream_destroy,          \
    .stream_restart = stream_restart, .stream_feed = stream_feed, .stream_finish = stream_finish,  \
    .stream_take = stream_take

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
