#include "dsp/approx.h"
#include "dsp/cqt/cqt.h"

#include <math.h>
#include <string.h>

LTS_CLONES static void add_conjugate_product(float *restrict sum, const float *restrict a,
                                             const float *restrict b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        sum[2 * i] += a[2 * i] * b[2 * i] + a[2 * i + 1] * b[2 * i + 1];
        sum[2 * i + 1] += a[2 * i + 1] * b[2 * i] - a[2 * i] * b[2 * i + 1];
    }
}

void cqt_unshift(lts_cqt_work *work, const cqt_octave *octave)
{
    add_conjugate_product(work->sum + 2 * octave->lo, work->unshifted, octave->shift,
                          octave->count);
}

LTS_CLONES static void scale_pairs(float *restrict c, const float *restrict by, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        c[2 * i] *= by[i];
        c[2 * i + 1] *= by[i];
    }
}

void cqt_synthesise(const lts_cqt *cqt, const cqt_rate *rate, lts_cqt_work *work, const float *dual)
{
    scale_pairs(work->sum + 2 * cqt->band_lo, dual, cqt->band_count);
    fftwf_execute_dft_c2r(rate->synthesise, (fftwf_complex *)work->sum, work->samples);
}

/* The part of a squared Hann window of length 1, centred on 0, that lies below v:
 * 1/2 + v + 2 sin(2 pi v) / (3 pi) + sin(4 pi v) / (12 pi) for v in -1/2 .. 1/2. */
static inline float hann_energy_below(float v)
{
    float cosine, sine;
    v = v > 0.5f ? 0.5f : v < -0.5f ? -0.5f : v;
    turns_cos_sin(turns_from(v), &cosine, &sine);
    return 0.5f + v + sine * (0.212206591f + 0.0530516477f * cosine);
}

/* Frame i lies `at` + i `hop` from the signal's begin and `left` - i `hop` from its end, both in
 * units of the filter's length. */
LTS_CLONES static void weigh(float at, float left, float hop, float *restrict c, size_t from,
                             size_t to)
{
    for (size_t i = from; i < to; i++) {
        const float moved = hop * (float)i;
        const float part = hann_energy_below(at + moved) * hann_energy_below(left - moved);
        c[2 * i] /= part;
        c[2 * i + 1] /= part;
    }
}

void cqt_weigh_ends(const lts_cqt *cqt, const cqt_bin *bin, size_t begin, size_t step, double n,
                    float *c, size_t count)
{
    const double hop = (double)cqt->config.hop * (double)step, reach = bin->length / 2;
    const double first = (double)cqt->config.hop * (double)begin;
    const double head = fmax(0, ceil((reach - first) / hop));
    const double tail = fmax(head, floor((n - 1 - reach - first) / hop) + 1);
    const size_t from = head < (double)count ? (size_t)head : count;
    const size_t to = tail < (double)count ? (size_t)tail : count;
    const float at = (float)(first / bin->length), left = (float)((n - 1 - first) / bin->length);
    weigh(at, left, (float)(hop / bin->length), c, 0, from);
    weigh(at, left, (float)(hop / bin->length), c, to, count);
}

LTS_CLONES static void add(float *restrict sum, const float *restrict x, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sum[i] += x[i];
}

const float *cqt_overlap_add(const cqt_rate *rate, lts_cqt_work *work, const cqt_slice *slice,
                             size_t frames, size_t n, size_t *at, size_t *count)
{
    size_t hop = rate->hop;
    bool last = slice->begin + slice->count == frames;
    size_t before = slice->first < 0 ? (size_t)-slice->first * hop : 0;
    size_t ready = last ? rate->samples : slice->count * hop;
    add(work->overlap, work->samples, rate->samples);
    *at = slice->first > 0 ? (size_t)slice->first * hop : 0;
    *count = ready > before ? ready - before : 0;
    if (*at + *count > n)
        *count = n > *at ? n - *at : 0;
    return work->overlap + before;
}

void cqt_overlap_move(const cqt_rate *rate, lts_cqt_work *work, const cqt_slice *slice)
{
    size_t used = slice->count * rate->hop, rest = rate->samples - used;
    memmove(work->overlap, work->overlap + used, rest * sizeof(float));
    memset(work->overlap + rest, 0, used * sizeof(float));
}
