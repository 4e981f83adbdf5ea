#include "lts/stft_note.h"
#include "pipeline/generate/note_run.h"
#include "pipeline/sound/sound_writer.h"

#include <math.h>

static lts_status write_sound(const note_run *run, const float *x, size_t n, const note_output *how,
                              const char *file, const char *what, lts_error *err)
{
    sound_writer *writer = NULL;
    char *origin = lts_format("note %s, model %s", what, lts_model_hash(run->model));
    const lts_sound sound = {.file = file,
                             .path = what,
                             .origin = origin,
                             .phase = how->phase,
                             .n = n,
                             .sample_rate = lts_feature_sample_rate(run->feature)};
    lts_status status =
        origin ? sound_writer_open(&sound, how->output, &writer, err) : lts_no_memory(file, err);
    if (status != LTS_OK)
        goto done;
    status = sound_writer_append(writer, x, n, err);
    if (status != LTS_OK)
        goto done;
    status = sound_writer_commit(writer, how->reporter, err);
    writer = NULL;
done:
    sound_writer_abort(writer);
    lts_free(origin);
    return status;
}

lts_status note_write_example(const note_run *run, lts_note_range range, const note_output *how,
                              const char *file, const char *what, lts_error *err)
{
    const lts_note_config *note = &run->feature->note;
    const lts_stft_note config = {note->sample_rate, note->duration, note->stft};
    const size_t n = lts_stft_note_samples(&config);
    const lts_note_range span = isnan(range.min) ? lts_note_span(run->feature) : range;
    float *x = NULL;
    lts_status status = lts_alloc_checked(&x, n, sizeof *x, file, err);
    if (status != LTS_OK)
        return status;
    status = lts_stft_note_render(&config, run->example, fmin(span.min, span.max), span.max,
                                  how->phase, x, how->reporter, err);
    if (status != LTS_OK)
        goto done;
    status = write_sound(run, x, n, how, file, what, err);
done:
    lts_free(x);
    return status;
}

void note_decode(note_run *run, const float *z, const float *condition, float *picture)
{
    const size_t floats = lts_feature_floats(run->feature);
    float low = HUGE_VALF, high = -HUGE_VALF;
    lts_model_work_condition(run->work, run->conditions ? condition : NULL);
    lts_model_decode(run->model, run->work, z, 1, picture);
    for (size_t i = 0; i < floats; i++) {
        low = fminf(low, picture[i]);
        high = fmaxf(high, picture[i]);
    }
    for (size_t i = 0; high > low && i < floats; i++)
        picture[i] = (picture[i] - low) / (high - low);
}

lts_status note_write(note_run *run, const float *z, const note_point *point,
                      const note_output *how, const char *file, const char *what, lts_error *err)
{
    const lts_note_range range = {(float)point->min, (float)point->max};
    note_decode(run, z, point->condition, run->example);
    return note_write_example(run, range, how, file, what, err);
}
