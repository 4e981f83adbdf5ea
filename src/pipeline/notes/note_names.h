/* What the names of sounds, or a table beside them, say of their labels. */
#ifndef PIPELINE_NOTES_NOTE_NAMES_H
#define PIPELINE_NOTES_NOTE_NAMES_H

#include "lts/labels.h"

#define NOTE_TABLE "labels.csv" /* in the data set's folder */

typedef struct note_names {
    lts_labels *table; /* NULL: none */
    char *pattern;
} note_names;

/* LTS_ERR_ARGUMENT for a pattern that is none; LTS_ERR_FORMAT names file and line of a table. */
lts_status note_names_open(const char *root, const char *pattern, note_names *names,
                           lts_error *err);
void note_names_close(note_names *names);

/* The label of a sound, `file` below audio/, by the table, the pattern or LTS_LABEL_FLAT, whichever
 * first knows it. False: none does, and *label is empty. */
bool note_names_find(const note_names *names, const char *file, lts_label *label);

#endif
