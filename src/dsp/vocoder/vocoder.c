#include "dsp/vocoder/vocoder.h"

#include <math.h>
#include <string.h>

static const double pi = 3.14159265358979323846;

/* Slopes over two frames to either side, where the filter spans at least so many hops, resist a
 * generator's errors; shorter filters' own changes would be lost. Measured on recordings and on a
 * trained decoder's magnitudes, as is the inertia of a bin's own past: 1 + l_k / (20 hop). */
static const double long_filter = 24, inertia = 0.05;

static void fill_bin(lts_vocoder *v, size_t k)
{
    const lts_cqt_config *config = &v->config;
    const double ratio = exp2(1.0 / config->bins_per_octave), quality = cqt_quality(config);
    const double f = config->fmin * exp2((double)k / config->bins_per_octave);
    const double l = quality * config->sample_rate / f, hops = l / config->hop;
    const double half = fmin(pi / hops, pi / 2);
    const bool wide = v->lookahead > 1 && hops >= long_filter;
    v->scaling[k] = (float)(quality * log(ratio) / sqrt(l));
    v->near[k] = (float)(-log(2) / 2 * (wide ? 0.1 : 0.5));
    v->far[k] = (float)(-log(2) / 2 * (wide ? 0.2 : 0));
    v->cotangent[k] = (float)(1 / tan(half));
    v->width[k] = (float)(l / pi);
    v->climb[k] = (float)(f * (ratio - 1) / config->sample_rate / 2);
    v->inertia[k] = (float)(1 + inertia * hops);
    v->advance[k] = (float)(1 / l / 2);
    v->carrier[k] = (turns)(int64_t)ldexp(f / config->sample_rate, 32);
}

/* The list of arrays that create and destroy go through. */
typedef struct array {
    void *where; /* address of the pointer */
    size_t count, size;
} array;

enum { ARRAYS = 27 };

static void list_arrays(lts_vocoder *v, array list[ARRAYS])
{
    const size_t k = v->bins;
    const array all[ARRAYS] = {
        {&v->scaling, k, sizeof(float)},
        {&v->near, k, sizeof(float)},
        {&v->far, k, sizeof(float)},
        {&v->cotangent, k, sizeof(float)},
        {&v->width, k, sizeof(float)},
        {&v->climb, k, sizeof(float)},
        {&v->inertia, k, sizeof(float)},
        {&v->advance, k, sizeof(float)},
        {&v->carrier, k, sizeof(turns)},
        {&v->amplitude, VOCODER_ROWS * k, sizeof(float)},
        {&v->level, VOCODER_ROWS * (k + 2), sizeof(float)},
        {&v->claim, k, sizeof(float)},
        {&v->turned, k, 1},
        {&v->now.amplitude, k, sizeof(float)},
        {&v->now.deviation, k, sizeof(float)},
        {&v->now.phase, k, sizeof(turns)},
        {&v->now.loudness, k, 1},
        {&v->past.amplitude, k, sizeof(float)},
        {&v->past.deviation, k, sizeof(float)},
        {&v->past.phase, k, sizeof(turns)},
        {&v->past.loudness, k, 1},
        {&v->delay, k, sizeof(float)},
        {&v->step, k, sizeof(turns)},
        {&v->above, k, sizeof(turns)},
        {&v->state, k, 1},
        {&v->next, 2 * k, sizeof(uint32_t)},
        {&v->sound, v->room, sizeof(float)},
    };
    memcpy(list, all, sizeof all);
}

lts_status lts_vocoder_create(const lts_cqt_config *config, uint64_t seed, lts_vocoder **out,
                              lts_error *err)
{
    lts_vocoder *v = NULL;
    array list[ARRAYS];
    *out = NULL;
    lts_status status = lts_cqt_check(config, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&v, 1, sizeof *v, "a vocoder", err);
    if (status != LTS_OK)
        return status;
    v->config = *config;
    v->bins = lts_cqt_bins(config);
    v->hop = (size_t)config->hop;
    v->room = (v->hop + 7) / 8 * 8;
    double longest = cqt_quality(config) * config->sample_rate / config->fmin;
    v->lookahead = longest >= long_filter * config->hop ? VOCODER_LOOKAHEAD : 1;
    double ratio = exp2(1.0 / config->bins_per_octave);
    v->quality = (float)cqt_quality(config);
    for (int i = 0; i <= 2 * VOCODER_REACH; i++)
        v->ratio[i] = (float)pow(ratio, i - VOCODER_REACH);
    v->skew = (float)(cqt_quality(config) * (ratio + 1 / ratio - 2) / 2);
    list_arrays(v, list);
    for (size_t i = 0; i < ARRAYS; i++) {
        status = lts_alloc_checked(list[i].where, list[i].count, list[i].size, "a vocoder", err);
        if (status != LTS_OK)
            goto done;
    }
    for (size_t k = 0; k < v->bins; k++)
        fill_bin(v, k);
    lts_vocoder_restart(v, seed);
    *out = v;
    v = NULL;
done:
    lts_vocoder_destroy(v);
    return status;
}

void lts_vocoder_destroy(lts_vocoder *v)
{
    array list[ARRAYS];
    if (!v)
        return;
    list_arrays(v, list);
    for (size_t i = 0; i < ARRAYS; i++) {
        void *memory;
        memcpy(&memory, list[i].where, sizeof memory);
        lts_free(memory);
    }
    lts_free(v);
}

void lts_vocoder_restart(lts_vocoder *v, uint64_t seed)
{
    lts_rng rng;
    lts_rng_seed(&rng, seed, 0);
    memset(v->amplitude, 0, VOCODER_ROWS * v->bins * sizeof(float));
    v->started = false;
    v->row = 0;
    v->now.top = log2f(VOCODER_LEAST);
    for (size_t k = 0; k < v->bins; k++) {
        v->now.amplitude[k] = v->now.deviation[k] = 0;
        v->now.loudness[k] = 0;
        v->now.phase[k] = (turns)(lts_rng_next(&rng) >> 32);
    }
}

size_t lts_vocoder_delay(const lts_vocoder *v)
{
    return v->lookahead + 1;
}

/* What came before the first frame was silent, but had its shape: it begins in its midst, not with
 * an onset. */
static void start(lts_vocoder *v)
{
    const size_t stride = v->bins + 2;
    for (size_t i = 0; i < VOCODER_ROWS; i++) {
        if (i != v->row)
            memcpy(v->level + i * stride, v->level + v->row * stride, stride * sizeof(float));
        v->moved[i] = v->moved[v->row];
        v->detune[i] = v->detune[v->row];
    }
    v->started = true;
}

void lts_vocoder_frame(lts_vocoder *v, const float *magnitudes, double transpose, float *x)
{
    vocoder_frame past = v->past;
    v->past = v->now;
    v->now = past;
    v->row = (v->row + 1) % VOCODER_ROWS;
    vocoder_receive(v, magnitudes, transpose);
    if (!v->started)
        start(v);
    vocoder_gradient(v);
    vocoder_integrate(v);
    vocoder_sound(v);
    memcpy(x, v->sound, v->hop * sizeof *x);
}
