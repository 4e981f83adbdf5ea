#include "dsp/recovery.h"

#include <string.h>

size_t recovery_kept(const lts_cqt *cqt, size_t count)
{
    size_t kept = 0;
    for (int o = 0; o < cqt->config.octaves; o++) {
        size_t step = cqt->octave[o].step;
        kept += (count + step - 1) / step * (size_t)cqt->config.bins_per_octave;
    }
    return kept;
}

cqt_slice recovery_slice(const recovery *r, size_t begin)
{
    return cqt_slice_at(r->cqt, r->frames, begin, r->cqt->inverse_guard);
}

/* The slice's kept magnitudes, scaled. */
static void keep_magnitudes(const recovery *r, const cqt_slice *slice, float *kept)
{
    const lts_cqt *cqt = r->cqt;
    size_t b = (size_t)cqt->config.bins_per_octave;
    for (int o = 0; o < cqt->config.octaves; o++) {
        const cqt_octave *octave = &cqt->octave[o];
        size_t rows = (slice->count + octave->step - 1) / octave->step;
        for (size_t i = 0; i < rows; i++) {
            const float *from =
                r->magnitudes + (slice->begin + i * octave->step) * cqt->bins + octave->first_bin;
            for (size_t j = 0; j < b; j++)
                kept[j * rows + i] = from[j] * r->scale;
        }
        kept += rows * b;
    }
}

static void integrated_phases(const recovery *r, const cqt_slice *slice, pghi *p)
{
    const lts_cqt *cqt = r->cqt;
    size_t b = (size_t)cqt->config.bins_per_octave;
    for (size_t done = 0; done < slice->count; done += p->chunk) {
        size_t count = slice->count - done < p->chunk ? slice->count - done : p->chunk;
        turns *phase = r->phase;
        pghi_integrate(p, slice->begin + done, count);
        for (size_t o = 0; o < (size_t)cqt->config.octaves; o++) {
            size_t step = cqt->octave[o].step, rows = (slice->count + step - 1) / step;
            for (size_t i = 1; i < p->rows[o]; i++)
                for (size_t j = 0; j < b; j++)
                    phase[j * rows + done / step + i - 1] = pghi_phase(p, o, i, j);
            phase += rows * b;
        }
    }
}

static void random_phases(recovery *r, size_t kept)
{
    for (size_t i = 0; i < kept; i++)
        r->phase[i] = (turns)(lts_rng_next(&r->rng) >> 32);
}

/* Phase 0 of the coefficients, whose constant turn the phases here leave out. */
static void zero_phases(const recovery *r, const cqt_slice *slice)
{
    const lts_cqt *cqt = r->cqt;
    turns *phase = r->phase;
    for (int o = 0; o < cqt->config.octaves; o++) {
        size_t step = cqt->octave[o].step, rows = (slice->count + step - 1) / step;
        for (size_t j = 0; j < (size_t)cqt->config.bins_per_octave; j++) {
            const float *turn = cqt->bin[cqt->octave[o].first_bin + j].turn;
            turns constant = turns_from(-atan2f(turn[1], turn[0]) * 0.159154943f);
            for (size_t i = 0; i < rows; i++)
                *phase++ = constant;
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

static void start_bin(const recovery *r, const cqt_slice *slice, const cqt_octave *octave,
                      const cqt_bin *bin, const float *kept, const turns *phase)
{
    const lts_cqt *cqt = r->cqt;
    lts_cqt_work *work = r->work;
    size_t frames = cqt->frames / octave->step;
    size_t rows = (slice->count + octave->step - 1) / octave->step;
    float *c = work->folded + 2 * (slice->skip / octave->step);
    double hop = (double)octave->step * cqt->config.hop;
    double first = (double)cqt->config.hop * (double)slice->begin, last = (double)r->n - 1;
    memset(work->folded, 0, 2 * frames * sizeof(float));
    from_polar(kept, phase, (float)octave->step, c, rows);
    for (size_t i = 0; i < rows; i++) {
        double at = first + hop * (double)i;
        if (at >= bin->length / 2 && last - at >= bin->length / 2)
            continue;
        float weight = cqt_end_weight(bin->length, at, (double)r->n);
        c[2 * i] *= weight;
        c[2 * i + 1] *= weight;
    }
    fftwf_execute_dft(octave->to_spectrum, (fftwf_complex *)work->folded,
                      (fftwf_complex *)work->line);
    cqt_unfold(work->unshifted + 2 * (bin->narrow_lo - octave->lo),
               bin->g + (bin->narrow_lo - bin->lo), bin->narrow_lo, bin->narrow_count, work->line,
               frames);
}

static void start_slice(const recovery *r, const cqt_slice *slice, const float *kept)
{
    const lts_cqt *cqt = r->cqt;
    const turns *phase = r->phase;
    lts_cqt_work *work = r->work;
    memset(work->sum, 0, (cqt->samples + 2) * sizeof(float));
    for (int o = 0; o < cqt->config.octaves; o++) {
        const cqt_octave *octave = &cqt->octave[o];
        size_t rows = (slice->count + octave->step - 1) / octave->step;
        memset(work->unshifted, 0, 2 * octave->count * sizeof(float));
        for (size_t j = 0; j < (size_t)cqt->config.bins_per_octave; j++) {
            start_bin(r, slice, octave, &cqt->bin[octave->first_bin + j], kept, phase);
            kept += rows;
            phase += rows;
        }
        cqt_unshift(work, octave);
    }
    cqt_synthesise(cqt, work, cqt->narrow_dual);
}

lts_status recovery_start(recovery *r, const lts_reporter *reporter, lts_error *err)
{
    const lts_cqt *cqt = r->cqt;
    float *kept = r->kept;
    pghi *p = NULL;
    lts_status status = LTS_OK;
    if (r->config.init == LTS_PHASE_PGHI)
        status = pghi_create(cqt, r->magnitudes, r->frames, r->scale, r->config.seed, &p, err);
    lts_rng_seed(&r->rng, r->config.seed, 1);
    memset(r->work->overlap, 0, cqt->samples * sizeof(float));
    for (size_t begin = 0; status == LTS_OK && begin < r->frames;) {
        cqt_slice slice = recovery_slice(r, begin);
        size_t at, count;
        if (p)
            integrated_phases(r, &slice, p);
        else if (r->config.init == LTS_PHASE_RANDOM)
            random_phases(r, recovery_kept(cqt, slice.count));
        else
            zero_phases(r, &slice);
        keep_magnitudes(r, &slice, kept);
        start_slice(r, &slice, kept);
        kept += recovery_kept(cqt, slice.count);
        const float *ready = cqt_overlap_add(cqt, r->work, &slice, r->frames, r->n, &at, &count);
        memcpy(r->x + at, ready, count * sizeof(float));
        if (r->v)
            memcpy(r->v + at, ready, count * sizeof(float));
        cqt_overlap_move(cqt, r->work, &slice);
        begin += slice.count;
        if (lts_cancelled(reporter))
            status = lts_fail(err, LTS_ERR_CANCELLED, "phase: cancelled in the starting phases");
    }
    pghi_destroy(p);
    return status;
}
