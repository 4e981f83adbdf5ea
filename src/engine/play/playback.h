/* The playback plays one rendered sound after another, also one that is still being rendered. A
 * stop, a change and a gap are faded over some milliseconds; a sound's own beginning and end are as
 * they are. */
#ifndef ENGINE_PLAY_PLAYBACK_H
#define ENGINE_PLAY_PLAYBACK_H

#include "engine/play/rendered.h"

typedef struct playback playback;

lts_status playback_create(playback **out, lts_error *err);
void playback_destroy(playback *p); /* NULL is allowed */

/* Plays the sound from its beginning, which the playback holds from now on; what played before is
 * faded out. Any thread but the audio callback; so the others. */
void playback_play(playback *p, rendered *sound);
void playback_stop(playback *p);
/* Whether one sounds or waits for its samples, and how far it is, 0..1. */
bool playback_position(playback *p, double *position);

/* Adds the next `count` samples to x: for the player's feeder. A sound whose samples are not there
 * yet waits, faded out. */
void playback_fill(playback *p, float *x, size_t count);

#endif
