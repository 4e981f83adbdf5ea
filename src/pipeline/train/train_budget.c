/* How long a training is to last: epochs, minutes, or whichever ends first. */
#include "pipeline/train/train_job.h"

#include <inttypes.h>
#include <math.h>

/* Seconds spent on the run so far. */
static double elapsed(const train_job *job)
{
    return job->state.seconds + (job->clock > 0 ? lts_now() - job->clock : 0);
}

double train_progress(const train_job *job)
{
    const train_state *state = &job->state;
    const double epochs = (double)job->config->training.epochs;
    const double minutes = job->config->training.minutes;
    const double frames = (double)state->frames;
    const double done = (double)state->epoch * frames + (double)state->position;
    const double by_epochs = epochs > 0 ? done / (epochs * frames) : 0;
    const double by_minutes = minutes > 0 ? elapsed(job) / (60 * minutes) : 0;
    return fmin(fmax(by_epochs, by_minutes), 1);
}

bool train_is_over(const train_job *job)
{
    return job->state.position == 0 && train_progress(job) >= 1;
}

void train_budget_text(const train_job *job, char text[TRAIN_BUDGET_TEXT])
{
    const long long epochs = (long long)job->config->training.epochs;
    const double minutes = job->config->training.minutes;
    if (minutes <= 0)
        snprintf(text, TRAIN_BUDGET_TEXT, "%lld epoch%s", epochs, epochs == 1 ? "" : "s");
    else if (epochs <= 0)
        snprintf(text, TRAIN_BUDGET_TEXT, "%.10g min", minutes);
    else
        snprintf(text, TRAIN_BUDGET_TEXT, "%lld epoch%s, at most %.10g min", epochs,
                 epochs == 1 ? "" : "s", minutes);
}

void train_say_finished(const train_job *job, const char *before)
{
    const uint64_t epochs = job->state.epoch;
    const double minutes = job->config->training.minutes;
    if (job->config->training.epochs > 0)
        lts_message(job->reporter, LTS_LEVEL_NOTE,
                    "%s: %snothing left to train: it has %" PRIu64 " epochs already, and more are "
                    "needed to go on: --set training.epochs=%" PRIu64 " would double them",
                    job->run, before, epochs, 2 * epochs);
    else
        lts_message(job->reporter, LTS_LEVEL_NOTE,
                    "%s: %snothing left to train: it has had its %.10g min, and more are needed to "
                    "go on: --set training.minutes=%.10g would double them",
                    job->run, before, minutes, 2 * minutes);
}
