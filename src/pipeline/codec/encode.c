#include "lts/codec.h"

#include "lts/formats.h"
#include "pipeline/codec/codec_notes.h"
#include "pipeline/sound/excerpt.h"
#include "pipeline/sound/sound.h"

#include <string.h>

typedef struct encoder {
    const lts_model *model;
    lts_model_work *work;
    transform *transform;
    excerpt *sound;
    lts_npy_writer *mean, *log_variance;
    float *mean_rows, *log_variance_rows; /* (capacity,Z) */
    size_t capacity;
} encoder;

static lts_status grow_rows(encoder *e, size_t rows, lts_error *err)
{
    size_t latent = lts_model_columns(e->model);
    if (rows <= e->capacity)
        return LTS_OK;
    lts_free(e->mean_rows);
    lts_free(e->log_variance_rows);
    e->capacity = 0;
    e->log_variance_rows = NULL;
    lts_status status =
        lts_alloc_checked(&e->mean_rows, rows, latent * sizeof(float), "latent rows", err);
    if (status != LTS_OK)
        return status;
    status =
        lts_alloc_checked(&e->log_variance_rows, rows, latent * sizeof(float), "latent rows", err);
    if (status != LTS_OK)
        return status;
    e->capacity = rows;
    return LTS_OK;
}

/* Frames first .. first+count-1 -> their latents, appended. */
static lts_status encode_rows(encoder *e, const float *rows, size_t first, size_t count,
                              lts_error *err)
{
    const size_t latent = lts_model_columns(e->model);
    lts_status status = grow_rows(e, count, err);
    if (status != LTS_OK)
        return status;
    lts_model_encode(e->model, e->work, rows, count, e->mean_rows, e->log_variance_rows);
    status = excerpt_check(e->sound, e->mean_rows, first, count, latent, "latents", err);
    if (status != LTS_OK)
        return status;
    status = lts_npy_writer_append(e->mean, e->mean_rows, count, err);
    if (status != LTS_OK || !e->log_variance)
        return status;
    status = excerpt_check(e->sound, e->log_variance_rows, first, count, latent, "latents", err);
    if (status != LTS_OK)
        return status;
    return lts_npy_writer_append(e->log_variance, e->log_variance_rows, count, err);
}

static lts_status encode_stream(encoder *e, const char *path, const lts_reporter *reporter,
                                lts_error *err)
{
    double done, expected, start = lts_now();
    const float *rows;
    for (size_t frame = 0, count = 1; count > 0; frame += count) {
        excerpt_progress(e->sound, &done, &expected);
        if (lts_cancelled(reporter))
            return lts_fail(err, LTS_ERR_CANCELLED,
                            "%s: interrupted at %.1f of %.1f s: nothing was written", path, done,
                            expected);
        lts_status status = excerpt_rows(e->sound, SIZE_MAX, &rows, &count, err);
        if (status != LTS_OK)
            return status;
        if (count > 0)
            status = encode_rows(e, rows, frame, count, err);
        if (status != LTS_OK)
            return status;
        excerpt_progress(e->sound, &done, &expected);
        lts_progress(reporter, "seconds of sound", done, expected, done / (lts_now() - start));
    }
    return LTS_OK;
}

static lts_status open_encoder(encoder *e, const lts_feature *feature, const lts_source *source,
                               size_t samples, unsigned threads, const char *mean_path,
                               const char *log_variance_path, lts_error *err)
{
    const size_t latent = lts_model_columns(e->model);
    const excerpt_span span = excerpt_span_of(feature, source->offset, samples);
    uint64_t expected;
    lts_status status = excerpt_expect(feature, source->path, span, &expected, err);
    if (status != LTS_OK)
        return status;
    status = transform_create(feature, expected, &e->transform, err);
    if (status != LTS_OK)
        return status;
    status = excerpt_open(e->transform, source->path, span, &e->sound, err);
    if (status != LTS_OK)
        return status;
    status = lts_model_work_create(e->model, threads, &e->work, err);
    if (status != LTS_OK)
        return status;
    status = lts_npy_writer_open(mean_path, latent, &e->mean, err);
    if (status != LTS_OK)
        return status;
    if (log_variance_path)
        status = lts_npy_writer_open(log_variance_path, latent, &e->log_variance, err);
    return status;
}

static lts_status commit(lts_npy_writer **writer, lts_error *err)
{
    lts_npy_writer *taken = *writer;
    *writer = NULL;
    return lts_npy_writer_commit(taken, err);
}

static bool one_file(const char *a, const char *b)
{
    return lts_same_file(a, b) || (lts_is_standard_output(a) && lts_is_standard_output(b));
}

lts_status lts_encode_file(const lts_model *model, const lts_source *source, double duration,
                           unsigned threads, const char *mean_path, const char *log_variance_path,
                           const lts_reporter *reporter, lts_error *err)
{
    encoder e = {.model = model};
    const lts_feature *feature;
    size_t samples = SIZE_MAX;
    lts_status status = lts_model_check_latent(model, err);
    if (status != LTS_OK)
        goto done;
    status = lts_model_feature(model, &feature, err);
    if (status != LTS_OK)
        goto done;
    if (log_variance_path && one_file(mean_path, log_variance_path))
        status = lts_fail(err, LTS_ERR_ARGUMENT,
                          "%s: named for both the means and the log-variances: name two files",
                          log_variance_path);
    /* A whole sound may be as short as it likes, an excerpt must be there. */
    if (status != LTS_OK)
        goto done;
    if (lts_feature_is_note(feature) && duration >= 0)
        status = lts_fail(err, LTS_ERR_ARGUMENT,
                          "--duration: the run's notes are all of %g s: leave it out",
                          feature->note.duration);
    else if (!lts_feature_is_note(feature) && (duration >= 0 || source->offset > 0))
        status = lts_sound_excerpt(source, 1, duration, lts_feature_sample_rate(feature),
                                   lts_feature_hop(feature), &samples, err);
    if (duration < 0)
        samples = SIZE_MAX;
    if (status != LTS_OK)
        goto done;
    for (int i = 0; i < (log_variance_path ? 2 : 1); i++) {
        status = lts_output_check(i ? log_variance_path : mean_path, source, 1, err);
        if (status != LTS_OK)
            goto done;
    }
    if (lts_feature_is_note(feature)) {
        status =
            codec_encode_note(model, source, threads, mean_path, log_variance_path, reporter, err);
        goto done;
    }
    status = open_encoder(&e, feature, source, samples, threads, mean_path, log_variance_path, err);
    if (status != LTS_OK)
        goto done;
    status = encode_stream(&e, source->path, reporter, err);
    if (status != LTS_OK)
        goto done;
    status = commit(&e.mean, err);
    if (status != LTS_OK)
        goto done;
    if (e.log_variance)
        status = commit(&e.log_variance, err);
done:
    lts_npy_writer_abort(e.mean);
    lts_npy_writer_abort(e.log_variance);
    lts_free(e.mean_rows);
    lts_free(e.log_variance_rows);
    lts_model_work_destroy(e.work);
    excerpt_close(e.sound);
    transform_destroy(e.transform);
    return status;
}
