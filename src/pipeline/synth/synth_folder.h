/* A folder that lts-synth random or complete wrote: sounds of one space and the classes of their
 * parameters. */
#ifndef PIPELINE_SYNTH_SYNTH_FOLDER_H
#define PIPELINE_SYNTH_SYNTH_FOLDER_H

#include "lts/formats.h"
#include "lts/synth.h"

#define SYNTH_SOUNDS     "samples.npy" /* (rows,N), or (rows,channels,N), to be mixed down */
#define SYNTH_CLASSES    "classes.npy" /* (rows,F) */
#define SYNTH_PARAMETERS "parameters.ini"

typedef struct synth_folder {
    lts_npy *array;
    int32_t *classes;     /* (rows,free) */
    size_t rows;          /* 1 or more */
    size_t samples, free; /* N, F */
    size_t channels;      /* of the array: 1 or more */
} synth_folder;

/* The arrays of a folder whose parameters.ini is `space`. LTS_ERR_SHAPE when they do not go with
 * each other or with the space; LTS_ERR_ARGUMENT names the first class that is none; else as
 * lts_npy_open. */
lts_status synth_folder_open(const char *path, const lts_synth_space *space, synth_folder *out,
                             lts_error *err);
void synth_folder_close(synth_folder *folder); /* a zeroed one is allowed */

/* Sound `row` to x (N) and its classes to labels (F). LTS_ERR_NONFINITE names a sample that is no
 * number; else as lts_npy_read. Safe for any number of threads at once. */
lts_status synth_folder_read(const synth_folder *folder, size_t row, float *x, int32_t *labels,
                             lts_error *err);

#endif
