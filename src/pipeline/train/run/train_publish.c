#include "pipeline/train/train_job.h"

#include <inttypes.h>
#include <math.h>

static lts_status write_scalars(train_job *job, const train_epoch *row, lts_error *err)
{
    const struct {
        const char *tag;
        double value;
        bool validation;
    } scalar[] = {
        {"loss/train", row->train.total, false},
        {"loss/validation", row->validation.total, true},
        {"reconstruction/train", row->train.reconstruction, false},
        {"reconstruction/validation", row->validation.reconstruction, true},
        {"kl/train", row->train.kl, false},
        {"kl/validation", row->validation.kl, true},
        {"learning_rate", row->learning_rate, false},
        {"frames_per_second", row->frames_per_second, false},
        {"mean_percentile_rank/validation", row->scores.percentile, true},
        {"top_1/validation", row->scores.top[0], true},
    };
    const size_t unscored = job->labels ? 0 : 2;
    for (size_t i = 0; i < sizeof scalar / sizeof *scalar - unscored; i++) {
        if (scalar[i].validation && !row->validated)
            continue;
        lts_status status = lts_events_scalar(job->events, scalar[i].tag, (int64_t)row->epoch,
                                              scalar[i].value, err);
        if (status != LTS_OK)
            return status;
    }
    return LTS_OK;
}

/* "41 s", "12 min", "3 h 05 min". */
static void print_duration(char *text, size_t size, double seconds)
{
    if (seconds < 90)
        snprintf(text, size, "%.0f s", seconds);
    else if (seconds < 5400)
        snprintf(text, size, "%.0f min", seconds / 60);
    else
        snprintf(text, size, "%.0f h %02.0f min", floor(seconds / 3600),
                 floor(fmod(seconds, 3600) / 60));
}

/* What an epoch of a classifier gave. */
static void describe_scores(const train_epoch *row, const char *unit, const char *of, char *text,
                            size_t size)
{
    const match_scores *scores = &row->scores;
    int used =
        snprintf(text, size, "epoch %" PRIu64 "%s: loss %.5f", row->epoch, of, row->train.total);
    if (row->validated)
        used += snprintf(text + used, size - (size_t)used,
                         "; held out %.5f, mean percentile rank %.1f, top 1, 3, 5: %.1f, %.1f, "
                         "%.1f %%",
                         row->validation.total, scores->percentile, scores->top[0], scores->top[2],
                         scores->top[4]);
    snprintf(text + used, size - (size_t)used, "; %.0f %s/s", row->frames_per_second, unit);
}

static void describe_losses(const train_epoch *row, const char *unit, const char *of, char *text,
                            size_t size)
{
    int used = snprintf(text, size, "epoch %" PRIu64 "%s: loss %.6g (reconstruction %.6g, kl %.4g)",
                        row->epoch, of, row->train.total, row->train.reconstruction, row->train.kl);
    if (row->validated)
        used += snprintf(text + used, size - (size_t)used, "; held out %.6g (%.6g, %.4g)",
                         row->validation.total, row->validation.reconstruction, row->validation.kl);
    snprintf(text + used, size - (size_t)used, "; %.0f %s/s", row->frames_per_second, unit);
}

static void say(const train_job *job, const train_epoch *row, bool best)
{
    const uint64_t epochs = (uint64_t)job->config->training.epochs;
    char left[48], text[256], of[24] = "";
    const double progress = train_progress(job);
    const double elapsed = lts_now() - job->began, part = progress - job->began_at;
    const double seconds_left = part > 0 ? (1 - progress) * elapsed / part : 0;
    if (epochs > 0)
        snprintf(of, sizeof of, "/%" PRIu64, epochs);
    print_duration(left, sizeof left, seconds_left);
    (job->labels ? describe_scores : describe_losses)(row, job->data.kind->unit, of, text,
                                                      sizeof text);
    lts_message(job->reporter, LTS_LEVEL_NOTE, "%s, %s left%s", text, left, best ? " (best)" : "");
    lts_field field[16] = {
        {.name = "epoch", .number = (double)row->epoch},
        {.name = "epochs", .number = (double)epochs},
        {.name = "loss", .number = row->train.total},
        {.name = "reconstruction", .number = row->train.reconstruction},
        {.name = "kl", .number = row->train.kl},
        {.name = "learning_rate", .number = row->learning_rate},
        {.name = "frames_per_second", .number = row->frames_per_second},
        {.name = "seconds", .number = row->seconds},
        {.name = "seconds_left", .number = seconds_left},
        {.name = "validation_loss", .number = row->validation.total},
        {.name = "validation_reconstruction", .number = row->validation.reconstruction},
        {.name = "validation_kl", .number = row->validation.kl},
        {.name = "mean_percentile_rank", .number = row->scores.percentile},
        {.name = "top_1", .number = row->scores.top[0]},
        {.name = "top_3", .number = row->scores.top[2]},
        {.name = "top_5", .number = row->scores.top[4]}};
    lts_record(job->reporter, "epoch", field, !row->validated ? 9 : job->labels ? 16 : 12);
}

lts_status train_publish(train_job *job, bool best, lts_error *err)
{
    const train_history *history = &job->state.history;
    const train_epoch *row = &history->row[history->count - 1];
    char *path = train_path(job, "history.csv");
    lts_status status =
        path ? train_history_save(history, path, err) : lts_no_memory(job->run, err);
    lts_free(path);
    if (status != LTS_OK)
        return status;
    status = write_scalars(job, row, err);
    if (status != LTS_OK)
        return status;
    say(job, row, best);
    return LTS_OK;
}
