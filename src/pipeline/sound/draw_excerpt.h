/* Excerpts drawn at random, where there is something to hear. */
#ifndef PIPELINE_SOUND_DRAW_EXCERPT_H
#define PIPELINE_SOUND_DRAW_EXCERPT_H

#include "lts/audio.h"

/* The peak of every 10 ms of a sound. */
typedef struct sound_levels {
    float *peak;
    size_t count, room;
    float loudest;
} sound_levels;

/* Reads the file; free with sound_levels_free, also after an error. */
lts_status sound_levels_read(const char *path, sound_levels *levels, lts_error *err);
void sound_levels_free(sound_levels *levels); /* a zeroed one is allowed */

/* Whether anything in `seconds` from `offset` on is less than 40 dB below the sound's peak; nothing
 * in a sound that is silent throughout. */
bool sound_levels_heard(const sound_levels *levels, double offset, double seconds);

/* A whole second 0 .. last from which `seconds` are heard; any of them where none is. */
double sound_levels_draw(const sound_levels *levels, uint64_t last, double seconds, lts_rng *rng);

#endif
