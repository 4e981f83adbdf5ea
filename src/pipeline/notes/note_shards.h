/* Notes on their way to disk: shards of up to 256, each an array notes-NUMBER-PART.npy (n,K,T) with
 * a table of its name, .csv, whose rows are those of the array. */
#ifndef PIPELINE_NOTES_NOTE_SHARDS_H
#define PIPELINE_NOTES_NOTE_SHARDS_H

#include "lts/features.h"
#include "lts/formats.h"
#include "lts/labels.h"

enum { NOTE_STAMP_TEXT = 64 };

/* A row of a table. */
typedef struct note_row {
    const char *file; /* below audio/ */
    lts_label label;
    lts_note_range range;
    char stamp[NOTE_STAMP_TEXT]; /* of the sound file: equal while nobody wrote to it */
    char hash[LTS_HASH_TEXT];    /* of its bytes */
} note_row;

/* The names of the columns, and a row. False: not written. */
bool note_write_names(FILE *stream);
bool note_write_row(FILE *stream, const note_row *row);

typedef struct note_shards_options {
    const char *folder;
    size_t rows, columns; /* of an example */
    size_t number, part;  /* of the first shard's name, and of every one's */
    /* Called for each note when its shard is on disk, with the tag that it was added with; one call
     * at a time. */
    void (*committed)(void *user, void *tag);
    void *user;
} note_shards_options;

/* Any number of threads may add. What is not flushed is lost, and nothing else. */
typedef struct note_shards note_shards;
lts_status note_shards_create(const note_shards_options *options, note_shards **out,
                              lts_error *err);
void note_shards_destroy(note_shards *shards); /* NULL is allowed */

/* Copies row and example. LTS_ERR_IO when they or a full shard cannot be written. */
lts_status note_shards_add(note_shards *shards, const note_row *row, const float *example,
                           void *tag, lts_error *err);
/* Commits what is left; not while others add. */
lts_status note_shards_flush(note_shards *shards, lts_error *err);

#endif
