#include "pipeline/dataset.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

/* What the workers share. */
typedef struct crew {
    dataset_job *job;
    lts_cqt *cqt;
    size_t *item; /* indices of the files to be made */
    size_t count, finished;
    pthread_mutex_t lock; /* of all below, and of the reporter */
    double total, done;   /* seconds of sound; total 0 when not known */
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
    double elapsed = lts_now() - c->start, files = (double)c->finished;
    if (c->total > 0)
        lts_progress(c->job->reporter, "seconds of sound", fmin(c->done, c->total), c->total,
                     elapsed > 0 ? c->done / elapsed : 0);
    else
        lts_progress(c->job->reporter, "sounds", files, (double)c->count,
                     elapsed > 0 ? files / elapsed : 0);
}

static bool is_stopped(crew *c)
{
    pthread_mutex_lock(&c->lock);
    if (c->status == LTS_OK && lts_cancelled(c->job->reporter))
        c->status = LTS_ERR_CANCELLED;
    bool stopped = c->status != LTS_OK;
    pthread_mutex_unlock(&c->lock);
    return stopped;
}

static bool count_seconds(void *user, double seconds)
{
    crew *c = user;
    pthread_mutex_lock(&c->lock);
    c->done += seconds;
    show_progress(c);
    pthread_mutex_unlock(&c->lock);
    return !is_stopped(c);
}

static void make_item(void *context, size_t item, unsigned worker)
{
    crew *c = context;
    lts_dataset_file *file = &c->job->report->file[c->item[item]];
    dataset_state state = {0};
    lts_error err = {0};
    bool silent = false, array_failed = false;
    (void)worker;
    if (is_stopped(c))
        return;
    lts_status status = dataset_make_array(c->job, c->cqt, file, &state, &silent, &array_failed,
                                           count_seconds, c, &err);
    pthread_mutex_lock(&c->lock);
    if (status == LTS_OK) {
        settle(file, LTS_DATASET_DONE, &state);
        if (silent)
            lts_message(c->job->reporter, LTS_LEVEL_WARNING, "%s: silent from end to end",
                        file->sound);
    } else if (array_failed || status == LTS_ERR_MEMORY) {
        c->err = c->status == LTS_OK ? err : c->err;
        c->status = c->status == LTS_OK ? status : c->status;
    } else if (status != LTS_ERR_CANCELLED) {
        fail_file(file, err.text);
    }
    if (file->outcome != LTS_DATASET_WAITING)
        record_file(c->job, file);
    c->finished++;
    show_progress(c);
    pthread_mutex_unlock(&c->lock);
}

static void check_item(void *context, size_t item, unsigned worker)
{
    crew *c = context;
    lts_dataset_file *file = &c->job->report->file[item];
    dataset_state state = {0};
    lts_audio_info info = {0};
    lts_error err = {0};
    (void)worker;
    if (file->outcome != LTS_DATASET_WAITING || is_stopped(c))
        return;
    if (!c->job->force && dataset_is_current(c->job, file, &state))
        settle(file, LTS_DATASET_SKIPPED, &state);
    else if (c->job->config->dataset.check_audio &&
             lts_audio_probe(file->sound, &info, &err) != LTS_OK)
        fail_file(file, err.text);
    else
        file->seconds = info.seconds;
    pthread_mutex_lock(&c->lock);
    if (file->outcome != LTS_DATASET_WAITING)
        record_file(c->job, file);
    lts_progress(c->job->reporter, "sounds looked at", (double)++c->finished, (double)c->count, 0);
    pthread_mutex_unlock(&c->lock);
}

/* Fills c->item with what is to be made; `longest` seconds. */
static void plan_work(crew *c, double *longest)
{
    const lts_dataset_report *report = c->job->report;
    *longest = 0;
    c->count = c->finished = 0;
    for (size_t f = 0; f < report->count; f++) {
        if (report->file[f].outcome != LTS_DATASET_WAITING)
            continue;
        c->item[c->count++] = f;
        c->total += report->file[f].seconds;
        *longest = fmax(*longest, report->file[f].seconds);
    }
}

static lts_status work(crew *c, lts_error *err)
{
    dataset_job *job = c->job;
    unsigned jobs = job->options->jobs;
    double longest;
    lts_status status =
        lts_alloc_checked(&c->item, job->report->count, sizeof *c->item, "the list of sounds", err);
    if (status != LTS_OK)
        return status;
    c->count = job->report->count;
    lts_parallel_for(job->report->count, jobs, check_item, c);
    plan_work(c, &longest);
    if (c->status == LTS_OK && c->count > 0) {
        status = lts_cqt_create(&job->cqt, (size_t)(longest * job->cqt.sample_rate), &c->cqt, err);
        c->start = lts_now();
        if (status == LTS_OK)
            lts_parallel_for(c->count, jobs, make_item, c);
    }
    lts_cqt_destroy(c->cqt);
    lts_free(c->item);
    if (status == LTS_OK && c->status == LTS_ERR_CANCELLED)
        return lts_fail(err, c->status,
                        "%s: interrupted: what is finished is whole; run again to go on",
                        job->root);
    if (status == LTS_OK && c->status != LTS_OK)
        return lts_fail(err, c->status, "%s", c->err.text);
    return status;
}

static void sum_up(dataset_job *job, double start)
{
    lts_dataset_report *report = job->report;
    for (size_t f = 0; f < report->count; f++) {
        const lts_dataset_file *file = &report->file[f];
        report->done += file->outcome == LTS_DATASET_DONE;
        report->skipped += file->outcome == LTS_DATASET_SKIPPED;
        report->failed += file->outcome == LTS_DATASET_FAILED;
        if (file->outcome == LTS_DATASET_DONE)
            report->seconds += file->seconds;
    }
    report->elapsed = lts_now() - start;
    const lts_field fields[] = {
        {"done", NULL, (double)report->done},     {"skipped", NULL, (double)report->skipped},
        {"failed", NULL, (double)report->failed}, {"seconds", NULL, report->seconds},
        {"elapsed", NULL, report->elapsed},       {"folder", job->arrays, 0}};
    lts_record(job->reporter, "dataset", fields, sizeof fields / sizeof *fields);
}

static lts_status open_job(dataset_job *job, lts_config *config, lts_error *err)
{
    const lts_dataset_options *options = job->options;
    const char *folder = options->folder ? options->folder : config->dataset.datapath;
    if (options->shard < 1 || options->shard > options->shards)
        return lts_fail(err, LTS_ERR_ARGUMENT, "shard %zu of %zu: must be 1 to %zu", options->shard,
                        options->shards, options->shards);
    if (!folder[0])
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "no data set: name its folder, or set [dataset] datapath");
    job->force = options->force || config->dataset.overwrite_cqt;
    job->root = lts_strdup(folder);
    job->audio = lts_path_join(folder, "audio");
    job->arrays = lts_path_join(folder, config->dataset.cqt_dataset);
    job->states = job->arrays ? lts_path_join(job->arrays, ".lts") : NULL;
    if (!job->root || !job->audio || !job->states)
        return lts_fail(err, LTS_ERR_MEMORY, "%s: out of memory", folder);
    lts_status status = lts_config_cqt(config, &job->cqt, err);
    if (status != LTS_OK)
        return status;
    dataset_describe(&job->cqt, job->settings);
    return lts_config_set(config, "dataset.datapath", job->root, err);
}

static lts_status save_total(lts_config *config, const dataset_job *job, const lts_paths *names,
                             lts_error *err)
{
    char *path = lts_path_join(job->arrays, "config.ini");
    lts_status status = path ? lts_config_set_number(config, "dataset.total_frames",
                                                     (double)dataset_frames(job, names), err)
                             : lts_fail(err, LTS_ERR_MEMORY, "%s: out of memory", job->arrays);
    if (status == LTS_OK)
        status = lts_config_save(config, path, err);
    lts_free(path);
    return status;
}

lts_status lts_dataset_make(lts_config *config, const lts_dataset_options *options,
                            lts_dataset_report *report, const lts_reporter *reporter,
                            lts_error *err)
{
    dataset_job job = {
        .config = config, .options = options, .report = report, .reporter = reporter};
    crew c = {.job = &job, .lock = PTHREAD_MUTEX_INITIALIZER};
    lts_paths names = {0};
    double start = lts_now();
    memset(report, 0, sizeof *report);
    lts_status status = open_job(&job, config, err);
    if (status == LTS_OK)
        status = dataset_list(&job, &names, err);
    if (status == LTS_OK)
        status = dataset_open_folder(&job, err);
    if (status == LTS_OK) {
        dataset_tidy(&job, &names);
        status = work(&c, err);
        sum_up(&job, start);
    }
    if (status == LTS_OK)
        status = save_total(config, &job, &names, err);
    lts_paths_free(&names);
    lts_free(job.root);
    lts_free(job.audio);
    lts_free(job.arrays);
    lts_free(job.states);
    return status;
}

void lts_dataset_report_free(lts_dataset_report *report)
{
    for (size_t f = 0; f < report->count; f++) {
        lts_free(report->file[f].name);
        lts_free(report->file[f].sound);
        lts_free(report->file[f].reason);
    }
    lts_free(report->file);
    memset(report, 0, sizeof *report);
}
