/* The inside of a trainer, for this room and its tests. */
#ifndef MODEL_TRAIN_TRAINER_H
#define MODEL_TRAIN_TRAINER_H

#include "model/model_parts.h"
#include "model/train/objective.h"

struct lts_trainer {
    lts_model *model;
    lts_training settings;
    const objective *objective;
    unsigned threads;
    size_t inputs, outputs, latent; /* a row's floats; latent is 0 for a net without samples */
    nn_adam adam;
    float *moments;     /* adam.m, then adam.v */
    float *gradient;    /* net->trained, with a reduce; else NULL */
    uint64_t rows_seen; /* of all processes */
    nn_pool *pool;
    nn_activations *activations;
    float *x;       /* (B,inputs) as the network sees them; NULL where it sees them as they come */
    float *target;  /* (B,outputs) likewise, for batches whose target is not x */
    float *gain;    /* (B) of rows whose gain and shape are apart; else NULL */
    float *weight;  /* (B) of rows in the objective; NULL: 1 */
    float *noise;   /* (B,Z) */
    double *error;  /* (B) the objective of each row */
    double *kl;     /* (B) divergence of each row */
    float *scratch; /* threads times nn_scratch_floats(net) */
    float **scratch_of;
};

/* Where row b of a batch stands among all rows of all steps. */
uint64_t trainer_row(const lts_trainer *trainer, const lts_batch *batch, size_t b);

/* Fills the trainer's x, target, gain and weight of these rows; augments them while training. */
void trainer_prepare(const lts_trainer *trainer, const lts_batch *batch, bool training,
                     nn_range rows);

/* One row of an augmented batch: x (bins) moved, or as it is, by a draw that depends on the seed
 * and on `row` alone. */
void augment_row(const lts_training *settings, uint64_t row, const float *x, float *y, size_t bins);

/* lts_trainer_step with what it otherwise makes itself. noise (B,Z), or NULL to draw it. gradient,
 * net->trained floats, all 0 before and after, or NULL: with it the parameters' gradients are
 * gathered there before one Adam update of the whole arena; without, each block is applied while it
 * is in cache. */
lts_status trainer_step(lts_trainer *trainer, const lts_batch *batch, const float *noise,
                        float *gradient, lts_losses *losses, lts_error *err);

/* The first half of a step with an arena: adds to `gradient`, and changes nothing else. */
lts_status trainer_gradient(lts_trainer *trainer, const lts_batch *batch, const float *noise,
                            float *gradient, lts_losses *losses, lts_error *err);

#endif
