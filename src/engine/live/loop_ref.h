/* Sounds analysed and encoded for voices to loop through, shared by those that play the same. */
#ifndef ENGINE_LIVE_LOOP_REF_H
#define ENGINE_LIVE_LOOP_REF_H

#include "engine/jobs/job.h"
#include "engine/jobs/stamp.h"
#include "engine/live/live.h"

#include <stdatomic.h>

typedef struct loop_ref {
    job *key; /* what it was made of */
    stamp *stamps;
    lts_interp *interp;
    const float *mean[LIVE_SOUNDS];
    float *own; /* (sounds,T) distances; NULL without a map */
    loop loop;
    atomic_uint holders;
} loop_ref;

/* With one holder, the caller. Of `asked` the model, the sounds and the duration count. Errors as
 * lts_interp_open; the reporter is only asked whether to go on. */
lts_status loop_ref_open(const job *asked, unsigned threads, loop_ref **out,
                         const lts_reporter *reporter, lts_error *err);
/* Whether it is what opening it for `asked` would give. */
bool loop_ref_fits(const loop_ref *l, const job *asked);
loop_ref *loop_ref_hold(loop_ref *l);
void loop_ref_drop(void *loop); /* a live_start_config's release; NULL is allowed */

#endif
