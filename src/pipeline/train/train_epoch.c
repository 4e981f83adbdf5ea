#include "pipeline/train/train_job.h"

#include <inttypes.h>
#include <math.h>

enum { ORDER_STREAM = 0x6f72646572 };

/* The loss of a batch as the original adds it up: with `sum` it is already the sum over the batch's
 * frames, with the others their mean. Either way sum / frames is the epoch's loss. */
static void add_losses(lts_losses *sum, const lts_losses *batch, lts_loss kind, size_t frames)
{
    double weight = kind == LTS_LOSS_SUM ? 1 : (double)frames;
    sum->total += weight * batch->total;
    sum->reconstruction += weight * batch->reconstruction;
    sum->kl += weight * batch->kl;
}

static lts_losses divide(const lts_losses *sum, uint64_t frames)
{
    double n = (double)frames;
    return (lts_losses){sum->total / n, sum->reconstruction / n, sum->kl / n};
}

static lts_batch train_batch(const train_job *job)
{
    return (lts_batch){.x = job->rows,
                       .labels = job->labels,
                       .label_count = job->data.label_count,
                       .condition = job->condition,
                       .count = job->batch};
}

lts_status train_look(train_job *job, lts_losses *losses, lts_error *err)
{
    const lts_batch batch = train_batch(job);
    if (job->labels)
        return lts_trainer_evaluate_classes(job->trainer, &batch, losses, job->probabilities, err);
    lts_trainer_evaluate(job->trainer, &batch, losses, NULL);
    return LTS_OK;
}

static lts_status take_step(train_job *job, const lts_permutation *order, lts_error *err)
{
    train_state *state = &job->state;
    lts_losses losses;
    lts_error reason;
    double began = lts_now();
    uint64_t left = state->frames - state->position;
    job->batch = left < job->training.batch ? (size_t)left : job->training.batch;
    const train_rows rows = {.part = LTS_FRAMES_TRAIN,
                             .epoch = state->epoch,
                             .order = order,
                             .first = state->position,
                             .count = job->batch};
    lts_status status = train_data_gather(&job->data, &rows, job->rows, job->labels, err);
    if (status != LTS_OK)
        return status;
    train_condition(job, &rows);
    job->rate = train_rate(job, state->steps);
    lts_trainer_set_learning_rate(job->trainer, job->rate);
    const lts_batch batch = train_batch(job);
    status = lts_trainer_step(job->trainer, &batch, &losses, &reason);
    if (status == LTS_ERR_NONFINITE)
        return train_lost(job, "the loss", state->steps + 1, err);
    if (status != LTS_OK)
        return lts_fail(err, status, "%s: %s", job->run, reason.text);
    add_losses(&state->sum, &losses, job->training.loss, job->batch);
    state->position += job->batch;
    state->steps++;
    state->step_seconds += lts_now() - began;
    job->done += job->batch;
    return LTS_OK;
}

static lts_status train_part(train_job *job, lts_error *err)
{
    train_state *state = &job->state;
    lts_rng rng;
    lts_permutation order;
    /* The order depends on the seed and the epoch alone, so a resumed epoch goes on in it. */
    lts_rng_seed(&rng, state->seed, ORDER_STREAM + state->epoch);
    lts_permutation_init(&order, state->frames, &rng);
    while (state->position < state->frames && !(state->position > 0 && train_progress(job) >= 1)) {
        lts_status status = take_step(job, &order, err);
        if (status != LTS_OK)
            return status;
        const double now = lts_now();
        const double done = (double)state->epoch * (double)state->frames + (double)state->position;
        lts_progress(job->reporter, job->data.kind->unit, done,
                     done / fmax(train_progress(job), 1e-9),
                     (double)job->done / (now - job->began));
        if (lts_cancelled(job->reporter))
            return train_stop(job, err);
        if (now - job->saved >= job->options->checkpoint_seconds)
            status = train_save_checkpoint(job, TRAIN_CHECKPOINT, err);
        if (status != LTS_OK)
            return status;
    }
    return LTS_OK;
}

static lts_status validate(train_job *job, lts_losses *losses, lts_error *err)
{
    const uint64_t frames = train_data_count(&job->data, LTS_FRAMES_VALIDATION);
    lts_losses sum = {0, 0, 0};
    if (job->labels)
        match_tally_restart(&job->tally);
    for (uint64_t first = 0; first < frames; first += job->batch) {
        lts_losses batch;
        job->batch = job->training.batch;
        if (frames - first < job->batch)
            job->batch = (size_t)(frames - first);
        const train_rows rows = {
            .part = LTS_FRAMES_VALIDATION, .first = first, .count = job->batch};
        lts_status status = train_data_gather(&job->data, &rows, job->rows, job->labels, err);
        if (status != LTS_OK)
            return status;
        train_condition(job, &rows);
        status = train_look(job, &batch, err);
        if (status != LTS_OK)
            return status;
        if (job->labels)
            match_tally_add(&job->tally, job->probabilities, job->labels, job->batch);
        add_losses(&sum, &batch, job->training.loss, job->batch);
        if (lts_cancelled(job->reporter))
            return train_stop(job, err);
    }
    *losses = divide(&sum, frames);
    if (!isfinite(losses->total))
        return train_lost(job, "the validation loss", job->state.steps, err);
    return LTS_OK;
}

lts_status train_one_epoch(train_job *job, bool *best, lts_error *err)
{
    train_state *state = &job->state;
    lts_status status = train_part(job, err);
    if (status != LTS_OK)
        return status;
    train_epoch row = {.epoch = state->epoch + 1, .train = divide(&state->sum, state->position)};
    row.validated = train_data_count(&job->data, LTS_FRAMES_VALIDATION) > 0;
    if (row.validated)
        status = validate(job, &row.validation, err);
    if (status != LTS_OK)
        return status;
    if (row.validated && job->labels)
        row.scores = match_tally_mean(&job->tally);
    row.learning_rate = job->rate;
    train_clock(job);
    row.seconds = round(1000 * state->epoch_seconds) / 1000; /* no more digits than are known */
    row.frames_per_second = round(10 * (double)state->position / state->step_seconds) / 10;
    status = train_history_add(&state->history, &row, err);
    if (status != LTS_OK)
        return status;
    *best = train_watch(state, row.validated ? row.validation.total : row.train.total, row.epoch,
                        &job->watch);
    state->epoch++;
    state->position = 0;
    state->sum = (lts_losses){0, 0, 0};
    state->step_seconds = state->epoch_seconds = 0;
    return LTS_OK;
}
