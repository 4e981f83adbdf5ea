#include "pipeline/dataset/dataset.h"

#include <math.h>
#include <stdlib.h>

/* Arrays that wait for their names, of all workers: each is an open file. */
enum { MOST_WAITING = 96 };
static const double longest_wait = 0.5; /* s */

/* What the workers share. */
typedef struct crew {
    dataset_job *job;
    dataset_plans plans;
    dataset_scratch *scratch; /* one a worker */
    lts_dataset_file **item;  /* the sounds to be made into arrays */
    size_t count;
    pthread_mutex_t lock; /* of all below, and of the reporter */
    size_t finished;
    double total, done; /* seconds of sound; total 0 when not known */
    double start;
    lts_status status; /* what stopped the work */
    lts_error err;
} crew;

static void record_file(const dataset_job *job, const lts_dataset_file *file)
{
    static const char *const outcomes[] = {"waiting", "done", "skipped", "failed"};
    const lts_field fields[] = {{"name", file->name, 0},
                                {"outcome", outcomes[file->outcome], 0},
                                {"frames", NULL, (double)file->frames},
                                {"seconds", NULL, file->seconds},
                                {"sound", file->sound, 0},
                                {"reason", file->reason ? file->reason : "", 0}};
    lts_record(job->reporter, "sound", fields, sizeof fields / sizeof *fields);
}

static void settle(lts_dataset_file *file, lts_dataset_outcome outcome, const dataset_state *state)
{
    file->outcome = outcome;
    file->frames = state->frames;
    file->seconds = state->seconds;
}

static void fail_file(lts_dataset_file *file, const char *reason)
{
    file->outcome = LTS_DATASET_FAILED;
    file->reason = lts_strdup(reason);
    file->seconds = 0;
}

static void show_progress(crew *c)
{
    double elapsed = lts_now() - c->start, sounds = (double)c->finished;
    if (c->total > 0)
        lts_progress(c->job->reporter, "seconds of sound", fmin(c->done, c->total), c->total,
                     c->done / elapsed);
    else
        lts_progress(c->job->reporter, "sounds", sounds, (double)c->count, sounds / elapsed);
}

/* With the lock held. */
static bool is_stopped(crew *c)
{
    if (c->status == LTS_OK && lts_cancelled(c->job->reporter))
        c->status = LTS_ERR_CANCELLED;
    return c->status != LTS_OK;
}

static bool count_seconds(void *user, double seconds)
{
    crew *c = user;
    pthread_mutex_lock(&c->lock);
    c->done += seconds;
    show_progress(c);
    bool stopped = is_stopped(c);
    pthread_mutex_unlock(&c->lock);
    return !stopped;
}

static bool may_begin(crew *c, const lts_dataset_file *file)
{
    pthread_mutex_lock(&c->lock);
    bool begin = file->outcome == LTS_DATASET_WAITING && !is_stopped(c);
    pthread_mutex_unlock(&c->lock);
    return begin;
}

/* Whether the array is up to date; if not, whether the sound can be opened and how long it is. */
static void check_item(void *context, size_t item, unsigned worker)
{
    crew *c = context;
    lts_dataset_file *file = &c->job->report->file[item];
    dataset_state state = {0};
    lts_audio_info info = {0};
    lts_error err = {0};
    (void)worker;
    if (!may_begin(c, file))
        return;
    bool current = !c->job->force && dataset_is_current(c->job, file, &state);
    lts_status status = !current && c->job->config->dataset.check_audio
                            ? lts_audio_probe(file->sound, &info, &err)
                            : LTS_OK;
    file->seconds = info.seconds;
    if (current)
        settle(file, LTS_DATASET_SKIPPED, &state);
    else if (status != LTS_OK && status != LTS_ERR_MEMORY)
        fail_file(file, err.text);
    pthread_mutex_lock(&c->lock);
    if (file->outcome != LTS_DATASET_WAITING)
        record_file(c->job, file);
    c->finished++;
    lts_progress(c->job->reporter, "sounds looked at", (double)c->finished,
                 (double)c->job->report->count, (double)c->finished / (lts_now() - c->start));
    pthread_mutex_unlock(&c->lock);
}

static void stop(crew *c, lts_status status, const lts_error *err)
{
    if (c->status == LTS_OK) {
        c->status = status;
        c->err = *err;
    }
}

/* What the worker has made gets its names, and only then counts as done. */
static void publish(crew *c, dataset_scratch *scratch)
{
    lts_error err = {0};
    lts_status status = dataset_publish(c->job, scratch, &err);
    pthread_mutex_lock(&c->lock);
    if (status != LTS_OK)
        stop(c, status, &err);
    for (size_t m = 0; status == LTS_OK && m < scratch->made_count; m++) {
        const dataset_made *made = &scratch->made[m];
        settle(made->file, LTS_DATASET_DONE, &made->state);
        if (made->silent)
            lts_message(c->job->reporter, LTS_LEVEL_WARNING, "%s: silent from end to end",
                        made->file->sound);
        record_file(c->job, made->file);
    }
    pthread_mutex_unlock(&c->lock);
    scratch->made_count = 0;
    scratch->published = lts_now();
}

/* Long sounds are published one by one, short ones together. */
static bool is_time_to_publish(const dataset_scratch *scratch)
{
    return scratch->made_count == scratch->room ||
           (scratch->made_count > 0 && lts_now() - scratch->published > longest_wait);
}

static void make_item(void *context, size_t item, unsigned worker)
{
    crew *c = context;
    lts_dataset_file *file = c->item[item];
    dataset_scratch *scratch = &c->scratch[worker];
    const dataset_watcher watcher = {count_seconds, c};
    bool array_failed = false;
    lts_error err = {0};
    if (!may_begin(c, file))
        return;
    lts_status status =
        dataset_make_array(c->job, file, &c->plans, scratch, &watcher, &array_failed, &err);
    pthread_mutex_lock(&c->lock);
    if (array_failed || status == LTS_ERR_MEMORY) {
        stop(c, status, &err);
    } else if (status != LTS_OK && status != LTS_ERR_CANCELLED) {
        fail_file(file, err.text);
        record_file(c->job, file);
    }
    c->finished++;
    pthread_mutex_unlock(&c->lock);
    if (is_time_to_publish(scratch))
        publish(c, scratch);
}

/* The longest first, so that no worker is left with a long one at the end. */
static int by_length(const void *a, const void *b)
{
    const lts_dataset_file *x = *(lts_dataset_file *const *)a, *y = *(lts_dataset_file *const *)b;
    if (x->seconds != y->seconds)
        return x->seconds < y->seconds ? 1 : -1;
    return (x > y) - (x < y);
}

static void plan_work(crew *c)
{
    lts_dataset_report *report = c->job->report;
    for (size_t f = 0; f < report->count; f++)
        if (report->file[f].outcome == LTS_DATASET_WAITING) {
            c->item[c->count++] = &report->file[f];
            c->total += report->file[f].seconds;
        }
    qsort(c->item, c->count, sizeof *c->item, by_length);
    c->finished = 0;
    c->start = lts_now();
}

lts_status dataset_work(dataset_job *job, lts_error *err)
{
    crew c = {.job = job,
              .lock = PTHREAD_MUTEX_INITIALIZER,
              .plans = {.lock = PTHREAD_MUTEX_INITIALIZER},
              .start = lts_now()};
    unsigned jobs = job->options->jobs;
    lts_status status =
        lts_alloc_checked(&c.item, job->report->count, sizeof(void *), "the list of sounds", err);
    if (status == LTS_OK)
        status = lts_alloc_checked(&c.scratch, jobs, sizeof *c.scratch, "the workers", err);
    for (unsigned w = 0; status == LTS_OK && w < jobs; w++)
        status = dataset_scratch_open(&c.scratch[w], 1 + MOST_WAITING / jobs, err);
    if (status == LTS_OK) {
        lts_parallel_for(job->report->count, jobs, check_item, &c);
        plan_work(&c);
        lts_parallel_for(c.count, jobs, make_item, &c);
        for (unsigned w = 0; w < jobs; w++)
            publish(&c, &c.scratch[w]);
    }
    for (unsigned w = 0; c.scratch && w < jobs; w++)
        dataset_scratch_free(&c.scratch[w]);
    dataset_plans_free(&c.plans);
    pthread_mutex_destroy(&c.lock);
    lts_free(c.scratch);
    lts_free(c.item);
    if (c.status == LTS_ERR_CANCELLED)
        return lts_fail(err, c.status,
                        "%s: interrupted: what is finished is whole; run again to go on",
                        job->root);
    if (c.status != LTS_OK)
        return lts_fail(err, c.status, "%s", c.err.text);
    return status;
}
