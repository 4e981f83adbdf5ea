/* The data set's notes: each sound's beginning, as one example of a shard. */
#include "pipeline/dataset/notes/note_pool.h"

#include <string.h>

static void show_progress(note_pool *p, const char *what, size_t total)
{
    p->finished++;
    lts_progress(p->job->reporter, what, (double)p->finished, (double)total,
                 (double)p->finished / (lts_now() - p->start));
}

static void check_note(void *context, size_t item, unsigned worker)
{
    note_pool *p = context;
    lts_dataset_file *file = &p->job->report->file[item];
    note_known *known = note_tables_find(&p->tables, file->name);
    char stamp[NOTE_STAMP_TEXT], hash[LTS_HASH_TEXT];
    (void)worker;
    if (file->outcome != LTS_DATASET_WAITING || note_pool_is_stopped(p))
        return;
    const bool current =
        known && !p->job->force &&
        ((note_take_stamp(file->sound, stamp) && strcmp(stamp, known->stamp) == 0) ||
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

static void make_note(void *context, size_t item, unsigned worker)
{
    note_pool *p = context;
    lts_dataset_file *file = &p->job->report->file[item];
    note_scratch *s = &p->scratch[worker];
    lts_error err = {0};
    note_row row = {0};
    if (file->outcome != LTS_DATASET_WAITING || note_pool_is_stopped(p))
        return;
    lts_status status = note_analyse_sound(p, file, s, &row, &err);
    if (status == LTS_OK) {
        status = note_shards_add(p->shards, &row, s->example, file, &err);
        if (status != LTS_OK)
            note_pool_stop(p, status, &err);
    } else if (status == LTS_ERR_MEMORY) {
        note_pool_stop(p, status, &err);
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
    lts_status status = note_pool_open(&p, finish_note, err);
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
        note_pool_stop(&p, status, &last);
    say_tallies(&p);
    job->examples = count_examples(&p);
    status = p.status;
    if (status == LTS_ERR_CANCELLED)
        lts_fail(err, status, "%s: interrupted: what is finished is whole; run again to go on",
                 job->root);
    else if (status != LTS_OK)
        lts_fail(err, status, "%s", p.err.text);
done:
    note_pool_close(&p);
    return status;
}
