#include "engine/jobs/worker.h"

#include "engine/jobs/render_job.h"

#include <pthread.h>
#include <stdatomic.h>

/* A render and where it is to be saved when it is whole, or a match. */
typedef struct order {
    job *job;         /* NULL: no render, */
    match_job *match; /* NULL: no match, neither: nothing */
    uint64_t number;  /* in the order they came */
    char *folder[WORKER_SAVES];
    size_t saves;
} order;

/* What may wait: a render, and a match for each slot. */
enum { WAITING_RENDER, WAITING_MATCH, WAITING = WAITING_MATCH + MATCH_SLOTS };

struct worker {
    worker_config config;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    order waiting[WAITING], running;
    uint64_t orders; /* that came */
    rendered *last;
    atomic_bool cancel;
    bool closing;
};

static bool is_order(const order *o)
{
    return o->job || o->match;
}

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
    match_job_free(o->match);
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

/* The oldest that waits; NULL for none. The lock is held. */
static order *next_order(worker *w)
{
    order *next = NULL;
    for (size_t i = 0; i < WAITING; i++)
        if (is_order(&w->waiting[i]) && (!next || w->waiting[i].number < next->number))
            next = &w->waiting[i];
    return next;
}

/* *r: what is kept from one render to the next. */
static void run_render(worker *w, render **r, const job *j)
{
    lts_error err;
    rendered *sound = NULL;
    const render_listener listener = {.reply = w->config.reply,
                                      .playback = w->config.playback,
                                      .rules = w->config.rules,
                                      .cancelled = is_cancelled,
                                      .user = w};
    lts_status status = *r ? LTS_OK : render_create(w->config.threads, r, &err);
    if (status != LTS_OK)
        goto done;
    status = render_run(*r, j, &listener, &sound, &err);
done:
    if (status != LTS_OK && status != LTS_ERR_CANCELLED)
        reply_report(w->config.reply, "Could not generate: %s", err.text);
    finish_order(w, status == LTS_OK ? sound : NULL);
    rendered_drop(sound);
}

static void run_match(worker *w, const match_job *j)
{
    lts_error err;
    const match_listener listener = {
        .reply = w->config.reply, .rules = w->config.rules, .cancelled = is_cancelled, .user = w};
    lts_status status = match_job_run(j, &listener, &err);
    if (status != LTS_OK && status != LTS_ERR_CANCELLED)
        reply_report(w->config.reply, "Could not match: %s", err.text);
    pthread_mutex_lock(&w->lock);
    order done = w->running;
    w->running = (order){0};
    pthread_mutex_unlock(&w->lock);
    close_order(w, &done, NULL, "");
}

static void *work(void *argument)
{
    worker *w = argument;
    render *r = NULL; /* keeps the sounds of the last render */
    for (;;) {
        order *next;
        pthread_mutex_lock(&w->lock);
        while (!(next = next_order(w)) && !w->closing)
            pthread_cond_wait(&w->changed, &w->lock);
        if (w->closing) {
            pthread_mutex_unlock(&w->lock);
            break;
        }
        w->running = *next;
        *next = (order){0};
        const job *j = w->running.job;
        const match_job *match = w->running.match;
        atomic_store(&w->cancel, false);
        pthread_mutex_unlock(&w->lock);
        if (match)
            run_match(w, match);
        else
            run_render(w, &r, j);
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

static void submit(worker *w, order asked, size_t place)
{
    pthread_mutex_lock(&w->lock);
    order dropped = w->waiting[place];
    const bool busy = is_order(&w->running), matching = w->running.match != NULL;
    asked.number = w->orders++;
    w->waiting[place] = asked;
    pthread_cond_signal(&w->changed);
    pthread_mutex_unlock(&w->lock);
    if (busy)
        reply_report(w->config.reply,
                     is_order(&dropped) ? "Queued, in place of the one that waited."
                     : matching         ? "Queued: begins when the present match is done."
                                        : "Queued: begins when the present render is done.");
    close_order(w, &dropped, NULL, "a newer sound was asked for");
}

void worker_submit(worker *w, job *j)
{
    submit(w, (order){.job = j}, WAITING_RENDER);
}

void worker_match(worker *w, match_job *j)
{
    submit(w, (order){.match = j}, WAITING_MATCH + j->slot);
}

bool worker_cancel(worker *w)
{
    order dropped[WAITING];
    pthread_mutex_lock(&w->lock);
    bool any = is_order(&w->running);
    if (any)
        atomic_store(&w->cancel, true);
    for (size_t i = 0; i < WAITING; i++) {
        dropped[i] = w->waiting[i];
        w->waiting[i] = (order){0};
        any = any || is_order(&dropped[i]);
    }
    pthread_mutex_unlock(&w->lock);
    for (size_t i = 0; i < WAITING; i++)
        close_order(w, &dropped[i], NULL, "the sound was not rendered to its end");
    return any;
}

worker_promise worker_save_later(worker *w, const char *folder)
{
    pthread_mutex_lock(&w->lock);
    order *waiting = &w->waiting[WAITING_RENDER];
    order *o = waiting->job ? waiting : &w->running;
    bool lives = o->job && (o == waiting || !atomic_load(&w->cancel));
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
