/* Notes of a data set to train a classifier on, the class of each being its descriptor. */
#ifndef PIPELINE_TRAIN_DATA_TRAIN_NOTES_H
#define PIPELINE_TRAIN_DATA_TRAIN_NOTES_H

#include "pipeline/train/data/train_data.h"

/* A model's note of what its classes are: descriptors, a line each. */
#define TRAIN_CLASSES_NOTE "descriptors"

/* The notes of `frames`, whose feature is one of notes, that have a descriptor and a magnitude
 * above 0, at which they sound alike for every descriptor; held out as lts_frames_hold_out chose.
 * The data closes the frames, when it fails too. *classes gets the number of descriptors, and *text
 * their names, a line each, which the caller frees. LTS_ERR_ARGUMENT where notes to train on are of
 * fewer than two descriptors. */
lts_status train_notes_open(lts_frames *frames, train_data *out, size_t *classes, char **text,
                            lts_error *err);

#endif
