#include "dsp/cqt/cqt.h"

#include <string.h>

/* What one call of lts_cqt_inverse works on. */
typedef struct inversion {
    const lts_cqt *cqt;
    lts_cqt_work *work;
    const float *coefficients; /* (T,K,2) */
    size_t frames, n;
    float *x;
    bool first; /* the first pass: no residual yet, ends weighted */
} inversion;

LTS_CLONES static void subtract(float *restrict x, const float *restrict y, size_t count)
{
    for (size_t i = 0; i < count; i++)
        x[i] -= y[i];
}

/* work->folded = the bin's coefficients of the slice's useful frames without the bin's constant
 * turn; in later passes less those that x has already. */
static void target(const inversion *inv, const cqt_slice *slice, const cqt_bin *bin, size_t row)
{
    const lts_cqt *cqt = inv->cqt;
    float *to = inv->work->folded + 2 * slice->skip;
    const float back[2] = {bin->turn[0], -bin->turn[1]};
    memset(inv->work->folded, 0, 2 * cqt->frames * sizeof(float));
    cqt_turn(inv->work->rows + row * cqt->row, back, to, slice->count);
    if (inv->first)
        cqt_weigh_ends(cqt, bin, slice->begin, 1, (double)inv->n, to, slice->count);
    else
        subtract(to, inv->work->line + 2 * slice->skip, 2 * slice->count);
}

static void invert_bin(const inversion *inv, const cqt_slice *slice, const cqt_octave *octave,
                       size_t k, size_t row)
{
    const lts_cqt *cqt = inv->cqt;
    lts_cqt_work *work = inv->work;
    const cqt_bin *bin = &cqt->bin[k];
    if (!inv->first) {
        cqt_fold(work->shifted + 2 * (bin->lo - octave->lo), bin->g, bin->lo, bin->count,
                 work->folded, cqt->frames);
        fftwf_execute_dft(cqt->to_frames, (fftwf_complex *)work->folded,
                          (fftwf_complex *)work->line);
    }
    target(inv, slice, bin, row);
    fftwf_execute_dft(cqt->to_spectrum, (fftwf_complex *)work->folded, (fftwf_complex *)work->line);
    cqt_unfold(work->unshifted + 2 * (bin->lo - octave->lo), bin->g, bin->lo, bin->count,
               work->line, cqt->frames);
}

/* work->samples = the part of x that the slice's frames synthesise. */
static void invert_slice(const inversion *inv, const cqt_slice *slice)
{
    const lts_cqt *cqt = inv->cqt;
    lts_cqt_work *work = inv->work;
    size_t b = (size_t)cqt->config.bins_per_octave;
    if (!inv->first)
        cqt_analyse_slice(&cqt->full, work, inv->x, inv->n, slice);
    memset(work->sum, 0, (cqt->samples + 2) * sizeof(float));
    for (int o = 0; o < cqt->config.octaves; o++) {
        const cqt_octave *octave = &cqt->octave[o];
        if (!inv->first)
            cqt_shift(work, octave);
        memset(work->unshifted, 0, 2 * octave->count * sizeof(float));
        for (size_t first = 0; first < b; first += cqt->block) {
            size_t count = b - first < cqt->block ? b - first : cqt->block;
            const float *from =
                inv->coefficients + 2 * (slice->begin * cqt->bins + octave->first_bin + first);
            cqt_transpose_pairs(from, 2 * cqt->bins, slice->count, count, work->rows, cqt->row);
            for (size_t j = 0; j < count; j++)
                invert_bin(inv, slice, octave, octave->first_bin + first + j, j);
        }
        cqt_unshift(work, octave);
    }
    cqt_synthesise(cqt, &cqt->full, work, cqt->dual);
}

static void pass(const inversion *inv)
{
    const lts_cqt *cqt = inv->cqt;
    memset(inv->work->overlap, 0, cqt->samples * sizeof(float));
    for (size_t begin = 0; begin < inv->frames;) {
        cqt_slice slice = cqt_slice_at(cqt, inv->frames, begin, cqt->inverse_guard);
        size_t at, count;
        invert_slice(inv, &slice);
        const float *ready =
            cqt_overlap_add(&cqt->full, inv->work, &slice, inv->frames, inv->n, &at, &count);
        /* Later slices read x only beyond these samples, so x can change in place. */
        for (size_t i = 0; i < count; i++)
            inv->x[at + i] = inv->first ? ready[i] : inv->x[at + i] + ready[i];
        cqt_overlap_move(&cqt->full, inv->work, &slice);
        begin += slice.count;
    }
}

lts_status cqt_check_length(const lts_cqt *cqt, const char *what, size_t frames, size_t n,
                            lts_error *err)
{
    size_t hop = (size_t)cqt->config.hop;
    if (frames == 0)
        return lts_fail(err, LTS_ERR_SHAPE, "%s: no frames: at least one is needed", what);
    if (n / hop + 1 != frames)
        return lts_fail(err, LTS_ERR_SHAPE,
                        "%s: %zu samples make %zu frames of hop %zu, not %zu: ask for %zu to %zu "
                        "samples",
                        what, n, n / hop + 1, hop, frames, (frames - 1) * hop, frames * hop - 1);
    return LTS_OK;
}

lts_status lts_cqt_inverse(const lts_cqt *cqt, lts_cqt_work *work, const float *coefficients,
                           size_t frames, int passes, float *x, size_t n, lts_error *err)
{
    lts_status status = cqt_check_length(cqt, "inverse CQT", frames, n, err);
    if (status != LTS_OK)
        return status;
    if (passes < 1)
        return lts_fail(err, LTS_ERR_ARGUMENT, "inverse CQT: %d passes: choose at least 1", passes);
    inversion inv = {.cqt = cqt,
                     .work = work,
                     .coefficients = coefficients,
                     .frames = frames,
                     .n = n,
                     .x = x,
                     .first = true};
    for (int i = 0; i < passes; i++) {
        pass(&inv);
        inv.first = false;
    }
    return LTS_OK;
}
