#include "pipeline/train/train_job.h"

#include "pipeline/train/data/train_notes.h"

#include "pipeline/config/config_table.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

char *train_path(const train_job *job, const char *name)
{
    return lts_path_join(job->run, name);
}

void train_describe(train_job *job)
{
    train_notes *notes = &job->notes;
    const size_t count = lts_feature_notes(&job->feature, notes->feature);
    lts_model_note *note = notes->note;
    for (size_t i = 0; i < count; i++)
        *note++ = (lts_model_note){notes->feature[i].key, notes->feature[i].value};
    lts_number_text(notes->frames, (double)(train_data_count(&job->data, LTS_FRAMES_TRAIN) +
                                            train_data_count(&job->data, LTS_FRAMES_VALIDATION)));
    *note++ = (lts_model_note){"dataset.frames", notes->frames};
    *note++ = (lts_model_note){"dataset.fingerprint", train_data_fingerprint(&job->data)};
    if (job->condition_text)
        *note++ = (lts_model_note){LTS_CONDITION_NOTE, job->condition_text};
    if (job->descriptors)
        *note++ = (lts_model_note){TRAIN_CLASSES_NOTE, job->descriptors};
    *note++ = (lts_model_note){"run.description", job->config->extra.description};
    notes->count = (size_t)(note - notes->note);
}

lts_status train_lost(const train_job *job, const char *what, uint64_t step, lts_error *err)
{
    double rate = job->config->training.learning_rate;
    return lts_fail(err, LTS_ERR_NONFINITE,
                    "%s: epoch %" PRIu64 ", step %" PRIu64 ": %s is no longer a finite number: go "
                    "on from the last checkpoint with a lower learning rate (now %g): lts-train "
                    "--resume '%s' --set training.learning_rate=%g",
                    job->run, job->state.epoch + 1, step, what, rate, job->run, rate / 10);
}

/* A loss may be finite while the step after it spoils the weights: the model must still give
 * numbers for the batch at hand before it replaces a good file. Neither may what was learnt from a
 * file that has lost its end. */
static lts_status check_model(train_job *job, lts_error *err)
{
    lts_losses losses = {0, 0, 0};
    lts_status status = train_data_check(&job->data, err);
    if (status != LTS_OK)
        return status;
    if (job->batch > 0)
        status = train_look(job, &losses, err);
    if (status != LTS_OK)
        return status;
    if (isfinite(losses.total))
        return LTS_OK;
    return train_lost(job, "the loss", job->state.steps, err);
}

lts_status train_save_model(train_job *job, const char *name, lts_error *err)
{
    lts_status status = check_model(job, err);
    if (status != LTS_OK)
        return status;
    char *path = train_path(job, name);
    if (!path)
        return lts_no_memory(job->run, err);
    status = lts_model_save(job->model, path, job->notes.note, job->notes.count, err);
    lts_free(path);
    return status;
}

lts_status train_save_checkpoint(train_job *job, const char *name, lts_error *err)
{
    lts_status status = check_model(job, err);
    if (status != LTS_OK)
        return status;
    lts_model_note note[TRAIN_NOTES + TRAIN_STATE_NOTES];
    train_state_text text;
    const size_t count = job->notes.count + TRAIN_STATE_NOTES;
    memcpy(note, job->notes.note, job->notes.count * sizeof *note);
    train_clock(job);
    status = train_state_notes(&job->state, &text, note + job->notes.count, err);
    if (status != LTS_OK)
        return status;
    char *path = train_path(job, name);
    status = path ? lts_trainer_save(job->trainer, path, note, count, err)
                  : lts_no_memory(job->run, err);
    lts_free(path);
    lts_free(text.history);
    if (status == LTS_OK)
        job->kept = job->state.position == 0 ? job->state.steps : UINT64_MAX;
    job->saved = lts_now();
    return status;
}

bool train_link(const train_job *job, const char *from, const char *to)
{
    char *old = train_path(job, from), *new = train_path(job, to);
    char *half = new ? lts_format("%s.tmp-%lx-0", new, (unsigned long)getpid()) : NULL;
    bool done = old && half && (unlink(half), link(old, half) == 0) && rename(half, new) == 0;
    if (half)
        unlink(half); /* rename leaves it where both are the same file already */
    lts_free(half);
    lts_free(new);
    lts_free(old);
    return done;
}

lts_status train_stop(train_job *job, lts_error *err)
{
    lts_status status = train_save_checkpoint(job, TRAIN_CHECKPOINT, err);
    if (status != LTS_OK)
        return status;
    char budget[TRAIN_BUDGET_TEXT];
    train_budget_text(job, budget);
    return lts_fail(err, LTS_ERR_CANCELLED,
                    "%s: stopped in epoch %" PRIu64 " after %.0f %% of %s: continue with "
                    "lts-train --resume '%s'",
                    job->run, job->state.epoch + 1, 100 * train_progress(job), budget, job->run);
}
