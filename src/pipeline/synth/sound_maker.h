/* What each thread makes a classifier's examples with. */
#ifndef PIPELINE_SYNTH_SOUND_MAKER_H
#define PIPELINE_SYNTH_SOUND_MAKER_H

#include "features/transform.h"
#include "lts/synth.h"

typedef struct sound_maker {
    transform_work *work;
    lts_synth *synth; /* NULL until its user makes one; freed with the rest */
    float *x;         /* (samples) */
    lts_status status;
    lts_error err;
    lts_error dropped; /* why the last sound of a plugin was dropped; "" when none was */
} sound_maker;

/* One for each of `threads` threads, for sounds of so many samples. What there is of *makers after
 * an error is to be destroyed too. LTS_ERR_MEMORY. */
lts_status sound_makers_create(const transform *from, size_t samples, unsigned threads,
                               sound_maker **makers, lts_error *err);
void sound_makers_destroy(sound_maker *makers, unsigned threads); /* NULL is allowed */

/* Before the threads begin: all is well. */
void sound_makers_begin(sound_maker *makers, unsigned threads);
/* After they have ended: the first thread's failure, if any. */
lts_status sound_makers_end(const sound_maker *makers, unsigned threads, lts_error *err);

#endif
