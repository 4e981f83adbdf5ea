/* Points and labels of a map from a run and the notes of its data set. */
#include "lts/condition.h"
#include "lts/frames.h"
#include "lts/source.h"
#include "pipeline/latent_map/map_parts.h"

#include <math.h>

enum { BLOCK = 64, TEXTS = LTS_NUMBER_TEXT + LTS_KEY_TEXT };

typedef struct encoding {
    const lts_model *model;
    const lts_feature *feature;
    const lts_frames *frames;
    lts_model_work *work;
    lts_conditions *conditions; /* NULL: the model has none */
    float *examples;            /* (BLOCK,K) */
    float *condition;           /* (BLOCK,conditions) */
} encoding;

/* A note that is shared by all descriptors needs none of its own. */
static bool is_labelled(const lts_note *note)
{
    return !isnan(note->magnitude) && note->key >= 0 &&
           (note->descriptor[0] || note->magnitude == 0);
}

/* The labelled notes, of too many as many by lot, into job->row. */
static lts_status choose_notes(map_job *job, const lts_labels *labels, const lts_reporter *reporter,
                               lts_error *err)
{
    const size_t count = lts_labels_count(labels);
    size_t *labelled = NULL, found = 0;
    lts_status status = lts_alloc_checked(&labelled, count, sizeof *labelled, "notes", err);
    if (status != LTS_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        if (is_labelled(lts_labels_at(labels, i)))
            labelled[found++] = i;
    if (found < count)
        lts_message(reporter, LTS_LEVEL_WARNING,
                    "%s: %zu of %zu notes lack descriptor, magnitude or pitch and are left out",
                    job->map->points, count - found, count);
    status = map_choose(job, found, err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < job->n; i++)
        job->row[i] = labelled[job->row[i]];
done:
    lts_free(labelled);
    return status;
}

static lts_status take_labels(map_job *job, const lts_labels *labels, lts_error *err)
{
    point_labels *to = &job->labels;
    to->n = job->n;
    lts_status status = lts_alloc_checked(&to->bytes, job->n, TEXTS, "labels", err);
    if (status != LTS_OK)
        return status;
    for (int l = 0; l < MAP_LABELS; l++) {
        status = lts_alloc_checked(&to->text[l], job->n, sizeof *to->text[l], "labels", err);
        if (status != LTS_OK)
            return status;
    }
    status = lts_alloc_checked(&to->magnitude, job->n, sizeof(double), "labels", err);
    if (status != LTS_OK)
        return status;
    for (size_t i = 0; i < job->n; i++) {
        const lts_note *note = lts_labels_at(labels, job->row[i]);
        char *magnitude = to->bytes + i * TEXTS, *pitch = magnitude + LTS_NUMBER_TEXT;
        lts_number_text(magnitude, note->magnitude);
        lts_label_key_text(note->key, pitch);
        to->magnitude[i] = note->magnitude;
        to->text[LTS_MAP_DESCRIPTOR][i] = note->magnitude == 0 ? "" : note->descriptor;
        to->text[LTS_MAP_MAGNITUDE][i] = magnitude;
        to->text[LTS_MAP_PITCH][i] = pitch;
    }
    return LTS_OK;
}

/* What the model was told of a note when it was trained. */
static lts_status describe(const encoding *e, const lts_note *note, const float *example,
                           float *row, lts_error *err)
{
    const lts_note_range range = {note->min, note->max};
    const lts_condition_part part = {note->descriptor, note->magnitude};
    float measures[LTS_NOTE_MEASURES];
    if (!lts_conditions_are_measured(e->conditions))
        return lts_conditions_describe(e->conditions, &part, 1, note->key, row, err);
    lts_note_measure_example(e->feature, &range, example, measures);
    return lts_conditions_measure(e->conditions, measures, note->key, row, err);
}

static lts_status encode_notes(map_job *job, const encoding *e, const lts_reporter *reporter,
                               lts_error *err)
{
    const lts_labels *labels = lts_frames_labels(e->frames);
    const size_t bins = lts_frames_bins(e->frames);
    const size_t conditions = e->conditions ? lts_conditions_count(e->conditions) : 0;
    for (size_t first = 0, count; first < job->n; first += count) {
        count = job->n - first < BLOCK ? job->n - first : BLOCK;
        for (size_t i = 0; i < count; i++) {
            const size_t note = job->row[first + i];
            float *example = e->examples + i * bins;
            lts_status status = lts_frames_read(e->frames, note, 0, 1, example, err);
            if (status != LTS_OK)
                return status;
            if (!e->conditions)
                continue;
            status = describe(e, lts_labels_at(labels, note), example,
                              e->condition + i * conditions, err);
            if (status != LTS_OK)
                return status;
        }
        if (e->conditions)
            lts_model_work_condition(e->work, e->condition);
        lts_model_encode(e->model, e->work, e->examples, count, job->points + first * job->latent,
                         NULL);
        if (lts_cancelled(reporter))
            return lts_fail(err, LTS_ERR_CANCELLED, "interrupted: nothing was drawn");
    }
    return LTS_OK;
}

static lts_status open_encoding(const map_job *job, encoding *e, lts_error *err)
{
    static const char what[] = "notes";
    const char *told = lts_model_note_get(e->model, LTS_CONDITION_NOTE);
    lts_status status = lts_model_work_create(e->model, job->map->threads, &e->work, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&e->examples, BLOCK, lts_frames_bins(e->frames) * sizeof(float),
                               what, err);
    if (status != LTS_OK)
        return status;
    if (told && (status = lts_conditions_parse(told, &e->conditions, err)) != LTS_OK)
        return status;
    if (told)
        return lts_alloc_checked(&e->condition, BLOCK,
                                 lts_conditions_count(e->conditions) * sizeof(float), what, err);
    return LTS_OK;
}

lts_status map_load_run(map_job *job, const lts_reporter *reporter, lts_error *err)
{
    encoding e = {0};
    lts_model *model = NULL;
    lts_status status = lts_run_model(job->map->run, &model, err);
    if (status != LTS_OK)
        goto done;
    if ((status = lts_model_check_latent(model, err)) != LTS_OK)
        goto done;
    if ((status = lts_model_feature(model, &e.feature, err)) != LTS_OK)
        goto done;
    if (!lts_feature_is_note(e.feature)) {
        status = lts_fail(err, LTS_ERR_ARGUMENT,
                          "%s: is no run of labelled notes: leave --by out, or give points and "
                          "--labels",
                          job->map->run);
        goto done;
    }
    status = lts_frames_open(job->map->points, e.feature, &job->frames, err);
    if (status != LTS_OK)
        goto done;
    e.model = model;
    e.frames = job->frames;
    status = choose_notes(job, lts_frames_labels(job->frames), reporter, err);
    if (status != LTS_OK)
        goto done;
    if ((status = take_labels(job, lts_frames_labels(job->frames), err)) != LTS_OK)
        goto done;
    job->latent = lts_model_columns(model);
    status =
        lts_alloc_checked(&job->points, job->n, job->latent * sizeof *job->points, "points", err);
    if (status != LTS_OK)
        goto done;
    if ((status = open_encoding(job, &e, err)) != LTS_OK)
        goto done;
    status = encode_notes(job, &e, reporter, err);
done:
    lts_model_work_destroy(e.work);
    lts_conditions_destroy(e.conditions);
    lts_free(e.examples);
    lts_free(e.condition);
    lts_model_destroy(model);
    return status;
}
