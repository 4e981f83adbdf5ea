/* The data set's notes: each sound's beginning, as one example of a shard. */
#include "pipeline/dataset/dataset_job.h"
#include "pipeline/notes/note_tables.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

/* Warnings of one kind that are said one by one. */
enum { MOST_SAID = 10, RATES = 4 };
static const float silence = 1e-6f;

/* What one worker keeps from note to note. */
typedef struct note_scratch {
    transform_work *work;
    float *x, *example; /* (samples), (rows, columns) */
} note_scratch;

/* A rate that sounds had. */
typedef struct rate_tally {
    double rate;
    size_t count;
    const char *first;
} rate_tally;

typedef struct note_pool {
    dataset_job *job;
    note_names names;
    note_tables tables;
    note_shards *shards;
    transform *plan;
    note_scratch *scratch; /* one a worker */
    size_t samples;        /* of a note */
    pthread_mutex_t lock;  /* of all below, and of the reporter */
    size_t finished, todo, shorter;
    rate_tally rate[RATES];
    double start;
    lts_status status; /* what stopped the work */
    lts_error err;
} note_pool;

/* Equal while nobody wrote to the file. */
static bool take_stamp(const char *path, char stamp[NOTE_STAMP_TEXT])
{
    struct stat info;
    if (stat(path, &info) != 0)
        return false;
#ifdef __APPLE__
    const long nanoseconds = info.st_mtimespec.tv_nsec;
#else
    const long nanoseconds = info.st_mtim.tv_nsec;
#endif
    snprintf(stamp, NOTE_STAMP_TEXT, "%lld-%lld.%09ld", (long long)info.st_size,
             (long long)info.st_mtime, nanoseconds);
    return true;
}

static bool is_stopped(note_pool *p)
{
    pthread_mutex_lock(&p->lock);
    if (p->status == LTS_OK && lts_cancelled(p->job->reporter))
        p->status = LTS_ERR_CANCELLED;
    const bool stopped = p->status != LTS_OK;
    pthread_mutex_unlock(&p->lock);
    return stopped;
}

static void stop(note_pool *p, lts_status status, const lts_error *err)
{
    pthread_mutex_lock(&p->lock);
    if (p->status == LTS_OK || p->status == LTS_ERR_CANCELLED) {
        p->status = status;
        p->err = *err;
    }
    pthread_mutex_unlock(&p->lock);
}

static void show_progress(note_pool *p, const char *what, size_t total)
{
    p->finished++;
    lts_progress(p->job->reporter, what, (double)p->finished, (double)total,
                 (double)p->finished / (lts_now() - p->start));
}

/* --- What is there --------------------------------------------------------------------------- */

static void check_note(void *context, size_t item, unsigned worker)
{
    note_pool *p = context;
    lts_dataset_file *file = &p->job->report->file[item];
    note_known *known = note_tables_find(&p->tables, file->name);
    char stamp[NOTE_STAMP_TEXT], hash[LTS_HASH_TEXT];
    (void)worker;
    if (file->outcome != LTS_DATASET_WAITING || is_stopped(p))
        return;
    const bool current =
        known && !p->job->force &&
        ((take_stamp(file->sound, stamp) && strcmp(stamp, known->stamp) == 0) ||
         (lts_hash_file(file->sound, hash, NULL) == LTS_OK && strcmp(hash, known->hash) == 0));
    pthread_mutex_lock(&p->lock);
    if (current) {
        file->outcome = LTS_DATASET_SKIPPED;
        file->frames = 1;
        dataset_record_file(p->job, file);
    } else {
        p->todo++;
    }
    show_progress(p, "notes looked at", p->job->report->count);
    pthread_mutex_unlock(&p->lock);
}

/* --- A note ---------------------------------------------------------------------------------- */

static lts_status read_note(const note_pool *p, const char *sound, float *x, size_t *n,
                            lts_error *err)
{
    const lts_note_config *note = &p->job->feature.note;
    lts_audio_reader *reader;
    lts_status status =
        lts_audio_reader_open(sound, note->sample_rate, 0, note->duration, &reader, err);
    if (status != LTS_OK)
        return status;
    status = lts_audio_reader_read(reader, x, p->samples, n, err);
    lts_audio_reader_close(reader);
    if (status != LTS_OK)
        return status;
    if (*n == 0)
        return lts_fail(err, LTS_ERR_FORMAT, "%s: too short to be resampled to %g Hz", sound,
                        note->sample_rate);
    return LTS_OK;
}

static lts_status make_row(const note_pool *p, const lts_dataset_file *file, note_scratch *s,
                           size_t n, note_row *row, lts_error *err)
{
    row->file = file->name;
    transform_analyse_note(s->work, s->x, n, s->example, &row->range);
    if (!isfinite(row->range.max) || !isfinite(row->range.min))
        return lts_fail(err, LTS_ERR_NONFINITE,
                        "%s: its levels are no finite numbers: the sound is too loud: scale it to "
                        "-1 .. 1",
                        file->sound);
    note_names_find(&p->names, file->name, &row->label);
    if (!take_stamp(file->sound, row->stamp))
        return lts_fail(err, LTS_ERR_IO, "%s: it is gone", file->sound);
    return lts_hash_file(file->sound, row->hash, err);
}

/* With the lock held. */
static void count_rate(note_pool *p, double rate, const char *sound)
{
    size_t r = 0;
    while (r < RATES && p->rate[r].count > 0 && p->rate[r].rate != rate)
        r++;
    if (r == RATES)
        return;
    if (p->rate[r].count++ == 0)
        p->rate[r] = (rate_tally){rate, 1, sound};
}

static bool is_silent(const float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (fabsf(x[i]) >= silence)
            return false;
    return true;
}

static void remark(note_pool *p, const lts_dataset_file *file, const lts_audio_info *info,
                   const note_scratch *s, size_t n)
{
    const lts_note_config *note = &p->job->feature.note;
    pthread_mutex_lock(&p->lock);
    count_rate(p, info->sample_rate, file->sound);
    if (n < p->samples && p->shorter++ < MOST_SAID)
        lts_message(p->job->reporter, LTS_LEVEL_WARNING,
                    "%s: %.3g s long: filled up with silence to %g s", file->sound,
                    (double)n / note->sample_rate, note->duration);
    if (is_silent(s->x, n))
        lts_message(p->job->reporter, LTS_LEVEL_WARNING, "%s: silent from end to end", file->sound);
    pthread_mutex_unlock(&p->lock);
}

/* The example of a sound, and its row but for its place. */
static lts_status analyse(note_pool *p, const lts_dataset_file *file, note_scratch *s,
                          note_row *row, lts_error *err)
{
    lts_audio_info info = {0};
    size_t n = 0;
    lts_status status = lts_audio_probe(file->sound, &info, err);
    if (status != LTS_OK)
        return status;
    if ((status = read_note(p, file->sound, s->x, &n, err)) != LTS_OK)
        return status;
    if ((status = make_row(p, file, s, n, row, err)) != LTS_OK)
        return status;
    remark(p, file, &info, s, n);
    return LTS_OK;
}

static void make_note(void *context, size_t item, unsigned worker)
{
    note_pool *p = context;
    lts_dataset_file *file = &p->job->report->file[item];
    note_scratch *s = &p->scratch[worker];
    lts_error err = {0};
    note_row row = {0};
    if (file->outcome != LTS_DATASET_WAITING || is_stopped(p))
        return;
    lts_status status = analyse(p, file, s, &row, &err);
    if (status == LTS_OK) {
        status = note_shards_add(p->shards, &row, s->example, file, &err);
        if (status != LTS_OK)
            stop(p, status, &err);
    } else if (status == LTS_ERR_MEMORY) {
        stop(p, status, &err);
    } else {
        dataset_fail_file(file, err.text);
    }
    pthread_mutex_lock(&p->lock);
    if (file->outcome == LTS_DATASET_FAILED)
        dataset_record_file(p->job, file);
    show_progress(p, "notes", p->todo);
    pthread_mutex_unlock(&p->lock);
}

/* The note is on disk; what it was before is out of date. */
static void finish_note(void *user, void *tag)
{
    note_pool *p = user;
    lts_dataset_file *file = tag;
    if (!file) /* moved from another shard */
        return;
    note_known *known = note_tables_find(&p->tables, file->name);
    pthread_mutex_lock(&p->lock);
    file->outcome = LTS_DATASET_DONE;
    file->frames = 1;
    file->seconds = p->job->feature.note.duration;
    if (known)
        known->replaced = true;
    dataset_record_file(p->job, file);
    pthread_mutex_unlock(&p->lock);
}

/* --- The job --------------------------------------------------------------------------------- */

static void say_tallies(const note_pool *p)
{
    const lts_reporter *reporter = p->job->reporter;
    const double rate = p->job->feature.note.sample_rate;
    if (p->shorter > MOST_SAID)
        lts_message(reporter, LTS_LEVEL_WARNING, "%s: %zu more sounds are shorter than a note",
                    p->job->audio, p->shorter - MOST_SAID);
    if (p->rate[1].count > 0)
        lts_message(reporter, LTS_LEVEL_WARNING,
                    "%s: sounds of several rates: %g Hz such as %s, %g Hz such as %s%s: all are "
                    "resampled to %g Hz",
                    p->job->audio, p->rate[0].rate, p->rate[0].first, p->rate[1].rate,
                    p->rate[1].first, p->rate[2].count > 0 ? " and others" : "", rate);
}

static lts_status open_pool(note_pool *p, lts_error *err)
{
    dataset_job *job = p->job;
    const lts_feature *feature = &job->feature;
    const size_t floats = lts_feature_floats(feature);
    char *stale = lts_path_join(job->arrays, "notes");
    if (!stale)
        return lts_no_memory(job->arrays, err);
    lts_remove_stale_temporaries(stale);
    lts_free(stale);
    lts_status status = note_names_open(job->root, job->config->labels.pattern, &p->names, err);
    if (status != LTS_OK)
        return status;
    status = note_tables_open(job->arrays, floats, job->config->dataset.check_dataset, &p->tables,
                              job->reporter, err);
    if (status != LTS_OK)
        return status;
    status = note_tables_relabel(&p->tables, &p->names, err);
    if (status != LTS_OK)
        return status;
    const note_shards_options options = {.folder = job->arrays,
                                         .rows = lts_feature_rows(feature),
                                         .columns = lts_feature_columns(feature),
                                         .number = p->tables.number,
                                         .part = job->options->shard,
                                         .committed = finish_note,
                                         .user = p};
    status = note_shards_create(&options, &p->shards, err);
    if (status != LTS_OK)
        return status;
    p->samples = lts_feature_hop(feature);
    status = transform_create(feature, p->samples, &p->plan, err);
    if (status != LTS_OK)
        return status;
    status =
        lts_alloc_checked(&p->scratch, job->options->jobs, sizeof *p->scratch, "the workers", err);
    if (status != LTS_OK)
        return status;
    for (unsigned w = 0; w < job->options->jobs; w++) {
        note_scratch *s = &p->scratch[w];
        if ((status = transform_work_create(p->plan, &s->work, err)) != LTS_OK)
            return status;
        status = lts_alloc_checked(&s->x, p->samples, sizeof *s->x, "a note", err);
        if (status != LTS_OK)
            return status;
        status = lts_alloc_checked(&s->example, floats, sizeof *s->example, "a note", err);
        if (status != LTS_OK)
            return status;
    }
    return LTS_OK;
}

static void close_pool(note_pool *p)
{
    for (unsigned w = 0; p->scratch && w < p->job->options->jobs; w++) {
        transform_work_destroy(p->scratch[w].work);
        lts_free(p->scratch[w].x);
        lts_free(p->scratch[w].example);
    }
    lts_free(p->scratch);
    transform_destroy(p->plan);
    note_shards_destroy(p->shards);
    note_tables_close(&p->tables);
    note_names_close(&p->names);
    pthread_mutex_destroy(&p->lock);
}

/* Notes that are there but whose sounds are not; those of sounds are marked. */
static void warn_gone(note_pool *p, const lts_paths *names)
{
    const char *first = NULL;
    size_t gone = 0;
    for (size_t n = 0; n < names->count; n++) {
        note_known *known = note_tables_find(&p->tables, names->item[n]);
        if (known)
            known->wanted = true;
    }
    for (size_t k = 0; k < p->tables.count; k++) {
        const note_known *known = &p->tables.known[k];
        if (known->wanted || known->replaced)
            continue;
        first = first ? first : known->file;
        gone++;
    }
    if (gone > 0)
        lts_message(p->job->reporter, LTS_LEVEL_WARNING,
                    "%s/%s%s: no such sound is left, but training would still use its note: put it "
                    "back, or make all anew with --force",
                    p->job->audio, first, gone > 1 ? " and others" : "");
}

static uint64_t count_examples(const note_pool *p)
{
    uint64_t examples = 0;
    for (size_t k = 0; k < p->tables.count; k++)
        examples += !p->tables.known[k].replaced;
    for (size_t f = 0; f < p->job->report->count; f++)
        examples += p->job->report->file[f].outcome == LTS_DATASET_DONE;
    return examples;
}

lts_status dataset_notes(dataset_job *job, const lts_paths *names, lts_error *err)
{
    note_pool p = {.job = job, .lock = PTHREAD_MUTEX_INITIALIZER, .start = lts_now()};
    const size_t count = job->report->count;
    lts_status status = open_pool(&p, err);
    if (status != LTS_OK)
        goto done;
    warn_gone(&p, names);
    status = dataset_check_labels(job, &p.names, names, err);
    if (status != LTS_OK)
        goto done;
    lts_parallel_for(count, job->options->jobs, check_note, &p);
    p.finished = 0;
    p.start = lts_now();
    lts_parallel_for(count, job->options->jobs, make_note, &p);
    lts_error last = {0};
    status = note_shards_flush(p.shards, &last);
    if (status == LTS_OK && p.status == LTS_OK && job->options->shards == 1)
        status = note_tables_compact(&p.tables, &p.names, p.shards, &last);
    if (status != LTS_OK)
        stop(&p, status, &last);
    say_tallies(&p);
    job->examples = count_examples(&p);
    status = p.status;
    if (status == LTS_ERR_CANCELLED)
        lts_fail(err, status, "%s: interrupted: what is finished is whole; run again to go on",
                 job->root);
    else if (status != LTS_OK)
        lts_fail(err, status, "%s", p.err.text);
done:
    close_pool(&p);
    return status;
}
