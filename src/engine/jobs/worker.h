/* The worker: one thread that renders and matches, one job at a time. */
#ifndef ENGINE_JOBS_WORKER_H
#define ENGINE_JOBS_WORKER_H

#include "engine/jobs/job.h"
#include "engine/match/match_job.h"
#include "engine/messages/reply.h"
#include "engine/play/playback.h"

typedef struct worker worker;

typedef struct worker_config {
    const reply *reply; /* reports and progress go there */
    playback *playback;
    const path_rules *rules; /* of what is read and written; the caller's, for as long */
    unsigned threads;        /* of the matrix products */
    lts_audio_bits bits;     /* of files saved */
} worker_config;

lts_status worker_create(const worker_config *config, worker **out, lts_error *err);
/* Cancels what runs and waits for it. NULL is allowed. */
void worker_destroy(worker *w);

/* Renders the job, which is the worker's from now on, after the one that runs, if any; a job that
 * waits already is dropped. What happened is reported. */
void worker_submit(worker *w, job *j);
/* The same of a match; of each slot one may wait, beside the render that does. They begin in the
 * order in which they came. */
void worker_match(worker *w, match_job *j);
/* Stops what runs and drops what waits; whether there was any. Returns at once;
 * what ran ends within some milliseconds and is reported by nobody. */
bool worker_cancel(worker *w);
/* Saves the render that waits or else runs once it is whole, in the folder; some times at most. */
enum { WORKER_SAVES = 8 };
typedef enum worker_promise {
    WORKER_IDLE, /* no render waits or runs */
    WORKER_PROMISED,
    WORKER_FULL /* as many saves have been promised as can be */
} worker_promise;
worker_promise worker_save_later(worker *w, const char *folder);
/* Saves a whole sound in the folder now, and reports that, or why not. From any thread. */
void worker_save(const worker *w, rendered *sound, const char *folder);
/* The last sound that became whole, held for the caller; NULL when there is none. */
rendered *worker_last(worker *w);

#endif
