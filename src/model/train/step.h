/* One step of training, or one evaluation, run by all workers of a pool: compress, forward,
 * objective, backward, reduce, update. */
#ifndef MODEL_TRAIN_STEP_H
#define MODEL_TRAIN_STEP_H

#include "model/train/trainer.h"

typedef struct step {
    lts_trainer *trainer;
    const lts_batch *batch;
    size_t global_count;   /* rows of all processes */
    const float *noise;    /* (B,Z) */
    bool draw_noise;       /* into the trainer's */
    float *gradient;       /* an arena, or NULL */
    bool training, update; /* else an evaluation; parameters and statistics change */
    double *squares;
    /* Found by worker 0, read by all after a barrier. */
    lts_losses losses;
    lts_status status;
    lts_error *err;
} step;

/* What each worker of the pool does; `context` is the step. */
void step_run_worker(void *context, nn_worker worker);

/* LTS_ERR_ARGUMENT where the batch is not one of the trainer's: its counts, or its labels. */
lts_status step_check_batch(const lts_trainer *trainer, const lts_batch *batch, lts_error *err);

#endif
