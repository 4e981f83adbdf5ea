/* Patches of the built-in synthesizer by what is heard of a target alone: carriers at its strongest
 * partials, the envelope along its level, the filter above its centroid. */
#ifndef MATCH_RANGE_GUESS_H
#define MATCH_RANGE_GUESS_H

#include "lts/synth.h"

enum { GUESS_PARTIALS = 12 };

typedef struct guess {
    double partial[GUESS_PARTIALS], strength[GUESS_PARTIALS]; /* Hz; magnitudes, the strongest 1 */
    size_t partials;
    double pitch;                           /* Hz; NaN: none */
    double centroid;                        /* Hz, of the mean magnitudes */
    double attack, decay, sustain, release; /* as the synthesizer's; seconds, a level, seconds */
} guess;

/* Of x (n), a sound that is not silent; pitch as match_pitch tells it. LTS_ERR_MEMORY. */
lts_status guess_listen(const float *x, size_t n, const lts_synth_settings *settings, double pitch,
                        guess *out, lts_error *err);

/* One patch: values (P), of which the free parameters are drawn; fixed ones stay. They may be
 * beyond what the synthesizer takes. */
void guess_draw(const guess *heard, const lts_synth_space *space, lts_rng *rng, double *values);

#endif
