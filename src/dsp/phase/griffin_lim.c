#include "dsp/phase/recovery.h"

#include <math.h>
#include <string.h>

/* The frames of one octave that an iteration takes. */
typedef struct lattice {
    size_t step, frames; /* frames from one to the next; of them in a slice */
    fftwf_plan to_frames, to_spectrum;
} lattice;

/* c -> (s M - |c|) c / |c| times the weight of a kept frame; 0 stays 0. */
LTS_CLONES static void residual(float *restrict c, const float *restrict magnitude, float s,
                                float weight, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        float energy = c[2 * i] * c[2 * i] + c[2 * i + 1] * c[2 * i + 1] + 1e-30f;
        float factor = weight * (s * magnitude[i] / sqrtf(energy) - 1);
        c[2 * i] *= factor;
        c[2 * i + 1] *= factor;
    }
}

/* Of the slice's *to rows, those whose windows stay inside x. At an end of x where the sound goes
 * on, a window that reaches beyond it has an unknown part, and its row gets no residual. */
static void evaluated_rows(const recovery *r, const cqt_slice *slice, size_t step,
                           const cqt_bin *bin, size_t *from, size_t *to)
{
    const double hop = (double)r->cqt->config.hop, reach = bin->length / 2;
    const double first = (double)slice->begin * hop, stride = hop * (double)step;
    *from = 0;
    if (r->known.more_before && first < reach)
        *from = (size_t)ceil((reach - first) / stride);
    *from = *from < *to ? *from : *to;
    if (r->known.more_after) {
        double last = floor(((double)r->n - reach - first) / stride) + 1;
        size_t end = last > (double)*from ? (size_t)last : *from;
        *to = end < *to ? end : *to;
    }
}

static void iterate_bin(const recovery *r, const cqt_slice *slice, const cqt_octave *octave,
                        const lattice *grid, const cqt_bin *bin, const float *magnitudes)
{
    lts_cqt_work *work = r->work;
    size_t offset = bin->narrow_lo - octave->lo, skip = slice->skip / grid->step;
    size_t rows = (slice->count + grid->step - 1) / grid->step, from;
    evaluated_rows(r, slice, grid->step, bin, &from, &rows);
    skip += from;
    rows -= from;
    magnitudes += from;
    const float *g = bin->g + (bin->narrow_lo - bin->lo);
    cqt_fold(work->shifted + 2 * offset, g, bin->narrow_lo, bin->narrow_count, work->folded,
             grid->frames);
    fftwf_execute_dft(grid->to_frames, (fftwf_complex *)work->folded, (fftwf_complex *)work->line);
    memset(work->line, 0, 2 * skip * sizeof(float));
    residual(work->line + 2 * skip, magnitudes, r->scale, (float)grid->step, rows);
    memset(work->line + 2 * (skip + rows), 0, 2 * (grid->frames - skip - rows) * sizeof(float));
    fftwf_execute_dft(grid->to_spectrum, (fftwf_complex *)work->line,
                      (fftwf_complex *)work->folded);
    cqt_unfold(work->unshifted + 2 * offset, g, bin->narrow_lo, bin->narrow_count, work->folded,
               grid->frames);
}

/* work->samples = W T*(r) of the slice's frames. */
static void iterate_slice(const recovery *r, const cqt_slice *slice, bool every_frame)
{
    const lts_cqt *cqt = r->cqt;
    lts_cqt_work *work = r->work;
    size_t b = (size_t)cqt->config.bins_per_octave;
    cqt_analyse_slice(&cqt->reduced, work, r->v, r->reduced, slice);
    memset(work->sum, 0, (cqt->reduced.samples + 2) * sizeof(float));
    for (int o = 0; o < cqt->config.octaves; o++) {
        const cqt_octave *octave = &cqt->octave[o];
        lattice grid = {1, cqt->frames, cqt->to_frames, cqt->to_spectrum};
        if (!every_frame)
            grid = (lattice){octave->step, cqt->frames / octave->step, octave->to_frames,
                             octave->to_spectrum};
        cqt_shift(work, octave);
        memset(work->unshifted, 0, 2 * octave->count * sizeof(float));
        for (size_t first = 0; first < b; first += cqt->block) {
            size_t count = b - first < cqt->block ? b - first : cqt->block;
            size_t k = octave->first_bin + first;
            recovery_load(r, slice, grid.step, k, count);
            for (size_t j = 0; j < count; j++)
                iterate_bin(r, slice, octave, &grid, &cqt->bin[k + j], work->rows + j * cqt->row);
        }
        cqt_unshift(work, octave);
    }
    cqt_synthesise(cqt, &cqt->reduced, work, cqt->narrow_dual);
}

/* x' = v + mu s, v' = x' + alpha (x' - x) */
LTS_CLONES static void advance(float *restrict x, float *restrict v, const float *restrict s,
                               float relaxation, float momentum, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        float next = v[i] + relaxation * s[i];
        v[i] = next + momentum * (next - x[i]);
        x[i] = next;
    }
}

/* The same with part of the old sound held: x' = h old + (1 - h) (v + mu s). */
LTS_CLONES static void advance_held(float *restrict x, float *restrict v, const float *restrict s,
                                    const float *restrict old, const float *restrict hold,
                                    float relaxation, float momentum, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        float next = v[i] + relaxation * s[i];
        next += hold[i] * (old[i] - next);
        v[i] = next + momentum * (next - x[i]);
        x[i] = next;
    }
}

/* Of n iterations the last quarter takes every frame. The others take the octaves' kept frames,
 * cost half as much and bring the phases together as well; the last average a generator's
 * independent errors over all its frames. */
static bool takes_every_frame(int iteration, int iterations)
{
    return iteration >= iterations - (iterations + 3) / 4;
}

lts_status recovery_iterate(recovery *r, lts_error *err)
{
    const cqt_rate *rate = &r->cqt->reduced;
    const float relaxation = (float)r->config.relaxation * (float)rate->reduction;
    const float momentum = (float)r->config.momentum;
    const int iterations = r->config.iterations;
    const double begun = lts_now();
    for (int i = 0; i < iterations; i++) {
        memset(r->work->overlap, 0, rate->samples * sizeof(float));
        for (size_t begin = 0; begin < r->frames;) {
            cqt_slice slice = recovery_slice(r, begin);
            size_t at, count;
            iterate_slice(r, &slice, takes_every_frame(i, iterations));
            const float *ready =
                cqt_overlap_add(rate, r->work, &slice, r->frames, r->reduced, &at, &count);
            /* Later slices read v only beyond these samples, so it can change in place. */
            if (r->hold)
                advance_held(r->x + at, r->v + at, ready, r->old + at, r->hold + at, relaxation,
                             momentum, count);
            else
                advance(r->x + at, r->v + at, ready, relaxation, momentum, count);
            cqt_overlap_move(rate, r->work, &slice);
            begin += slice.count;
            lts_status status = recovery_cancelled(r, err);
            if (status != LTS_OK)
                return status;
        }
        lts_progress(r->reporter, "iterations", i + 1, iterations, (i + 1) / (lts_now() - begun));
    }
    return LTS_OK;
}
