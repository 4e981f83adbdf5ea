#include "engine/jobs/worker.h"

#include "engine/jobs/render_job.h"

#include <pthread.h>
#include <stdatomic.h>

/* A job and where it is to be saved when it is whole. */
typedef struct order {
    job *job; /* NULL: none */
    char *folder[WORKER_SAVES];
    size_t saves;
} order;

struct worker {
    worker_config config;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    order waiting, running;
    rendered *last;
    atomic_bool cancel;
    bool closing;
};

static bool is_cancelled(void *user)
{
    worker *w = user;
    return atomic_load(&w->cancel);
}

void worker_save(const worker *w, rendered *sound, const char *folder)
{
    lts_error err;
    char *path;
    if (rendered_save(sound, w->config.rules, folder, w->config.bits, &path, &err) == LTS_OK) {
        reply_report(w->config.reply, "Saved the last generated sound at the path: %s", path);
        lts_free(path);
    } else {
        reply_report(w->config.reply, "Could not save: %s", err.text);
    }
}

/* Ends an order that is nobody's any more: saves the sound it led to, or says why not. */
static void close_order(worker *w, order *o, rendered *sound, const char *why)
{
    for (size_t i = 0; i < o->saves; i++) {
        if (sound)
            worker_save(w, sound, o->folder[i]);
        else
            reply_report(w->config.reply, "Not saved: %s.", why);
        lts_free(o->folder[i]);
    }
    job_free(o->job);
}

/* Makes the sound the last one. Nobody can ask for another save of the job afterwards. */
static void finish_order(worker *w, rendered *sound)
{
    pthread_mutex_lock(&w->lock);
    order done = w->running;
    w->running = (order){0};
    rendered *kept = atomic_load(&w->cancel) ? NULL : sound, *before = NULL;
    if (kept) {
        before = w->last;
        w->last = rendered_hold(kept);
        /* Before a stop that waits for the lock can be reported. */
        reply_report(w->config.reply, "Audio generated, playing...");
    }
    pthread_mutex_unlock(&w->lock);
    rendered_drop(before);
    close_order(w, &done, kept, "the sound was not rendered to its end");
}

static void *work(void *argument)
{
    worker *w = argument;
    render *r = NULL; /* keeps the sounds of the last job */
    lts_error err;
    for (;;) {
        pthread_mutex_lock(&w->lock);
        while (!w->waiting.job && !w->closing)
            pthread_cond_wait(&w->changed, &w->lock);
        if (w->closing) {
            pthread_mutex_unlock(&w->lock);
            break;
        }
        w->running = w->waiting;
        w->waiting = (order){0};
        const job *j = w->running.job;
        atomic_store(&w->cancel, false);
        pthread_mutex_unlock(&w->lock);

        rendered *sound = NULL;
        const render_listener listener = {.reply = w->config.reply,
                                          .playback = w->config.playback,
                                          .rules = w->config.rules,
                                          .cancelled = is_cancelled,
                                          .user = w};
        lts_status status = LTS_OK;
        if (!r)
            status = render_create(w->config.threads, &r, &err);
        if (status == LTS_OK)
            status = render_run(r, j, &listener, &sound, &err);
        if (status != LTS_OK && status != LTS_ERR_CANCELLED)
            reply_report(w->config.reply, "Could not generate: %s", err.text);
        finish_order(w, status == LTS_OK ? sound : NULL);
        rendered_drop(sound);
    }
    render_destroy(r);
    return NULL;
}

lts_status worker_create(const worker_config *config, worker **out, lts_error *err)
{
    worker *w;
    *out = NULL;
    lts_status status = lts_alloc_checked(&w, 1, sizeof *w, "a worker", err);
    if (status != LTS_OK)
        return status;
    w->config = *config;
    atomic_init(&w->cancel, false);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->changed, NULL);
    if (pthread_create(&w->thread, NULL, work, w) != 0) {
        pthread_cond_destroy(&w->changed);
        pthread_mutex_destroy(&w->lock);
        lts_free(w);
        return lts_fail(err, LTS_ERR_MEMORY, "no thread can be had for rendering");
    }
    *out = w;
    return LTS_OK;
}

void worker_destroy(worker *w)
{
    if (!w)
        return;
    worker_cancel(w);
    pthread_mutex_lock(&w->lock);
    w->closing = true;
    pthread_cond_signal(&w->changed);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    rendered_drop(w->last);
    pthread_cond_destroy(&w->changed);
    pthread_mutex_destroy(&w->lock);
    lts_free(w);
}

void worker_submit(worker *w, job *j)
{
    pthread_mutex_lock(&w->lock);
    order dropped = w->waiting;
    bool busy = w->running.job != NULL;
    w->waiting = (order){.job = j};
    pthread_cond_signal(&w->changed);
    pthread_mutex_unlock(&w->lock);
    if (busy)
        reply_report(w->config.reply, dropped.job
                                          ? "Queued, in place of the one that waited."
                                          : "Queued: begins when the present render is done.");
    close_order(w, &dropped, NULL, "a newer sound was asked for");
}

bool worker_cancel(worker *w)
{
    pthread_mutex_lock(&w->lock);
    order dropped = w->waiting;
    bool any = dropped.job || w->running.job;
    w->waiting = (order){0};
    if (w->running.job)
        atomic_store(&w->cancel, true);
    pthread_mutex_unlock(&w->lock);
    close_order(w, &dropped, NULL, "the sound was not rendered to its end");
    return any;
}

worker_promise worker_save_later(worker *w, const char *folder)
{
    pthread_mutex_lock(&w->lock);
    order *o = w->waiting.job ? &w->waiting : &w->running;
    bool lives = o->job && (o == &w->waiting || !atomic_load(&w->cancel));
    worker_promise promise = !lives                     ? WORKER_IDLE
                             : o->saves == WORKER_SAVES ? WORKER_FULL
                                                        : WORKER_PROMISED;
    if (promise == WORKER_PROMISED) {
        o->folder[o->saves] = lts_strdup(folder);
        promise = o->folder[o->saves] ? WORKER_PROMISED : WORKER_FULL;
        o->saves += promise == WORKER_PROMISED;
    }
    pthread_mutex_unlock(&w->lock);
    return promise;
}

rendered *worker_last(worker *w)
{
    pthread_mutex_lock(&w->lock);
    rendered *sound = w->last ? rendered_hold(w->last) : NULL;
    pthread_mutex_unlock(&w->lock);
    return sound;
}
