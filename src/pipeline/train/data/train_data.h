/* What a training learns from: examples, with the classes of each where there are any, in a part to
 * train on and a part held out. A kind of data is a table of functions. */
#ifndef PIPELINE_TRAIN_DATA_TRAIN_DATA_H
#define PIPELINE_TRAIN_DATA_TRAIN_DATA_H

#include "lts/frames.h"

/* Which examples: first .. first+count-1 of a part in the order of `order`, or, when it is NULL, in
 * their own. Data that never repeats has others in every epoch. */
typedef struct train_rows {
    lts_frames_part part;
    uint64_t epoch; /* 0 is the first */
    const lts_permutation *order;
    uint64_t first;
    size_t count;
} train_rows;

typedef struct train_data_kind {
    const char *unit;                                       /* "frames" */
    uint64_t (*count)(const void *own, lts_frames_part of); /* examples of an epoch */
    /* x (count,inputs), and labels (count,label_count) where there are any. */
    lts_status (*gather)(void *own, const train_rows *rows, float *x, int32_t *labels,
                         lts_error *err);
    /* Equal for equal data, so that a run is not resumed with other. */
    const char *(*fingerprint)(const void *own);
    lts_status (*check)(const void *own, lts_error *err); /* whether all is there still */
    void (*close)(void *own);
} train_data_kind;

typedef struct train_data {
    const train_data_kind *kind; /* NULL: not open */
    void *own;
    size_t inputs, label_count; /* of an example: floats, and classes (0: none) */
} train_data;

uint64_t train_data_count(const train_data *data, lts_frames_part part);
lts_status train_data_gather(const train_data *data, const train_rows *rows, float *x,
                             int32_t *labels, lts_error *err);
const char *train_data_fingerprint(const train_data *data);
lts_status train_data_check(const train_data *data, lts_error *err);
void train_data_close(train_data *data); /* one that is not open is allowed */

/* The frames of a data set, which it closes. */
train_data train_data_of_frames(lts_frames *frames);

#endif
