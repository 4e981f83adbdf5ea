/* Notes to points: of a data set, or of a sound file. */
#include "features/transform.h"
#include "lts/audio.h"
#include "pipeline/generate/note_run.h"

#include <math.h>
#include <string.h>

/* What the model is told of a note, zeros where its label does not say enough. */
static lts_status tell(note_run *run, const float *example, lts_note_range range,
                       const lts_label *label, float *row, lts_error *err)
{
    float measures[LTS_NOTE_MEASURES];
    if (!run->conditions)
        return LTS_OK;
    memset(row, 0, run->told * sizeof *row);
    if (label->key < 0)
        return LTS_OK;
    if (lts_conditions_are_measured(run->conditions)) {
        lts_note_measure_example(run->feature, &range, example, measures);
        return lts_conditions_measure(run->conditions, measures, label->key, row, err);
    }
    if (isnan(label->magnitude))
        return LTS_OK;
    const lts_condition_part part = {label->descriptor, label->magnitude};
    return lts_conditions_describe(run->conditions, &part, 1, label->key, row, err);
}

lts_status note_encode(note_run *run, const float *example, lts_note_range range,
                       const lts_label *label, note_point *point, lts_error *err)
{
    const lts_note_range span = isnan(range.min) ? lts_note_span(run->feature) : range;
    lts_status status = tell(run, example, range, label, point->condition, err);
    if (status != LTS_OK)
        return status;
    lts_model_work_condition(run->work, run->conditions ? point->condition : NULL);
    lts_model_encode(run->model, run->work, example, 1, point->mean, point->deviation);
    for (size_t d = 0; d < run->latent; d++)
        point->deviation[d] = expf(0.5f * point->deviation[d]);
    point->min = span.min;
    point->max = span.max;
    if (lts_first_nonfinite(point->mean, 2 * run->latent) < 2 * run->latent)
        return lts_fail(err, LTS_ERR_NONFINITE,
                        "a note: its place in the latent space is no "
                        "number: train the model anew");
    return LTS_OK;
}

lts_status note_encode_row(note_run *run, size_t note, note_point *point, lts_error *err)
{
    const lts_note *of = lts_labels_at(run->labels, note);
    lts_label label = {.magnitude = of->magnitude, .key = of->key};
    snprintf(label.descriptor, sizeof label.descriptor, "%s", of->descriptor);
    lts_status status = lts_frames_read(run->frames, note, 0, 1, run->example, err);
    if (status != LTS_OK)
        return status;
    return note_encode(run, run->example, (lts_note_range){of->min, of->max}, &label, point, err);
}

static lts_status analyse(note_run *run, const float *x, size_t n, lts_note_range *range,
                          lts_error *err)
{
    transform *by = NULL;
    transform_work *work = NULL;
    lts_status status = transform_create(run->feature, n, &by, err);
    if (status != LTS_OK)
        goto done;
    status = transform_work_create(by, &work, err);
    if (status != LTS_OK)
        goto done;
    transform_analyse_note(work, x, n, run->example, range);
done:
    transform_work_destroy(work);
    transform_destroy(by);
    return status;
}

/* By the whole path, and then by the file's name alone. */
static lts_label label_of(const char *path, const char *pattern)
{
    const char *dot = strrchr(path, '.'), *slash = strrchr(path, '/');
    const size_t length = dot && (!slash || dot > slash) ? (size_t)(dot - path) : strlen(path);
    const char *const patterns[] = {pattern ? pattern : LTS_LABEL_TREE, LTS_LABEL_FLAT};
    char stem[1024];
    lts_label label = {.magnitude = (double)NAN, .key = -1};
    if (length >= sizeof stem)
        return label;
    memcpy(stem, path, length);
    stem[length] = '\0';
    for (size_t p = 0; p < sizeof patterns / sizeof *patterns; p++)
        if (lts_label_parse(patterns[p], stem, &label))
            return label;
    return (lts_label){.magnitude = (double)NAN, .key = -1};
}

lts_status note_encode_sound(note_run *run, const lts_source *source, const char *pattern,
                             note_point *point, const lts_reporter *reporter, lts_error *err)
{
    const lts_label label = label_of(source->path, pattern);
    lts_note_range range;
    float *x = NULL;
    size_t n;
    lts_status status = lts_audio_load(source->path, lts_feature_sample_rate(run->feature),
                                       source->offset, run->feature->note.duration, &x, &n, err);
    if (status != LTS_OK)
        goto done;
    if (n == 0) {
        status = lts_fail(err, LTS_ERR_ARGUMENT, "%s: no sound from %g s on", source->path,
                          source->offset);
        goto done;
    }
    const size_t bad = lts_first_nonfinite(x, n);
    if (bad < n) {
        status =
            lts_fail(err, LTS_ERR_NONFINITE, "%s: sample %zu is not finite", source->path, bad);
        goto done;
    }
    status = analyse(run, x, n, &range, err);
    if (status != LTS_OK)
        goto done;
    if (run->conditions && label.key < 0)
        lts_message(reporter, LTS_LEVEL_WARNING,
                    "%s: its path tells no labels: the model is told nothing of it: name it as "
                    "GROUP/DESCRIPTOR/MAGNITUDE/PITCH.wav",
                    source->path);
    status = note_encode(run, run->example, range, &label, point, err);
done:
    lts_free(x);
    return status;
}
