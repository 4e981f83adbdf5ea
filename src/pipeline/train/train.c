#include "pipeline/train/train_job.h"

#include "pipeline/train/run/run_folder.h"

#include <inttypes.h>
#include <math.h>

/* Whether the arrays were made by one of the originals. */
static lts_status find_originals(train_job *job, bool *originals, lts_error *err)
{
    const lts_config *config = job->config;
    char *folder = lts_path_join(config->dataset.datapath, config->dataset.cqt_dataset);
    if (!folder)
        return lts_no_memory(config->dataset.datapath, err);
    /* A run that began before such arrays counted as the originals' keeps its pitch. */
    const bool kept = job->options->resume && !lts_config_described(folder);
    lts_status status =
        lts_config_arrays(job->config, kept ? NULL : folder, originals, job->reporter, err);
    lts_free(folder);
    return status;
}

/* Turns settings into what the trainer, the frames and the watch take. Settings that do not fit
 * together are refused here. */
static lts_status read_settings(train_job *job, lts_error *err)
{
    const lts_config *config = job->config;
    bool originals = false;
    lts_status status = lts_config_classifies(config) ? train_open_classes(job, err)
                                                      : find_originals(job, &originals, err);
    if (status != LTS_OK)
        return status;
    job->training = (lts_training){.loss = (lts_loss)config->training.loss,
                                   .kl_beta = lts_config_kl_beta(config),
                                   .reconstruction_weight = config->semantic.reconstruction_weight,
                                   .learning_rate = config->training.learning_rate,
                                   .beta1 = config->training.adam_beta_1,
                                   .beta2 = config->training.adam_beta_2,
                                   .gradient_clip = config->training.gradient_clip,
                                   /* As the originals' libraries set it, TensorFlow and PyTorch. */
                                   .epsilon = config->training.loss == LTS_LOSS_MEAN ? 1e-7 : 1e-8,
                                   .batch = (size_t)config->training.batch_size,
                                   .threads = job->options->threads,
                                   .shards = (unsigned)config->training.shards,
                                   .seed = (uint64_t)config->training.seed,
                                   .data_rms = 1, /* until measure_data */
                                   .level_weight = config->training.level_weight,
                                   .soft_targets = config->inversynth.soft_targets,
                                   .transpose_share = config->training.transpose_share,
                                   .transpose_bins = (size_t)config->training.transpose_bins};
    job->watch = (train_watch_rule){.best_after = (uint64_t)config->training.save_best_model_after,
                                    .patience = (uint64_t)config->training.early_patience_epoch,
                                    .delta = config->training.early_delta};
    job->originals = originals;
    status = lts_config_feature(config, &job->feature, err);
    if (status != LTS_OK)
        return status;
    return lts_config_model(config, &job->architecture, err);
}

/* The RMS of frames that are trained on, by some thousand of them evenly spread. */
static lts_status measure_data(train_job *job, lts_error *err)
{
    if (train_classifies(job))
        return LTS_OK;
    const uint64_t frames = train_data_count(&job->data, LTS_FRAMES_TRAIN), looked_at = 4096;
    const uint64_t step = frames > looked_at ? frames / looked_at : 1;
    const size_t bins = job->data.inputs;
    float *scratch;
    double sum = 0;
    uint64_t count = 0;
    lts_status status = lts_alloc_checked(&scratch, bins, sizeof *scratch, "a frame", err);
    if (status != LTS_OK)
        return status;
    for (uint64_t f = 0; f < frames; f += step, count++) {
        status = train_data_gather(&job->data,
                                   &(train_rows){.part = LTS_FRAMES_TRAIN, .first = f, .count = 1},
                                   job->rows, NULL, err);
        if (status != LTS_OK)
            goto done;
        sum += lts_model_mean_square(&job->architecture, job->rows, 1, scratch);
    }
    /* Of silence alone nothing is relative. */
    lts_trainer_set_data_rms(job->trainer, fmax(sqrt(sum / (double)count), 1e-6));
done:
    lts_free(scratch);
    return status;
}

static lts_status make_folders(train_job *job, lts_error *err)
{
    static const char *const name[] = {"model", "logs"};
    lts_status status = LTS_OK;
    for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
        char *path = train_path(job, name[i]);
        status = path ? lts_make_folder(path, err) : lts_no_memory(job->run, err);
        lts_free(path);
        if (status != LTS_OK)
            return status;
    }
    return status;
}

static lts_status open_run(train_job *job, lts_error *err)
{
    lts_status status;
    if (job->options->resume) {
        status = run_folder_find(job->options->resume, &job->run, err);
    } else {
        const lts_config *config = job->config;
        char *parent = lts_path_join(config->dataset.datapath, config->extra.description);
        status =
            parent ? run_folder_create(parent, (uint64_t)config->dataset.run_number, &job->run, err)
                   : lts_no_memory("the run's folder", err);
        lts_free(parent);
    }
    if (status != LTS_OK)
        return status;
    status = run_folder_lock(job->run, &job->lock, err);
    if (status != LTS_OK)
        return status;
    run_folder_sweep(job->run);
    return make_folders(job, err);
}

/* Everything an epoch's end may bring, in an order in which a kill at any moment only means that
 * something is done again. */
static lts_status end_epoch(train_job *job, bool best, lts_error *err)
{
    lts_status status = LTS_OK;
    bool due = job->state.epoch % (uint64_t)job->config->training.checkpoint_interval == 0;
    if (best) {
        status = train_save_model(job, "model/best.safetensors", err);
        if (status != LTS_OK)
            return status;
        job->best_saved = job->state.epoch;
    }
    status = train_publish(job, best, err);
    if (status != LTS_OK)
        return status;
    if (due)
        status = train_preview(job, err);
    if (status == LTS_ERR_CANCELLED)
        return train_stop(job, err);
    if (status != LTS_OK)
        return status;
    if (due)
        return train_save_numbered(job, err);
    if (lts_now() - job->saved >= job->options->checkpoint_seconds)
        return train_save_checkpoint(job, TRAIN_CHECKPOINT, err);
    return LTS_OK;
}

/* The original's stairs are of optimiser steps, so that most epochs of a long run learn nothing. */
static void explain_schedule(const train_job *job)
{
    const train_state *state = &job->state;
    const lts_config *config = job->config;
    if (!config->training.learning_schedule)
        return;
    const uint64_t steps =
        (state->frames + job->training.batch - 1) / (uint64_t)job->training.batch;
    lts_message(
        job->reporter, LTS_LEVEL_NOTE,
        "learning_schedule: the rate begins at %g, and is below %g from epoch %" PRIu64 " on",
        train_scheduled_rate(config->training.learning_rate, state->decay_steps, 0),
        config->training.learning_rate / 1000, train_scheduled_end(state->decay_steps) / steps + 1);
}

static lts_status train_epochs(train_job *job, lts_error *err)
{
    lts_status status = LTS_OK;
    explain_schedule(job);
    job->clock = job->began = job->saved = lts_now();
    job->began_at = train_progress(job);
    /* Before anything else is written, so that a run with results always has one. */
    if (job->kept == UINT64_MAX)
        status = train_save_checkpoint(job, TRAIN_CHECKPOINT, err);
    if (status != LTS_OK)
        return status;
    while (!train_is_over(job) && !train_gave_up(&job->state, &job->watch)) {
        bool best = false;
        if ((status = train_one_epoch(job, &best, err)) != LTS_OK)
            return status;
        if ((status = end_epoch(job, best, err)) != LTS_OK)
            return status;
    }
    if (!train_is_over(job))
        lts_message(job->reporter, LTS_LEVEL_NOTE,
                    "stopped early: no improvement by more than %g in %" PRIu64 " epochs",
                    job->watch.delta, job->watch.patience);
    else if (job->done == 0)
        train_say_finished(job, "");
    return job->kept == job->state.steps ? LTS_OK
                                         : train_save_checkpoint(job, TRAIN_CHECKPOINT, err);
}

static lts_status open_files(train_job *job, lts_error *err)
{
    const lts_field field[] = {{.name = "run", .text = job->run}};
    train_describe(job);
    lts_status status = train_open_config(job, err);
    if (status != LTS_OK)
        return status;
    status = train_save_space(job, err);
    if (status != LTS_OK)
        return status;
    char *logs = train_path(job, "logs");
    status = logs ? lts_events_open(logs, &job->events, err) : lts_no_memory(job->run, err);
    lts_free(logs);
    if (status != LTS_OK)
        return status;
    /* Epochs that were logged after the checkpoint are trained and logged again. */
    if (job->options->resume)
        status = lts_events_restart(job->events, (int64_t)job->state.epoch + 1, err);
    if (status != LTS_OK)
        return status;
    lts_record(job->reporter, "run", field, 1);
    lts_message(job->reporter, LTS_LEVEL_NOTE, "run %s: %zu parameters, threads: %u", job->run,
                lts_model_parameter_count(job->model), job->training.threads);
    return LTS_OK;
}

static void release(train_job *job)
{
    lts_events_close(job->events);
    lts_trainer_destroy(job->trainer);
    lts_model_destroy(job->model);
    train_data_close(&job->data);
    match_tally_free(&job->tally);
    lts_synth_space_destroy(job->space);
    lts_free(job->descriptors);
    train_state_free(&job->state);
    lts_free(job->rows);
    lts_free(job->labels);
    lts_free(job->probabilities);
    lts_conditions_destroy(job->conditions);
    lts_free(job->condition_text);
    lts_free(job->condition_of);
    lts_free(job->condition);
    run_folder_unlock(job->lock);
    lts_free(job->run);
}

lts_status lts_train(lts_config *config, const lts_train_options *options,
                     const lts_reporter *reporter, lts_error *err)
{
    train_job job = {.config = config, .options = options, .reporter = reporter, .lock = -1};
    train_state_start(&job.state);
    lts_status status = read_settings(&job, err);
    if (status != LTS_OK)
        goto done;
    status = train_open_data(&job, err);
    if (status != LTS_OK)
        goto done;
    status = train_open_conditions(&job, err);
    if (status != LTS_OK)
        goto done;
    status = open_run(&job, err);
    if (status != LTS_OK)
        goto done;
    status = train_open_model(&job, err);
    if (status != LTS_OK)
        goto done;
    if (options->resume && train_was_finished(&job)) {
        status = train_complete_space(&job, err);
        goto done;
    }
    status = measure_data(&job, err);
    if (status != LTS_OK)
        goto done;
    status = open_files(&job, err);
    if (status != LTS_OK)
        goto done;
    status = train_epochs(&job, err);
    if (status != LTS_OK)
        goto done;
    status = train_finish(&job, err);
done:
    release(&job);
    return status;
}
