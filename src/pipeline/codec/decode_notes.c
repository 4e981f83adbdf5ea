#include "lts/formats.h"
#include "lts/stft_note.h"
#include "pipeline/codec/codec_notes.h"
#include "pipeline/generate/note_run.h"
#include "pipeline/sound/sound_writer.h"
#include "render/renderer.h"

#include <math.h>
#include <string.h>

typedef struct notes_job {
    const lts_feature *feature;
    lts_render_config config;
    lts_stft_note note;
    note_run run; /* of a model */
    lts_npy *npy;
    bool bare;                     /* rows without levels */
    float *row, *picture, *frames; /* (columns), (rows,columns) and that turned, (columns,rows) */
    float *x;                      /* (N) */
    sound_writer *sound;           /* NULL: not wanted */
    lts_npy_writer *magnitudes;    /* NULL: not wanted */
} notes_job;

/* What a row holds, refused unless it has as many columns. */
static lts_status check_columns(notes_job *job, lts_error *err)
{
    const size_t have = lts_npy_columns(job->npy), floats = lts_feature_floats(job->feature);
    const char *path = lts_npy_path(job->npy);
    const size_t whole = job->run.latent + job->run.told + 2;
    job->bare = !job->run.model || (have == job->run.latent && job->run.told == 0);
    if (!job->run.model && have != floats)
        return lts_fail(err, LTS_ERR_SHAPE, "%s: %zu columns, expected %zu, notes of %zu x %zu",
                        path, have, floats, lts_feature_rows(job->feature),
                        lts_feature_columns(job->feature));
    if (job->run.model && have != whole && !job->bare)
        return lts_fail(err, LTS_ERR_SHAPE,
                        "%s: %zu columns, expected %zu (%zu latent dimensions, %zu of the "
                        "condition, and the levels min and max): encode with the same run",
                        path, have, whole, job->run.latent, job->run.told);
    if (lts_npy_rows(job->npy) == 0)
        return lts_fail(err, LTS_ERR_SHAPE, "%s: holds no rows: nothing to play", path);
    return LTS_OK;
}

/* The picture of a row, and the levels it spans. */
static lts_status read_picture(notes_job *job, size_t index, lts_note_range *range, lts_error *err)
{
    const size_t columns = lts_npy_columns(job->npy), latent = job->run.latent;
    *range = lts_note_span(job->feature);
    lts_status status = lts_npy_read(job->npy, index, 1, job->row, err);
    if (status != LTS_OK)
        return status;
    const size_t bad = lts_first_nonfinite(job->row, columns);
    if (bad < columns)
        return lts_fail(err, LTS_ERR_NONFINITE,
                        "%s: row %zu, column %zu is not a finite number: mend the array",
                        lts_npy_path(job->npy), index, bad);
    if (!job->run.model) {
        memcpy(job->picture, job->row, columns * sizeof *job->row);
        return LTS_OK;
    }
    if (!job->bare)
        *range = (lts_note_range){job->row[columns - 2], job->row[columns - 1]};
    if (range->min > range->max)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: row %zu: the levels, its last two columns, fall from %g to %g dB",
                        lts_npy_path(job->npy), index, (double)range->min, (double)range->max);
    render_measure(&job->config, NULL, NULL, NULL, 1, latent, job->row);
    note_decode(&job->run, job->row, job->row + latent, job->picture);
    return LTS_OK;
}

/* Linear magnitudes, frame after frame. */
static lts_status append_magnitudes(notes_job *job, const lts_note_range *range, lts_error *err)
{
    const size_t bins = lts_feature_rows(job->feature), frames = lts_feature_columns(job->feature);
    for (size_t t = 0; t < frames; t++)
        for (size_t k = 0; k < bins; k++) {
            const float level = job->picture[k * frames + t];
            job->frames[t * bins + k] =
                powf(10, (range->min + (range->max - range->min) * level) / 20);
        }
    return lts_npy_writer_append(job->magnitudes, job->frames, frames, err);
}

static lts_status decode_all(notes_job *job, const lts_reporter *reporter, lts_error *err)
{
    for (size_t i = 0; i < lts_npy_rows(job->npy); i++) {
        lts_note_range range;
        if (lts_cancelled(reporter))
            return LTS_ERR_CANCELLED;
        lts_status status = read_picture(job, i, &range, err);
        if (status != LTS_OK)
            return status;
        if (job->magnitudes && (status = append_magnitudes(job, &range, err)) != LTS_OK)
            return status;
        if (!job->sound)
            continue;
        status = lts_stft_note_render(&job->note, job->picture, (double)range.min,
                                      (double)range.max, &job->config.phase, job->x, reporter, err);
        if (status != LTS_OK)
            return status;
        status = sound_writer_append(job->sound, job->x, lts_stft_note_samples(&job->note), err);
        if (status != LTS_OK)
            return status;
    }
    return LTS_OK;
}

static lts_status allocate(notes_job *job, lts_error *err)
{
    static const char what[] = "a note";
    const size_t floats = lts_feature_floats(job->feature);
    lts_status status =
        lts_alloc_checked(&job->row, lts_npy_columns(job->npy), sizeof *job->row, what, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&job->picture, floats, sizeof *job->picture, what, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&job->frames, floats, sizeof *job->frames, what, err);
    if (status != LTS_OK)
        return status;
    return lts_alloc_checked(&job->x, lts_stft_note_samples(&job->note), sizeof *job->x, what, err);
}

lts_status codec_decode_notes(const lts_model *model, const lts_feature *feature,
                              const char *npy_path, unsigned threads,
                              const lts_render_config *config, const lts_sound_output *output,
                              const char *wav_path, const char *magnitudes_path,
                              const lts_reporter *reporter, lts_error *err)
{
    const lts_note_config *note = &feature->note;
    lts_distance_stats distances = {0};
    notes_job job = {.feature = feature,
                     .config = *config,
                     .note = {note->sample_rate, note->duration, note->stft}};
    char *origin = model ? lts_format("notes %s, model %s", npy_path, lts_model_hash(model))
                         : lts_format("notes %s", npy_path);
    lts_status status = origin ? LTS_OK : lts_no_memory(npy_path, err);
    job.config.measured = &distances;
    if (status != LTS_OK)
        goto done;
    if (model && (status = note_run_open(model, NULL, threads, &job.run, err)) != LTS_OK)
        goto done;
    status = lts_npy_open(npy_path, &job.npy, err);
    if (status != LTS_OK)
        goto done;
    status = check_columns(&job, err);
    if (status != LTS_OK)
        goto done;
    status = allocate(&job, err);
    if (status != LTS_OK)
        goto done;
    const lts_sound sound = {.file = wav_path,
                             .path = npy_path,
                             .origin = origin,
                             .phase = &job.config.phase,
                             .distance = &distances,
                             .n = lts_npy_rows(job.npy) * lts_stft_note_samples(&job.note),
                             .sample_rate = note->sample_rate};
    if (wav_path)
        status = sound_writer_open(&sound, output, &job.sound, err);
    if (status != LTS_OK)
        goto done;
    if (magnitudes_path)
        status =
            lts_npy_writer_open(magnitudes_path, lts_feature_rows(feature), &job.magnitudes, err);
    if (status != LTS_OK)
        goto done;
    status = decode_all(&job, reporter, err);
    if (status != LTS_OK)
        goto done;
    if (job.sound)
        status = sound_writer_commit(job.sound, reporter, err);
    job.sound = NULL;
    if (status != LTS_OK || !job.magnitudes)
        goto done;
    status = lts_npy_writer_commit(job.magnitudes, err);
    job.magnitudes = NULL;
done:
    if (status == LTS_ERR_CANCELLED)
        lts_fail(err, status, "%s: interrupted: nothing was written",
                 wav_path ? wav_path : magnitudes_path);
    sound_writer_abort(job.sound);
    lts_npy_writer_abort(job.magnitudes);
    lts_free(job.row);
    lts_free(job.picture);
    lts_free(job.frames);
    lts_free(job.x);
    lts_npy_close(job.npy);
    note_run_close(&job.run);
    lts_free(origin);
    return status;
}
