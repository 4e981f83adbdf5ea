/* The deck plays one take after another, also one that is still being rendered. A stop, a change
 * and a gap are faded over some milliseconds; a take's own beginning and end are as they are. */
#ifndef ENGINE_PLAY_PLAYBACK_H
#define ENGINE_PLAY_PLAYBACK_H

#include "engine/play/rendered.h"

typedef struct deck deck;

lts_status deck_create(deck **out, lts_error *err);
void deck_destroy(deck *d); /* NULL is allowed */

/* Plays the take from its beginning, which the deck holds from now on; what played before is faded
 * out. Any thread but the audio callback; so the others. */
void deck_play(deck *d, take *t);
void deck_stop(deck *d);
/* Whether a take sounds or waits for its samples, and how far it is, 0..1. */
bool deck_position(deck *d, double *position);

/* Adds the next `count` samples to x: for the player's feeder. A take whose samples are not there
 * yet waits, faded out. */
void deck_fill(deck *d, float *x, size_t count);

#endif
