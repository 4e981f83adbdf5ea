#include "pipeline/dataset/dataset_job.h"

#include <math.h>
#include <stdlib.h>

/* Arrays that wait for their names, of all workers: each is an open file. */
enum { MOST_WAITING = 96 };
static const double longest_wait = 0.5; /* s */

/* The pool: what its workers share. */
typedef struct pool {
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
} pool;

void dataset_record_file(const dataset_job *job, const lts_dataset_file *file)
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

static void record_outcome(lts_dataset_file *file, lts_dataset_outcome outcome,
                           const dataset_state *state)
{
    file->outcome = outcome;
    file->frames = state->frames;
    file->seconds = state->seconds;
}

void dataset_fail_file(lts_dataset_file *file, const char *reason)
{
    file->outcome = LTS_DATASET_FAILED;
    file->reason = lts_strdup(reason);
    file->seconds = 0;
}

static void show_progress(pool *p)
{
    double elapsed = lts_now() - p->start, sounds = (double)p->finished;
    if (p->total > 0)
        lts_progress(p->job->reporter, "seconds of sound", fmin(p->done, p->total), p->total,
                     p->done / elapsed);
    else
        lts_progress(p->job->reporter, "sounds", sounds, (double)p->count, sounds / elapsed);
}

/* With the lock held. */
static bool is_stopped(pool *p)
{
    if (p->status == LTS_OK && lts_cancelled(p->job->reporter))
        p->status = LTS_ERR_CANCELLED;
    return p->status != LTS_OK;
}

static bool count_seconds(void *user, double seconds)
{
    pool *p = user;
    pthread_mutex_lock(&p->lock);
    p->done += seconds;
    show_progress(p);
    bool stopped = is_stopped(p);
    pthread_mutex_unlock(&p->lock);
    return !stopped;
}

static bool may_begin(pool *p, const lts_dataset_file *file)
{
    pthread_mutex_lock(&p->lock);
    bool begin = file->outcome == LTS_DATASET_WAITING && !is_stopped(p);
    pthread_mutex_unlock(&p->lock);
    return begin;
}

/* Whether the array is up to date; if not, whether the sound can be opened and how long it is. */
static void check_item(void *context, size_t item, unsigned worker)
{
    pool *p = context;
    lts_dataset_file *file = &p->job->report->file[item];
    dataset_state state = {0};
    lts_audio_info info = {0};
    lts_error err = {0};
    (void)worker;
    if (!may_begin(p, file))
        return;
    bool current = !p->job->force && dataset_is_current(p->job, file, &state);
    lts_status status = !current && p->job->config->dataset.check_audio
                            ? lts_audio_probe(file->sound, &info, &err)
                            : LTS_OK;
    file->seconds = info.seconds;
    if (current)
        record_outcome(file, LTS_DATASET_SKIPPED, &state);
    else if (status != LTS_OK && status != LTS_ERR_MEMORY)
        dataset_fail_file(file, err.text);
    pthread_mutex_lock(&p->lock);
    if (file->outcome != LTS_DATASET_WAITING)
        dataset_record_file(p->job, file);
    p->finished++;
    lts_progress(p->job->reporter, "sounds looked at", (double)p->finished,
                 (double)p->job->report->count, (double)p->finished / (lts_now() - p->start));
    pthread_mutex_unlock(&p->lock);
}

static void stop(pool *p, lts_status status, const lts_error *err)
{
    if (p->status == LTS_OK) {
        p->status = status;
        p->err = *err;
    }
}

/* What the worker has made gets its names, and only then counts as done. */
static void publish(pool *p, dataset_scratch *scratch)
{
    lts_error err = {0};
    lts_status status = dataset_publish(p->job, scratch, &err);
    pthread_mutex_lock(&p->lock);
    if (status != LTS_OK)
        stop(p, status, &err);
    for (size_t m = 0; status == LTS_OK && m < scratch->made_count; m++) {
        const dataset_made *made = &scratch->made[m];
        record_outcome(made->file, LTS_DATASET_DONE, &made->state);
        if (made->silent)
            lts_message(p->job->reporter, LTS_LEVEL_WARNING, "%s: silent from end to end",
                        made->file->sound);
        dataset_record_file(p->job, made->file);
    }
    pthread_mutex_unlock(&p->lock);
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
    pool *p = context;
    lts_dataset_file *file = p->item[item];
    dataset_scratch *scratch = &p->scratch[worker];
    const dataset_watcher watcher = {count_seconds, p};
    bool array_failed = false;
    lts_error err = {0};
    if (!may_begin(p, file))
        return;
    lts_status status =
        dataset_make_array(p->job, file, &p->plans, scratch, &watcher, &array_failed, &err);
    pthread_mutex_lock(&p->lock);
    if (array_failed || status == LTS_ERR_MEMORY) {
        stop(p, status, &err);
    } else if (status != LTS_OK && status != LTS_ERR_CANCELLED) {
        dataset_fail_file(file, err.text);
        dataset_record_file(p->job, file);
    }
    p->finished++;
    pthread_mutex_unlock(&p->lock);
    if (is_time_to_publish(scratch))
        publish(p, scratch);
}

/* The longest first, so that no worker is left with a long one at the end. */
static int by_length(const void *a, const void *b)
{
    const lts_dataset_file *x = *(lts_dataset_file *const *)a, *y = *(lts_dataset_file *const *)b;
    if (x->seconds != y->seconds)
        return x->seconds < y->seconds ? 1 : -1;
    return (x > y) - (x < y);
}

static void plan_work(pool *p)
{
    lts_dataset_report *report = p->job->report;
    for (size_t f = 0; f < report->count; f++)
        if (report->file[f].outcome == LTS_DATASET_WAITING) {
            p->item[p->count++] = &report->file[f];
            p->total += report->file[f].seconds;
        }
    qsort(p->item, p->count, sizeof *p->item, by_length);
    p->finished = 0;
    p->start = lts_now();
}

lts_status dataset_work(dataset_job *job, lts_error *err)
{
    pool p = {.job = job,
              .lock = PTHREAD_MUTEX_INITIALIZER,
              .plans = {.lock = PTHREAD_MUTEX_INITIALIZER},
              .start = lts_now()};
    unsigned jobs = job->options->jobs;
    lts_status status =
        lts_alloc_checked(&p.item, job->report->count, sizeof(void *), "the list of sounds", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&p.scratch, jobs, sizeof *p.scratch, "the workers", err);
    if (status != LTS_OK)
        goto done;
    for (unsigned w = 0; w < jobs; w++)
        if ((status = dataset_scratch_open(&p.scratch[w], 1 + MOST_WAITING / jobs, err)) != LTS_OK)
            goto done;
    lts_parallel_for(job->report->count, jobs, check_item, &p);
    plan_work(&p);
    lts_parallel_for(p.count, jobs, make_item, &p);
    for (unsigned w = 0; w < jobs; w++)
        publish(&p, &p.scratch[w]);
    if (p.status == LTS_ERR_CANCELLED)
        status =
            lts_fail(err, p.status,
                     "%s: interrupted: what is finished is whole; run again to go on", job->root);
    else if (p.status != LTS_OK)
        status = lts_fail(err, p.status, "%s", p.err.text);
done:
    for (unsigned w = 0; p.scratch && w < jobs; w++)
        dataset_scratch_free(&p.scratch[w]);
    dataset_plans_free(&p.plans);
    pthread_mutex_destroy(&p.lock);
    lts_free(p.scratch);
    lts_free(p.item);
    return status;
}
