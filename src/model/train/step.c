/* One step of training and one look at the loss, each run by one team of threads. */
#include "model/train/trainer.h"

#include <math.h>
#include <string.h>

typedef struct job {
    lts_trainer *trainer;
    const float *frames; /* (B,K) linear magnitudes */
    size_t batch;
    const float *noise; /* given, or NULL */
    float *gradient;    /* an arena, or NULL */
    bool update;        /* parameters, statistics */
    double *squares;
} job;

/* Factor of the squared error in the loss. */
static double error_scale(const lts_trainer *t, size_t batch)
{
    return t->settings.loss == LTS_LOSS_SUM ? 1
                                            : 1 / ((double)batch * (double)t->model->config.bins);
}

/* Summed in the order of the frames, so that every member of every team finds the same. */
static lts_losses batch_losses(const lts_trainer *t, size_t batch)
{
    double error = 0, kl = 0;
    for (size_t b = 0; b < batch; b++) {
        error += t->error[b];
        kl += t->kl[b];
    }
    lts_losses losses = {.reconstruction = error * error_scale(t, batch),
                         .kl = kl / ((double)batch * (double)t->model->config.latent)};
    losses.total = losses.reconstruction + t->settings.kl_beta * losses.kl;
    return losses;
}

static bool are_finite(const lts_losses *losses)
{
    /* kl by itself too: kl_beta may be 0. Beyond float's range the gradients overflow. */
    return fabs(losses->total) <= 3.4e38 && fabs(losses->kl) <= 3.4e38;
}

static const float *network_input(const job *j)
{
    return j->trainer->frames ? j->trainer->frames : j->frames;
}

static lts_pass whole_pass(const job *j, bool training)
{
    const lts_trainer *t = j->trainer;
    return (lts_pass){.net = t->model->net,
                      .parameters = t->model->parameters,
                      .tape = t->tape,
                      .end = t->model->net->layer_count,
                      .x = network_input(j),
                      .batch = j->batch,
                      .training = training,
                      .noise = j->noise ? j->noise : t->noise,
                      .kl_beta = t->settings.kl_beta,
                      .kl = t->kl};
}

/* A member's rows of what the network reads. */
static void prepare_rows(const job *j, lts_range rows, bool training)
{
    lts_trainer *t = j->trainer;
    const size_t bins = t->model->config.bins, latent = t->model->config.latent;
    if (t->frames)
        magnitudes_compress(t->model->config.compression, j->frames + rows.first * bins,
                            t->frames + rows.first * bins, rows.count * bins);
    for (size_t b = rows.first; training && !j->noise && b < rows.first + rows.count; b++)
        lts_noise_row(t->settings.seed, t->frames_seen + b, t->noise + b * latent, latent);
}

/* Where a later all-reduce between machines belongs: the gradients are whole, Adam is still to
 * come. */
static void apply_gradient(const job *j, lts_team team)
{
    const lts_trainer *t = j->trainer;
    lts_range part = lts_team_share(team, t->model->net->trained, 16);
    lts_adam_apply(&t->adam, t->model->parameters, j->gradient + part.first, part.first,
                   part.count);
}

static void step_member(void *context, lts_team team)
{
    const job *j = context;
    lts_trainer *t = j->trainer;
    const lts_net *net = t->model->net;
    const size_t bins = t->model->config.bins, last = net->layer_count - 1;
    const lts_range rows = lts_team_share(team, j->batch, 1);
    const lts_pass pass = whole_pass(j, true);
    prepare_rows(j, rows, true);
    lts_team_meet(team);
    lts_net_forward(&pass, team);
    lts_squared_error(t->tape->value[last], pass.x, bins, rows, error_scale(t, j->batch), t->error,
                      t->tape->slope[last]);
    lts_team_meet(team);
    lts_losses losses = batch_losses(t, j->batch);
    if (!are_finite(&losses))
        return;
    lts_net_backward(&pass,
                     &(lts_update){.gradient = j->gradient,
                                   .parameters = j->update ? t->model->parameters : NULL,
                                   .adam = &t->adam,
                                   .scratch = t->scratch_of},
                     team);
    if (j->gradient && j->update)
        apply_gradient(j, team);
}

static lts_status run_step(job *j, lts_losses *losses, lts_error *err)
{
    lts_trainer *t = j->trainer;
    if (j->batch < 1 || j->batch > t->settings.batch)
        return lts_fail(err, LTS_ERR_ARGUMENT, "training: a batch of %zu, expected 1 to %zu",
                        j->batch, t->settings.batch);
    t->adam.step++;
    lts_crew_run(t->crew, step_member, j);
    const lts_losses found = batch_losses(t, j->batch);
    const bool finite = are_finite(&found);
    if (losses)
        *losses = found;
    if (!finite || !j->update)
        t->adam.step--;
    if (!finite)
        return lts_fail(err, LTS_ERR_NONFINITE,
                        "training: the loss is %g (reconstruction %g, kl %g) at step %llu: look "
                        "for NaN in the data, or lower the learning rate",
                        found.total, found.reconstruction, found.kl,
                        (unsigned long long)t->adam.step + 1);
    if (j->update) {
        t->frames_seen += j->batch;
        t->model->hash->known = false;
    }
    return LTS_OK;
}

lts_status trainer_step(lts_trainer *trainer, const float *frames, size_t batch, const float *noise,
                        float *gradient, lts_losses *losses, lts_error *err)
{
    job j = {.trainer = trainer,
             .frames = frames,
             .batch = batch,
             .noise = noise,
             .gradient = gradient,
             .update = true};
    return run_step(&j, losses, err);
}

lts_status trainer_gradient(lts_trainer *trainer, const float *frames, size_t batch,
                            const float *noise, float *gradient, lts_losses *losses, lts_error *err)
{
    job j = {
        .trainer = trainer, .frames = frames, .batch = batch, .noise = noise, .gradient = gradient};
    return run_step(&j, losses, err);
}

lts_status lts_trainer_step(lts_trainer *trainer, const float *frames, size_t batch,
                            lts_losses *losses, lts_error *err)
{
    return trainer_step(trainer, frames, batch, NULL, NULL, losses, err);
}

/* |y - x|^2 and |x|^2 of one frame in linear magnitude; `linear` is scratch of n floats. */
static void frame_squares(const lts_trainer *t, const float *y, const float *x, float *linear,
                          double squares[2])
{
    const size_t bins = t->model->config.bins;
    magnitudes_expand(t->model->config.compression, y, linear, bins);
    lts_squared_error(linear, x, bins, (lts_range){0, 1}, 1, &squares[0], NULL);
    memset(linear, 0, bins * sizeof *linear);
    lts_squared_error(linear, x, bins, (lts_range){0, 1}, 1, &squares[1], NULL);
}

static void evaluate_member(void *context, lts_team team)
{
    const job *j = context;
    lts_trainer *t = j->trainer;
    const size_t bins = t->model->config.bins, last = t->model->net->layer_count - 1;
    const lts_range rows = lts_team_share(team, j->batch, 1);
    const lts_pass pass = whole_pass(j, false);
    prepare_rows(j, rows, false);
    lts_team_meet(team);
    lts_net_forward(&pass, team);
    lts_squared_error(t->tape->value[last], pass.x, bins, rows, 1, t->error, NULL);
    for (size_t b = rows.first; j->squares && b < rows.first + rows.count; b++)
        frame_squares(t, t->tape->value[last] + b * bins, j->frames + b * bins,
                      t->tape->slope[last] + b * bins, j->squares + 2 * b);
}

void lts_trainer_evaluate(lts_trainer *trainer, const float *frames, size_t batch,
                          lts_losses *losses, double *squares)
{
    job j = {.trainer = trainer, .frames = frames, .batch = batch, .squares = squares};
    lts_crew_run(trainer->crew, evaluate_member, &j);
    *losses = batch_losses(trainer, batch);
}
