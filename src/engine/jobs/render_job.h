/* One render: a job to a rendered sound, reported as it goes, played from its first block on. Keeps
 * the sounds, analysed and encoded, and the sound of the job before, for the next that asks for the
 * same. */
#ifndef ENGINE_JOBS_RENDER_JOB_H
#define ENGINE_JOBS_RENDER_JOB_H

#include "engine/jobs/job.h"
#include "engine/messages/reply.h"
#include "engine/paths/paths.h"
#include "engine/play/playback.h"

typedef struct render render;

lts_status render_create(unsigned threads, render **out, lts_error *err);
void render_destroy(render *r); /* NULL is allowed */

typedef struct render_listener {
    const reply *reply;
    playback *playback;      /* plays the rendered */
    const path_rules *rules; /* what a sound's file must keep to when it is read */
    bool (*cancelled)(void *user);
    void *user;
} render_listener;

/* *out is the whole sound, held for the caller; NULL after an error, and then what plays of it
 * ends. LTS_ERR_CANCELLED when the listener said so. */
lts_status render_run(render *r, const job *j, const render_listener *listener, rendered **out,
                      lts_error *err);

#endif
