#include "model/train/trainer.h"

#include <math.h>

enum { MAX_BATCH = 1 << 20, MAX_THREADS = 1024, DEFAULT_SHARDS = 4 };

static bool in_range(double value, double low, double high)
{
    return value >= low && value < high; /* false for NaN */
}

static lts_status check(const lts_training *t, lts_error *err)
{
    if (!objective_of(t->loss))
        return lts_fail(err, LTS_ERR_ARGUMENT, "training: no such loss: %d", (int)t->loss);
    if (!in_range(t->kl_beta, 0, INFINITY))
        return lts_fail(err, LTS_ERR_ARGUMENT, "training: kl_beta is %g, expected 0 or more",
                        t->kl_beta);
    if (t->loss == LTS_LOSS_ELBO && !in_range(t->reconstruction_weight, 1e-12, INFINITY))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "training: reconstruction_weight is %g, expected above 0",
                        t->reconstruction_weight);
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
    if (!in_range(t->gradient_clip, 0, INFINITY))
        return lts_fail(err, LTS_ERR_ARGUMENT, "training: gradient_clip is %g, expected 0 or more",
                        t->gradient_clip);
    if (t->loss == LTS_LOSS_RELATIVE && !in_range(t->data_rms, 1e-12, INFINITY))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "training: the data's RMS is %g: a loss relative to it needs sound",
                        t->data_rms);
    if (!in_range(t->level_weight, 0, 2.0000001))
        return lts_fail(err, LTS_ERR_ARGUMENT, "training: level_weight is %g, expected 0 to 2",
                        t->level_weight);
    if (!in_range(t->soft_targets, 0, 64.0000001))
        return lts_fail(err, LTS_ERR_ARGUMENT, "training: soft_targets is %g, expected 0 to 64",
                        t->soft_targets);
    if (!in_range(t->transpose_share, 0, 1.0000001))
        return lts_fail(err, LTS_ERR_ARGUMENT, "training: transpose_share is %g, expected 0 to 1",
                        t->transpose_share);
    if (t->shards > MAX_THREADS)
        return lts_fail(err, LTS_ERR_ARGUMENT, "training: shards is %u, expected at most %d",
                        t->shards, MAX_THREADS);
    if (t->batch < 1 || t->batch > MAX_BATCH)
        return lts_fail(err, LTS_ERR_ARGUMENT, "training: batch_size is %zu, expected 1 to %d",
                        t->batch, MAX_BATCH);
    if (t->threads > MAX_THREADS)
        return lts_fail(err, LTS_ERR_ARGUMENT, "training: threads is %u, expected at most %d",
                        t->threads, MAX_THREADS);
    return LTS_OK;
}

/* Classifiers and auto-encoders have objectives of their own. */
static lts_status check_objective(const lts_model *model, const lts_training *t, lts_error *err)
{
    const bool classifies = model_classifies(&model->config);
    if (classifies != objective_of(t->loss)->over_classes)
        return lts_fail(
            err, LTS_ERR_ARGUMENT, "training: loss = %s is not for a model of type %s: use %s",
            lts_loss_text((int)t->loss), lts_model_type_text((int)model->config.type),
            lts_loss_text(classifies                                 ? LTS_LOSS_BCE
                          : model->config.type == LTS_MODEL_SEMANTIC ? LTS_LOSS_ELBO
                                                                     : LTS_LOSS_RELATIVE));
    if ((classifies || model->config.type == LTS_MODEL_SEMANTIC) && t->transpose_share > 0)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "training: transpose_share is %g, but only frames of magnitudes can be "
                        "transposed: set it to 0",
                        t->transpose_share);
    return LTS_OK;
}

/* One row for each array of a trainer. */
static lts_status allocate(lts_trainer *t, lts_error *err)
{
    const nn_net *net = t->model->net;
    const size_t batch = t->settings.batch, scratch = nn_scratch_floats(net);
    const lts_model_config *config = &t->model->config;
    const bool compresses = config->compression != LTS_COMPRESSION_NONE || config->gain_shape ||
                            t->settings.transpose_share > 0;
    const bool weighs = t->objective->relative;
    const struct {
        void *place;
        size_t count, size;
        const char *what;
    } arrays[] = {
        {&t->moments, 2 * net->trained, sizeof(float), "Adam's moments"},
        {&t->gradient, t->settings.reduce ? net->trained : 0, sizeof(float), "a gradient"},
        {&t->x, compresses ? batch * t->inputs : 0, sizeof(float), "a batch"},
        {&t->target, compresses ? batch * t->outputs : 0, sizeof(float), "a batch"},
        {&t->gain, config->gain_shape ? batch : 0, sizeof(float), "levels"},
        {&t->weight, weighs ? batch : 0, sizeof(float), "weights"},
        {&t->noise, batch * t->latent, sizeof(float), "the noise"},
        {&t->error, 2 * batch, sizeof(double), "the losses"},
        {&t->scratch, t->threads * scratch, sizeof(float), "blocks of gradients"},
        {&t->scratch_of, t->threads, sizeof(float *), "blocks of gradients"},
    };
    lts_status status = nn_pool_create(t->threads, &t->pool, err);
    if (status != LTS_OK)
        return status;
    status = nn_activations_create(net, batch, t->threads, true, &t->activations, err);
    if (status != LTS_OK)
        return status;
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        if (arrays[i].count > 0)
            status = lts_alloc_checked(arrays[i].place, arrays[i].count, arrays[i].size,
                                       arrays[i].what, err);
        if (status != LTS_OK)
            return status;
    }
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
    if ((status = check_objective(model, training, err)) != LTS_OK)
        return status;
    nn_use_own_threads();
    lts_trainer *trainer;
    status = lts_alloc_checked(&trainer, 1, sizeof *trainer, "the trainer", err);
    if (status != LTS_OK)
        return status;
    const nn_net *net = model->net;
    *trainer = (lts_trainer){
        .model = model,
        .settings = *training,
        .objective = objective_of(training->loss),
        .inputs = nn_inputs(&net->layers[0]),
        .outputs = nn_outputs(&net->layers[net->layer_count - 1]),
        .latent = model->sample < net->layer_count ? nn_outputs(&net->layers[model->sample]) : 0,
        .threads = training->threads ? training->threads : lts_processor_count(),
        .adam = {.learning_rate = training->learning_rate,
                 .beta1 = training->beta1,
                 .beta2 = training->beta2,
                 .epsilon = training->epsilon,
                 .clip = training->gradient_clip}};
    if (trainer->settings.shards == 0)
        trainer->settings.shards = DEFAULT_SHARDS;
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
    nn_pool_destroy(trainer->pool);
    nn_activations_destroy(trainer->activations);
    lts_free(trainer->moments);
    lts_free(trainer->gradient);
    lts_free(trainer->x);
    lts_free(trainer->target);
    lts_free(trainer->gain);
    lts_free(trainer->weight);
    lts_free(trainer->noise);
    lts_free(trainer->error);
    lts_free(trainer->scratch);
    lts_free(trainer->scratch_of);
    lts_free(trainer);
}

void lts_trainer_set_data_rms(lts_trainer *trainer, double data_rms)
{
    trainer->settings.data_rms = data_rms;
}

void lts_trainer_set_learning_rate(lts_trainer *trainer, double learning_rate)
{
    trainer->adam.learning_rate = learning_rate;
}
