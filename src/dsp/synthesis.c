#include "dsp/cqt.h"

#include <math.h>
#include <string.h>

LTS_CLONES void cqt_unfold(float *restrict sum, const float *restrict g, size_t lo, size_t count,
                           const float *restrict row, size_t frames)
{
    size_t at = lo % frames;
    for (size_t done = 0; done < count;) {
        size_t run = frames - at < count - done ? frames - at : count - done;
        const float *from = row + 2 * at, *by = g + done;
        float *to = sum + 2 * done;
        for (size_t i = 0; i < run; i++) {
            to[2 * i] += from[2 * i] * by[i];
            to[2 * i + 1] += from[2 * i + 1] * by[i];
        }
        done += run;
        at = 0;
    }
}

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

/* The part of a squared Hann window (of the given length, centred on 0) that lies below d, as
 * 1/2 + (3x/8 + sin(2x)/4 + sin(4x)/32) / (3 pi / 8), x = pi d / length in -pi/2 .. pi/2. */
static double hann_energy_below(double d, double length)
{
    const double pi = 3.14159265358979323846;
    double x = pi * fmin(fmax(d / length, -0.5), 0.5);
    return 0.5 + (3 * x / 8 + sin(2 * x) / 4 + sin(4 * x) / 32) / (3 * pi / 8);
}

float cqt_end_weight(double length, double at, double n)
{
    if (at >= length / 2 && n - 1 - at >= length / 2)
        return 1;
    return (float)(1 / (hann_energy_below(at, length) * hann_energy_below(n - 1 - at, length)));
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
