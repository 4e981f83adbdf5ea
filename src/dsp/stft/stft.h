/* The short-time Fourier transform's plan, and its frames one by one. */
#ifndef DSP_STFT_STFT_H
#define DSP_STFT_STFT_H

#include "dsp/planner.h"
#include "lts/dsp.h"

struct lts_stft {
    lts_stft_config config;
    size_t bins;
    float *window; /* (size) */
    fftwf_plan analyse, synthesise;
};

struct lts_stft_work {
    const lts_stft *stft;
    float *samples;  /* (size) a windowed frame */
    float *spectrum; /* (bins,2) */
};

/* work->spectrum = frame t of x, N samples. */
void stft_analyse_frame(lts_stft_work *work, const float *x, size_t n, size_t t);

/* x += w y, y the inverse Fourier transform of work->spectrum at frame t, which is lost. */
void stft_add_frame(lts_stft_work *work, size_t t, float *x, size_t n);
/* x / s, s the sum of the squared windows of frames 0 .. frames-1 at each sample, as
 * x s / (s^2 + least^2). */
void stft_divide(const lts_stft *stft, size_t frames, float least, float *x, size_t n);

#endif
