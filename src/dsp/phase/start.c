#include "dsp/phase/recovery.h"

#include <math.h>
#include <string.h>

/* Frames of the chunk that begins at `begin`: where known frames follow the unknown ones, the last
 * two chunks share these evenly, so that the fronts from both sides have room to meet. */
static size_t chunk_frames(const recovery *r, size_t begin, size_t left)
{
    const size_t most = r->pghi->chunk, step = r->pghi->largest;
    const size_t back = r->frames - r->known.frames_after;
    size_t count = left < most ? left : most;
    if (r->known.frames_after > 0 && back > begin && begin + count < back + step &&
        begin + count + most / 2 > back && begin + count < r->frames)
        count = ((back - begin) / 2 + step) / step * step;
    return count < left ? count : left;
}

static lts_status integrated_phases(const recovery *r, const cqt_slice *slice, lts_error *err)
{
    const lts_cqt *cqt = r->cqt;
    pghi *p = r->pghi;
    size_t b = (size_t)cqt->config.bins_per_octave;
    pghi_known known = {.phase = r->phase, .begin = slice->begin, .count = slice->count};
    known.front = r->known.frames_before;
    known.back = r->frames - r->known.frames_after;
    for (size_t done = 0; done < slice->count && slice->begin + done < known.back;) {
        size_t count = chunk_frames(r, slice->begin + done, slice->count - done);
        turns *phase = r->phase;
        pghi_integrate(p, slice->begin + done, count, &known);
        for (size_t o = 0; o < (size_t)cqt->config.octaves; o++) {
            size_t rows = recovery_rows(&cqt->octave[o], slice->count);
            size_t first = done / cqt->octave[o].step;
            cqt_transpose(pghi_phases(p, o), p->stride, p->rows[o] - 1, b, phase + first, rows);
            phase += rows * b;
        }
        done += count;
        lts_status status = recovery_cancelled(r, err);
        if (status != LTS_OK)
            return status;
    }
    return LTS_OK;
}

/* Sets the unknown phases so that the coefficients have phase 0, or at random. The phases here
 * leave out the bins' constant turns. */
static void plain_phases(recovery *r, const cqt_slice *slice)
{
    const lts_cqt *cqt = r->cqt;
    turns *phase = r->phase;
    for (int o = 0; o < cqt->config.octaves; o++) {
        const cqt_octave *octave = &cqt->octave[o];
        size_t rows = recovery_rows(octave, slice->count);
        for (size_t j = 0; j < (size_t)cqt->config.bins_per_octave; j++) {
            const float *turn = cqt->bin[octave->first_bin + j].turn;
            turns zero = turns_from(-atan2f(turn[1], turn[0]) * 0.159154943f);
            for (size_t i = 0; i < rows; i++, phase++)
                if (!recovery_knows(r, slice->begin + i * octave->step))
                    *phase = r->config.init == LTS_PHASE_ZERO
                                 ? zero
                                 : (turns)(lts_rng_next(&r->rng) >> 32);
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
                      const cqt_bin *bin, const float *magnitudes, const turns *phase)
{
    lts_cqt_work *work = r->work;
    size_t frames = r->cqt->frames / octave->step, rows = recovery_rows(octave, slice->count);
    float *c = work->folded + 2 * (slice->skip / octave->step);
    memset(work->folded, 0, 2 * frames * sizeof(float));
    from_polar(magnitudes, phase, r->scale * (float)octave->step, c, rows);
    cqt_weigh_ends(r->cqt, bin, slice->begin, octave->step, (double)r->n, c, rows);
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
    lts_status status;
    lts_rng_seed(&r->rng, r->config.seed, 1);
    memset(r->work->overlap, 0, rate->samples * sizeof(float));
    for (size_t begin = 0; begin < r->frames;) {
        cqt_slice slice = recovery_slice(r, begin);
        size_t at, count;
        if (r->keeps) {
            recovery_known_phases(r, &slice);
            status = recovery_cancelled(r, err);
            if (status != LTS_OK)
                return status;
        }
        if (r->pghi) {
            status = integrated_phases(r, &slice, err);
            if (status != LTS_OK)
                return status;
        } else {
            plain_phases(r, &slice);
        }
        start_slice(r, &slice);
        const float *ready =
            cqt_overlap_add(rate, r->work, &slice, r->frames, r->reduced, &at, &count);
        for (size_t i = 0; i < count; i++)
            r->x[at + i] = (float)rate->reduction * ready[i];
        if (r->hold)
            recovery_hold(r, r->x, at, count);
        if (r->v)
            memcpy(r->v + at, r->x + at, count * sizeof(float));
        cqt_overlap_move(rate, r->work, &slice);
        begin += slice.count;
        status = recovery_cancelled(r, err);
        if (status != LTS_OK)
            return status;
    }
    return LTS_OK;
}
