#include "dsp/recovery.h"

#include <string.h>

/* c -> (M - |c|) c / |c| times the weight of a kept frame; 0 stays 0. */
LTS_CLONES static void residual(float *restrict c, const float *restrict magnitude, float weight,
                                size_t count)
{
    for (size_t i = 0; i < count; i++) {
        float energy = c[2 * i] * c[2 * i] + c[2 * i + 1] * c[2 * i + 1] + 1e-30f;
        float factor = weight * (magnitude[i] / sqrtf(energy) - 1);
        c[2 * i] *= factor;
        c[2 * i + 1] *= factor;
    }
}

static void iterate_bin(const recovery *r, const cqt_slice *slice, const cqt_octave *octave,
                        const cqt_bin *bin, const float *kept)
{
    lts_cqt_work *work = r->work;
    size_t frames = r->cqt->frames / octave->step, offset = bin->narrow_lo - octave->lo;
    size_t skip = slice->skip / octave->step;
    size_t rows = (slice->count + octave->step - 1) / octave->step;
    const float *g = bin->g + (bin->narrow_lo - bin->lo);
    cqt_fold(work->shifted + 2 * offset, g, bin->narrow_lo, bin->narrow_count, work->folded,
             frames);
    fftwf_execute_dft(octave->to_frames, (fftwf_complex *)work->folded,
                      (fftwf_complex *)work->line);
    memset(work->line, 0, 2 * skip * sizeof(float));
    residual(work->line + 2 * skip, kept, (float)octave->step, rows);
    memset(work->line + 2 * (skip + rows), 0, 2 * (frames - skip - rows) * sizeof(float));
    fftwf_execute_dft(octave->to_spectrum, (fftwf_complex *)work->line,
                      (fftwf_complex *)work->folded);
    cqt_unfold(work->unshifted + 2 * offset, g, bin->narrow_lo, bin->narrow_count, work->folded,
               frames);
}

/* work->samples = W T*(r) of the slice's frames. */
static void iterate_slice(const recovery *r, const cqt_slice *slice, const float *kept)
{
    const lts_cqt *cqt = r->cqt;
    lts_cqt_work *work = r->work;
    cqt_analyse_slice(cqt, work, r->v, r->n, slice);
    memset(work->sum, 0, (cqt->samples + 2) * sizeof(float));
    for (int o = 0; o < cqt->config.octaves; o++) {
        const cqt_octave *octave = &cqt->octave[o];
        size_t rows = (slice->count + octave->step - 1) / octave->step;
        cqt_shift(work, octave);
        memset(work->unshifted, 0, 2 * octave->count * sizeof(float));
        for (size_t j = 0; j < (size_t)cqt->config.bins_per_octave; j++) {
            iterate_bin(r, slice, octave, &cqt->bin[octave->first_bin + j], kept);
            kept += rows;
        }
        cqt_unshift(work, octave);
    }
    cqt_synthesise(cqt, work, cqt->narrow_dual);
}

/* x' = v + mu W T*(r), v = x' + alpha (x' - x) */
LTS_CLONES static void advance(float *restrict x, float *restrict v, const float *restrict step,
                               float relaxation, float momentum, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        float next = v[i] + relaxation * step[i];
        v[i] = next + momentum * (next - x[i]);
        x[i] = next;
    }
}

bool recovery_iterate(recovery *r, const lts_reporter *reporter)
{
    const lts_cqt *cqt = r->cqt;
    const float *kept = r->kept;
    memset(r->work->overlap, 0, cqt->samples * sizeof(float));
    for (size_t begin = 0; begin < r->frames;) {
        cqt_slice slice = recovery_slice(r, begin);
        size_t at, count;
        iterate_slice(r, &slice, kept);
        kept += recovery_kept(cqt, slice.count);
        const float *ready = cqt_overlap_add(cqt, r->work, &slice, r->frames, r->n, &at, &count);
        /* Later slices read v only beyond these samples, so it can change in place. */
        advance(r->x + at, r->v + at, ready, (float)r->config.relaxation, (float)r->config.momentum,
                count);
        cqt_overlap_move(cqt, r->work, &slice);
        begin += slice.count;
        if (lts_cancelled(reporter))
            return false;
    }
    return true;
}
