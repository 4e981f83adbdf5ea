#include "dsp/phase/recovery.h"

#include <math.h>
#include <string.h>

/* Frames over which the iterations' signal turns from the old sound into the new one. */
enum { RAMP = 8 };

/* The transition at either end, after the kept samples. Over `turn` samples x is faded into the
 * result, which still is the old sound there; over the next `ramp` samples the result becomes new.
 */
typedef struct joint {
    size_t turn, ramp;
} joint;

static joint find_joint(const recovery *r)
{
    const lts_phase_known *known = &r->known;
    size_t hop = (size_t)r->cqt->config.hop;
    size_t all = r->n - known->samples_before - known->samples_after;
    size_t most = all / 3 < (1 + RAMP) * hop ? all / 3 : (1 + RAMP) * hop;
    size_t turn = most / (1 + RAMP);
    return (joint){turn, most - turn};
}

/* A raised cosine: 1 where the distance from the kept samples is below 0, 0 from `length` on. */
static float fade(double distance, double length)
{
    if (distance < 0)
        return 1;
    return distance < length ? (float)(0.5 + 0.5 * cos(3.14159265358979 * distance / length)) : 0;
}

/* The old sound's weight in sample i, when it fades over `length` samples that begin `skip` samples
 * after the kept ones. */
static inline float kept_part(const recovery *r, size_t i, size_t skip, size_t length)
{
    const size_t before = r->known.samples_before, after = r->known.samples_after;
    float head = 0, tail = 0;
    if (before > 0 && i < before + skip + length)
        head = fade((double)i - (double)(before + skip) + 0.5, (double)length);
    if (after > 0 && i + after + skip + length >= r->n)
        tail = fade((double)r->n - (double)(after + skip) - (double)i - 0.5, (double)length);
    return fmaxf(head, tail);
}

/* old = x at the reduced rate. */
static void reduce(const recovery *r, const float *x)
{
    const lts_cqt *cqt = r->cqt;
    const cqt_rate *rate = &cqt->reduced;
    lts_cqt_work *work = r->work;
    const size_t kept = rate->samples;
    const float scale = r->scale / (float)kept;
    for (size_t begin = 0; begin < r->frames;) {
        cqt_slice slice = cqt_slice_at(cqt, r->frames, begin, cqt->guard);
        cqt_analyse_slice(&cqt->full, work, x, r->n, &slice);
        work->spectrum[kept] = work->spectrum[kept + 1] = 0;
        fftwf_execute_dft_c2r(rate->synthesise, (fftwf_complex *)work->spectrum, work->samples);
        size_t at = begin * rate->hop, count = slice.count * rate->hop;
        const float *from = work->samples + slice.skip * rate->hop;
        for (size_t i = 0; i < count && at + i < r->reduced; i++)
            r->old[at + i] = scale * from[i];
        begin += slice.count;
    }
}

void recovery_keep(const recovery *r, const float *x)
{
    const size_t reduction = r->cqt->reduced.reduction;
    const joint at = find_joint(r);
    if (reduction > 1)
        reduce(r, x);
    for (size_t i = 0; i < r->reduced; i++) {
        if (reduction == 1)
            r->old[i] = r->scale * x[i];
        r->hold[i] = kept_part(r, i * reduction, at.turn, at.ramp);
    }
}

void recovery_hold(const recovery *r, float *x, size_t at, size_t count)
{
    for (size_t i = at; i < at + count; i++)
        x[i] += r->hold[i] * (r->old[i] - x[i]);
}

void recovery_join(const recovery *r, const float *result, double scale, float *x, size_t at,
                   size_t count)
{
    const lts_phase_known *known = &r->known;
    const joint j = find_joint(r);
    for (size_t i = 0; i < count; i++) {
        const size_t n = at + i;
        const float now = result ? (float)((double)result[i] * scale) : 0;
        if (!r->keeps)
            x[n] = now;
        else if (n >= known->samples_before && n < r->n - known->samples_after)
            x[n] = now + kept_part(r, n, 0, result ? j.turn : j.turn + j.ramp) * (x[n] - now);
    }
}

LTS_CLONES static void phases(const float *restrict c, turns *restrict phase, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const float re = c[2 * i], im = c[2 * i + 1];
        const float half = approx_atan(im / (sqrtf(re * re + im * im) + fabsf(re) + 1e-30f));
        const float angle = 2 * half * 0.159154943f;
        phase[i] = turns_from(re < 0 ? 0.5f - angle : angle);
    }
}

void recovery_known_phases(const recovery *r, const cqt_slice *slice)
{
    const lts_cqt *cqt = r->cqt;
    lts_cqt_work *work = r->work;
    turns *phase = r->phase;
    cqt_analyse_slice(&cqt->reduced, work, r->old, r->reduced, slice);
    for (int o = 0; o < cqt->config.octaves; o++) {
        const cqt_octave *octave = &cqt->octave[o];
        const size_t rows = recovery_rows(octave, slice->count), step = octave->step;
        const size_t frames = cqt->frames / step;
        cqt_shift(work, octave);
        for (int j = 0; j < cqt->config.bins_per_octave; j++, phase += rows) {
            const cqt_bin *bin = &cqt->bin[octave->first_bin + (size_t)j];
            cqt_fold(work->shifted + 2 * (bin->narrow_lo - octave->lo),
                     bin->g + (bin->narrow_lo - bin->lo), bin->narrow_lo, bin->narrow_count,
                     work->folded, frames);
            fftwf_execute_dft(octave->to_frames, (fftwf_complex *)work->folded,
                              (fftwf_complex *)work->line);
            phases(work->line + 2 * (slice->skip / step), phase, rows);
        }
    }
}

void recovery_finish(const recovery *r, float *x)
{
    const lts_cqt *cqt = r->cqt;
    const cqt_rate *rate = &cqt->reduced;
    lts_cqt_work *work = r->work;
    if (rate->reduction == 1) {
        recovery_join(r, r->x, 1 / (double)r->scale, x, 0, r->n);
        return;
    }
    const size_t kept = rate->samples, hop = cqt->full.hop;
    const double scale = 1 / ((double)r->scale * (double)cqt->samples);
    for (size_t begin = 0; begin < r->frames;) {
        cqt_slice slice = cqt_slice_at(cqt, r->frames, begin, cqt->guard);
        cqt_analyse_slice(rate, work, r->x, r->reduced, &slice);
        memset(work->spectrum + kept, 0, (cqt->samples + 2 - kept) * sizeof(float));
        fftwf_execute_dft_c2r(cqt->full.synthesise, (fftwf_complex *)work->spectrum, work->samples);
        size_t at = begin * hop, count = slice.count * hop;
        recovery_join(r, work->samples + slice.skip * hop, scale, x, at,
                      count < r->n - at ? count : r->n - at);
        begin += slice.count;
    }
}
