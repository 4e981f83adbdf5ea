/* One match as it was asked for, and its run: a sound file to a match_result in its slot, reported
 * as it goes. */
#ifndef ENGINE_MATCH_MATCH_JOB_H
#define ENGINE_MATCH_MATCH_JOB_H

#include "engine/match/match_result.h"
#include "engine/match/matcher_ref.h"
#include "engine/messages/reply.h"

typedef struct match_job {
    matcher_ref *matcher;
    char *path;      /* of the sound */
    double refine;   /* s of search; 0: none */
    uint64_t seed;   /* of the search */
    double rate;     /* Hz that the match is to be played at */
    bool normalize;  /* it is played with a peak of full scale */
    unsigned slot;   /* 0 .. MATCH_SLOTS-1 */
    match_slots *to; /* the caller's, for as long as the job */
} match_job;

/* Takes the members over; path is copied, the matcher held. LTS_ERR_MEMORY. */
lts_status match_job_create(const match_job *from, match_job **out, lts_error *err);
void match_job_free(match_job *j); /* NULL is allowed */

typedef struct match_listener {
    const reply *reply;
    const path_rules *rules; /* what the sound's file must keep to when it is read */
    bool (*cancelled)(void *user);
    void *user;
} match_listener;

/* LTS_ERR_CANCELLED when the listener said so: the slot stays as it was, as after any error. */
lts_status match_job_run(const match_job *j, const match_listener *listener, lts_error *err);

/* Tells the clients a match: /match/parameter for each, then /match/distance. */
void match_tell(const reply *to, unsigned slot, const match_result *m);

#endif
