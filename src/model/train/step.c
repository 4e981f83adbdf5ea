#include "model/train/step.h"

#include <math.h>

/* --- Compress -------------------------------------------------------------------------------- */

static const float *network_input(const step *s)
{
    return s->trainer->x ? s->trainer->x : s->batch->x;
}

static const float *network_target(const step *s)
{
    if (!s->batch->target)
        return network_input(s);
    return s->trainer->target ? s->trainer->target : s->batch->target;
}

static void prepare_rows(const step *s, nn_range rows)
{
    lts_trainer *t = s->trainer;
    trainer_prepare(t, s->batch, s->training, rows);
    for (size_t b = rows.first; s->draw_noise && b < rows.first + rows.count; b++)
        nn_noise_row(t->settings.seed, trainer_row(t, s->batch, b), t->noise + b * t->latent,
                     t->latent);
}

/* --- Forward and objective ------------------------------------------------------------------- */

static double kl_share(const step *s)
{
    const lts_trainer *t = s->trainer;
    return t->latent
               ? t->settings.kl_beta * objective_kl_scale(t->objective, s->global_count, t->latent)
               : 0;
}

static double reconstruction_weight(const lts_trainer *t)
{
    return t->objective->bounds_likelihood ? t->settings.reconstruction_weight : 1;
}

static nn_pass whole_pass(const step *s)
{
    const lts_trainer *t = s->trainer;
    return (nn_pass){.net = t->model->net,
                     .parameters = t->model->parameters,
                     .activations = t->activations,
                     .end = t->model->net->layer_count,
                     .x = network_input(s),
                     .condition = s->batch->condition,
                     .batch = s->batch->count,
                     .shards = t->settings.shards,
                     .training = s->training,
                     .seed = t->settings.seed,
                     .first_row = trainer_row(t, s->batch, 0),
                     .noise = s->noise,
                     .kl_share = kl_share(s),
                     .kl = t->kl};
}

static void objective_rows(const step *s, nn_range rows, float *gradient)
{
    const lts_trainer *t = s->trainer;
    const objective_target target = {
        network_target(s),
        {s->batch->labels, s->batch->label_count, t->settings.soft_targets},
        t->weight};
    const double scale =
        reconstruction_weight(t) * objective_scale(t->objective, s->global_count, t->outputs);
    t->objective->rows(t->activations->value[t->model->net->layer_count - 1], &target, t->outputs,
                       rows, scale, t->error, gradient);
}

/* The losses of the global batch: of this process's rows in their order, then over processes. */
static void find_losses(step *s)
{
    const lts_trainer *t = s->trainer;
    const lts_reduce *reduce = s->training ? t->settings.reduce : NULL;
    double sum[2] = {0, 0};
    for (size_t b = 0; b < s->batch->count; b++) {
        sum[0] += t->error[b];
        sum[1] += t->kl[b];
    }
    if (reduce)
        s->status = reduce->sum_double(reduce->context, sum, 2, s->err);
    s->losses.reconstruction = sum[0] * objective_scale(t->objective, s->global_count, t->outputs);
    s->losses.kl =
        t->latent ? sum[1] * objective_kl_scale(t->objective, s->global_count, t->latent) : 0;
    s->losses.total =
        reconstruction_weight(t) * s->losses.reconstruction + t->settings.kl_beta * s->losses.kl;
}

static bool are_finite(const lts_losses *losses)
{
    /* kl by itself too: kl_beta may be 0. Beyond float's range the gradients overflow. */
    return fabs(losses->total) <= 3.4e38 && fabs(losses->kl) <= 3.4e38;
}

/* --- Reduce and update ----------------------------------------------------------------------- */

/* Running statistics of all processes are those of each, weighted by its rows. */
static void reduce_all(step *s)
{
    const lts_trainer *t = s->trainer;
    const lts_reduce *reduce = t->settings.reduce;
    const nn_net *net = t->model->net;
    float *statistics = t->model->parameters + net->trained;
    const size_t count = net->total - net->trained;
    const float share = (float)((double)s->batch->count / (double)s->global_count);
    s->status = reduce->sum_float(reduce->context, s->gradient, net->trained, s->err);
    for (size_t i = 0; i < count; i++)
        statistics[i] *= share;
    if (s->status == LTS_OK && count > 0)
        s->status = reduce->sum_float(reduce->context, statistics, count, s->err);
}

static void apply_gradient(const step *s, nn_worker worker)
{
    const lts_trainer *t = s->trainer;
    nn_adam_apply_all(&t->adam, t->model->net, t->settings.shards, t->model->parameters,
                      s->gradient, worker);
}

void step_run_worker(void *context, nn_worker worker)
{
    step *s = context;
    lts_trainer *t = s->trainer;
    const nn_range rows = nn_share(worker, s->batch->count, 1);
    const nn_pass pass = whole_pass(s);
    const nn_update update = {.gradient = s->gradient,
                              .parameters = s->update ? t->model->parameters : NULL,
                              .adam = &t->adam,
                              .scratch = t->scratch_of};
    prepare_rows(s, rows);
    nn_barrier_wait(worker);
    nn_forward(&pass, worker);
    objective_rows(s, rows, s->training ? t->activations->gradient[pass.end - 1] : NULL);
    nn_barrier_wait(worker);
    if (worker.index == 0)
        find_losses(s);
    nn_barrier_wait(worker);
    if (!s->training || s->status != LTS_OK || !are_finite(&s->losses))
        return;
    nn_backward(&pass, &update, worker);
    if (!s->gradient || !s->update)
        return;
    if (worker.index == 0 && t->settings.reduce)
        reduce_all(s);
    nn_barrier_wait(worker);
    if (s->status == LTS_OK)
        apply_gradient(s, worker);
}

/* --- Steps ----------------------------------------------------------------------------------- */

/* Every label of a classifier names one of its classes. */
static lts_status check_labels(const lts_trainer *t, const lts_batch *batch, lts_error *err)
{
    const lts_model_config *config = &t->model->config;
    if (!batch->labels || batch->label_count != config->parameters)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "training: %zu labels an example, expected one for each of %zu parameters",
                        batch->labels ? batch->label_count : 0, config->parameters);
    for (size_t i = 0; i < batch->count * batch->label_count; i++)
        if (batch->labels[i] < 0 || (size_t)batch->labels[i] >= config->classes)
            return lts_fail(err, LTS_ERR_ARGUMENT,
                            "training: row %zu of the batch, parameter %zu: class %d, expected 0 "
                            "to %zu",
                            i / batch->label_count, i % batch->label_count, (int)batch->labels[i],
                            config->classes - 1);
    return LTS_OK;
}

lts_status step_check_batch(const lts_trainer *t, const lts_batch *batch, lts_error *err)
{
    const size_t global = batch->global_count ? batch->global_count : batch->count;
    if (batch->count < 1 || batch->count > t->settings.batch)
        return lts_fail(err, LTS_ERR_ARGUMENT, "training: a batch of %zu, expected 1 to %zu",
                        batch->count, t->settings.batch);
    if (batch->count > global || batch->first_row > global - batch->count)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "training: rows %zu to %zu are not part of a global batch of %zu",
                        batch->first_row, batch->first_row + batch->count, global);
    return t->objective->over_classes ? check_labels(t, batch, err) : LTS_OK;
}

static lts_status run_step(step *s, lts_losses *losses, lts_error *err)
{
    lts_trainer *t = s->trainer;
    lts_status status = step_check_batch(t, s->batch, err);
    if (status != LTS_OK)
        return status;
    s->global_count = s->batch->global_count ? s->batch->global_count : s->batch->count;
    s->training = true;
    s->draw_noise = !s->noise && t->latent > 0;
    s->noise = s->noise ? s->noise : t->noise;
    s->err = err;
    t->adam.step++;
    nn_pool_run(t->pool, step_run_worker, s);
    const bool finite = are_finite(&s->losses);
    if (losses)
        *losses = s->losses;
    if (!finite || s->status != LTS_OK || !s->update)
        t->adam.step--;
    if (s->status != LTS_OK)
        return s->status;
    if (!finite)
        return lts_fail(err, LTS_ERR_NONFINITE,
                        "training: the loss is %g (reconstruction %g, kl %g) at step %llu: look "
                        "for NaN in the data, or lower the learning rate",
                        s->losses.total, s->losses.reconstruction, s->losses.kl,
                        (unsigned long long)t->adam.step + 1);
    if (s->update) {
        t->rows_seen += s->global_count;
        t->model->hash->known = false;
    }
    return LTS_OK;
}

lts_status trainer_step(lts_trainer *trainer, const lts_batch *batch, const float *noise,
                        float *gradient, lts_losses *losses, lts_error *err)
{
    step s = {.trainer = trainer,
              .batch = batch,
              .noise = noise,
              .gradient = gradient ? gradient : trainer->gradient,
              .update = true};
    return run_step(&s, losses, err);
}

lts_status trainer_gradient(lts_trainer *trainer, const lts_batch *batch, const float *noise,
                            float *gradient, lts_losses *losses, lts_error *err)
{
    step s = {.trainer = trainer, .batch = batch, .noise = noise, .gradient = gradient};
    return run_step(&s, losses, err);
}

lts_status lts_trainer_step(lts_trainer *trainer, const lts_batch *batch, lts_losses *losses,
                            lts_error *err)
{
    return trainer_step(trainer, batch, NULL, NULL, losses, err);
}
