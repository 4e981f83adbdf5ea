/* Phase recovery: what lts_phase_recover works on. Every slice, octave o and bin hold
 * ceil(count / step) kept frames; they lie one bin after the other, octave after octave, slice
 * after slice. */
#ifndef DSP_RECOVERY_H
#define DSP_RECOVERY_H

#include "dsp/pghi.h"

typedef struct recovery {
    const lts_cqt *cqt;
    lts_cqt_work *work;
    const float *magnitudes; /* (T,K) */
    size_t frames, n;        /* T, N */
    lts_phase_config config;
    float scale;  /* a power of two that brings the loudest magnitude near 1 */
    float *x;     /* (N) */
    float *v;     /* (N): x extrapolated by the momentum */
    float *kept;  /* the scaled magnitudes of the kept frames */
    turns *phase; /* of one slice's kept frames */
    lts_rng rng;
} recovery;

/* Kept frames of all bins of a slice of `count` useful frames. */
size_t recovery_kept(const lts_cqt *cqt, size_t count);
cqt_slice recovery_slice(const recovery *r, size_t begin);

/* x = v = the signal closest to the magnitudes with the starting phases; fills `kept`. */
lts_status recovery_start(recovery *r, const lts_reporter *reporter, lts_error *err);
/* One iteration of residual fast Griffin-Lim on x and v. False when cancelled. */
bool recovery_iterate(recovery *r, const lts_reporter *reporter);

#endif
