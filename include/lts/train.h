/* Train: from a data set of frames to a run folder with a model in it. */
#ifndef LTS_TRAIN_H
#define LTS_TRAIN_H

#include "lts/base.h"
#include "lts/config.h"

LTS_BEGIN_DECLS

typedef struct lts_train_options {
    const char *resume;        /* run folder to go on with; NULL begins a new run */
    const char *from;          /* file of resume's model/ to go on from, without .safetensors; NULL:
                                  its checkpoint. Of a model (last, best) only the weights and, by
                                  history.csv, the epochs go on: the optimiser starts fresh */
    unsigned threads;          /* 0: all processors, or as many of them as the run that goes on used
                                  before; the model does not depend on it */
    double checkpoint_seconds; /* >= 0: a checkpoint is due when so long passed since the last */
} lts_train_options;

/* No resume, threads 0, a checkpoint a minute. */
lts_train_options lts_train_defaults(void);

/* Decides what a training works on. `config` is the user's configuration; `dataset`, when not NULL,
 * replaces its [dataset] datapath. With `resume`, a run folder, `config` is replaced by the run's
 * own config.ini with `sets` over it, as in lts_config_load, and a data set that is no longer where
 * it was is looked for around the run; `config` may then be a zeroed one. [training]
 * continue_training with [dataset] workspace is another way to say resume. *run becomes the folder
 * to go on with, or NULL for a new run; freed with lts_free. The caller frees `config`, whatever is
 * returned. */
lts_status lts_train_config(lts_config *config, const char *resume, const char *dataset,
                            const char *const *sets, size_t set_count, char **run,
                            const lts_reporter *reporter, lts_error *err);

/* Trains the model of `config` on the .npy files of DATASET/CQT_DATASET into
 * DATASET/DESCRIPTION/run-NNN:
 *
 *   config.ini                     resolved settings; workspace, total_frames, start, end, ...
 *   model/best.safetensors         of the epoch with the lowest validation loss (training loss when
 *                                  nothing is held out)
 *   model/last.safetensors         as training left it; not with save_best_only
 *   model/checkpoint.safetensors   all that a bit-for-bit resumption needs, and
 *   model/checkpoint-EEEEE...      the last max_ckpts_to_keep, every checkpoint_interval epochs
 *   history.csv, loss.png, logs/   losses, learning rate and speed of every epoch
 *   report.csv                     relative reconstruction error of every file
 *   audio_examples/NAME/           original, its own magnitudes inverted, the model's; test_audio/
 *                                  has previews of the sounds in DATASET/TEST_DATASET
 *
 * Every finished file is whole, whenever the process ends, and a resumed run ends with the same
 * weights as an undisturbed one, on any number of threads. A finished run that is resumed without
 * more epochs is left as it is. `config` gets the settings of the run. Memory does not grow with
 * the data set.
 *
 * LTS_ERR_SHAPE and LTS_ERR_ARGUMENT before anything is written, when data set, settings and
 * checkpoint do not fit together; LTS_ERR_EXISTS when another process trains in the run;
 * LTS_ERR_NOT_FOUND when the run to go on with has trained but its checkpoint is gone;
 * LTS_ERR_NONFINITE for data that is no linear magnitude (file, frame and bin) or a loss that is no
 * number (epoch and step), and LTS_ERR_IO for a file that is shortened: the last checkpoint then
 * stands; LTS_ERR_CANCELLED after the reporter asked to stop: a checkpoint
 * is written first, and the error says how to go on; LTS_ERR_IO when something cannot be written.
 *
 * Reported: notes for people, progress in frames, and the records "run", "epoch" (each), "file"
 * (each, its relative_error) and "done". */
lts_status lts_train(lts_config *config, const lts_train_options *options,
                     const lts_reporter *reporter, lts_error *err);

LTS_END_DECLS

#endif
