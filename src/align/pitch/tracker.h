/* The tracker's parts, for tracker*.c. */
#ifndef ALIGN_PITCH_TRACKER_H
#define ALIGN_PITCH_TRACKER_H

#include "align/align_parts.h"

struct lts_align_tracker {
    lts_align_config config;
    align_scale scale;
    float *scratch;      /* (5 K + 1) */
    float *value, *next; /* (2 range + 2) */
    size_t frames;       /* T fed */
    size_t count, room;  /* pairs compared, and that `pairs` has room for */
    float *pairs;        /* (room, 2 + 2 range + 1): energies, then scores */

    /* Of following. */
    float *score;     /* (2 range + 1) */
    float loudest[2]; /* energies, falling slowly */
    size_t at;        /* the state of the path */
    double share;     /* of the shift that is applied, 0 .. 1 */
    double shift;
    bool begun;
};

/* Floats that a compared pair of frames takes. */
static inline size_t align_pair_size(const align_scale *scale)
{
    return 2 + 2 * scale->range + 1;
}

#endif
