#include "pipeline/train/train_job.h"

#include "lts/plot.h"
#include "pipeline/train/examples/examples.h"
#include "pipeline/train/report/train_report.h"

#include <inttypes.h>
#include <math.h>
#include <unistd.h>

static example_set describe_set(const train_job *job, const lts_model *model, const char *sounds,
                                const char *output)
{
    const lts_config *config = job->config;
    return (example_set){.model = model,
                         .feature = job->feature,
                         .iterations = (int)config->audio.n_iter,
                         .seconds = config->extra.example_length,
                         .normalize = config->extra.normalize_examples,
                         .seed = job->training.seed,
                         .threads = job->training.threads,
                         .sounds = sounds,
                         .output = output};
}

lts_status train_save_numbered(train_job *job, lts_error *err)
{
    const uint64_t epoch = job->state.epoch,
                   interval = (uint64_t)job->config->training.checkpoint_interval;
    const uint64_t keep = (uint64_t)job->config->training.max_ckpts_to_keep;
    char *name = lts_format("model/checkpoint-%05" PRIu64 ".safetensors", epoch);
    lts_status status =
        name ? train_save_checkpoint(job, TRAIN_CHECKPOINT, err) : lts_no_memory(job->run, err);
    if (status != LTS_OK)
        goto done;
    if (!train_link(job, TRAIN_CHECKPOINT, name))
        status = train_save_checkpoint(job, name, err);
done:
    lts_free(name);
    if (status != LTS_OK || epoch <= keep * interval)
        return status;
    char *old = lts_format("%s/model/checkpoint-%05" PRIu64 ".safetensors", job->run,
                           epoch - keep * interval);
    if (!old)
        return lts_no_memory(job->run, err);
    unlink(old);
    lts_free(old);
    return LTS_OK;
}

lts_status train_preview(train_job *job, lts_error *err)
{
    const lts_config *config = job->config;
    if (!config->dataset.generate_test || !config->dataset.test_dataset[0] ||
        !lts_feature_is_invertible(&job->feature) || lts_feature_is_note(&job->feature))
        return LTS_OK;
    char *sounds = lts_path_join(config->dataset.datapath, config->dataset.test_dataset);
    char *output = train_path(job, "test_audio");
    lts_status status = LTS_OK;
    if (!sounds || !output) {
        status = lts_no_memory(job->run, err);
    } else if (lts_is_folder(sounds)) {
        example_set set = describe_set(job, job->model, sounds, output);
        status = previews_write(&set, job->state.epoch, job->events, job->reporter, err);
    }
    lts_free(output);
    lts_free(sounds);
    return status;
}

static lts_status write_examples(train_job *job, const lts_model *model, lts_error *err)
{
    size_t made = 0;
    char *sounds = lts_path_join(job->config->dataset.datapath, "audio");
    char *output = train_path(job, "audio_examples");
    lts_status status = LTS_OK;
    if (!sounds || !output) {
        status = lts_no_memory(job->run, err);
    } else if (!lts_is_folder(sounds)) {
        lts_message(job->reporter, LTS_LEVEL_NOTE, "%s: not there, so no audio examples are made",
                    sounds);
    } else if (lts_feature_is_note(&job->feature)) {
        /* Thousands of notes go by few file names, and a condition is not told by a sound. */
        lts_message(job->reporter, LTS_LEVEL_NOTE,
                    "no audio examples are made of notes: lts-generate --from-data makes them");
    } else if (!lts_feature_is_invertible(&job->feature)) {
        lts_message(job->reporter, LTS_LEVEL_NOTE,
                    "no audio examples are made: features %s cannot be turned back into sound",
                    lts_feature_kind_text((int)job->feature.kind));
    } else {
        example_set set = describe_set(job, model, sounds, output);
        status = examples_write(&set, job->reporter, &made, err);
        if (status == LTS_OK)
            lts_message(job->reporter, LTS_LEVEL_NOTE, "%s: examples of %zu sounds", output, made);
    }
    lts_free(output);
    lts_free(sounds);
    return status;
}

/* A picture is a convenience: without gnuplot the run is no worse. */
static lts_status draw_loss(train_job *job, lts_error *err)
{
    lts_error reason;
    char *path = train_path(job, "loss.png");
    if (!path)
        return lts_no_memory(job->run, err);
    const char *run = job->run;
    if (lts_plot_loss(&run, 1, path, NULL, NULL, &reason) == LTS_OK)
        lts_message(job->reporter, LTS_LEVEL_NOTE, "%s: the loss over the epochs", path);
    else
        lts_message(job->reporter, LTS_LEVEL_NOTE, "no picture of the loss: %s", reason.text);
    lts_free(path);
    return LTS_OK;
}

static lts_status report(train_job *job, const lts_model *model, train_error *error, lts_error *err)
{
    lts_status status = train_evaluate(model, job->frames, job->condition_of, job->training.threads,
                                       job->reporter, error, err);
    if (status != LTS_OK)
        return status;
    char *path = train_path(job, "report.csv");
    status = path ? train_report_save(job->frames, error, path, err) : lts_no_memory(job->run, err);
    lts_free(path);
    if (status != LTS_OK)
        return status;
    train_report_say(model, job->frames, error, job->reporter);
    return LTS_OK;
}

static void say_done(const train_job *job, const train_error *error)
{
    const train_state *state = &job->state;
    const train_history *history = &state->history;
    const train_epoch *last = history->count ? &history->row[history->count - 1] : NULL;
    const lts_field field[] = {{.name = "run", .text = job->run},
                               {.name = "epochs", .number = (double)state->epoch},
                               {.name = "best_epoch", .number = (double)train_best_epoch(state)},
                               {.name = "loss", .number = last ? last->train.total : NAN},
                               {.name = "seconds", .number = state->seconds},
                               {.name = "relative_error", .number = error->all},
                               {.name = "silent_bins", .number = (double)error->silent},
                               {.name = "relative_error_train", .number = error->train},
                               {.name = "relative_error_validation", .number = error->validation}};
    const size_t count = sizeof field / sizeof *field, common = 5;
    lts_record(job->reporter, "done", field,
               train_classifies(job)      ? common
               : isnan(error->validation) ? count - 1
                                          : count);
    lts_message(job->reporter, LTS_LEVEL_NOTE, "%s: done; best model of epoch %" PRIu64, job->run,
                train_best_epoch(state));
}

bool train_was_finished(const train_job *job)
{
    static const char *const results[] = {"model/best.safetensors", "report.csv", "history.csv"};
    const lts_config *config = job->config;
    const train_state *state = &job->state;
    const bool early = !train_is_over(job);
    int64_t total;
    if ((early && !train_gave_up(state, &job->watch)) || state->history.count == 0 ||
        !config->extra.end[0] || !lts_parse_int(config->extra.total_epochs, &total) ||
        (uint64_t)total != state->epoch)
        return false;
    for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
        char *path = train_path(job, results[i]);
        bool there = path && lts_is_file(path);
        lts_free(path);
        if (!there)
            return false;
    }
    const lts_field field[] = {
        {.name = "run", .text = job->run},
        {.name = "epochs", .number = (double)state->epoch},
        {.name = "best_epoch", .number = (double)train_best_epoch(state)},
        {.name = "loss", .number = state->history.row[state->history.count - 1].train.total},
        {.name = "seconds", .number = state->seconds}};
    lts_record(job->reporter, "done", field, sizeof field / sizeof *field);
    if (early)
        lts_message(job->reporter, LTS_LEVEL_NOTE,
                    "%s: finished: it stopped early after %" PRIu64 " epochs; --set "
                    "training.early_patience_epoch=0 would go on",
                    job->run, state->epoch);
    else
        train_say_finished(job, "finished: ");
    return true;
}

static lts_status save_models(train_job *job, const char *best, const char *last, lts_error *err)
{
    if (job->state.best_epoch == 0) {
        lts_status status = train_save_model(job, best, err);
        if (status != LTS_OK)
            return status;
        job->best_saved = job->state.epoch;
    }
    if (job->config->training.save_best_only ||
        (job->best_saved == job->state.epoch && train_link(job, best, last)))
        return LTS_OK;
    return train_save_model(job, last, err);
}

static lts_status load_best(const train_job *job, const char *name, lts_model **best,
                            lts_error *err)
{
    char *path = train_path(job, name);
    lts_status status = path ? lts_model_load(path, best, err) : lts_no_memory(job->run, err);
    lts_free(path);
    return status;
}

static bool has(const train_job *job, const char *name)
{
    char *path = train_path(job, name);
    const bool there = path && lts_is_file(path);
    lts_free(path);
    return there;
}

lts_status train_complete_space(const train_job *job, lts_error *err)
{
    const bool map = has(job, TRAIN_MAP), prior = !job->conditions || has(job, TRAIN_PRIOR);
    lts_model *best = NULL;
    if ((map && prior) || train_classifies(job))
        return LTS_OK;
    lts_status status = load_best(job, "model/best.safetensors", &best, err);
    if (status != LTS_OK)
        goto done;
    if (!map && (status = train_map(job, best, err)) != LTS_OK)
        goto done;
    if (!prior)
        status = train_prior(job, best, err);
done:
    lts_model_destroy(best);
    return status;
}

/* Of an auto-encoder: its errors, the map and the prior of its latent space, and examples. */
static lts_status describe_model(train_job *job, const lts_model *best, train_error *error,
                                 lts_error *err)
{
    lts_status status = report(job, best, error, err);
    if (status != LTS_OK)
        return status;
    status = train_map(job, best, err);
    if (status != LTS_OK)
        return status;
    status = train_prior(job, best, err);
    if (status != LTS_OK)
        return status;
    return write_examples(job, best, err);
}

lts_status train_finish(train_job *job, lts_error *err)
{
    static const char best_name[] = "model/best.safetensors";
    static const char last_name[] = "model/last.safetensors";
    lts_model *best = NULL;
    train_error error = {0};
    const uint64_t interval = (uint64_t)job->config->training.checkpoint_interval;
    lts_status status = save_models(job, best_name, last_name, err);
    if (status != LTS_OK)
        goto done;
    status = load_best(job, best_name, &best, err);
    if (status != LTS_OK)
        goto done;
    if (job->state.epoch % interval != 0) /* else the last epoch has made the previews */
        status = train_preview(job, err);
    if (status != LTS_OK)
        goto done;
    status = train_classifies(job) ? train_report_scores(job, best, err)
                                   : describe_model(job, best, &error, err);
    if (status != LTS_OK)
        goto done;
    status = draw_loss(job, err);
    if (status != LTS_OK)
        goto done;
    /* Last: by it a resumed run knows that all is there. */
    status = train_close_config(job, err);
    if (status != LTS_OK)
        goto done;
    say_done(job, &error);
done:
    if (status == LTS_ERR_CANCELLED)
        lts_message(job->reporter, LTS_LEVEL_NOTE,
                    "%s: training is complete; lts-train --resume would finish the report",
                    job->run);
    train_error_free(&error);
    lts_model_destroy(best);
    return status;
}
