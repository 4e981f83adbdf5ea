/* Sounds of a synthesizer to train on, with the classes of their parameters: a folder that
 * lts-synth random wrote, or fresh ones without end. */
#ifndef PIPELINE_TRAIN_DATA_TRAIN_SOUNDS_H
#define PIPELINE_TRAIN_DATA_TRAIN_SOUNDS_H

#include "lts/features.h"
#include "lts/synth.h"
#include "pipeline/synth/synth_folder.h"
#include "pipeline/train/data/train_data.h"

typedef struct train_sounds_options {
    const lts_synth_space *space; /* must outlive the data */
    const lts_feature *feature;   /* copied; of as many samples as the space's sounds */
    unsigned threads;             /* 1 or more */
    const lts_reporter *reporter; /* is warned of a plugin's sounds that fail */
    uint64_t seed;
    double held_out_share;             /* of a folder */
    uint64_t examples, held_out_count; /* of endless: of an epoch, and besides */
} train_sounds_options;

/* The sounds of a folder, whose space is `space`. LTS_ERR_SHAPE when its arrays do not go with each
 * other or with the space, LTS_ERR_ARGUMENT names the first class that is none; else as
 * lts_npy_open. */
lts_status train_sounds_open(const char *folder, const train_sounds_options *options,
                             train_data *out, lts_error *err);

/* Sounds without end: those of epoch e are examples e * count .. of the seed, and those held out
 * are counted down from the largest index. */
lts_status train_sounds_endless(const train_sounds_options *options, train_data *out,
                                lts_error *err);

#endif
