#include "lts/codec.h"

#include "lts/formats.h"
#include "pipeline/sound.h"

#include <math.h>
#include <string.h>

enum { BLOCK = 1 << 16 }; /* samples read at once */

typedef struct encoder {
    const lts_model *model;
    lts_model_work *work;
    lts_cqt *cqt;
    lts_cqt_stream *stream;
    lts_audio_reader *reader;
    lts_npy_writer *mean, *log_variance;
    float *block;                         /* (BLOCK) samples */
    float *mean_rows, *log_variance_rows; /* (capacity,Z) */
    size_t capacity;
    size_t skip, left; /* frames of the context still to drop, of the excerpt still to write */
    size_t rows;       /* written */
} encoder;

static lts_status grow_rows(encoder *e, size_t rows, lts_error *err)
{
    size_t latent = lts_model_settings(e->model)->latent;
    if (rows <= e->capacity)
        return LTS_OK;
    lts_free(e->mean_rows);
    lts_free(e->log_variance_rows);
    e->capacity = 0;
    e->log_variance_rows = NULL;
    lts_status status =
        lts_alloc_checked(&e->mean_rows, rows, latent * sizeof(float), "latent rows", err);
    if (status == LTS_OK)
        status = lts_alloc_checked(&e->log_variance_rows, rows, latent * sizeof(float),
                                   "latent rows", err);
    if (status == LTS_OK)
        e->capacity = rows;
    return status;
}

/* Encodes the frames that are ready, context aside, and appends them. */
static lts_status take_frames(encoder *e, lts_error *err)
{
    const float *rows;
    size_t bins = lts_model_settings(e->model)->bins, count;
    lts_status status = LTS_OK;
    while (status == LTS_OK && (count = lts_cqt_stream_take(e->stream, &rows)) > 0) {
        size_t dropped = count < e->skip ? count : e->skip;
        size_t kept = count - dropped < e->left ? count - dropped : e->left;
        e->skip -= dropped;
        e->left -= kept;
        e->rows += kept;
        if (kept == 0)
            continue;
        status = grow_rows(e, kept, err);
        if (status != LTS_OK)
            break;
        lts_model_encode(e->model, e->work, rows + dropped * bins, kept, e->mean_rows,
                         e->log_variance_rows);
        status = lts_npy_writer_append(e->mean, e->mean_rows, kept, err);
        if (status == LTS_OK && e->log_variance)
            status = lts_npy_writer_append(e->log_variance, e->log_variance_rows, kept, err);
    }
    return status;
}

static lts_status encode_stream(encoder *e, const char *path, const lts_reporter *reporter,
                                lts_error *err)
{
    size_t got = 0;
    double done = 0, expected = (double)lts_audio_reader_expected(e->reader), start = lts_now();
    double rate = lts_audio_reader_rate(e->reader);
    do {
        if (lts_cancelled(reporter))
            return lts_fail(err, LTS_ERR_CANCELLED,
                            "%s: interrupted at %.1f of %.1f s: nothing was written", path,
                            done / rate, expected / rate);
        lts_status status = lts_audio_reader_read(e->reader, e->block, BLOCK, &got, err);
        for (size_t fed = 0; status == LTS_OK && fed < got;) {
            fed += lts_cqt_stream_feed(e->stream, e->block + fed, got - fed);
            status = take_frames(e, err);
        }
        if (status != LTS_OK)
            return status;
        done += (double)got;
        lts_progress(reporter, "seconds of sound", done / rate, expected / rate,
                     done / rate / (lts_now() - start));
    } while (got == BLOCK && e->left > 0);
    lts_cqt_stream_finish(e->stream);
    return take_frames(e, err);
}

static lts_status open_encoder(encoder *e, const lts_cqt_config *config, const lts_source *source,
                               double duration, unsigned threads, const char *mean_path,
                               const char *log_variance_path, lts_error *err)
{
    size_t hop = (size_t)config->hop, latent = lts_model_settings(e->model)->latent;
    size_t context = lts_render_context(config);
    size_t start = (size_t)floor(source->offset * config->sample_rate + 1e-6) / hop * hop;
    size_t before = start < context ? start : context;
    double length = duration < 0 ? -1 : duration + (double)(before + context) / config->sample_rate;
    e->skip = before / hop;
    e->left = duration < 0
                  ? SIZE_MAX
                  : lts_cqt_frames(config, (size_t)llround(duration * config->sample_rate));
    lts_status status = lts_audio_reader_open(source->path, config->sample_rate,
                                              (double)(start - before) / config->sample_rate,
                                              length, &e->reader, err);
    if (status == LTS_OK)
        status = lts_cqt_create(config, lts_audio_reader_expected(e->reader), &e->cqt, err);
    if (status == LTS_OK)
        status = lts_cqt_stream_create(e->cqt, &e->stream, err);
    if (status == LTS_OK)
        status = lts_model_work_create(e->model, threads, &e->work, err);
    if (status == LTS_OK)
        status = lts_alloc_checked(&e->block, BLOCK, sizeof *e->block, "samples", err);
    if (status == LTS_OK)
        status = lts_npy_writer_open(mean_path, latent, &e->mean, err);
    if (status == LTS_OK && log_variance_path)
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
    lts_cqt_config config;
    size_t samples;
    lts_status status = lts_render_settings(model, &config, err);
    if (status == LTS_OK && log_variance_path && one_file(mean_path, log_variance_path))
        status = lts_fail(err, LTS_ERR_ARGUMENT,
                          "%s: named for both the means and the log-variances: name two files",
                          log_variance_path);
    /* A whole sound may be as short as it likes, an excerpt must be there. */
    if (status == LTS_OK && (duration >= 0 || source->offset > 0))
        status = lts_sound_excerpt(source, 1, duration, config.sample_rate, (size_t)config.hop,
                                   &samples, err);
    for (int i = 0; status == LTS_OK && i < (log_variance_path ? 2 : 1); i++)
        status = lts_output_check(i ? log_variance_path : mean_path, source, 1, err);
    if (status == LTS_OK)
        status =
            open_encoder(&e, &config, source, duration, threads, mean_path, log_variance_path, err);
    if (status == LTS_OK)
        status = encode_stream(&e, source->path, reporter, err);
    /* A frame is forgiven, as lts_sound_excerpt forgives a hop. */
    if (status == LTS_OK && (e.rows == 0 || (duration >= 0 && e.left > 1)))
        status =
            lts_fail(err, LTS_ERR_FORMAT,
                     "%s: cut short: its data end before the excerpt does: replace it, or take "
                     "a shorter excerpt",
                     source->path);
    if (status == LTS_OK)
        status = commit(&e.mean, err);
    if (status == LTS_OK && e.log_variance)
        status = commit(&e.log_variance, err);
    lts_npy_writer_abort(e.mean);
    lts_npy_writer_abort(e.log_variance);
    lts_free(e.block);
    lts_free(e.mean_rows);
    lts_free(e.log_variance_rows);
    lts_model_work_destroy(e.work);
    lts_cqt_stream_destroy(e.stream);
    lts_cqt_destroy(e.cqt);
    lts_audio_reader_close(e.reader);
    return status;
}
