#include "pipeline/train/train_job.h"

#include <string.h>

/* What was measured of every note, (notes,LTS_NOTE_MEASURES). */
static lts_status measure_notes(const train_job *job, const lts_labels *labels, float *measures,
                                lts_error *err)
{
    float *example = NULL;
    lts_status status =
        lts_alloc_checked(&example, lts_frames_bins(job->frames), sizeof *example, "a note", err);
    if (status != LTS_OK)
        return status;
    for (size_t n = 0; n < lts_frames_files(job->frames); n++) {
        const lts_note *note = lts_labels_at(labels, n);
        const lts_note_range range = {note->min, note->max};
        if ((status = lts_frames_read(job->frames, n, 0, 1, example, err)) != LTS_OK)
            goto done;
        lts_note_measure_example(&job->feature, &range, example, measures + n * LTS_NOTE_MEASURES);
    }
done:
    lts_free(example);
    return status;
}

/* The condition of every note, and what its numbers mean. */
static lts_status fill_conditions(train_job *job, const lts_labels *labels, const float *measures,
                                  lts_error *err)
{
    const size_t notes = lts_frames_files(job->frames);
    lts_status status = measures
                            ? lts_conditions_of_measures(labels, measures, &job->conditions, err)
                            : lts_conditions_of_labels(labels, &job->conditions, err);
    if (status != LTS_OK)
        return status;
    const size_t count = lts_conditions_count(job->conditions);
    job->architecture.conditions = count;
    job->condition_text = lts_conditions_text(job->conditions);
    if (!job->condition_text)
        return lts_no_memory("conditions", err);
    status = lts_alloc_checked(&job->condition_of, notes, count * sizeof *job->condition_of,
                               "the conditions of all notes", err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&job->condition, job->training.batch, count * sizeof *job->condition,
                               "a batch's conditions", err);
    if (status != LTS_OK)
        return status;
    for (size_t n = 0; n < notes; n++) {
        const lts_note *note = lts_labels_at(labels, n);
        const lts_condition_part part = {note->descriptor, note->magnitude};
        float *row = job->condition_of + n * count;
        status = measures
                     ? lts_conditions_measure(job->conditions, measures + n * LTS_NOTE_MEASURES,
                                              note->key, row, err)
                     : lts_conditions_describe(job->conditions, &part, 1, note->key, row, err);
        if (status != LTS_OK)
            return status;
    }
    return status;
}

lts_status train_open_conditions(train_job *job, lts_error *err)
{
    const lts_condition kind = job->architecture.condition;
    const lts_labels *labels = job->frames ? lts_frames_labels(job->frames) : NULL;
    float *measures = NULL;
    lts_status status = LTS_OK;
    if (job->architecture.type != LTS_MODEL_SEMANTIC || kind == LTS_CONDITION_NONE)
        return LTS_OK;
    if (!labels)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s%s[semantic] condition needs notes: set [audio] features to stft",
                        job->config->path, job->config->path[0] ? ": " : "");
    if (kind == LTS_CONDITION_PERCEPTUAL) {
        status = lts_alloc_checked(&measures, lts_frames_files(job->frames),
                                   LTS_NOTE_MEASURES * sizeof *measures, "measures", err);
        if (status != LTS_OK)
            return status;
        if ((status = measure_notes(job, labels, measures, err)) != LTS_OK)
            goto done;
    }
    status = fill_conditions(job, labels, measures, err);
done:
    lts_free(measures);
    return status;
}

void train_condition(const train_job *job, const train_rows *rows)
{
    const size_t count = job->architecture.conditions;
    for (size_t i = 0; job->condition && i < rows->count; i++) {
        const uint64_t place = rows->first + i;
        const size_t note = lts_frames_file_of(
            job->frames, rows->part, rows->order ? lts_permutation_at(rows->order, place) : place);
        memcpy(job->condition + i * count, job->condition_of + note * count,
               count * sizeof *job->condition);
    }
}

const float *train_condition_of(const train_job *job, size_t file)
{
    return job->condition_of ? job->condition_of + file * job->architecture.conditions : NULL;
}
