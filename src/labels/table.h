/* A table of notes while it is made: table.c holds it, open.c reads it, find.c looks notes up. */
#ifndef LABELS_TABLE_H
#define LABELS_TABLE_H

#include "lts/labels.h"

typedef struct text_block text_block;

struct lts_labels {
    lts_note *note;
    size_t count, room;
    text_block *texts;
    const char **descriptor;
    size_t descriptors;
    size_t *order; /* (count) notes by descriptor, magnitude, key and file */
    size_t *clean; /* (cleans) those of magnitude 0, by key and file */
    size_t cleans;
};

lts_status labels_create(lts_labels **out, lts_error *err);
/* Copies the note and its texts. */
lts_status labels_add(lts_labels *labels, const lts_note *note, lts_error *err);
/* Of several notes of one file the one of the last array stays, so that a new array goes before
 * what it replaces; then the table is ready for use. */
lts_status labels_finish(lts_labels *labels, lts_error *err);

/* The place in labels->order of the first note of a descriptor that is not before this magnitude
 * and key. */
size_t labels_lower_bound(const lts_labels *labels, size_t descriptor, double magnitude, int key);

/* Adds the notes of a table, whose rows are those of `array`, which may be NULL. */
lts_status labels_read_table(lts_labels *labels, const char *path, const char *array,
                             lts_error *err);

/* What nothing says. */
lts_note labels_unknown(const char *file);

#endif
