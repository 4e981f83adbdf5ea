/* Phase recovery: the state lts_phase_recover works on. Its signals lie at the plan's reduced rate,
 * which holds all that the transform sees, times the reduction, so that their spectra are those of
 * the signal at its own rate.
 *
 * Calls go one way: phase.c (lts_phase_recover) uses start.c and griffin_lim.c, these use join.c,
 * and all of them use recovery.c. */
#ifndef DSP_PHASE_RECOVERY_H
#define DSP_PHASE_RECOVERY_H

#include "dsp/phase/pghi.h"

typedef struct recovery {
    const lts_cqt *cqt;
    lts_cqt_work *work;
    const float *magnitudes; /* (T,K) */
    size_t frames;           /* T */
    size_t n;                /* N */
    size_t reduced;          /* samples at the reduced rate */
    lts_phase_config config;
    lts_phase_known known;
    bool keeps;     /* whether anything is known or kept */
    float *loudest; /* (K): the largest magnitude of each bin */
    float scale;    /* a power of two that brings the loudest magnitude near 1 */
    float *x;       /* (reduced) */
    float *v;       /* (reduced): x extrapolated by the momentum; NULL without iterations */
    float *old;     /* (reduced): what was there before; NULL when all is new */
    float *hold; /* (reduced): how much of `old` stays, 1 among kept samples, else 0 but for a ramp;
                    NULL when all is new */
    turns *phase; /* starting phases of one slice's kept frames: octave, bin, frame */
    pghi *pghi;
    lts_rng rng;
    const lts_reporter *reporter;
} recovery;

/* --- recovery.c: slices of the magnitudes ------------------------------------------------------
 */

cqt_slice recovery_slice(const recovery *r, size_t begin);
/* Kept frames of an octave, of `count` that begin on a kept one. */
static inline size_t recovery_rows(const cqt_octave *octave, size_t count)
{
    return (count + octave->step - 1) / octave->step;
}
/* work->rows = every step-th magnitude of the slice for `count` bins from k on. */
void recovery_load(const recovery *r, const cqt_slice *slice, size_t step, size_t k, size_t count);

/* Whether the phases of frame t are known. */
static inline bool recovery_knows(const recovery *r, size_t t)
{
    return t < r->known.frames_before || t >= r->frames - r->known.frames_after;
}

/* LTS_ERR_CANCELLED when the reporter says so. */
static inline lts_status recovery_cancelled(const recovery *r, lts_error *err)
{
    return lts_cancelled(r->reporter)
               ? lts_fail(err, LTS_ERR_CANCELLED, "phase: cancelled on request")
               : LTS_OK;
}

/* --- join.c: the old sound, what is kept of it, and the way back to the signal's rate -----------
 */

/* old = x at the reduced rate, and hold. */
void recovery_keep(const recovery *r, const float *x);
/* r->phase = the old sound's phases in those frames of the slice that are known. */
void recovery_known_phases(const recovery *r, const cqt_slice *slice);
/* Blends x with the old sound where that stays; count values from `at` on. */
void recovery_hold(const recovery *r, float *x, size_t at, size_t count);
/* Writes x (N) at the signal's own rate, count values from `at` on. The kept samples stay as they
 * are, and within a hop of them x turns into the result. */
void recovery_join(const recovery *r, const float *result, double scale, float *x, size_t at,
                   size_t count);
/* Writes the result at the signal's own rate and scale. */
void recovery_finish(const recovery *r, float *x);

/* --- start.c ------------------------------------------------------------------------------------
 */

/* x = v = the signal closest to the magnitudes with the starting phases. */
lts_status recovery_start(recovery *r, lts_error *err);

/* --- griffin_lim.c ------------------------------------------------------------------------------
 */

/* All iterations of residual fast Griffin-Lim on x and v. */
lts_status recovery_iterate(recovery *r, lts_error *err);

#endif
