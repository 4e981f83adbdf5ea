/* What the jobs that make sounds share: where an excerpt ends, and the comment and record of a
 * result. */
#ifndef PIPELINE_SOUND_SOUND_H
#define PIPELINE_SOUND_SOUND_H

#include "lts/dsp.h"
#include "lts/source.h"

/* The longest excerpt every sound allows, in samples at `rate`; `duration` seconds when that is not
 * negative. A hop more than a file has is forgiven, so that a selection that ends with the file
 * works whatever the rounding. LTS_ERR_ARGUMENT names the sound that is too short. */
lts_status lts_sound_excerpt(const lts_source *sources, size_t count, double duration, double rate,
                             size_t hop, size_t *samples, lts_error *err);

/* The comment of a WAV: a new string of at most what a comment holds; NULL when memory is short. */
char *lts_sound_comment(const char *origin, const lts_phase_config *phase);

#endif
