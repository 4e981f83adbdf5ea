/* What the jobs that make notes share: a model of notes with its data set, and points of its
 * space. */
#ifndef PIPELINE_GENERATE_NOTE_RUN_H
#define PIPELINE_GENERATE_NOTE_RUN_H

#include "lts/condition.h"
#include "lts/frames.h"
#include "lts/generate.h"
#include "lts/model.h"
#include "lts/prior.h"
#include "lts/source.h"

enum { NOTE_WORDS = 256 }; /* descriptors that an error lists */

typedef struct note_run {
    const lts_model *model;
    const lts_feature *feature;
    lts_model_work *work;
    lts_conditions *conditions; /* NULL: the model takes none */
    lts_frames *frames;         /* NULL: no data set is known */
    const lts_labels *labels;   /* of the frames */
    const lts_prior *prior;     /* of the conditions; NULL: N(0,1) */
    size_t latent, told;        /* Z and C, 0 without conditions */
    float *example;             /* (rows,columns), scratch */
    double *sums;               /* (2 Z), scratch */
} note_run;

/* `arrays` NULL, or a folder that is not there: no data set. Also a half-made one must be closed.
 * LTS_ERR_ARGUMENT for a model of other examples. */
lts_status note_run_open(const lts_model *model, const char *arrays, unsigned threads,
                         note_run *run, lts_error *err);
/* Draws by a prior that fits the model, from now on; NULL or an empty one leaves N(0,1). */
lts_status note_run_prior(note_run *run, const lts_prior *prior, lts_error *err);
void note_run_close(note_run *run);

/* A place in the latent space, and what else makes a note of it. */
typedef struct note_point {
    float *mean, *deviation; /* (Z) */
    float *condition;        /* (C) */
    double min, max;         /* dB */
} note_point;

lts_status note_point_create(const note_run *run, note_point *point, lts_error *err);
void note_point_free(note_point *point);

/* The point of an example that was scaled by `range`, told what `label` says; a label without a
 * pitch or descriptor tells nothing. */
lts_status note_encode(note_run *run, const float *example, lts_note_range range,
                       const lts_label *label, note_point *point, lts_error *err);
/* The same of a note of the data set; its example stays in run->example. */
lts_status note_encode_row(note_run *run, size_t note, note_point *point, lts_error *err);
/* The same of the beginning of a sound file, whose path tells its labels by `pattern` or as the
 * data set's names do. */
lts_status note_encode_sound(note_run *run, const lts_source *source, const char *pattern,
                             note_point *point, const lts_reporter *reporter, lts_error *err);

/* The point of labels: of the data set's notes and the condition, or of the prior. Levels are those
 * of the notes, where there are some. */
lts_status note_of_labels(note_run *run, const lts_condition_part *part, size_t parts, int key,
                          bool prior, note_point *point, lts_error *err);

/* How a point is written. */
typedef struct note_output {
    const lts_phase_config *phase;
    const lts_sound_output *output;
    const lts_reporter *reporter;
} note_output;

/* z (Z) -> picture (rows,columns) from 0 to 1, as a note's examples are by their definition. A
 * decoder gives the mean of many, whose range is narrower: played as it is, a note would lose the
 * peaks of its level, and its silence would come up to the floor below the loudest bin. */
void note_decode(note_run *run, const float *z, const float *condition, float *picture);

/* z (Z) decoded with the point's condition and levels, into a WAV. `what` it is, in words. */
lts_status note_write(note_run *run, const float *z, const note_point *point,
                      const note_output *how, const char *file, const char *what, lts_error *err);
/* run->example as it is. */
lts_status note_write_example(const note_run *run, lts_note_range range, const note_output *how,
                              const char *file, const char *what, lts_error *err);

#endif
