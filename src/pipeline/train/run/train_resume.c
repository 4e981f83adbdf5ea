#include "pipeline/train/train_job.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { HISTORY_LIMIT = 1 << 30 };

/* Models saved without the notes of lts-train say nothing of their feature. */
static lts_status check_feature(const train_job *job, const char *path, lts_error *err)
{
    const lts_feature *was;
    lts_error why = {0};
    lts_status status = lts_model_feature(job->model, &was, &why);
    if (status != LTS_OK && status != LTS_ERR_NOT_FOUND)
        return lts_fail(err, status, "%s: %s", path, why.text);
    if (was && !lts_feature_equal(was, &job->feature))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: [audio] cannot change within a run: take its settings back, or start "
                        "a new run without --resume",
                        path);
    return LTS_OK;
}

/* A checkpoint goes on only with what it was made with. */
static lts_status check_resumed(const train_job *job, const char *path, lts_error *err)
{
    const train_state *state = &job->state;
    const char *was = lts_model_note_get(job->model, "dataset.fingerprint");
    if (!was || strcmp(was, train_data_fingerprint(&job->data)) != 0)
        return lts_fail(err, LTS_ERR_SHAPE,
                        "%s: the data set has changed since this run began (files were added, "
                        "removed or made anew): restore it, or start a new run without --resume",
                        path);
    if (state->seed != job->training.seed ||
        state->frames != train_data_count(&job->data, LTS_FRAMES_TRAIN))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: [training] seed and [dataset] validation cannot change within a run: "
                        "take them back, or start a new run without --resume",
                        path);
    const lts_model_config *a = lts_model_settings(job->model), *b = &job->architecture;
    if (a->type != b->type)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: [model] type cannot change within a run: take it back, or start a new "
                        "run without --resume",
                        path);
    const lts_model_setting *other = lts_model_settings_differ(a, b);
    if (other)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: [%s] %s cannot change within a run: take it back, or start a new run "
                        "without --resume",
                        path, other->section ? other->section : "model",
                        other->key ? other->key : other->name);
    return check_feature(job, path, err);
}

/* What a new run's optimiser and schedule begin with. */
static void begin_state(train_job *job)
{
    train_state_start(&job->state);
    job->state.history.scored = train_classifies(job);
    job->state.seed = job->training.seed;
    job->state.frames = train_data_count(&job->data, LTS_FRAMES_TRAIN);
    job->state.decay_steps = train_decay_steps((uint64_t)job->config->training.epochs);
}

static lts_status load_checkpoint(train_job *job, const char *path, lts_error *err)
{
    lts_status status = lts_trainer_load(path, &job->training, &job->model, &job->trainer, err);
    if (status != LTS_OK)
        return status;
    status = train_state_read(job->model, path, &job->state, err);
    if (status != LTS_OK)
        return status;
    status = check_resumed(job, path, err);
    if (status != LTS_OK)
        return status;
    if (train_is_over(job))
        return LTS_OK;
    char budget[TRAIN_BUDGET_TEXT];
    train_budget_text(job, budget);
    lts_message(job->reporter, LTS_LEVEL_NOTE,
                "%s: going on after %" PRIu64 " epochs and %" PRIu64 " of %" PRIu64
                " frames, %.0f %% of %s",
                job->run, job->state.epoch, job->state.position, job->state.frames,
                100 * train_progress(job), budget);
    return LTS_OK;
}

static lts_status new_model(train_job *job, lts_error *err)
{
    begin_state(job);
    lts_status status = lts_model_create(&job->architecture, job->training.seed, &job->model, err);
    if (status != LTS_OK)
        return status;
    return lts_trainer_create(job->model, &job->training, &job->trainer, err);
}

/* The finished epochs that history.csv tells of; none when it is not there. */
static lts_status read_history(const train_job *job, train_history *history, lts_error *err)
{
    lts_error reason;
    char *text = NULL;
    size_t size;
    char *path = train_path(job, "history.csv");
    if (!path)
        return lts_no_memory(job->run, err);
    lts_status status = LTS_OK;
    if (lts_is_file(path))
        status = lts_read_file(path, HISTORY_LIMIT, &text, &size, err);
    if (text) {
        status = train_history_parse(text, history, &reason);
        if (status != LTS_OK)
            lts_fail(err, status, "%s: %s", path, reason.text);
    }
    lts_free(text);
    lts_free(path);
    return status;
}

/* The state after so many of the history's epochs, as far as it can be told without a checkpoint.
 */
static void replay(train_job *job, uint64_t epochs)
{
    train_state *state = &job->state;
    train_history *history = &state->history;
    const uint64_t batch = job->training.batch;
    state->seconds = 0;
    state->best_loss = state->watched_loss = INFINITY;
    state->best_epoch = state->waited = 0;
    if (history->count > epochs)
        history->count = (size_t)epochs;
    for (size_t e = 0; e < history->count; e++) {
        const train_epoch *row = &history->row[e];
        train_watch(state, row->validated ? row->validation.total : row->train.total, e + 1,
                    &job->watch);
        state->seconds += row->seconds;
    }
    state->epoch = history->count;
    state->steps = state->epoch * ((state->frames + batch - 1) / batch);
}

static lts_status load_weights(train_job *job, const char *path, lts_error *err)
{
    int64_t epochs = 0;
    lts_status status = lts_model_load(path, &job->model, err);
    if (status != LTS_OK)
        return status;
    if (lts_model_note_get(job->model, "train.epoch")) {
        lts_model_destroy(job->model);
        job->model = NULL;
        return load_checkpoint(job, path, err);
    }
    begin_state(job);
    status = check_resumed(job, path, err);
    if (status != LTS_OK)
        return status;
    status = lts_trainer_create(job->model, &job->training, &job->trainer, err);
    if (status != LTS_OK)
        return status;
    status = read_history(job, &job->state.history, err);
    if (status != LTS_OK)
        return status;
    replay(job, UINT64_MAX);
    if (strcmp(job->options->from, "best") == 0 && job->state.best_epoch > 0)
        replay(job, job->state.best_epoch);
    else if (lts_parse_int(job->config->extra.total_epochs, &epochs) && epochs > 0)
        replay(job, (uint64_t)epochs);
    lts_message(job->reporter, LTS_LEVEL_NOTE,
                "%s: going on from the weights after %" PRIu64 " epochs, with a fresh optimiser",
                path, job->state.epoch);
    return LTS_OK;
}

static lts_status load_named(train_job *job, lts_error *err)
{
    const char *name = job->options->from;
    char *path = strchr(name, '/') ? lts_strdup(name)
                                   : lts_format("%s/model/%s.safetensors", job->run, name);
    if (!path)
        return lts_no_memory(job->run, err);
    lts_status status = !strchr(name, '/') && lts_is_file(path)
                            ? load_weights(job, path, err)
                            : lts_fail(err, LTS_ERR_NOT_FOUND,
                                       "%s: not there: --from takes last, best or the name of a "
                                       "numbered checkpoint (checkpoint-NNNNN) in the run's model/",
                                       path);
    lts_free(path);
    return status;
}

static bool run_has(const train_job *job, const char *name)
{
    char *path = train_path(job, name);
    bool there = path && lts_is_file(path);
    lts_free(path);
    return there;
}

/* A run that has trained is not begun anew over its own results. */
static lts_status refuse_lost_checkpoint(const train_job *job, lts_error *err)
{
    const char *name = run_has(job, "model/last.safetensors")   ? "last"
                       : run_has(job, "model/best.safetensors") ? "best"
                                                                : NULL;
    if (name)
        return lts_fail(err, LTS_ERR_NOT_FOUND,
                        "%s: " TRAIN_CHECKPOINT " is gone: put it back, or go on from the weights "
                        "of model/%s.safetensors with a fresh optimiser: lts-train --resume '%s' "
                        "--from %s",
                        job->run, name, job->run, name);
    if (run_has(job, "history.csv"))
        return lts_fail(err, LTS_ERR_NOT_FOUND,
                        "%s: " TRAIN_CHECKPOINT " is gone: put it back, or start a new run without "
                        "--resume",
                        job->run);
    return LTS_OK;
}

/* As many as the run used before, but no more than there are processors; all of these where that is
 * not known. */
static unsigned choose_threads(const char *checkpoint)
{
    const unsigned processors = lts_processor_count();
    const uint64_t before = lts_is_file(checkpoint) ? train_state_threads(checkpoint) : 0;
    return before > 0 && before < processors ? (unsigned)before : processors;
}

/* A run without a checkpoint begins from the start, unless it has lost one. */
static lts_status begin_anew(train_job *job, lts_error *err)
{
    if (!job->options->resume)
        return new_model(job, err);
    lts_status status = refuse_lost_checkpoint(job, err);
    if (status != LTS_OK)
        return status;
    lts_message(job->reporter, LTS_LEVEL_NOTE, "%s: no checkpoint yet: beginning from the start",
                job->run);
    return new_model(job, err);
}

lts_status train_open_model(train_job *job, lts_error *err)
{
    lts_status status;
    char *path = train_path(job, TRAIN_CHECKPOINT);
    if (!path)
        return lts_no_memory(job->run, err);
    if (job->training.threads == 0)
        job->training.threads = choose_threads(path);
    job->kept = UINT64_MAX;
    if (job->options->from) {
        status = load_named(job, err);
    } else if (lts_is_file(path)) {
        status = load_checkpoint(job, path, err);
        if (job->state.position == 0)
            job->kept = job->state.steps;
    } else {
        status = begin_anew(job, err);
    }
    lts_free(path);
    job->state.threads = job->training.threads;
    return status;
}
