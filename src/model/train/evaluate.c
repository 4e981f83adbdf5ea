/* Losses and errors of a batch without a step. */
#include "model/train/step.h"

#include <string.h>

/* |y - x|^2 and |x|^2 of one row in linear magnitude; `linear` is scratch of n floats. */
static void row_squares(const lts_trainer *t, const float *y, const float *x, float *linear,
                        double squares[2])
{
    const size_t bins = t->outputs;
    magnitudes_expand(&t->model->config, y, linear, bins);
    if (t->gain)
        level_set_rms(linear, t->model->level_weight, bins,
                      level_rms(x, t->model->level_weight, bins));
    nn_squared_error(linear, x, NULL, t->outputs, (nn_range){0, 1}, 1, &squares[0], NULL);
    memset(linear, 0, t->outputs * sizeof *linear);
    nn_squared_error(linear, x, NULL, t->outputs, (nn_range){0, 1}, 1, &squares[1], NULL);
}

static void evaluate_worker(void *context, nn_worker worker)
{
    step *s = context;
    const lts_trainer *t = s->trainer;
    const size_t last = t->model->net->layer_count - 1, width = t->outputs;
    const nn_range rows = nn_share(worker, s->batch->count, 1);
    const float *linear = s->batch->target ? s->batch->target : s->batch->x;
    step_run_worker(s, worker);
    for (size_t b = rows.first; s->squares && b < rows.first + rows.count; b++)
        row_squares(t, t->activations->value[last] + b * width, linear + b * width,
                    t->activations->gradient[last] + b * width, s->squares + 2 * b);
}

void lts_trainer_evaluate(lts_trainer *trainer, const lts_batch *batch, lts_losses *losses,
                          double *squares)
{
    step s = {.trainer = trainer, .batch = batch, .global_count = batch->count, .squares = squares};
    nn_pool_run(trainer->pool, evaluate_worker, &s);
    *losses = s.losses;
}

lts_status lts_trainer_evaluate_classes(lts_trainer *trainer, const lts_batch *batch,
                                        lts_losses *losses, float *probabilities, lts_error *err)
{
    const size_t last = trainer->model->net->layer_count - 1;
    lts_status status = lts_model_check_classes(trainer->model, err);
    if (status != LTS_OK)
        return status;
    if ((status = step_check_batch(trainer, batch, err)) != LTS_OK)
        return status;
    lts_trainer_evaluate(trainer, batch, losses, NULL);
    if (probabilities)
        nn_vector_sigmoid(trainer->activations->value[last], probabilities,
                          batch->count * trainer->outputs);
    return LTS_OK;
}
