/* What a model makes of whole sounds: excerpt -> CQT magnitudes -> latent mean -> magnitudes ->
 * samples, for a folder of sounds on several threads. */
#ifndef PIPELINE_TRAIN_EXAMPLES_EXAMPLES_H
#define PIPELINE_TRAIN_EXAMPLES_EXAMPLES_H

#include "lts/features.h"
#include "lts/formats.h"
#include "lts/model.h"

typedef struct example_set {
    const lts_model *model;
    lts_feature feature;
    int iterations;     /* of the phase recovery */
    double seconds;     /* of each excerpt; shorter sounds are taken whole */
    bool normalize;     /* the reconstruction to full scale */
    uint64_t seed;      /* chooses where the excerpts begin */
    unsigned threads;   /* one sound each */
    const char *sounds; /* folder, walked recursively */
    const char *output; /* folder that gets a folder NAME for each sound */
} example_set;

/* NAME/original.wav, NAME/original-icqt+gL.wav (its own magnitudes with recovered phase) and
 * NAME/VAE-output+gL.wav (the model's). A sound that cannot be read is a warning. Stops with the
 * first file that cannot be written, and with LTS_ERR_CANCELLED. *made counts the sounds done. */
lts_status examples_write(const example_set *set, const lts_reporter *reporter, size_t *made,
                          lts_error *err);

/* NAME/test_reconst_EEEEE.wav for the epoch, NAME/original.wav when it is not there yet, and the
 * same as audio records NAME and NAME/original of `events`. */
lts_status previews_write(const example_set *set, uint64_t epoch, lts_events *events,
                          const lts_reporter *reporter, lts_error *err);

#endif
