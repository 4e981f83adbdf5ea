/* The inside of a trainer, for this room and its tests. */
#ifndef MODEL_TRAIN_TRAINER_H
#define MODEL_TRAIN_TRAINER_H

#include "model/model.h"

struct lts_trainer {
    lts_model *model;
    lts_training settings;
    unsigned threads;
    lts_adam adam;
    float *moments; /* adam.m, then adam.v */
    uint64_t frames_seen;
    lts_crew *crew;
    lts_tape *tape;
    float *frames;  /* (B,K) compressed magnitudes; NULL without compression */
    float *noise;   /* (B,Z) */
    double *error;  /* (B) squared error of each frame */
    double *kl;     /* (B) divergence of each frame */
    float *scratch; /* threads times lts_net_scratch(net) */
    float **scratch_of;
};

/* lts_trainer_step with what it otherwise makes itself. noise (B,Z), or NULL to draw it. gradient,
 * net->trained floats, all 0 before and after, or NULL: with it the parameters' gradients are
 * gathered there before one Adam update of the whole arena; without, each block is applied while it
 * is in cache. */
lts_status trainer_step(lts_trainer *trainer, const float *frames, size_t batch, const float *noise,
                        float *gradient, lts_losses *losses, lts_error *err);

/* The first half of a step with an arena: adds to `gradient`, and changes nothing else. */
lts_status trainer_gradient(lts_trainer *trainer, const float *frames, size_t batch,
                            const float *noise, float *gradient, lts_losses *losses,
                            lts_error *err);

#endif
