#include "model/train/trainer.h"

#include <math.h>

enum { MAX_BATCH = 1 << 20, MAX_THREADS = 1024 };

static bool in_range(double value, double low, double high)
{
    return value >= low && value < high; /* false for NaN */
}

static lts_status check(const lts_training *t, lts_error *err)
{
    if (t->loss != LTS_LOSS_MEAN && t->loss != LTS_LOSS_SUM)
        return lts_fail(err, LTS_ERR_ARGUMENT, "training: no such loss: %d", (int)t->loss);
    if (!in_range(t->kl_beta, 0, INFINITY))
        return lts_fail(err, LTS_ERR_ARGUMENT, "training: kl_beta is %g, expected 0 or more",
                        t->kl_beta);
    if (!in_range(t->learning_rate, 0, INFINITY))
        return lts_fail(err, LTS_ERR_ARGUMENT, "training: learning_rate is %g, expected 0 or more",
                        t->learning_rate);
    if (!in_range(t->beta1, 0, 1) || !in_range(t->beta2, 0, 1))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "training: adam_beta_1 is %g and adam_beta_2 %g, expected 0 to below 1",
                        t->beta1, t->beta2);
    if (!in_range(t->epsilon, 1e-30, INFINITY))
        return lts_fail(err, LTS_ERR_ARGUMENT, "training: epsilon is %g, expected above 0",
                        t->epsilon);
    if (t->batch < 1 || t->batch > MAX_BATCH)
        return lts_fail(err, LTS_ERR_ARGUMENT, "training: batch_size is %zu, expected 1 to %d",
                        t->batch, MAX_BATCH);
    if (t->threads > MAX_THREADS)
        return lts_fail(err, LTS_ERR_ARGUMENT, "training: threads is %u, expected at most %d",
                        t->threads, MAX_THREADS);
    return LTS_OK;
}

static lts_status allocate(lts_trainer *t, lts_error *err)
{
    const lts_net *net = t->model->net;
    const lts_model_config *config = &t->model->config;
    const size_t batch = t->settings.batch, scratch = lts_net_scratch(net);
    lts_status status = lts_crew_create(t->threads, &t->crew, err);
    if (status == LTS_OK)
        status = lts_tape_create(net, batch, true, &t->tape, err);
    if (status == LTS_OK)
        status =
            lts_alloc_checked(&t->moments, 2 * net->trained, sizeof(float), "Adam's moments", err);
    if (status == LTS_OK && config->compression != LTS_COMPRESSION_NONE)
        status = lts_alloc_checked(&t->frames, batch * config->bins, sizeof(float), "a batch", err);
    if (status == LTS_OK)
        status =
            lts_alloc_checked(&t->noise, batch * config->latent, sizeof(float), "the noise", err);
    if (status == LTS_OK)
        status = lts_alloc_checked(&t->error, 2 * batch, sizeof(double), "the losses", err);
    if (status == LTS_OK)
        status = lts_alloc_checked(&t->scratch, t->threads * scratch, sizeof(float),
                                   "blocks of gradients", err);
    if (status == LTS_OK)
        status = lts_alloc_checked(&t->scratch_of, t->threads, sizeof(float *),
                                   "blocks of gradients", err);
    if (status != LTS_OK)
        return status;
    t->kl = t->error + batch;
    t->adam.m = t->moments;
    t->adam.v = t->moments + net->trained;
    for (unsigned i = 0; i < t->threads; i++)
        t->scratch_of[i] = t->scratch + i * scratch;
    return LTS_OK;
}

lts_status lts_trainer_create(lts_model *model, const lts_training *training, lts_trainer **out,
                              lts_error *err)
{
    *out = NULL;
    lts_status status = check(training, err);
    if (status != LTS_OK)
        return status;
    lts_nn_use_own_threads();
    lts_trainer *trainer;
    status = lts_alloc_checked(&trainer, 1, sizeof *trainer, "the trainer", err);
    if (status != LTS_OK)
        return status;
    *trainer =
        (lts_trainer){.model = model,
                      .settings = *training,
                      .threads = training->threads ? training->threads : lts_processor_count(),
                      .adam = {.learning_rate = training->learning_rate,
                               .beta1 = training->beta1,
                               .beta2 = training->beta2,
                               .epsilon = training->epsilon}};
    status = allocate(trainer, err);
    if (status != LTS_OK) {
        lts_trainer_destroy(trainer);
        return status;
    }
    *out = trainer;
    return LTS_OK;
}

void lts_trainer_destroy(lts_trainer *trainer)
{
    if (!trainer)
        return;
    lts_crew_destroy(trainer->crew);
    lts_tape_destroy(trainer->tape);
    lts_free(trainer->moments);
    lts_free(trainer->frames);
    lts_free(trainer->noise);
    lts_free(trainer->error);
    lts_free(trainer->scratch);
    lts_free(trainer->scratch_of);
    lts_free(trainer);
}

void lts_trainer_set_learning_rate(lts_trainer *trainer, double learning_rate)
{
    trainer->adam.learning_rate = learning_rate;
}
