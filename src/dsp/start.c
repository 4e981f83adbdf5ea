#include "dsp/recovery.h"

#include <math.h>
#include <string.h>

cqt_slice recovery_slice(const recovery *r, size_t begin)
{
    return cqt_slice_at(r->cqt, r->frames, begin, r->cqt->inverse_guard);
}

void recovery_load(const recovery *r, const cqt_slice *slice, size_t step, size_t k, size_t count)
{
    const size_t bins = r->cqt->bins, stride = r->cqt->row;
    const float *from = r->magnitudes + slice->begin * bins + k;
    float *rows = r->work->rows;
    for (size_t t = 0; t < slice->count; t += step, from += step * bins, rows++)
        for (size_t j = 0; j < count; j++)
            rows[j * stride] = from[j] * r->scale;
}

static void integrated_phases(const recovery *r, const cqt_slice *slice)
{
    const lts_cqt *cqt = r->cqt;
    pghi *p = r->pghi;
    size_t b = (size_t)cqt->config.bins_per_octave;
    for (size_t done = 0; done < slice->count; done += p->chunk) {
        size_t count = slice->count - done < p->chunk ? slice->count - done : p->chunk;
        turns *phase = r->phase;
        pghi_integrate(p, slice->begin + done, count);
        for (size_t o = 0; o < (size_t)cqt->config.octaves; o++) {
            size_t rows = recovery_rows(&cqt->octave[o], slice->count);
            size_t first = done / cqt->octave[o].step;
            for (size_t i = 1; i < p->rows[o]; i++)
                for (size_t j = 0; j < b; j++)
                    phase[j * rows + first + i - 1] = pghi_phase(p, o, i, j);
            phase += rows * b;
        }
    }
}

/* Phase 0 of the coefficients, or a random one; the phases here leave out the bins' turns. */
static void plain_phases(recovery *r, const cqt_slice *slice)
{
    const lts_cqt *cqt = r->cqt;
    turns *phase = r->phase;
    for (int o = 0; o < cqt->config.octaves; o++) {
        size_t rows = recovery_rows(&cqt->octave[o], slice->count);
        for (size_t j = 0; j < (size_t)cqt->config.bins_per_octave; j++) {
            const float *turn = cqt->bin[cqt->octave[o].first_bin + j].turn;
            turns zero = turns_from(-atan2f(turn[1], turn[0]) * 0.159154943f);
            for (size_t i = 0; i < rows; i++)
                *phase++ =
                    r->config.init == LTS_PHASE_ZERO ? zero : (turns)(lts_rng_next(&r->rng) >> 32);
        }
    }
}

LTS_CLONES static void from_polar(const float *restrict magnitude, const turns *restrict phase,
                                  float weight, float *restrict c, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        float cosine, sine, m = magnitude[i] * weight;
        turns_cos_sin(phase[i], &cosine, &sine);
        c[2 * i] = m * cosine;
        c[2 * i + 1] = m * sine;
    }
}

static void weigh(const recovery *r, const cqt_slice *slice, size_t step, const cqt_bin *bin,
                  float *c, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        double at = (double)r->cqt->config.hop * (double)(slice->begin + i * step);
        float weight = cqt_end_weight(bin->length, at, (double)r->n);
        c[2 * i] *= weight;
        c[2 * i + 1] *= weight;
    }
}

/* Frames near the signal's ends are raised by what their filters miss there. */
static void weigh_ends(const recovery *r, const cqt_slice *slice, size_t step, const cqt_bin *bin,
                       float *c, size_t rows)
{
    double hop = r->cqt->config.hop, begin = (double)slice->begin, reach = bin->length / 2;
    double head = fmax(0, ceil((reach / hop - begin) / (double)step));
    double tail = fmax(0, floor((((double)r->n - 1 - reach) / hop - begin) / (double)step) + 1);
    size_t first = head < (double)rows ? (size_t)head : rows;
    size_t last = tail < (double)rows ? (size_t)tail : rows;
    weigh(r, slice, step, bin, c, 0, first);
    weigh(r, slice, step, bin, c, last > first ? last : first, rows);
}

static void start_bin(const recovery *r, const cqt_slice *slice, const cqt_octave *octave,
                      const cqt_bin *bin, const float *magnitudes, const turns *phase)
{
    lts_cqt_work *work = r->work;
    size_t frames = r->cqt->frames / octave->step, rows = recovery_rows(octave, slice->count);
    float *c = work->folded + 2 * (slice->skip / octave->step);
    memset(work->folded, 0, 2 * frames * sizeof(float));
    from_polar(magnitudes, phase, (float)octave->step, c, rows);
    weigh_ends(r, slice, octave->step, bin, c, rows);
    fftwf_execute_dft(octave->to_spectrum, (fftwf_complex *)work->folded,
                      (fftwf_complex *)work->line);
    cqt_unfold(work->unshifted + 2 * (bin->narrow_lo - octave->lo),
               bin->g + (bin->narrow_lo - bin->lo), bin->narrow_lo, bin->narrow_count, work->line,
               frames);
}

static void start_slice(const recovery *r, const cqt_slice *slice)
{
    const lts_cqt *cqt = r->cqt;
    const turns *phase = r->phase;
    lts_cqt_work *work = r->work;
    size_t b = (size_t)cqt->config.bins_per_octave;
    memset(work->sum, 0, (cqt->reduced.samples + 2) * sizeof(float));
    for (int o = 0; o < cqt->config.octaves; o++) {
        const cqt_octave *octave = &cqt->octave[o];
        memset(work->unshifted, 0, 2 * octave->count * sizeof(float));
        for (size_t first = 0; first < b; first += cqt->block) {
            size_t count = b - first < cqt->block ? b - first : cqt->block;
            size_t k = octave->first_bin + first;
            recovery_load(r, slice, octave->step, k, count);
            for (size_t j = 0; j < count; j++) {
                start_bin(r, slice, octave, &cqt->bin[k + j], work->rows + j * cqt->row, phase);
                phase += recovery_rows(octave, slice->count);
            }
        }
        cqt_unshift(work, octave);
    }
    cqt_synthesise(cqt, &cqt->reduced, work, cqt->narrow_dual);
}

lts_status recovery_start(recovery *r, lts_error *err)
{
    const cqt_rate *rate = &r->cqt->reduced;
    lts_rng_seed(&r->rng, r->config.seed, 1);
    memset(r->work->overlap, 0, rate->samples * sizeof(float));
    for (size_t begin = 0; begin < r->frames;) {
        cqt_slice slice = recovery_slice(r, begin);
        size_t at, count;
        if (r->pghi)
            integrated_phases(r, &slice);
        else
            plain_phases(r, &slice);
        start_slice(r, &slice);
        const float *ready =
            cqt_overlap_add(rate, r->work, &slice, r->frames, r->reduced, &at, &count);
        for (size_t i = 0; i < count; i++)
            r->x[at + i] = (float)rate->reduction * ready[i];
        if (r->v)
            memcpy(r->v + at, r->x + at, count * sizeof(float));
        cqt_overlap_move(rate, r->work, &slice);
        begin += slice.count;
        if (lts_cancelled(r->reporter))
            return lts_fail(err, LTS_ERR_CANCELLED, "phase: cancelled in the starting phases");
    }
    return LTS_OK;
}

void recovery_finish(const recovery *r, float *x)
{
    const lts_cqt *cqt = r->cqt;
    const cqt_rate *rate = &cqt->reduced;
    lts_cqt_work *work = r->work;
    if (rate->reduction == 1) {
        for (size_t i = 0; i < r->n; i++)
            x[i] = r->x[i] / r->scale;
        return;
    }
    const size_t kept = rate->samples, hop = cqt->full.hop;
    const float scale = 1 / (r->scale * (float)cqt->samples);
    for (size_t begin = 0; begin < r->frames;) {
        cqt_slice slice = cqt_slice_at(cqt, r->frames, begin, cqt->guard);
        cqt_analyse_slice(rate, work, r->x, r->reduced, &slice);
        memset(work->spectrum + kept, 0, (cqt->samples + 2 - kept) * sizeof(float));
        fftwf_execute_dft_c2r(cqt->full.synthesise, (fftwf_complex *)work->spectrum, work->samples);
        size_t at = begin * hop, count = slice.count * hop;
        const float *from = work->samples + slice.skip * hop;
        for (size_t i = 0; i < count && at + i < r->n; i++)
            x[at + i] = from[i] * scale;
        begin += slice.count;
    }
}
