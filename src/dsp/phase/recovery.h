/* Phase recovery: what lts_phase_recover works on. Its signals lie at the plan's reduced rate,
 * which holds all that the transform sees, times the reduction, so that their spectra are those of
 * the signal at its own rate. */
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

cqt_slice recovery_slice(const recovery *r, size_t begin);
/* Kept frames of an octave, of `count` that begin on a kept one. */
static inline size_t recovery_rows(const cqt_octave *octave, size_t count)
{
    return (count + octave->step - 1) / octave->step;
}

/* work->rows = every step-th magnitude of the slice for `count` bins from k on. */
void recovery_load(const recovery *r, const cqt_slice *slice, size_t step, size_t k, size_t count);

/* Checks the arguments and does all of it: x (N). */
lts_status recovery_run(recovery *r, float *x, lts_error *err);

/* old = x at the reduced rate, and hold. */
void recovery_keep(const recovery *r, const float *x);
/* r->phase = the old sound's phases in those frames of the slice that are known. */
void recovery_known_phases(const recovery *r, const cqt_slice *slice);
static inline bool recovery_knows(const recovery *r, size_t t)
{
    return t < r->known.frames_before || t >= r->frames - r->known.frames_after;
}
/* x blended with the old sound where that is to stay; count values from `at` on. */
void recovery_hold(const recovery *r, float *x, size_t at, size_t count);
/* x (N) at the signal's own rate, count values from `at` on: those kept stay as they are, and
 * within a hop of them x turns into the result. */
void recovery_join(const recovery *r, const float *result, double scale, float *x, size_t at,
                   size_t count);

/* LTS_ERR_CANCELLED when the reporter says so. */
static inline lts_status recovery_cancelled(const recovery *r, lts_error *err)
{
    return lts_cancelled(r->reporter)
               ? lts_fail(err, LTS_ERR_CANCELLED, "phase: cancelled on request")
               : LTS_OK;
}

/* x = v = the signal closest to the magnitudes with the starting phases. */
lts_status recovery_start(recovery *r, lts_error *err);
/* One iteration of residual fast Griffin-Lim on x and v, with every frame or the kept ones. */
lts_status recovery_iterate(recovery *r, bool every_frame, lts_error *err);
/* The result at the signal's own rate and scale. */
void recovery_finish(const recovery *r, float *x);

#endif
