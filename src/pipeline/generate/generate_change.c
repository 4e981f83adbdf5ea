/* A note with descriptors added to it. */
#include "pipeline/generate/note_end.h"
#include "pipeline/sound/change_report.h"

#include <strings.h>

/* condition (C) += the amount, at the descriptor of that name in any case. */
static lts_status tell_more(const note_run *run, const lts_condition_part *part, float *condition,
                            lts_error *err)
{
    const char *name;
    size_t d = 0;
    while ((name = lts_conditions_descriptor(run->conditions, d)) != NULL &&
           strcasecmp(name, part->descriptor) != 0)
        d++;
    if (name) {
        condition[d] += (float)part->magnitude;
        return LTS_OK;
    }
    float *refused;
    lts_status status = lts_alloc_checked(&refused, run->told, sizeof *refused, "a condition", err);
    if (status != LTS_OK)
        return status;
    status = lts_conditions_describe(run->conditions, part, 1, 0, refused, err);
    lts_free(refused);
    return status;
}

static lts_status tell_all(const note_run *run, const lts_generate_change *change, float *condition,
                           lts_error *err)
{
    if (change->parts > 0 && (!run->conditions || lts_conditions_are_measured(run->conditions)))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "the run's model is told no descriptors: train it with [semantic] "
                        "condition = descriptor, or none to learn directions");
    for (size_t p = 0; p < change->parts; p++) {
        lts_status status = tell_more(run, &change->part[p], condition, err);
        if (status != LTS_OK)
            return status;
    }
    return LTS_OK;
}

/* Decodes the point into run->example and measures that. */
static void measure(note_run *run, const note_point *point, float measures[LTS_NOTE_MEASURES])
{
    const lts_note_range range = {(float)point->min, (float)point->max};
    lts_model_work_condition(run->work, run->conditions ? point->condition : NULL);
    lts_model_decode(run->model, run->work, point->mean, 1, run->example);
    lts_note_measure_example(run->feature, &range, run->example, measures);
}

lts_status lts_generate_changed(const lts_model *model, const lts_generate_change *change,
                                const char *file, const lts_reporter *reporter, lts_error *err)
{
    const note_output how = {&change->phase, &change->output, reporter};
    note_run run;
    note_point point = {0};
    float before[LTS_NOTE_MEASURES], after[LTS_NOTE_MEASURES];
    char *what = lts_format("%s, %s", change->note, change->text);
    lts_status status = note_run_open(model, change->arrays, change->threads, &run, err);
    if (status != LTS_OK)
        goto done;
    if (!what) {
        status = lts_no_memory(file, err);
        goto done;
    }
    status = note_run_prior(&run, change->prior, err);
    if (status != LTS_OK)
        goto done;
    status =
        note_end_open(&run, change->note, change->audio, change->pattern, &point, reporter, err);
    if (status != LTS_OK)
        goto done;
    measure(&run, &point, before);
    for (size_t d = 0; change->offset && d < run.latent; d++)
        point.mean[d] += change->offset[d];
    status = tell_all(&run, change, point.condition, err);
    if (status != LTS_OK)
        goto done;
    measure(&run, &point, after);
    status = note_write(&run, point.mean, &point, &how, file, what, err);
    if (status != LTS_OK)
        goto done;
    report_change(file, before, after, reporter);
done:
    note_point_free(&point);
    note_run_close(&run);
    lts_free(what);
    return status;
}
