#include "dsp/cqt/cqt.h"

#include <math.h>
#include <string.h>

cqt_slice cqt_slice_at(const lts_cqt *cqt, size_t frames, size_t begin, size_t guard)
{
    size_t left = frames - begin;
    if (frames + cqt->guard <= cqt->frames)
        return (cqt_slice){.first = 0, .skip = begin, .begin = begin, .count = left};
    size_t useful = cqt->frames - 2 * guard;
    return (cqt_slice){.first = (ptrdiff_t)begin - (ptrdiff_t)guard,
                       .skip = guard,
                       .begin = begin,
                       .count = left < useful ? left : useful};
}

void cqt_analyse(const cqt_rate *rate, lts_cqt_work *work)
{
    fftwf_execute_dft_r2c(rate->analyse, work->samples, (fftwf_complex *)work->spectrum);
}

void cqt_analyse_slice(const cqt_rate *rate, lts_cqt_work *work, const float *x, size_t n,
                       const cqt_slice *slice)
{
    size_t hop = rate->hop;
    size_t before = slice->first < 0 ? (size_t)-slice->first * hop : 0;
    size_t from = slice->first > 0 ? (size_t)slice->first * hop : 0;
    size_t have = n > from ? n - from : 0;
    if (have > rate->samples - before)
        have = rate->samples - before;
    memset(work->samples, 0, before * sizeof(float));
    if (have)
        memcpy(work->samples + before, x + from, have * sizeof(float));
    memset(work->samples + before + have, 0, (rate->samples - before - have) * sizeof(float));
    cqt_analyse(rate, work);
}

LTS_CLONES static void multiply(const float *restrict a, const float *restrict b,
                                float *restrict product, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        float re = a[2 * i] * b[2 * i] - a[2 * i + 1] * b[2 * i + 1];
        float im = a[2 * i] * b[2 * i + 1] + a[2 * i + 1] * b[2 * i];
        product[2 * i] = re;
        product[2 * i + 1] = im;
    }
}

void cqt_shift(lts_cqt_work *work, const cqt_octave *octave)
{
    multiply(work->spectrum + 2 * octave->lo, octave->shift, work->shifted, octave->count);
}

LTS_CLONES static void absolute(const float *restrict c, float *restrict magnitude, size_t count)
{
    for (size_t i = 0; i < count; i++)
        magnitude[i] = sqrtf(c[2 * i] * c[2 * i] + c[2 * i + 1] * c[2 * i + 1]);
}

LTS_CLONES static void turn_cloned(const float *restrict c, const float *by, float *restrict turned,
                                   size_t count)
{
    const float re = by[0], im = by[1];
    for (size_t i = 0; i < count; i++) {
        turned[2 * i] = c[2 * i] * re - c[2 * i + 1] * im;
        turned[2 * i + 1] = c[2 * i] * im + c[2 * i + 1] * re;
    }
}

void cqt_turn(const float *restrict c, const float *by, float *restrict turned, size_t count)
{
    turn_cloned(c, by, turned, count);
}

/* work->line = one bin's coefficients of the whole slice, without the bin's constant turn. */
static void bin_frames(const lts_cqt *cqt, lts_cqt_work *work, const cqt_octave *octave,
                       const cqt_bin *bin)
{
    cqt_fold(work->shifted + 2 * (bin->lo - octave->lo), bin->g, bin->lo, bin->count, work->folded,
             cqt->frames);
    fftwf_execute_dft(cqt->to_frames, (fftwf_complex *)work->folded, (fftwf_complex *)work->line);
}

/* The slice's useful frames: magnitudes (count,K), or coefficients (count,K,2). */
static void slice_rows(const lts_cqt *cqt, lts_cqt_work *work, const cqt_slice *slice, bool complex,
                       float *out)
{
    size_t b = (size_t)cqt->config.bins_per_octave;
    const float *c = work->line + 2 * slice->skip;
    for (int o = 0; o < cqt->config.octaves; o++) {
        const cqt_octave *octave = &cqt->octave[o];
        cqt_shift(work, octave);
        for (size_t first = 0; first < b; first += cqt->block) {
            size_t count = b - first < cqt->block ? b - first : cqt->block;
            size_t k = octave->first_bin + first;
            for (size_t j = 0; j < count; j++) {
                const cqt_bin *bin = &cqt->bin[k + j];
                bin_frames(cqt, work, octave, bin);
                if (complex)
                    cqt_turn(c, bin->turn, work->rows + j * cqt->row, slice->count);
                else
                    absolute(c, work->rows + j * cqt->row, slice->count);
            }
            if (complex)
                cqt_transpose_pairs(work->rows, cqt->row, count, slice->count, out + 2 * k,
                                    2 * cqt->bins);
            else
                cqt_transpose(work->rows, cqt->row, count, slice->count, out + k, cqt->bins);
        }
    }
}

void cqt_slice_magnitudes(const lts_cqt *cqt, lts_cqt_work *work, const cqt_slice *slice,
                          float *magnitudes)
{
    slice_rows(cqt, work, slice, false, magnitudes);
}

static void forward(const lts_cqt *cqt, lts_cqt_work *work, const float *x, size_t n, bool complex,
                    float *out)
{
    size_t frames = lts_cqt_frames(&cqt->config, n), width = complex ? 2 : 1;
    for (size_t begin = 0; begin < frames;) {
        cqt_slice slice = cqt_slice_at(cqt, frames, begin, cqt->guard);
        cqt_analyse_slice(&cqt->full, work, x, n, &slice);
        slice_rows(cqt, work, &slice, complex, out + begin * cqt->bins * width);
        begin += slice.count;
    }
}

void lts_cqt_magnitudes(const lts_cqt *cqt, lts_cqt_work *work, const float *x, size_t n,
                        float *magnitudes)
{
    forward(cqt, work, x, n, false, magnitudes);
}

void lts_cqt_forward(const lts_cqt *cqt, lts_cqt_work *work, const float *x, size_t n,
                     float *coefficients)
{
    forward(cqt, work, x, n, true, coefficients);
}
