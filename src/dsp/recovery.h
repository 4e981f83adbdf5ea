/* Phase recovery: what lts_phase_recover works on. Its signals lie at the plan's reduced rate,
 * which holds all that the transform sees, times the reduction, so that their spectra are those of
 * the signal at its own rate. */
#ifndef DSP_RECOVERY_H
#define DSP_RECOVERY_H

#include "dsp/pghi.h"

typedef struct recovery {
    const lts_cqt *cqt;
    lts_cqt_work *work;
    const float *magnitudes; /* (T,K) */
    size_t frames;           /* T */
    size_t n;                /* N */
    size_t reduced;          /* samples at the reduced rate */
    lts_phase_config config;
    float *loudest; /* (K): the largest magnitude of each bin */
    float scale;    /* a power of two that brings the loudest magnitude near 1 */
    float *x;       /* (reduced) */
    float *v;       /* (reduced): x extrapolated by the momentum; NULL without iterations */
    turns *phase;   /* starting phases of one slice's kept frames: octave, bin, frame */
    pghi *pghi;
    lts_rng rng;
    const lts_reporter *reporter;
} recovery;

cqt_slice recovery_slice(const recovery *r, size_t begin);
/* Kept frames of an octave, of `count` that begin on a kept one. */
static inline size_t recovery_rows(const cqt_octave *octave, size_t count)
{
    return (count + octave->step - 1) / octave->step;
}

/* work->rows = every step-th magnitude of the slice for `count` bins from k on. */
void recovery_load(const recovery *r, const cqt_slice *slice, size_t step, size_t k, size_t count);

/* x = v = the signal closest to the magnitudes with the starting phases. */
lts_status recovery_start(recovery *r, lts_error *err);
/* One iteration of residual fast Griffin-Lim on x and v, with every frame or the kept ones. */
lts_status recovery_iterate(recovery *r, bool every_frame, lts_error *err);
/* The result at the signal's own rate and scale. */
void recovery_finish(const recovery *r, float *x);

#endif
