/* The transform of segments: samples, whole or in pieces, to examples. */
#include "features/kinds/segment_transform.h"

#include "dsp/stft/logarithms.h"
#include "features/kinds/example_stream.h"

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

static void analyse_segment(const void *plan, void *work, const float *x, size_t n, float *example)
{
    const segment_plan *of = plan;
    segment_work *own = work;
    if (of->stft) {
        lts_stft_magnitudes(own->stft, x, n, of->frames, example);
        stft_logarithms(example, floor_magnitude, example, of->floats);
        return;
    }
    memcpy(example, x, n * sizeof *x);
    memset(example + n, 0, (of->samples - n) * sizeof *x);
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

lts_status segment_stream_create(const void *plan, void **stream, lts_error *err)
{
    const segment_plan *of = plan;
    return example_stream_create(&(example_maker){.plan = plan,
                                                  .samples = of->samples,
                                                  .floats = of->floats,
                                                  .work_create = segment_work_create,
                                                  .work_destroy = segment_work_destroy,
                                                  .make = analyse_segment},
                                 stream, err);
}
