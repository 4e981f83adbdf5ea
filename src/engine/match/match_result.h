/* What a match came to: a patch, how sure of it the classifier was, and its sound. Constant once it
 * is in its slot, and shared by the threads that hold it. */
#ifndef ENGINE_MATCH_MATCH_RESULT_H
#define ENGINE_MATCH_MATCH_RESULT_H

#include "engine/play/rendered.h"
#include "lts/synth.h"

#include <pthread.h>

enum { MATCH_SLOTS = 2 };

typedef struct match_result {
    lts_synth_space *space;     /* its own copy */
    double *values;             /* (P) */
    float *confidence;          /* (P): of the most probable class, 0 to 1; NAN: fixed */
    double predicted, distance; /* spectral distances: lts_match */
    char *name;                 /* of the target, for people */
    rendered *sound;            /* as loud as the target; NULL: it cannot be had at this rate */
    atomic_uint holders;
} match_result;

/* The space is copied; values and confidence are 0. One holder, the caller. */
lts_status match_result_create(const lts_synth_space *space, const char *name, match_result **out,
                               lts_error *err);
match_result *match_result_hold(match_result *m);
void match_result_drop(match_result *m); /* NULL is allowed */
/* Of the parameter of that name, which the space has. */
double match_result_value(const match_result *m, const char *name);

/* Writes the patch as the next free FOLDER/matched_patch-NNNNN.ini, as rendered_save does. */
lts_status match_result_save(const match_result *m, const path_rules *rules, const char *folder,
                             char **path, lts_error *err);

/* The last match of each slot. Any thread. */
typedef struct match_slots {
    pthread_mutex_t lock;
    match_result *result[MATCH_SLOTS]; /* NULL: none */
} match_slots;

void match_slots_init(match_slots *slots);
void match_slots_free(match_slots *slots);
/* The result, which is the slot's from now on, in place of the one before. */
void match_slots_put(match_slots *slots, unsigned slot, match_result *m);
/* Held for the caller; NULL when there is none. */
match_result *match_slots_get(match_slots *slots, unsigned slot);

#endif
