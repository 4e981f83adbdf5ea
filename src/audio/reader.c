#include "audio/audio_source.h"

#include "lts/audio.h"

#include <math.h>
#include <soxr.h>
#include <string.h>

/* Of the samples wanted, Hz. */
enum { MIN_RATE = 100, MAX_RATE = 1000000 };

struct lts_audio_reader {
    audio_source source;
    soxr_t resampler; /* NULL when the file has the rate wanted */
    double rate;
    uint64_t expected;
    bool input_ended, ended;
    float *block; /* SOURCE_BLOCK samples mixed down, of which at .. end-1 are still to be taken */
    size_t block_at, block_end;
};

static lts_status choose_excerpt(audio_source *source, double offset, double duration,
                                 lts_error *err)
{
    const double rate = source->format.rate, frames = (double)source->format.frames;
    if (!(offset >= 0) || isnan(duration))
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: offset %g s: must not be negative",
                        source->path, offset);
    double first = round(offset * rate);
    if (first >= frames)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: offset %g s: at or past the end: the file lasts %.3f s", source->path,
                        offset, frames / rate);
    double count = duration < 0 ? frames : round(duration * rate);
    if (count < 1)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: duration %g s: shorter than a sample",
                        source->path, duration);
    if (count < frames - first)
        source->end = (int64_t)(first + count);
    else if (source->format.slack > 0)
        source->end = INT64_MAX; /* the length is not exact: what there is is taken */
    return first > 0 ? source_seek(source, (int64_t)first, err) : LTS_OK;
}

static lts_status create_resampler(lts_audio_reader *reader, lts_error *err)
{
    const double from = reader->source.format.rate;
    if (reader->rate == from)
        return LTS_OK;
    soxr_error_t reason = NULL;
    const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
    reader->resampler = soxr_create(from, reader->rate, 1, &reason, NULL, &quality, NULL);
    if (!reader->resampler)
        return lts_fail(err, LTS_ERR_MEMORY, "%s: cannot be resampled from %g to %g Hz: %s",
                        reader->source.path, from, reader->rate, soxr_strerror(reason));
    return LTS_OK;
}

lts_status lts_audio_reader_open(const char *path, double sample_rate, double offset,
                                 double duration, lts_audio_reader **out, lts_error *err)
{
    *out = NULL;
    if (sample_rate != 0 && !(sample_rate >= MIN_RATE && sample_rate <= MAX_RATE))
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: sample rate %g Hz: must be within %d to %d",
                        path, sample_rate, MIN_RATE, MAX_RATE);
    lts_audio_reader *reader = NULL;
    lts_status status = lts_alloc_checked(&reader, 1, sizeof *reader, path, err);
    if (status != LTS_OK)
        return status;
    audio_source *source = &reader->source;
    status = source_open(source, path, err);
    if (status != LTS_OK)
        goto done;
    status = choose_excerpt(source, offset, duration, err);
    if (status != LTS_OK)
        goto done;
    reader->rate = sample_rate != 0 ? sample_rate : source->format.rate;
    const int64_t frames = source->format.frames, end = source->end;
    reader->expected =
        (uint64_t)llround((double)((end < frames ? end : frames) - source->position) *
                          reader->rate / source->format.rate);
    status = create_resampler(reader, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&reader->block, SOURCE_BLOCK, sizeof *reader->block, path, err);
    if (status != LTS_OK)
        goto done;
    *out = reader;
    reader = NULL;
done:
    lts_audio_reader_close(reader);
    return status;
}

void lts_audio_reader_close(lts_audio_reader *reader)
{
    if (!reader)
        return;
    if (reader->resampler)
        soxr_delete(reader->resampler);
    source_close(&reader->source);
    lts_free(reader->block);
    lts_free(reader);
}

double lts_audio_reader_rate(const lts_audio_reader *reader)
{
    return reader->rate;
}

uint64_t lts_audio_reader_expected(const lts_audio_reader *reader)
{
    return reader->expected;
}

static lts_status refill(lts_audio_reader *reader, lts_error *err)
{
    reader->block_at = reader->block_end = 0;
    lts_status status = source_read(&reader->source, reader->block, &reader->block_end, err);
    if (status != LTS_OK)
        return status;
    reader->input_ended = reader->block_end == 0;
    return LTS_OK;
}

/* Moves samples from the block to x, through the resampler when there is one. */
static lts_status advance(lts_audio_reader *reader, float *x, size_t n, size_t *got, lts_error *err)
{
    size_t have = reader->block_end - reader->block_at, used = 0;
    const float *from = reader->block + reader->block_at;
    *got = 0;
    if (reader->resampler) {
        soxr_error_t reason = soxr_process(reader->resampler, reader->input_ended ? NULL : from,
                                           have, &used, x, n, got);
        if (reason)
            return lts_fail(err, LTS_ERR_MEMORY, "%s: resampling failed: %s", reader->source.path,
                            reason);
    } else {
        used = *got = have < n ? have : n;
        memcpy(x, from, used * sizeof *x);
    }
    reader->block_at += used;
    reader->ended = reader->input_ended && *got < n;
    return LTS_OK;
}

lts_status lts_audio_reader_read(lts_audio_reader *reader, float *x, size_t n, size_t *got,
                                 lts_error *err)
{
    *got = 0;
    while (*got < n && !reader->ended) {
        size_t moved = 0;
        lts_status status = LTS_OK;
        if (reader->block_at == reader->block_end && !reader->input_ended)
            status = refill(reader, err);
        if (status != LTS_OK)
            return status;
        status = advance(reader, x + *got, n - *got, &moved, err);
        *got += moved;
        if (status != LTS_OK)
            return status;
    }
    return LTS_OK;
}
