#include "pipeline/generate/note_run.h"

#include <string.h>

/* The model's file is not known here: its settings are named instead. */
static lts_status check_notes(const lts_model *model, const lts_feature **feature, lts_error *err)
{
    lts_status status = lts_model_check_latent(model, err);
    if (status != LTS_OK)
        return status;
    status = lts_model_feature(model, feature, err);
    if (status != LTS_OK || lts_feature_is_note(*feature))
        return status;
    return lts_fail(err, LTS_ERR_ARGUMENT,
                    "the run's examples are %s, not notes: name a run trained with [audio] "
                    "features = stft",
                    lts_feature_kind_text((int)(*feature)->kind));
}

static lts_status read_conditions(note_run *run, lts_error *err)
{
    const char *text = lts_model_note_get(run->model, LTS_CONDITION_NOTE);
    const size_t wanted = lts_model_settings(run->model)->conditions;
    if (wanted == 0)
        return LTS_OK;
    if (!text)
        return lts_fail(err, LTS_ERR_FORMAT,
                        "model: no note " LTS_CONDITION_NOTE ": train it with this version");
    lts_status status = lts_conditions_parse(text, &run->conditions, err);
    if (status != LTS_OK)
        return status;
    run->told = lts_conditions_count(run->conditions);
    if (run->told != wanted)
        return lts_fail(err, LTS_ERR_FORMAT,
                        "model: note " LTS_CONDITION_NOTE " tells %zu numbers, its weights are of "
                        "%zu: train it anew",
                        run->told, wanted);
    return LTS_OK;
}

lts_status note_run_open(const lts_model *model, const char *arrays, unsigned threads,
                         note_run *run, lts_error *err)
{
    *run = (note_run){.model = model};
    lts_status status = check_notes(model, &run->feature, err);
    if (status != LTS_OK)
        return status;
    run->latent = lts_model_columns(model);
    status = read_conditions(run, err);
    if (status != LTS_OK)
        return status;
    status = lts_model_work_create(model, threads, &run->work, err);
    if (status != LTS_OK)
        return status;
    if (arrays && lts_is_folder(arrays)) {
        status = lts_frames_open(arrays, run->feature, &run->frames, err);
        if (status != LTS_OK)
            return status;
        run->labels = lts_frames_labels(run->frames);
    }
    status = lts_alloc_checked(&run->example, lts_feature_floats(run->feature),
                               sizeof *run->example, "a note", err);
    if (status != LTS_OK)
        return status;
    return lts_alloc_checked(&run->sums, run->latent, 2 * sizeof *run->sums, "a note", err);
}

lts_status note_run_prior(note_run *run, const lts_prior *prior, lts_error *err)
{
    run->prior = prior && prior->latent > 0 ? prior : NULL;
    if (run->prior && (prior->latent != run->latent || prior->conditions != run->told))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "a prior of %zu latent dimensions and %zu conditions, the model has %zu "
                        "and %zu",
                        prior->latent, prior->conditions, run->latent, run->told);
    return LTS_OK;
}

void note_run_close(note_run *run)
{
    lts_model_work_destroy(run->work);
    lts_conditions_destroy(run->conditions);
    lts_frames_close(run->frames);
    lts_free(run->example);
    lts_free(run->sums);
    *run = (note_run){0};
}

lts_status note_point_create(const note_run *run, note_point *point, lts_error *err)
{
    const size_t floats = 2 * run->latent + run->told;
    *point = (note_point){0};
    lts_status status = lts_alloc_checked(&point->mean, floats, sizeof *point->mean, "a note", err);
    if (status != LTS_OK)
        return status;
    memset(point->mean, 0, floats * sizeof *point->mean);
    point->deviation = point->mean + run->latent;
    point->condition = point->deviation + run->latent;
    return LTS_OK;
}

void note_point_free(note_point *point)
{
    lts_free(point->mean);
    *point = (note_point){0};
}
