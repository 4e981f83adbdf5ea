#include "dsp/phase_settings.h"
#include "dsp/stft/heap.h"

#include <math.h>
#include <string.h>

/* Where the windows' squares sum to less than this, at the ends of sounds with long hops, a sample
 * follows its frames less. */
static const float least_sum = 0.02f;

typedef struct recovery {
    const lts_stft *stft;
    lts_stft_work *work;
    const float *magnitudes; /* (T,K) */
    size_t frames, n;
    float scale;     /* a power of two that brings the loudest magnitude to 0.5 .. 1 */
    float *x;        /* (N) */
    float *v;        /* (N): x extrapolated by the momentum */
    float *residual; /* (N) */
    stft_heap *heap; /* NULL unless phases are integrated */
    lts_rng rng;
    lts_phase_init init;
} recovery;

static lts_status check_input(const recovery *r, float *loudest, lts_error *err)
{
    const size_t bins = r->stft->bins, hop = (size_t)r->stft->config.hop;
    if (r->frames < 1 || r->n / hop + 1 != r->frames)
        return lts_fail(err, LTS_ERR_SHAPE,
                        "phase: %zu samples for %zu frames: expected %zu to %zu at a hop of %zu",
                        r->n, r->frames, r->frames > 0 ? (r->frames - 1) * hop : 0,
                        r->frames > 0 ? r->frames * hop - 1 : 0, hop);
    for (size_t i = 0; i < r->frames * bins; i++) {
        const float value = r->magnitudes[i];
        if (!(value >= 0 && isfinite(value)))
            return lts_fail(err, LTS_ERR_NONFINITE,
                            "phase: frame %zu, bin %zu: magnitude %g: must be finite and not "
                            "negative",
                            i / bins, i % bins, (double)value);
        *loudest = fmaxf(*loudest, value);
    }
    return LTS_OK;
}

/* The spectrum of frame t with its starting phases; those of the heap are of a transform centred on
 * the frame, where this one begins half a window before: bin k is half a turn of k ahead. */
static void starting_spectrum(recovery *r, size_t t, size_t row)
{
    const size_t bins = r->stft->bins;
    const float *magnitudes = r->magnitudes + t * bins;
    for (size_t k = 0; k < bins; k++) {
        turns phase = 0;
        float c, s;
        if (r->init == LTS_PHASE_PGHI)
            phase = stft_heap_phases(r->heap, row)[k] + ((turns)(k & 1) << 31);
        else if (r->init == LTS_PHASE_RANDOM)
            phase = (turns)(lts_rng_next(&r->rng) >> 32);
        turns_cos_sin(phase, &c, &s);
        r->work->spectrum[2 * k] = r->scale * magnitudes[k] * c;
        r->work->spectrum[2 * k + 1] = r->scale * magnitudes[k] * s;
    }
}

static lts_status start(recovery *r, const lts_reporter *reporter, lts_error *err)
{
    const size_t chunk = r->heap ? r->heap->chunk : r->frames;
    memset(r->x, 0, r->n * sizeof *r->x);
    for (size_t begin = 0; begin < r->frames; begin += chunk) {
        const size_t count = r->frames - begin < chunk ? r->frames - begin : chunk;
        if (lts_cancelled(reporter))
            return lts_fail(err, LTS_ERR_CANCELLED, "phase: cancelled on request");
        if (r->heap)
            stft_heap_integrate(r->heap, begin, count);
        for (size_t row = 0; row < count; row++) {
            starting_spectrum(r, begin + row, row);
            stft_add_frame(r->work, begin + row, r->x, r->n);
        }
    }
    stft_divide(r->stft, r->frames, least_sum, r->x, r->n);
    return LTS_OK;
}

/* spectrum = (M - |c|) c / |c| */
LTS_CLONES static void take_residual(float *restrict spectrum, const float *restrict magnitudes,
                                     float scale, size_t bins)
{
    for (size_t k = 0; k < bins; k++) {
        const float re = spectrum[2 * k], im = spectrum[2 * k + 1];
        const float level = sqrtf(re * re + im * im);
        const float factor = scale * magnitudes[k] / (level + 1e-18f) - 1;
        spectrum[2 * k] = level > 0 ? factor * re : 0;
        spectrum[2 * k + 1] = level > 0 ? factor * im : 0;
    }
}

/* x' = v + mu s, v' = x' + alpha (x' - x) */
static void advance(const recovery *r, float relaxation, float momentum)
{
    for (size_t i = 0; i < r->n; i++) {
        const float next = r->v[i] + relaxation * r->residual[i];
        r->v[i] = next + momentum * (next - r->x[i]);
        r->x[i] = next;
    }
}

static lts_status iterate(recovery *r, const lts_phase_config *config, const lts_reporter *reporter,
                          lts_error *err)
{
    const size_t bins = r->stft->bins;
    const double begun = lts_now();
    memcpy(r->v, r->x, r->n * sizeof *r->v);
    for (int i = 0; i < config->iterations; i++) {
        if (lts_cancelled(reporter))
            return lts_fail(err, LTS_ERR_CANCELLED, "phase: cancelled on request");
        memset(r->residual, 0, r->n * sizeof *r->residual);
        for (size_t t = 0; t < r->frames; t++) {
            stft_analyse_frame(r->work, r->v, r->n, t);
            take_residual(r->work->spectrum, r->magnitudes + t * bins, r->scale, bins);
            stft_add_frame(r->work, t, r->residual, r->n);
        }
        stft_divide(r->stft, r->frames, least_sum, r->residual, r->n);
        advance(r, (float)config->relaxation, (float)config->momentum);
        lts_progress(reporter, "iterations", i + 1, config->iterations,
                     (i + 1) / (lts_now() - begun));
    }
    return LTS_OK;
}

lts_status lts_stft_recover(lts_stft_work *work, const float *magnitudes, size_t frames,
                            const lts_phase_config *config, float *x, size_t n,
                            const lts_reporter *reporter, lts_error *err)
{
    recovery r = {.stft = work->stft,
                  .work = work,
                  .magnitudes = magnitudes,
                  .frames = frames,
                  .n = n,
                  .x = x,
                  .init = config->init};
    float loudest = 0;
    int exponent;
    lts_status status = phase_check_settings(config, err);
    if (status != LTS_OK)
        return status;
    status = check_input(&r, &loudest, err);
    if (status != LTS_OK)
        return status;
    if (loudest <= 0) {
        memset(x, 0, n * sizeof *x);
        return LTS_OK;
    }
    frexpf(loudest, &exponent);
    r.scale = ldexpf(1, exponent > -126 ? -exponent : 126);
    lts_rng_seed(&r.rng, config->seed, 0);
    status = lts_alloc_checked(&r.v, n, sizeof *r.v, "a signal", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&r.residual, n, sizeof *r.residual, "a signal", err);
    if (status != LTS_OK)
        goto done;
    if (config->init == LTS_PHASE_PGHI)
        status = stft_heap_create(work->stft, magnitudes, frames, n, r.scale, config->seed, &r.heap,
                                  err);
    if (status != LTS_OK)
        goto done;
    status = start(&r, reporter, err);
    if (status != LTS_OK)
        goto done;
    status = iterate(&r, config, reporter, err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < n; i++)
        x[i] /= r.scale;
done:
    stft_heap_destroy(r.heap);
    lts_free(r.v);
    lts_free(r.residual);
    return status;
}
