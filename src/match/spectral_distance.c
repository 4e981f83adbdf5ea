#include "match/spectral_distance.h"

#include "base/fastmath.h"
#include "dsp/stft/logarithms.h"

#include <math.h>

enum { SIZES = 4, SHORTEST = 256 };
static const double log_weight = 1.0 / 3;

typedef struct resolution {
    lts_stft *stft;
    size_t frames, cells;
    float *magnitudes; /* (frames,bins) of the target */
    float *logarithms; /* of the same, raised by the floor */
    float floor;
    double norm; /* |S| */
} resolution;

struct spectral_target {
    size_t samples;
    size_t most; /* cells of the largest */
    resolution at[SIZES];
};

struct spectral_work {
    const spectral_target *target;
    lts_stft_work *stft[SIZES];
    float *magnitudes; /* (most) */
};

/* --- Sums, of partial sums, which vector units add up at once -------------------------------- */

enum { LANES = 16 };

typedef struct sums {
    double squares, logarithms;
} sums;

/* Of a row of cells: sum (y - s)^2 and sum |log(y + e) - l|. */
LTS_CLONES static sums differences(const float *restrict y, const float *restrict s,
                                   const float *restrict l, float floor, size_t n)
{
    float squares[LANES] = {0}, logarithms[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
#pragma omp simd
        for (size_t j = 0; j < LANES; j++) {
            const float d = y[i + j] - s[i + j];
            squares[j] += d * d;
            logarithms[j] += fabsf(fast_log(y[i + j] + floor) - l[i + j]);
        }
    }
    sums total = {0, 0};
    for (; i < n; i++) {
        const float d = y[i] - s[i];
        total.squares += (double)(d * d);
        total.logarithms += (double)fabsf(fast_log(y[i] + floor) - l[i]);
    }
    for (size_t j = 0; j < LANES; j++) {
        total.squares += (double)squares[j];
        total.logarithms += (double)logarithms[j];
    }
    return total;
}

/* --- The target ------------------------------------------------------------------------------ */

static lts_status create_resolution(const float *target, size_t samples, int size, resolution *at,
                                    lts_error *err)
{
    static const char what[] = "a target's spectra";
    const lts_stft_config config = {.size = size, .hop = size / 2};
    lts_stft_work *work = NULL;
    lts_status status = lts_stft_create(&config, &at->stft, err);
    if (status != LTS_OK)
        return status;
    at->frames = samples / (size_t)config.hop + 1;
    at->cells = at->frames * lts_stft_bins(&config);
    status = lts_alloc_checked(&at->magnitudes, at->cells, sizeof(float), what, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&at->logarithms, at->cells, sizeof(float), what, err);
    if (status != LTS_OK)
        return status;
    status = lts_stft_work_create(at->stft, &work, err);
    if (status != LTS_OK)
        return status;
    lts_stft_magnitudes(work, target, samples, at->frames, at->magnitudes);
    lts_stft_work_destroy(work);
    float peak = 0;
    double squares = 0;
    for (size_t i = 0; i < at->cells; i++) {
        peak = fmaxf(peak, at->magnitudes[i]);
        squares += (double)at->magnitudes[i] * (double)at->magnitudes[i];
    }
    if (!(squares > 0))
        return lts_fail(err, LTS_ERR_ARGUMENT, "the target is silent: there is nothing to match");
    at->norm = sqrt(squares);
    at->floor = 1e-3f * peak;
    stft_logarithms(at->magnitudes, at->floor, at->logarithms, at->cells);
    return LTS_OK;
}

lts_status spectral_target_create(const float *target, size_t samples, spectral_target **out,
                                  lts_error *err)
{
    spectral_target *t = NULL;
    *out = NULL;
    lts_status status = lts_alloc_checked(&t, 1, sizeof *t, "a target's spectra", err);
    if (status != LTS_OK)
        return status;
    *t = (spectral_target){.samples = samples};
    for (int i = 0; i < SIZES; i++) {
        status = create_resolution(target, samples, SHORTEST << i, &t->at[i], err);
        if (status != LTS_OK) {
            spectral_target_destroy(t);
            return status;
        }
        if (t->at[i].cells > t->most)
            t->most = t->at[i].cells;
    }
    *out = t;
    return LTS_OK;
}

void spectral_target_destroy(spectral_target *t)
{
    for (int i = 0; t && i < SIZES; i++) {
        lts_stft_destroy(t->at[i].stft);
        lts_free(t->at[i].magnitudes);
        lts_free(t->at[i].logarithms);
    }
    lts_free(t);
}

/* --- One thread's work ----------------------------------------------------------------------- */

lts_status spectral_work_create(const spectral_target *target, spectral_work **out, lts_error *err)
{
    spectral_work *work = NULL;
    *out = NULL;
    lts_status status = lts_alloc_checked(&work, 1, sizeof *work, "a sound's spectra", err);
    if (status != LTS_OK)
        return status;
    *work = (spectral_work){.target = target};
    status =
        lts_alloc_checked(&work->magnitudes, target->most, sizeof(float), "a sound's spectra", err);
    if (status != LTS_OK)
        goto done;
    for (int i = 0; i < SIZES; i++)
        if ((status = lts_stft_work_create(target->at[i].stft, &work->stft[i], err)) != LTS_OK)
            goto done;
    *out = work;
    work = NULL;
done:
    spectral_work_destroy(work);
    return status;
}

void spectral_work_destroy(spectral_work *work)
{
    for (int i = 0; work && i < SIZES; i++)
        lts_stft_work_destroy(work->stft[i]);
    if (work)
        lts_free(work->magnitudes);
    lts_free(work);
}

double spectral_distance(spectral_work *work, const float *y)
{
    const spectral_target *t = work->target;
    double sum = 0;
    for (int i = 0; i < SIZES; i++) {
        const resolution *at = &t->at[i];
        lts_stft_magnitudes(work->stft[i], y, t->samples, at->frames, work->magnitudes);
        const sums found =
            differences(work->magnitudes, at->magnitudes, at->logarithms, at->floor, at->cells);
        sum += sqrt(found.squares) / at->norm + log_weight * found.logarithms / (double)at->cells;
    }
    return sum / SIZES;
}

double spectral_gain(spectral_work *work, const float *y)
{
    const spectral_target *t = work->target;
    const resolution *at = &t->at[0];
    double both = 0, own = 0;
    lts_stft_magnitudes(work->stft[0], y, t->samples, at->frames, work->magnitudes);
    for (size_t i = 0; i < at->cells; i++) {
        both += (double)work->magnitudes[i] * (double)at->magnitudes[i];
        own += (double)work->magnitudes[i] * (double)work->magnitudes[i];
    }
    return own > 0 ? both / own : 0;
}
