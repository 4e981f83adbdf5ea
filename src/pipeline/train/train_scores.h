/* How well a classifier names the parameters of sounds: the measures of InverSynth (Barkan et al.
 * 2019). */
#ifndef PIPELINE_TRAIN_TRAIN_SCORES_H
#define PIPELINE_TRAIN_TRAIN_SCORES_H

#include "lts/synth.h"

/* Means over examples: the percentile of the right class's rank (match/measures.h), and the share
 * of examples, in percent, whose right class is among the 1, 3 or 5 most probable. */
typedef struct train_scores {
    double percentile, top[3];
} train_scores;
enum { TRAIN_TOPS = 3 };
extern const int train_top[TRAIN_TOPS]; /* 1, 3, 5 */

/* Sums over the examples so far, of each free parameter. */
typedef struct train_tally {
    const lts_synth_space *space;
    size_t parameters, classes, examples;
    train_scores *sum; /* (parameters) */
} train_tally;

/* classes: of the model, as many as the parameter of most levels has. */
lts_status train_tally_create(const lts_synth_space *space, size_t classes, train_tally *tally,
                              lts_error *err);
void train_tally_free(train_tally *tally);
void train_tally_restart(train_tally *tally);

/* probabilities (count,parameters,classes), labels (count,parameters). */
void train_tally_add(train_tally *tally, const float *probabilities, const int32_t *labels,
                     size_t count);

/* Of free parameter `index`, or the mean over all. NaN where there are no examples. */
train_scores train_tally_of(const train_tally *tally, size_t index);
train_scores train_tally_mean(const train_tally *tally);

/* A line a parameter, and one of the mean, as CSV; whole or not at all. */
lts_status train_tally_save(const train_tally *tally, const char *path, lts_error *err);

#endif
