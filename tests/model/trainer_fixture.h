/* A model with its trainer, for the tests of training. */
#ifndef TESTS_MODEL_TRAINER_FIXTURE_H
#define TESTS_MODEL_TRAINER_FIXTURE_H

#include "testing.h"

#include "model/train/trainer.h"

typedef struct fixture {
    lts_model *model;
    lts_trainer *trainer;
} fixture;

static inline fixture fixture_open(const lts_model_config *config, const lts_training *training)
{
    lts_error err = {0};
    fixture f;
    assert_ok(lts_model_create(config, 9, &f.model, &err));
    assert_ok(lts_trainer_create(f.model, training, &f.trainer, &err));
    return f;
}

static inline void fixture_close(fixture *f)
{
    lts_trainer_destroy(f->trainer);
    lts_model_destroy(f->model);
}

static inline void step(const fixture *f, const float *frames, size_t batch, lts_losses *losses)
{
    lts_error err = {0};
    assert_ok(
        lts_trainer_step(f->trainer, &(lts_batch){.x = frames, .count = batch}, losses, &err));
}

#endif
