/* Dataset: a folder of sounds to a folder of constant-Q magnitudes, or of other features.
 *
 * DATASET/audio/(any depth)/NAME.EXT -> DATASET/npy/NAME.npy, (T,K) linear magnitude, and
 * DATASET/npy/config.ini, the settings they were made with. What made each array (the sound's hash,
 * the settings, the shape) is kept beside it in DATASET/npy/.lts/NAME.ini, one file an array, so
 * that several processes may work on one folder.
 *
 * Of notes (lts_feature_is_note) up to 256 lie in one array, DATASET/npy/notes-NUMBER-PART.npy
 * (n,K,T), and a table of its name, .csv, has a row for each: file, group, descriptor, magnitude,
 * pitch, min, max, and what tells that the sound is still the same. lts/labels.h reads them. */
#ifndef LTS_DATASET_H
#define LTS_DATASET_H

#include "lts/base.h"
#include "lts/config.h"

LTS_BEGIN_DECLS

typedef struct lts_dataset_options {
    const char *folder;   /* DATASET; NULL: [dataset] datapath */
    unsigned jobs;        /* sounds worked on at once, >= 1 */
    size_t shard, shards; /* this process takes every shards-th sound; 1 <= shard <= shards */
    bool force;           /* compute all, and replace arrays of other settings */
    const char *only;     /* the sound of this NAME alone; NULL: all */
} lts_dataset_options;

typedef enum lts_dataset_outcome {
    LTS_DATASET_WAITING, /* not come to, as the work was interrupted */
    LTS_DATASET_DONE,
    LTS_DATASET_SKIPPED, /* up to date */
    LTS_DATASET_FAILED
} lts_dataset_outcome;

typedef struct lts_dataset_file {
    char *name;   /* NAME, of the array; of a note, the sound's path below audio/ */
    char *sound;  /* path of the sound */
    char *reason; /* why it failed; NULL when it did not */
    lts_dataset_outcome outcome;
    uint64_t frames; /* T */
    double seconds;  /* of sound; 0 when it failed */
} lts_dataset_file;

typedef struct lts_dataset_report {
    lts_dataset_file *file; /* of this shard, in order of their paths */
    size_t count, done, skipped, failed;
    double seconds;    /* of sound in what was done */
    double elapsed;    /* s */
    size_t unreadable; /* files of all shards that are sound, of kinds this build cannot read */
    char *unreadable_kinds; /* "3 .m4a, 1 .wma"; NULL when there are none */
} lts_dataset_report;

/* Makes what is not up to date. An array is up to date when the sound's contents, the settings and
 * the array's shape are those it was made with. Sounds shorter than the longest filter are padded;
 * silent ones are made, with a warning. A sound that cannot be read, or is cut short or damaged,
 * fails alone and gets no array: the others go on, and LTS_OK is returned with report->failed above
 * 0. Files of a kind that this build does not read are passed over with one warning, and counted.
 *
 * Errors of the whole: LTS_ERR_NOT_FOUND when there are no sounds, with what was looked for;
 * LTS_ERR_ARGUMENT for labels.pattern that is none, and for force with several shards of notes;
 * LTS_ERR_FORMAT for a labels.csv that is wrong; LTS_ERR_EXISTS when two sounds have one NAME, or
 * when the arrays that are there were made with other settings and neither force nor [dataset]
 * overwrite_cqt is set; LTS_ERR_IO when an array cannot be written; LTS_ERR_CANCELLED. Arrays are
 * whole or not there, whatever happens.
 *
 * [dataset] datapath and total_frames of `config` are set. Each sound is reported as a "sound"
 * record when it is finished. The report holds what was reached also after an error; free it with
 * lts_dataset_report_free. */
lts_status lts_dataset_make(lts_config *config, const lts_dataset_options *options,
                            lts_dataset_report *report, const lts_reporter *reporter,
                            lts_error *err);
void lts_dataset_report_free(lts_dataset_report *report); /* a zeroed one is allowed */

LTS_END_DECLS

#endif
