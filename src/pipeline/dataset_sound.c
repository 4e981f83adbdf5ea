#include "pipeline/dataset.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { BLOCK = 1 << 15 }; /* samples read at once */
static const float silence = 1e-6f;

typedef struct maker {
    lts_audio_reader *reader;
    lts_cqt_stream *stream;
    lts_npy_writer *writer;
    float *block;
    size_t bins;
    uint64_t frames, samples;
    float peak;
    bool *array_failed;
} maker;

/* Two reductions without a branch, which the compiler turns into vectors. */
static bool all_finite(const float *x, size_t n)
{
    float largest = 0;
    bool numbers = true;
    for (size_t i = 0; i < n; i++) {
        largest = x[i] > largest ? x[i] : largest;
        numbers = numbers & (x[i] == x[i]);
    }
    return numbers && largest <= FLT_MAX;
}

static lts_status write_rows(maker *m, const char *sound, lts_error *err)
{
    const float *rows;
    size_t count = lts_cqt_stream_take(m->stream, &rows);
    if (count == 0)
        return LTS_OK;
    if (!all_finite(rows, count * m->bins))
        return lts_fail(err, LTS_ERR_NONFINITE, "%s: its magnitudes overflow: scale it to -1 .. 1",
                        sound);
    m->frames += count;
    lts_status status = lts_npy_writer_append(m->writer, rows, count, err);
    *m->array_failed = status != LTS_OK;
    return status;
}

static lts_status feed(maker *m, size_t n, const char *sound, lts_error *err)
{
    lts_status status = LTS_OK;
    for (size_t i = 0; i < n; i++)
        m->peak = fmaxf(m->peak, fabsf(m->block[i]));
    for (size_t at = 0; status == LTS_OK && at < n;) {
        at += lts_cqt_stream_feed(m->stream, m->block + at, n - at);
        status = write_rows(m, sound, err);
    }
    m->samples += n;
    return status;
}

static lts_status stream_sound(maker *m, const char *sound, dataset_tick *tick, void *user,
                               lts_error *err)
{
    double rate = lts_audio_reader_rate(m->reader);
    lts_status status = LTS_OK;
    for (size_t got = BLOCK; status == LTS_OK && got == BLOCK;) {
        status = lts_audio_reader_read(m->reader, m->block, BLOCK, &got, err);
        if (status == LTS_OK)
            status = feed(m, got, sound, err);
        if (status == LTS_OK && !tick(user, (double)got / rate))
            status = lts_fail(err, LTS_ERR_CANCELLED, "%s: interrupted", sound);
    }
    lts_cqt_stream_finish(m->stream);
    for (uint64_t before = UINT64_MAX; status == LTS_OK && before != m->frames;) {
        before = m->frames;
        status = write_rows(m, sound, err);
    }
    return status;
}

static lts_status open_parts(const dataset_job *job, const lts_cqt *cqt,
                             const lts_dataset_file *file, const char *path, maker *m,
                             lts_error *err)
{
    lts_status status =
        lts_audio_reader_open(file->sound, job->cqt.sample_rate, 0, -1, &m->reader, err);
    if (status == LTS_OK)
        status = lts_alloc_checked(&m->block, BLOCK, sizeof *m->block, "samples", err);
    if (status == LTS_OK)
        status = lts_cqt_stream_create(cqt, &m->stream, err);
    if (status == LTS_OK) {
        status = lts_npy_writer_open(path, m->bins, &m->writer, err);
        *m->array_failed = status != LTS_OK;
    }
    return status;
}

lts_status dataset_make_array(const dataset_job *job, const lts_cqt *cqt,
                              const lts_dataset_file *file, dataset_state *state, bool *silent,
                              bool *array_failed, dataset_tick *tick, void *user, lts_error *err)
{
    *array_failed = false;
    lts_status status = lts_hash_file(file->sound, state->hash, err);
    if (status != LTS_OK)
        return status;
    maker m = {.bins = lts_cqt_bins(&job->cqt), .array_failed = array_failed};
    char *path = dataset_array_path(job, file->name);
    status = path ? open_parts(job, cqt, file, path, &m, err)
                  : lts_fail(err, LTS_ERR_MEMORY, "%s: out of memory", file->sound);
    if (status == LTS_OK)
        status = stream_sound(&m, file->sound, tick, user, err);
    state->frames = m.frames;
    state->bins = m.bins;
    state->seconds = (double)m.samples / job->cqt.sample_rate;
    *silent = m.peak < silence;
    if (status == LTS_OK) {
        dataset_forget(job, file);
        status = lts_npy_writer_commit(m.writer, err);
        m.writer = NULL;
        if (status == LTS_OK)
            status = dataset_save_state(job, file, state, err);
        *array_failed = status != LTS_OK;
    }
    lts_npy_writer_abort(m.writer);
    lts_cqt_stream_destroy(m.stream);
    lts_audio_reader_close(m.reader);
    lts_free(m.block);
    lts_free(path);
    return status;
}
