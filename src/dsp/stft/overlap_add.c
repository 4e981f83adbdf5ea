#include "dsp/stft/stft.h"

#include <string.h>

/* Where the windows' squares sum to less than this, the frames do not tell the sound. */
static const float least_sum = 1e-4f;

void stft_add_frame(lts_stft_work *work, size_t t, float *x, size_t n)
{
    const lts_stft *stft = work->stft;
    const int64_t size = stft->config.size, length = (int64_t)n;
    const int64_t first = (int64_t)t * stft->config.hop - size / 2;
    const int64_t lo = first < 0 ? -first : 0;
    const int64_t hi = first + size > length ? length - first : size;
    const float scale = 1 / (float)size;
    fftwf_execute_dft_c2r(stft->synthesise, (fftwf_complex *)work->spectrum, work->samples);
    for (int64_t i = lo; i < hi; i++)
        x[first + i] += scale * stft->window[i] * work->samples[i];
}

/* The sum at sample `at`: frame t weighs it by w(at - t hop + size/2)^2. */
static float sum_at(const lts_stft *stft, size_t frames, int64_t at)
{
    const int64_t hop = stft->config.hop, size = stft->config.size, place = at + size / 2;
    float sum = 0;
    for (int64_t t = place / hop; t >= 0 && place - t * hop < size; t--)
        if (t < (int64_t)frames) {
            const float w = stft->window[place - t * hop];
            sum += w * w;
        }
    return sum;
}

void stft_divide(const lts_stft *stft, size_t frames, float least, float *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const float sum = sum_at(stft, frames, (int64_t)i);
        x[i] *= sum / (sum * sum + least * least);
    }
}

void lts_stft_inverse(lts_stft_work *work, const float *coefficients, size_t frames, float *x,
                      size_t n)
{
    const lts_stft *stft = work->stft;
    memset(x, 0, n * sizeof *x);
    for (size_t t = 0; t < frames; t++) {
        memcpy(work->spectrum, coefficients + 2 * t * stft->bins,
               2 * stft->bins * sizeof *coefficients);
        stft_add_frame(work, t, x, n);
    }
    stft_divide(stft, frames, least_sum, x, n);
}
