#include "dsp/stft/stft.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { MAX_SIZE = 1 << 20, MAX_HOP = 1 << 20 };

lts_stft_config lts_stft_defaults(void)
{
    return (lts_stft_config){.size = 512, .hop = 256};
}

lts_status lts_stft_check(const lts_stft_config *config, lts_error *err)
{
    if (config->size < 2 || config->size > MAX_SIZE || config->size % 2 != 0)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "n_fft = %d: must be an even number of samples from 2 to %d", config->size,
                        (int)MAX_SIZE);
    if (config->hop < 1 || config->hop > MAX_HOP)
        return lts_fail(err, LTS_ERR_ARGUMENT, "hop_length = %d: must be 1 to %d samples",
                        config->hop, (int)MAX_HOP);
    return LTS_OK;
}

size_t lts_stft_bins(const lts_stft_config *config)
{
    return (size_t)config->size / 2 + 1;
}

static bool plan(lts_stft *stft)
{
    float *samples = lts_alloc((size_t)stft->config.size, sizeof *samples);
    float *spectrum = lts_alloc(2 * stft->bins, sizeof *spectrum);
    if (samples && spectrum) {
        dsp_planner_lock();
        stft->analyse = fftwf_plan_dft_r2c_1d(stft->config.size, samples, (fftwf_complex *)spectrum,
                                              DSP_PLANNER_FLAGS);
        stft->synthesise = fftwf_plan_dft_c2r_1d(stft->config.size, (fftwf_complex *)spectrum,
                                                 samples, DSP_PLANNER_FLAGS);
        dsp_planner_unlock();
    }
    lts_free(samples);
    lts_free(spectrum);
    return stft->analyse && stft->synthesise;
}

lts_status lts_stft_create(const lts_stft_config *config, lts_stft **out, lts_error *err)
{
    static const char what[] = "a short-time Fourier transform";
    lts_stft *stft = NULL;
    *out = NULL;
    lts_status status = lts_stft_check(config, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&stft, 1, sizeof *stft, what, err);
    if (status != LTS_OK)
        return status;
    *stft = (lts_stft){.config = *config, .bins = lts_stft_bins(config)};
    const size_t size = (size_t)config->size;
    status = lts_alloc_checked(&stft->window, size, sizeof *stft->window, what, err);
    if (status != LTS_OK)
        goto done;
    const double pi = acos(-1.0);
    /* Hann's window, periodic: its copies half a size apart add up to one. */
    for (size_t n = 0; n < size; n++)
        stft->window[n] = (float)(0.5 - 0.5 * cos(2 * pi * (double)n / (double)size));
    if (!plan(stft)) {
        status = lts_no_memory(what, err);
        goto done;
    }
    *out = stft;
    stft = NULL;
done:
    lts_stft_destroy(stft);
    return status;
}

void lts_stft_destroy(lts_stft *stft)
{
    if (!stft)
        return;
    dsp_planner_lock();
    if (stft->analyse)
        fftwf_destroy_plan(stft->analyse);
    if (stft->synthesise)
        fftwf_destroy_plan(stft->synthesise);
    dsp_planner_unlock();
    lts_free(stft->window);
    lts_free(stft);
}

lts_status lts_stft_work_create(const lts_stft *stft, lts_stft_work **out, lts_error *err)
{
    static const char what[] = "a short-time Fourier transform";
    lts_stft_work *work = NULL;
    *out = NULL;
    lts_status status = lts_alloc_checked(&work, 1, sizeof *work, what, err);
    if (status != LTS_OK)
        return status;
    work->stft = stft;
    status = lts_alloc_checked(&work->samples, (size_t)stft->config.size, sizeof *work->samples,
                               what, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&work->spectrum, 2 * stft->bins, sizeof *work->spectrum, what, err);
    if (status != LTS_OK)
        goto done;
    *out = work;
    work = NULL;
done:
    lts_stft_work_destroy(work);
    return status;
}

void lts_stft_work_destroy(lts_stft_work *work)
{
    if (!work)
        return;
    lts_free(work->samples);
    lts_free(work->spectrum);
    lts_free(work);
}

/* Frame t, windowed: samples t hop - size / 2 .. t hop + size / 2 - 1, where x is 0 outside. */
static void window_frame(const lts_stft *stft, const float *x, size_t n, size_t t, float *frame)
{
    const int64_t size = stft->config.size, length = (int64_t)n;
    const int64_t first = (int64_t)t * stft->config.hop - size / 2;
    const int64_t lo = first < 0 ? -first : 0;
    const int64_t hi = first + size > length ? length - first : size;
    if (lo >= hi) {
        memset(frame, 0, (size_t)size * sizeof *frame);
        return;
    }
    memset(frame, 0, (size_t)lo * sizeof *frame);
    for (int64_t i = lo; i < hi; i++)
        frame[i] = stft->window[i] * x[first + i];
    memset(frame + hi, 0, (size_t)(size - hi) * sizeof *frame);
}

LTS_CLONES static void absolute(const float *restrict spectrum, float *restrict magnitudes,
                                size_t bins)
{
#pragma omp simd
    for (size_t k = 0; k < bins; k++)
        magnitudes[k] =
            sqrtf(spectrum[2 * k] * spectrum[2 * k] + spectrum[2 * k + 1] * spectrum[2 * k + 1]);
}

void stft_analyse_frame(lts_stft_work *work, const float *x, size_t n, size_t t)
{
    window_frame(work->stft, x, n, t, work->samples);
    fftwf_execute_dft_r2c(work->stft->analyse, work->samples, (fftwf_complex *)work->spectrum);
}

void lts_stft_forward(lts_stft_work *work, const float *x, size_t n, size_t frames,
                      float *coefficients)
{
    const size_t bins = work->stft->bins;
    for (size_t t = 0; t < frames; t++) {
        stft_analyse_frame(work, x, n, t);
        memcpy(coefficients + 2 * t * bins, work->spectrum, 2 * bins * sizeof *coefficients);
    }
}

void lts_stft_magnitudes(lts_stft_work *work, const float *x, size_t n, size_t frames,
                         float *magnitudes)
{
    const size_t bins = work->stft->bins;
    for (size_t t = 0; t < frames; t++) {
        stft_analyse_frame(work, x, n, t);
        absolute(work->spectrum, magnitudes + t * bins, bins);
    }
}
