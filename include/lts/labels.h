/* Labels: what the notes of a data set are - a group, a descriptor such as Bright, its magnitude
 * and a pitch - as names of files or tables tell it, and the notes found by them (after the
 * Semantic Timbre Dataset, Cameron 2024). */
#ifndef LTS_LABELS_H
#define LTS_LABELS_H

#include "lts/base.h"

LTS_BEGIN_DECLS

/* --- Pitches --------------------------------------------------------------------------------- */

/* A pitch as a key, 0 .. 127, of which 69 is A4 and each a semitone: "A4", "Bb3", "F#5"; "1-5", the
 * string and the fret of a guitar, 1-0 being E4 and 6-0 E2, frets up to 36; or the number itself.
 * False for anything else. */
bool lts_label_parse_key(const char *text, int *key);

enum { LTS_KEY_TEXT = 8 };
/* The key's name, "A#4"; and where it lies on the first string, "1-6", "" below E4. 0 <= key <=
 * 127. */
void lts_label_key_text(int key, char text[LTS_KEY_TEXT]);
void lts_label_fret_text(int key, char text[LTS_KEY_TEXT]);

/* --- Names ----------------------------------------------------------------------------------- */

enum { LTS_LABEL_TEXT = 64 };
typedef struct lts_label {
    char group[LTS_LABEL_TEXT];      /* "" where nothing says it */
    char descriptor[LTS_LABEL_TEXT]; /* "" where nothing says it */
    double magnitude;                /* >= 0; NaN where nothing says it */
    int key;                         /* of the pitch; -1 where nothing says it */
} lts_label;

/* The trees of the data set, and the flat names of its spectrograms. */
#define LTS_LABEL_TREE "{group}/{descriptor}/{magnitude}/{pitch}"
#define LTS_LABEL_FLAT "{descriptor}X{magnitude}X{pitch}"

/* A pattern is text with {group}, {descriptor}, {magnitude} and {pitch} in it, each once at most
 * and one at least, and {*} for anything; none of these takes a slash, and something stands between
 * two of them. LTS_ERR_ARGUMENT says what is wrong with it. */
lts_status lts_label_check_pattern(const char *pattern, lts_error *err);

/* What the pattern makes of a path without its extension: of its end, as many folders as the
 * pattern has. False when it does not match: a magnitude must be a number from 0, a pitch one of
 * lts_label_parse_key's. *label is set either way. */
bool lts_label_parse(const char *pattern, const char *path, lts_label *label);

/* --- Tables ---------------------------------------------------------------------------------- */

/* One note of a data set; texts live as long as the table. */
typedef struct lts_note {
    const char *file; /* the sound's path below audio/, or the array's name; differs from others' */
    const char *group, *descriptor; /* "" where not known */
    size_t descriptor_index;        /* in lts_labels_descriptor; SIZE_MAX where not known */
    double magnitude;               /* NaN where not known */
    int key;                        /* -1 where not known */
    float min, max;                 /* dB, what its example was scaled by; NaN where not known */
    const char *array;              /* file in the folder of arrays, without .npy; NULL: none */
    size_t row;                     /* of it */
    const char *hash;               /* of the sound's bytes; "" where not known */
} lts_note;

/* Notes sorted by `file`, constant once opened: any number of threads may read it. */
typedef struct lts_labels lts_labels;

/* The notes of a folder of arrays whose examples have so many floats: those of its tables (*.csv
 * beside an array of their name), and every other array (*.npy) of one note, or of a note a row.
 * These are labelled by their names as LTS_LABEL_FLAT says, and min and max come from
 * minmax/min_max_values.pkl beside the folder, as the original left it. LTS_ERR_NOT_FOUND when
 * there is no folder or no note in it; LTS_ERR_SHAPE names an array of another size;
 * LTS_ERR_FORMAT file and line of a table that is wrong. */
lts_status lts_labels_open(const char *folder, size_t floats, lts_labels **out, lts_error *err);
void lts_labels_close(lts_labels *labels); /* NULL is allowed */

size_t lts_labels_count(const lts_labels *labels);
const lts_note *lts_labels_at(const lts_labels *labels, size_t index); /* index < count */

/* The descriptors that there are, in order of their names; NULL past the last. */
const char *lts_labels_descriptor(const lts_labels *labels, size_t index);

/* The descriptor of that name, in any case. LTS_ERR_NOT_FOUND gives the nearest name and all that
 * there are. */
lts_status lts_labels_find_descriptor(const lts_labels *labels, const char *name, size_t *index,
                                      lts_error *err);

/* The note of these labels, the first of several. A note of magnitude 0 is that of every
 * descriptor. LTS_ERR_NOT_FOUND says which label has no note, and what there is instead. */
lts_status lts_labels_find(const lts_labels *labels, const char *descriptor, double magnitude,
                           int key, size_t *index, lts_error *err);

/* The note of a file: `file` of lts_note, with its extension or without. False: none. */
bool lts_labels_find_file(const lts_labels *labels, const char *file, size_t *index);

LTS_END_DECLS

#endif
