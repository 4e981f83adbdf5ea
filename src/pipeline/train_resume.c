#include "pipeline/train.h"

#include <inttypes.h>
#include <string.h>

/* A checkpoint goes on only with what it was made with. */
static lts_status check_resumed(const train_job *job, const char *path, lts_error *err)
{
    const train_state *state = &job->state;
    const char *was = lts_model_note_get(job->model, "dataset.fingerprint");
    if (!was || strcmp(was, lts_frames_fingerprint(job->frames)) != 0)
        return lts_fail(err, LTS_ERR_SHAPE,
                        "%s: the data set has changed since this run began (files were added, "
                        "removed or made anew): restore it, or start a new run without --resume",
                        path);
    if (state->seed != job->training.seed ||
        state->frames != lts_frames_count(job->frames, LTS_FRAMES_TRAIN))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: [training] seed and [dataset] validation cannot change within a run: "
                        "take them back, or start a new run without --resume",
                        path);
    const lts_model_config *a = lts_model_settings(job->model), *b = &job->architecture;
    bool layers = a->type != LTS_MODEL_VAE2 ||
                  (a->layers == b->layers && a->units_divider == b->units_divider &&
                   a->batch_norm == b->batch_norm);
    if (a->type != b->type || a->bins != b->bins || a->latent != b->latent ||
        a->units != b->units || a->output != b->output || a->compression != b->compression ||
        !layers)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: the model's settings cannot change within a run: take them back, or "
                        "start a new run without --resume",
                        path);
    return LTS_OK;
}

static lts_status load_checkpoint(train_job *job, const char *path, lts_error *err)
{
    lts_status status = lts_trainer_load(path, &job->training, &job->model, &job->trainer, err);
    if (status == LTS_OK)
        status = train_state_read(job->model, path, &job->state, err);
    if (status == LTS_OK)
        status = check_resumed(job, path, err);
    if (status != LTS_OK)
        return status;
    if (job->state.threads != job->options->threads)
        lts_message(job->reporter, LTS_LEVEL_NOTE,
                    "with %u threads instead of %" PRIu64 " the weights will differ in their last "
                    "bits from an undisturbed run's",
                    job->options->threads, job->state.threads);
    lts_message(job->reporter, LTS_LEVEL_NOTE,
                "%s: going on after %" PRIu64 " of %" PRId64 " epochs and %" PRIu64 " of %" PRIu64
                " frames",
                job->run, job->state.epoch, job->config->training.epochs, job->state.position,
                job->state.frames);
    return LTS_OK;
}

static lts_status new_model(train_job *job, lts_error *err)
{
    train_state_start(&job->state);
    job->state.seed = job->training.seed;
    job->state.frames = lts_frames_count(job->frames, LTS_FRAMES_TRAIN);
    job->state.decay_steps = train_decay_steps((uint64_t)job->config->training.epochs);
    lts_status status = lts_model_create(&job->architecture, job->training.seed, &job->model, err);
    if (status == LTS_OK)
        status = lts_trainer_create(job->model, &job->training, &job->trainer, err);
    return status;
}

lts_status train_open_model(train_job *job, lts_error *err)
{
    char *path = train_path(job, TRAIN_CHECKPOINT);
    if (!path)
        return lts_fail(err, LTS_ERR_MEMORY, "%s: out of memory", job->run);
    lts_status status;
    if (lts_is_file(path)) {
        status = load_checkpoint(job, path, err);
    } else {
        if (job->options->resume)
            lts_message(job->reporter, LTS_LEVEL_NOTE,
                        "%s: no checkpoint yet: beginning from the start", job->run);
        status = new_model(job, err);
    }
    lts_free(path);
    job->state.threads = job->options->threads;
    return status;
}
