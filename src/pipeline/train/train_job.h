/* The training job: train.c runs it. train_config.c and train_resume.c decide what it starts from,
 * train_epoch.c trains and validates. train_state.c, train_history.c and train_watch.c hold what
 * decides its future. train_files.c and train_publish.c write the run's files, run_folder.c makes
 * their folder. train_finish.c evaluates the result (train_evaluate.c, train_report.c) and renders
 * examples of it (examples.c), train_distance.c maps its latent space. */
#ifndef PIPELINE_TRAIN_TRAIN_JOB_H
#define PIPELINE_TRAIN_TRAIN_JOB_H

#include "lts/condition.h"
#include "lts/formats.h"
#include "lts/frames.h"
#include "lts/model.h"
#include "lts/train.h"
#include "match/tally.h"
#include "pipeline/train/data/train_data.h"

/* --- Numbers of a finished epoch ------------------------------------------------------------- */

typedef struct train_epoch {
    uint64_t epoch; /* 1 is the first */
    lts_losses train, validation;
    bool validated;       /* false when nothing is held out */
    match_scores scores;  /* of a classifier, on what is held out */
    double learning_rate; /* of the epoch's last step */
    double frames_per_second, seconds;
} train_epoch;

typedef struct train_history {
    train_epoch *row;
    size_t count, room;
    bool scored; /* the rows have scores: columns of the text */
} train_history;

lts_status train_history_add(train_history *history, const train_epoch *row, lts_error *err);
void train_history_free(train_history *history);
/* As CSV under a line of column names; a new string, NULL when memory is short. */
char *train_history_text(const train_history *history);
/* Adds the rows of such a text; LTS_ERR_FORMAT without a file name. */
lts_status train_history_parse(const char *text, train_history *history, lts_error *err);
lts_status train_history_save(const train_history *history, const char *path, lts_error *err);

/* --- What decides the future, besides weights and optimiser ---------------------------------- */

typedef struct train_state {
    uint64_t seed;
    uint64_t frames;       /* to train on: the permutations run over them */
    uint64_t threads;      /* of the process that wrote it */
    uint64_t decay_steps;  /* of the learning rate, fixed when the run began */
    uint64_t epoch;        /* finished */
    uint64_t position;     /* frames of the current epoch that are done */
    uint64_t steps;        /* optimiser steps since the run began */
    lts_losses sum;        /* over the current epoch's frames that are done */
    double step_seconds;   /* spent on the current epoch's steps */
    double epoch_seconds;  /* spent on the current epoch, all in all */
    double seconds;        /* spent on the run */
    double best_loss;      /* of best_epoch; infinity before there is one */
    uint64_t best_epoch;   /* 0: none yet */
    double watched_loss;   /* early stopping: the loss to fall below */
    uint64_t waited;       /* epochs since it last did */
    train_history history; /* finished epochs */
} train_state;

void train_state_start(train_state *state);
void train_state_free(train_state *state);

/* The state as notes of a checkpoint. `text` holds what they point to; free text->history. */
enum { TRAIN_STATE_NOTES = 18 };
typedef struct train_state_text {
    char digits[TRAIN_STATE_NOTES][24];
    char *history;
} train_state_text;
lts_status train_state_notes(const train_state *state, train_state_text *text,
                             lts_model_note notes[TRAIN_STATE_NOTES], lts_error *err);
/* The threads of the process that wrote a checkpoint, without reading the rest of it; 0 when the
 * file does not say. */
uint64_t train_state_threads(const char *path);
/* LTS_ERR_FORMAT when the notes are missing or damaged; `path` is for that message. The caller
 * frees the state in any case. */
lts_status train_state_read(const lts_model *checkpoint, const char *path, train_state *state,
                            lts_error *err);

/* --- Learning rate, best model, early stopping ----------------------------------------------- */

/* Of [training] learning_schedule: 100 learning_rate 0.96^floor(step / decay_steps), but at most
 * 0.0003 or learning_rate, whichever is more. */
double train_scheduled_rate(double learning_rate, uint64_t decay_steps, uint64_t step);
/* The first step at which it is below learning_rate / 1000. */
uint64_t train_scheduled_end(uint64_t decay_steps);
uint64_t train_decay_steps(uint64_t epochs); /* 0.8 epochs, at least 1 */

typedef struct train_watch_rule {
    uint64_t best_after; /* the best model is looked for after this many epochs */
    uint64_t patience;   /* epochs without improvement that are borne; 0: any number */
    double delta;        /* an improvement is a fall by more than this */
} train_watch_rule;

/* Takes the watched loss of a finished epoch; true when it is the best so far. */
bool train_watch(train_state *state, double loss, uint64_t epoch, const train_watch_rule *rule);
bool train_gave_up(const train_state *state, const train_watch_rule *rule);

/* --- The job --------------------------------------------------------------------------------- */

/* What the notes of every model of a run say: the feature, the data set, the run. */
enum { TRAIN_NOTES = LTS_FEATURE_NOTES + 5 };
typedef struct train_notes {
    lts_model_note note[TRAIN_NOTES];
    size_t count;
    lts_feature_note feature[LTS_FEATURE_NOTES]; /* what the first of them point to */
    char frames[LTS_NUMBER_TEXT];
} train_notes;

typedef struct train_job {
    lts_config *config;
    lts_feature feature;
    lts_model_config architecture;
    lts_training training;
    const lts_train_options *options;
    const lts_reporter *reporter;
    bool originals; /* the arrays were made by one of the originals */
    char *run;      /* folder */
    int lock;
    train_data data;
    const lts_frames *frames; /* of the data, where it is frames; else NULL */
    lts_model *model;         /* the trainer changes it */
    lts_trainer *trainer;
    lts_events *events;
    train_state state;
    train_watch_rule watch;
    train_notes notes;
    lts_synth_space *space; /* of a classifier of a synthesizer's sounds: what its classes mean */
    char *descriptors;      /* of a classifier of notes: the names of its classes, a line each */
    match_tally tally;      /* of a classifier */
    float *rows;            /* (batch,inputs) */
    int32_t *labels;        /* (batch,label_count) of a classifier; else NULL */
    float *probabilities;   /* (batch,label_count,classes) of a classifier; else NULL */
    size_t batch;           /* rows in use */
    lts_conditions *conditions; /* what conditions mean, where the model has some; else NULL */
    char *condition_text;       /* the same as a model's note */
    float *condition_of;        /* (files,conditions) of every note */
    float *condition;           /* (batch,conditions) */
    double rate;                /* of the latest step */
    double clock;               /* up to when state.seconds counts */
    uint64_t kept;       /* steps up to the epoch's end that the checkpoint holds, or UINT64_MAX */
    uint64_t best_saved; /* epoch whose model this process wrote as the best; 0: none */
    double saved;        /* when the last checkpoint was written */
    double began, began_at; /* when this process began to train, and train_progress then; */
    uint64_t done;          /* the frames it has done since */
} train_job;

/* In the run's folder. */
#define TRAIN_CHECKPOINT "model/checkpoint.safetensors"
#define TRAIN_MAP        "model/distance.safetensors"
#define TRAIN_PRIOR      "model/prior.safetensors"

/* Model, trainer and state as the run's checkpoint, or what options->from names, has them, or fresh
 * ones when nothing has been trained. Refuses what does not fit data set and settings. */
lts_status train_open_model(train_job *job, lts_error *err);

/* Trains to the end of the current epoch and validates; the history has a row more afterwards, and
 * *best says whether this epoch's model is the best so far. Writes checkpoints on the way.
 * LTS_ERR_CANCELLED when the reporter says so: the checkpoint is then written. LTS_ERR_NONFINITE
 * when data or loss are no numbers: nothing is written. */
lts_status train_one_epoch(train_job *job, bool *best, lts_error *err);

/* --- The budget: epochs, minutes or both (train_budget.c) ------------------------------------ */

/* The share of the training that is done, 0 to 1: of its epochs or of its minutes, whichever is
 * more. */
double train_progress(const train_job *job);
/* Whether it is all done, the last epoch's end included. */
bool train_is_over(const train_job *job);
/* The budget in words: "100 epochs", "5 min". */
enum { TRAIN_BUDGET_TEXT = 80 };
void train_budget_text(const train_job *job, char text[TRAIN_BUDGET_TEXT]);
/* Says that all of it is spent, and how to go on. */
void train_say_finished(const train_job *job, const char *before);

/* The learning rate of a step, 0 the run's first. */
double train_rate(const train_job *job, uint64_t step);

/* LTS_ERR_NONFINITE: where `what` ceased to be a number, and how to go on. */
lts_status train_lost(const train_job *job, const char *what, uint64_t step, lts_error *err);

/* Brings state.seconds and state.epoch_seconds up to now. */
void train_clock(train_job *job);

/* RUN/name as a new string. */
char *train_path(const train_job *job, const char *name);

/* Gives RUN/from the second name RUN/to, in place of what was there; false where the file system
 * has no hard links. */
bool train_link(const train_job *job, const char *from, const char *to);

void train_describe(train_job *job); /* fills the notes */

/* Both write RUN/name whole or not at all, and nothing when the model no longer gives numbers. */
lts_status train_save_model(train_job *job, const char *name, lts_error *err);
lts_status train_save_checkpoint(train_job *job, const char *name, lts_error *err);

/* A checkpoint of this epoch by its number; the oldest beyond max_ckpts_to_keep goes. */
lts_status train_save_numbered(train_job *job, lts_error *err);

/* Sounds of test_dataset as the model gives them back now; nothing when there are none. */
lts_status train_preview(train_job *job, lts_error *err);

/* Writes a checkpoint and returns LTS_ERR_CANCELLED with how to go on. */
lts_status train_stop(train_job *job, lts_error *err);

/* Whether the arrays in `folder` were made with these settings, as far as their config.ini says;
 * LTS_ERR_SHAPE otherwise. Of `originals` cqt_fmin says nothing. */
lts_status train_check_data(const char *folder, const lts_feature *feature, bool originals,
                            lts_error *err);

/* config.ini when training begins, and with its results when it ends. */
lts_status train_open_config(train_job *job, lts_error *err);
lts_status train_close_config(train_job *job, lts_error *err);

/* What an epoch leaves on disk and screen, besides a checkpoint. */
lts_status train_publish(train_job *job, bool best, lts_error *err);

/* The epoch that model/best.safetensors is of: the last, when none was the best. */
uint64_t train_best_epoch(const train_state *state);

/* Whether the run has trained all its epochs and left all its results; says so when it has. */
bool train_was_finished(const train_job *job);

/* Writes the map of the distances from what was trained, of the best model's latent space, and says
 * how far frames held out are. Frames are moved as the training moves them. Every number of threads
 * gives the same file. */
lts_status train_map(const train_job *job, const lts_model *model, lts_error *err);
/* Writes the prior of the best model's latent space, by the notes that were trained on. Nothing for
 * a model without conditions. Every number of threads gives the same file. */
lts_status train_prior(const train_job *job, const lts_model *model, lts_error *err);
/* Both for a finished run that has none. */
lts_status train_complete_space(const train_job *job, lts_error *err);

/* --- Where the examples come from (train_open.c) --------------------------------------------- */

/* Opens the frames of the data set, or the sounds of a classifier, and makes room for a batch. */
lts_status train_open_data(train_job *job, lts_error *err);
/* Reads the space of a classifier, or the notes that it learns from, and settles what settings
 * depend on them. */
lts_status train_open_classes(train_job *job, lts_error *err);
/* Whether the model is a classifier; once the data is open. */
bool train_classifies(const train_job *job);
/* Writes the space beside the model. Nothing for others than classifiers. */
lts_status train_save_space(const train_job *job, lts_error *err);

/* Finds the conditions of notes, where the model is to be told some (train_conditions.c). */
lts_status train_open_conditions(train_job *job, lts_error *err);
/* Fills job->condition with those of these rows. */
void train_condition(const train_job *job, const train_rows *rows);
/* Of a file; NULL where the model has none. */
const float *train_condition_of(const train_job *job, size_t file);

/* Evaluates the best classifier on what is held out: RUN/report.csv, a line a parameter. */
lts_status train_report_scores(train_job *job, const lts_model *best, lts_error *err);

/* The loss of the batch at hand as the model stands and, of a classifier, its probabilities. */
lts_status train_look(train_job *job, lts_losses *losses, lts_error *err);

/* After the last epoch: last and best model, report, examples, picture. */
lts_status train_finish(train_job *job, lts_error *err);

#endif
