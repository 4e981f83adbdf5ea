/* What an opened data set is made of: frames_list.c finds its files, or frames_notes.c its notes,
 * frames.c opens it, frames_read.c splits and reads it. */
#ifndef PIPELINE_DATASET_FRAMES_INDEX_H
#define PIPELINE_DATASET_FRAMES_INDEX_H

#include "lts/frames.h"
#include "lts/labels.h"

#include <stdatomic.h>

/* One part's files, and the part's frame at which each begins. */
typedef struct part_index {
    size_t *file;
    uint64_t *start; /* count + 1 values: the last is the number of frames */
    size_t count;
} part_index;

/* A whole array, or one note of it. */
typedef struct frame_file {
    const char *name;   /* in lts_frames.name, or the labels' */
    const lts_npy *npy; /* in lts_frames.array */
    size_t first, rows; /* examples */
    bool held_out;
} frame_file;

struct lts_frames {
    char *folder;
    frame_file *file;
    size_t count, bins;
    lts_npy **array; /* (arrays) */
    char **name;     /* (arrays) of their files; NULL in a set of notes */
    size_t arrays;
    lts_labels *labels; /* of a set of notes, else NULL */
    bool magnitudes;    /* values below 0 are wrong */
    part_index part[2];
    atomic_size_t
        *since_release; /* rows read; NULL for a small data set, which is never released */
    char fingerprint[LTS_HASH_TEXT];
};

/* What the mappings of a data set may take, bytes, and of it, at most, one row beside its own size:
 * Linux maps 16 pages at a fault. */
enum { FRAMES_MAPPED = 256 << 20, FRAMES_FAULT = 64 << 10 };

/* Lists the .npy files of frames->folder, sorted by name. */
lts_status frames_list(lts_frames *frames, lts_error *err);
/* Opens what was listed; files without rows drop out. */
lts_status frames_open_files(lts_frames *frames, const lts_feature *feature, lts_error *err);

/* Finds and opens the notes of frames->folder, each a file of one row. */
lts_status frames_open_notes(lts_frames *frames, lts_error *err);
/* What the data set's fingerprint says of them: their names, levels and sounds. */
lts_status frames_hash_notes(lts_frames *frames, lts_error *err);

/* Rows of a file to `rows`, as they are. */
lts_status frames_copy(const lts_frames *frames, size_t file, size_t first, size_t count,
                       float *rows, lts_error *err);

/* Fills `part` from the files' held_out; its arrays have room for all files. */
void frames_index_parts(lts_frames *frames);

#endif
