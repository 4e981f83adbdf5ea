/* Sounds analysed and encoded for voices to loop through, shared by those that play the same. */
#ifndef ENGINE_LIVE_LOOP_REF_H
#define ENGINE_LIVE_LOOP_REF_H

#include "engine/jobs/job.h"
#include "engine/jobs/stamp.h"
#include "engine/live/live.h"
#include "engine/live/loop_align.h"

#include <stdatomic.h>

typedef struct loop_ref {
    job *key; /* what it was made of */
    stamp *stamps;
    lts_interp *interp;
    const float *mean[LIVE_SOUNDS], *level[LIVE_SOUNDS];
    float *own; /* (sounds,T) distances; NULL without a map */
    loop loop;
    float *magnitudes[2];             /* (T,K) of two sounds, once they are aligned */
    bool found_by[LTS_ALIGNMENTS];    /* ways in which they have been */
    loop_found found[LTS_ALIGNMENTS]; /* and what was found */
    atomic_uint holders;
} loop_ref;

/* With one holder, the caller. Of `asked` the model, the sounds and the duration count. Errors as
 * lts_interp_open; the reporter is only asked whether to go on. */
lts_status loop_ref_open(const job *asked, unsigned threads, loop_ref **out,
                         const lts_reporter *reporter, lts_error *err);
/* Whether it is what opening it for `asked` would give. */
bool loop_ref_fits(const loop_ref *l, const job *asked);
/* What its two sounds have in common, found when it is asked for the first time: their files are
 * read again then, and (T,K) magnitudes of both kept, 1 MB a second at the defaults, up to
 * LOOP_ALIGNED bytes. *out is the loop's, for as long as it is there. By one thread at a time,
 * while others play it. LTS_ERR_SHAPE: other than two sounds; LTS_ERR_ARGUMENT: longer than that,
 * or files have changed; LTS_ERR_CANCELLED; or what is wrong with a file. */
enum { LOOP_ALIGNED = 256 << 20 };
lts_status loop_ref_align(loop_ref *l, lts_alignment way, const loop_found **out,
                          const lts_reporter *reporter, lts_error *err);
loop_ref *loop_ref_hold(loop_ref *l);
void loop_ref_drop(void *loop); /* a live_start_config's release; NULL is allowed */

#endif
