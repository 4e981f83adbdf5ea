/* What the workers that make notes share, and what each of them keeps. */
#ifndef PIPELINE_DATASET_NOTES_NOTE_POOL_H
#define PIPELINE_DATASET_NOTES_NOTE_POOL_H

#include "pipeline/dataset/dataset_job.h"
#include "pipeline/notes/note_tables.h"

/* Warnings of one kind that are said one by one. */
enum { MOST_SAID = 10, RATES = 4 };

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

/* Opens what the notes of p->job need. `committed` is called for each note that is on disk, with p
 * and what note_shards_add was given. The pool must be closed after a failure as well. */
lts_status note_pool_open(note_pool *p, void (*committed)(void *user, void *tag), lts_error *err);
void note_pool_close(note_pool *p);

/* Whether the work is to end: an error, or the reporter was cancelled. */
bool note_pool_is_stopped(note_pool *p);
void note_pool_stop(note_pool *p, lts_status status, const lts_error *err);

/* Makes a text that changes when somebody writes to the file; false when the file is gone. */
bool note_take_stamp(const char *path, char stamp[NOTE_STAMP_TEXT]);

/* The example of a sound, in the worker's scratch, and its row but for its place. */
lts_status note_analyse_sound(note_pool *p, const lts_dataset_file *file, note_scratch *s,
                              note_row *row, lts_error *err);

#endif
