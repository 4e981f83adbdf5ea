/* What the jobs that make sounds share: where an excerpt ends, and how a result becomes a file. */
#ifndef PIPELINE_SOUND_H
#define PIPELINE_SOUND_H

#include "lts/interp.h"

/* The longest excerpt every sound allows, in samples at `rate`; `duration` seconds when that is not
 * negative. A hop more than a file has is forgiven, so that a selection that ends with the file
 * works whatever the rounding. LTS_ERR_ARGUMENT names the sound that is too short. */
lts_status lts_sound_excerpt(const lts_source *sources, size_t count, double duration, double rate,
                             size_t hop, size_t *samples, lts_error *err);

/* A sound to be written. */
typedef struct lts_sound {
    const char *file;
    const char *path;              /* what it is, in words: for the record */
    const char *origin;            /* what it was made of: for the comment */
    const lts_phase_config *phase; /* how its phase was found; NULL: its own */
    float *x;                      /* N samples; normalised in place when the output asks for it */
    size_t n;
    double sample_rate;
} lts_sound;

/* The comment of a WAV: a new string of at most what a comment holds; NULL when memory is short. */
char *lts_sound_comment(const char *origin, const lts_phase_config *phase);

/* As WAV, whole or not at all, with everything in its comment that making it again needs. Reports a
 * "sound" record, and warns when integer samples were clipped. */
lts_status lts_sound_write(const lts_sound *sound, const lts_interp_output *output,
                           const lts_reporter *reporter, lts_error *err);

#endif
