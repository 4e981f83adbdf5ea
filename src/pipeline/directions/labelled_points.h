/* The sounds of a labelled data set, and their points in a model's latent space. */
#ifndef PIPELINE_DIRECTIONS_LABELLED_POINTS_H
#define PIPELINE_DIRECTIONS_LABELLED_POINTS_H

#include "lts/config.h"
#include "lts/frames.h"

typedef struct labelled_points {
    const lts_model *model;
    lts_frames *frames;
    size_t n, latent;
    lts_label *label;         /* (n); magnitudes as they stand there */
    size_t *file;             /* (n) of the frames */
    char hash[LTS_HASH_TEXT]; /* of labels and frames */
} labelled_points;

/* Those of a data set's sounds that have a descriptor and a magnitude. LTS_ERR_NOT_FOUND when there
 * is none; else as lts_frames_open, or what labels.csv or [labels] pattern has wrong. A half-opened
 * one must be closed as well. */
lts_status labelled_points_open(const char *dataset, const lts_config *config,
                                const lts_model *model, labelled_points *points, lts_error *err);
void labelled_points_close(labelled_points *points);

/* point (n,Z): see lts_run_directions. */
lts_status labelled_points_encode(const labelled_points *points, unsigned threads, float *point,
                                  const lts_reporter *reporter, lts_error *err);

#endif
