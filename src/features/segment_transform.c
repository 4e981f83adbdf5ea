/* The transform of segments: samples, whole or in pieces, to examples. */
#include "features/segment_transform.h"

#include "dsp/stft/logarithms.h"

#include <string.h>

/* What magnitudes are raised by before the logarithm: 60 dB below 1. */
static const float floor_magnitude = 1e-3f;

typedef struct segment_plan {
    lts_feature feature;
    size_t samples, frames, floats; /* of an example; frames of a spectrum */
    lts_stft *stft;                 /* NULL: examples are samples */
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

size_t segment_count(const lts_feature *feature, size_t samples)
{
    const size_t length = (size_t)feature->segment.samples;
    return samples > length ? (samples + length - 1) / length : 1;
}

/* --- The transform --------------------------------------------------------------------------- */

void segment_plan_destroy(void *plan)
{
    segment_plan *own = plan;
    lts_stft_destroy(own->stft);
    lts_free(own);
}

lts_status segment_plan_create(const lts_feature *feature, size_t samples, void **plan,
                               lts_error *err)
{
    (void)samples;
    segment_plan *own = NULL;
    *plan = NULL;
    lts_status status = lts_alloc_checked(&own, 1, sizeof *own, "a transform", err);
    if (status != LTS_OK)
        return status;
    *own = (segment_plan){.feature = *feature,
                          .samples = (size_t)feature->segment.samples,
                          .floats = lts_feature_floats(feature)};
    if (feature->kind == LTS_FEATURE_LOG_STFT) {
        own->frames = own->samples / (size_t)feature->segment.stft.hop;
        status = lts_stft_create(&feature->segment.stft, &own->stft, err);
    }
    if (status != LTS_OK) {
        segment_plan_destroy(own);
        return status;
    }
    *plan = own;
    return LTS_OK;
}

size_t segment_plan_slice(const void *plan)
{
    (void)plan;
    return 1;
}

void segment_work_destroy(void *work)
{
    segment_work *own = work;
    lts_stft_work_destroy(own->stft);
    lts_free(own);
}

lts_status segment_work_create(const void *plan, void **work, lts_error *err)
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
        segment_work_destroy(own);
        return status;
    }
    *work = own;
    return LTS_OK;
}

static void analyse_segment(const segment_plan *plan, segment_work *work, const float *x, size_t n,
                            float *example)
{
    if (plan->stft) {
        lts_stft_magnitudes(work->stft, x, n, plan->frames, example);
        stft_logarithms(example, floor_magnitude, example, plan->floats);
        return;
    }
    memcpy(example, x, n * sizeof *x);
    memset(example + n, 0, (plan->samples - n) * sizeof *x);
}

void segment_analyse(const void *plan, void *work, const float *x, size_t n, float *examples)
{
    const segment_plan *own = plan;
    const size_t total = segment_count(&own->feature, n);
    for (size_t i = 0; i < total; i++) {
        const size_t first = i * own->samples, left = n - first;
        analyse_segment(own, work, x + first, left < own->samples ? left : own->samples,
                        examples + i * own->floats);
    }
}

/* --- A sound in pieces ----------------------------------------------------------------------- */

void segment_stream_restart(void *stream)
{
    segment_stream *own = stream;
    own->filled = 0;
    own->any = own->ready = own->finished = false;
}

void segment_stream_destroy(void *stream)
{
    segment_stream *own = stream;
    if (own->work)
        segment_work_destroy(own->work);
    lts_free(own->samples);
    lts_free(own->example);
    lts_free(own);
}

lts_status segment_stream_create(const void *plan, void **stream, lts_error *err)
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
    status = segment_work_create(of, &work, err);
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
    segment_stream_destroy(own);
    return status;
}

static void make_example(segment_stream *own)
{
    analyse_segment(own->plan, own->work, own->samples, own->filled, own->example);
    own->filled = 0;
    own->any = own->ready = true;
}

size_t segment_stream_feed(void *stream, const float *x, size_t n)
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

void segment_stream_finish(void *stream)
{
    segment_stream *own = stream;
    own->finished = true;
}

size_t segment_stream_take(void *stream, const float **examples)
{
    segment_stream *own = stream;
    if (!own->ready && own->finished && (own->filled > 0 || !own->any))
        make_example(own);
    *examples = own->example;
    const size_t taken = own->ready ? 1 : 0;
    own->ready = false;
    return taken;
}
