/* The notes that are on disk already: the tables of all shards in a folder. */
#ifndef PIPELINE_NOTES_NOTE_TABLES_H
#define PIPELINE_NOTES_NOTE_TABLES_H

#include "formats/csv.h"
#include "pipeline/notes/note_names.h"
#include "pipeline/notes/note_shards.h"

typedef struct note_known {
    const char *file, *stamp, *hash;
    size_t shard, row;
    bool replaced; /* a later shard has its note */
    bool wanted;   /* a sound of this name is there */
} note_known;

typedef struct note_shard {
    char *name, *path; /* of the table */
    csv_table table;
    size_t replaced; /* of its notes */
} note_shard;

typedef struct note_tables {
    char *folder;
    size_t floats; /* of an example */
    note_shard *shard;
    size_t shards;
    note_known *known; /* by file; of several the one of the last shard comes last */
    size_t count;
    size_t number; /* beyond all shards' */
} note_tables;

/* With `read_through` every value is looked at. Shards that are damaged or unfinished are removed,
 * with a warning where notes are lost by it, which are to be made anew then. Close it after success
 * and failure alike. */
lts_status note_tables_open(const char *folder, size_t floats, bool read_through,
                            note_tables *tables, const lts_reporter *reporter, lts_error *err);
void note_tables_close(note_tables *tables);

/* The note of a sound; NULL: none. */
note_known *note_tables_find(const note_tables *tables, const char *file);

/* Writes the tables anew in which a label is no longer what `names` says. */
lts_status note_tables_relabel(note_tables *tables, const note_names *names, lts_error *err);

/* Moves what is left of shards with replaced notes to `to`, and removes them. */
lts_status note_tables_compact(note_tables *tables, const note_names *names, note_shards *to,
                               lts_error *err);

/* Removes every shard of the folder. LTS_ERR_IO names what cannot be. */
lts_status note_tables_clear(const char *folder, lts_error *err);

#endif
