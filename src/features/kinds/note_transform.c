/* The transform of notes: samples, whole or in pieces, to one example, and an example to a sound.
 */
#include "features/kinds/note_transform.h"

#include "dsp/stft/logarithms.h"
#include "features/kinds/example_stream.h"
#include "lts/stft_note.h"

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

void note_plan_destroy(void *plan)
{
    note_plan *own = plan;
    lts_stft_destroy(own->stft);
    lts_free(own);
}

lts_status note_plan_create(const lts_feature *feature, size_t samples, void **plan, lts_error *err)
{
    (void)samples;
    note_plan *own = NULL;
    *plan = NULL;
    lts_status status = lts_alloc_checked(&own, 1, sizeof *own, "a transform", err);
    if (status != LTS_OK)
        return status;
    *own = (note_plan){.feature = *feature,
                       .samples = lts_feature_hop(feature),
                       .frames = lts_feature_columns(feature),
                       .bins = lts_feature_rows(feature)};
    status = lts_stft_create(&feature->note.stft, &own->stft, err);
    if (status != LTS_OK) {
        note_plan_destroy(own);
        return status;
    }
    *plan = own;
    return LTS_OK;
}

size_t note_plan_slice(const void *plan)
{
    (void)plan;
    return 1;
}

void note_work_destroy(void *work)
{
    note_work *own = work;
    if (!own)
        return;
    lts_stft_work_destroy(own->stft);
    lts_free(own->magnitudes);
    lts_free(own);
}

lts_status note_work_create(const void *plan, void **work, lts_error *err)
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
    note_work_destroy(own);
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

void note_analyse_ranged(const void *plan, void *work, const float *x, size_t n, float *example,
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

void note_analyse(const void *plan, void *work, const float *x, size_t n, float *examples)
{
    lts_note_range range;
    note_analyse_ranged(plan, work, x, n, examples, &range);
}

/* One note of average loudness, and silence after it. */
lts_status note_recover(const void *plan, void *work, const float *examples, size_t count,
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

lts_status note_stream_create(const void *plan, void **stream, lts_error *err)
{
    const note_plan *of = plan;
    return example_stream_create(&(example_maker){.plan = plan,
                                                  .samples = of->samples,
                                                  .floats = of->bins * of->frames,
                                                  .single = true,
                                                  .work_create = note_work_create,
                                                  .work_destroy = note_work_destroy,
                                                  .make = note_analyse},
                                 stream, err);
}
