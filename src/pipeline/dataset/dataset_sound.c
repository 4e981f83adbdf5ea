#include "pipeline/dataset/dataset_job.h"

#include "pipeline/sound/excerpt.h"

#include <math.h>

enum { BLOCK = 1 << 15 }; /* samples read at once */
static const float silence = 1e-6f;

typedef struct maker {
    const char *sound;
    lts_audio_reader *reader;
    transform_stream *stream;
    lts_npy_writer *writer;
    float *block, peak;
    double hop_seconds;
    size_t bins, got; /* got: samples in `block` */
    uint64_t frames, samples;
    bool array_failed;
} maker;

lts_status dataset_scratch_open(dataset_scratch *scratch, size_t room, lts_error *err)
{
    *scratch = (dataset_scratch){.room = room, .published = lts_now()};
    lts_status status = lts_outfile_batch_create(&scratch->arrays, err);
    if (status != LTS_OK)
        return status;
    status = lts_outfile_batch_create(&scratch->states, err);
    if (status != LTS_OK)
        return status;
    return lts_alloc_checked(&scratch->made, room, sizeof *scratch->made, "finished sounds", err);
}

void dataset_scratch_free(dataset_scratch *scratch)
{
    lts_outfile_batch_destroy(scratch->arrays);
    lts_outfile_batch_destroy(scratch->states);
    lts_free(scratch->made);
    transform_stream_destroy(scratch->stream);
    lts_free(scratch->block);
}

/* A reduction without a branch, which the compiler turns into vectors. */
static float largest_of(const float *x, size_t n)
{
    float largest = 0;
    for (size_t i = 0; i < n; i++) {
        float level = x[i] < 0 ? -x[i] : x[i];
        largest = level > largest ? level : largest;
    }
    return largest;
}

static lts_status write_rows(maker *m, size_t *count, lts_error *err)
{
    const float *rows;
    *count = transform_stream_take(m->stream, &rows);
    if (*count == 0)
        return LTS_OK;
    const size_t at = lts_first_nonfinite(rows, *count * m->bins);
    if (at < *count * m->bins)
        return lts_fail(err, LTS_ERR_NONFINITE,
                        "%s: at %.3f s its magnitudes are no finite numbers: the sound is too "
                        "loud: scale it to -1 .. 1",
                        m->sound, (double)(m->frames + at / m->bins) * m->hop_seconds);
    m->frames += *count;
    lts_status status = lts_npy_writer_append(m->writer, rows, *count, err);
    m->array_failed = status != LTS_OK;
    return status;
}

static lts_status feed(maker *m, lts_error *err)
{
    size_t count;
    m->peak = fmaxf(m->peak, largest_of(m->block, m->got));
    for (size_t at = 0; at < m->got;) {
        at += transform_stream_feed(m->stream, m->block + at, m->got - at);
        lts_status status = write_rows(m, &count, err);
        if (status != LTS_OK)
            return status;
    }
    m->samples += m->got;
    return LTS_OK;
}

/* The first block is there. */
static lts_status stream_sound(maker *m, const dataset_watcher *watcher, lts_error *err)
{
    double rate = lts_audio_reader_rate(m->reader);
    for (;;) {
        lts_status status = feed(m, err);
        if (status != LTS_OK)
            return status;
        if (!watcher->tick(watcher->user, (double)m->got / rate))
            return lts_fail(err, LTS_ERR_CANCELLED, "%s: interrupted", m->sound);
        if (m->got < BLOCK)
            break;
        status = lts_audio_reader_read(m->reader, m->block, BLOCK, &m->got, err);
        if (status != LTS_OK)
            return status;
    }
    transform_stream_finish(m->stream);
    for (size_t count = 1; count > 0;) {
        lts_status status = write_rows(m, &count, err);
        if (status != LTS_OK)
            return status;
    }
    return LTS_OK;
}

static lts_status prepare(dataset_scratch *scratch, const transform *plan, lts_error *err)
{
    if (scratch->plan == plan) {
        transform_stream_restart(scratch->stream);
        return LTS_OK;
    }
    transform_stream_destroy(scratch->stream);
    scratch->stream = NULL;
    scratch->plan = NULL;
    lts_status status = transform_stream_create(plan, &scratch->stream, err);
    if (status != LTS_OK)
        return status;
    scratch->plan = plan;
    return LTS_OK;
}

static lts_status open_parts(const dataset_job *job, const char *path, dataset_plans *plans,
                             dataset_scratch *scratch, maker *m, lts_error *err)
{
    const transform *plan = NULL;
    lts_status status = lts_audio_reader_open(m->sound, lts_feature_sample_rate(&job->feature), 0,
                                              -1, &m->reader, err);
    if (status != LTS_OK)
        return status;
    if (!scratch->block)
        status = lts_alloc_checked(&scratch->block, BLOCK, sizeof(float), "samples", err);
    if (status != LTS_OK)
        return status;
    m->block = scratch->block;
    status = lts_audio_reader_read(m->reader, m->block, BLOCK, &m->got, err);
    if (status != LTS_OK)
        return status;
    const bool whole = m->got < BLOCK;
    const uint64_t samples = whole ? m->got : lts_audio_reader_expected(m->reader);
    status = dataset_plan(plans, &job->feature, samples, whole, &plan, err);
    if (status != LTS_OK)
        return status;
    status = prepare(scratch, plan, err);
    if (status != LTS_OK)
        return status;
    m->stream = scratch->stream;
    status = lts_npy_writer_open_own(path, m->bins, &m->writer, err);
    m->array_failed = status != LTS_OK;
    return status;
}

lts_status dataset_make_array(const dataset_job *job, lts_dataset_file *file, dataset_plans *plans,
                              dataset_scratch *scratch, const dataset_watcher *watcher,
                              bool *array_failed, lts_error *err)
{
    const double rate = lts_feature_sample_rate(&job->feature);
    maker m = {.sound = file->sound,
               .bins = lts_feature_floats(&job->feature),
               .hop_seconds = (double)lts_feature_hop(&job->feature) / rate};
    dataset_made *made = &scratch->made[scratch->made_count];
    char *path = dataset_array_path(job, file->name);
    lts_status status =
        path ? lts_hash_file(file->sound, made->state.hash, err) : lts_no_memory(file->sound, err);
    if (status != LTS_OK)
        goto done;
    status = open_parts(job, path, plans, scratch, &m, err);
    if (status != LTS_OK)
        goto done;
    status = stream_sound(&m, watcher, err);
    if (status != LTS_OK)
        goto done;
    status = lts_npy_writer_commit_in(m.writer, scratch->arrays, err);
    m.writer = NULL;
    m.array_failed = status != LTS_OK;
    if (status != LTS_OK)
        goto done;
    made->file = file;
    made->state.frames = m.frames;
    made->state.bins = m.bins;
    made->state.seconds = (double)m.samples / rate;
    made->silent = m.peak < silence;
    scratch->made_count++;
done:
    *array_failed = m.array_failed;
    lts_npy_writer_abort(m.writer);
    lts_audio_reader_close(m.reader);
    lts_free(path);
    return status;
}
