#include "audio/audio_source.h"

#include "lts/audio.h"

#include <string.h>

/* A header may promise any length: memory follows the samples that come, not the promise. */
enum { FIRST_BUFFER = 1 << 22, SLACK = 64 };

lts_status lts_audio_probe(const char *path, lts_audio_info *info, lts_error *err)
{
    audio_source source;
    *info = (lts_audio_info){0};
    lts_status status = source_open(&source, path, err);
    if (status != LTS_OK)
        goto done;
    info->sample_rate = source.format.rate;
    info->channels = source.format.channels;
    info->frames = (uint64_t)source.format.frames;
    info->seconds = (double)info->frames / info->sample_rate;
done:
    source_close(&source);
    return status;
}

static lts_status enlarge(float **x, size_t *capacity, uint64_t expected, const char *path,
                          lts_error *err)
{
    uint64_t wanted = *capacity ? 2 * (uint64_t)*capacity : FIRST_BUFFER;
    if (*capacity < expected + SLACK && expected + SLACK < wanted)
        wanted = expected + SLACK;
    float *larger = NULL;
    lts_status status = lts_alloc_checked(&larger, (size_t)wanted, sizeof *larger, path, err);
    if (status != LTS_OK)
        return status;
    if (*x)
        memcpy(larger, *x, *capacity * sizeof *larger);
    lts_free(*x);
    *x = larger;
    *capacity = (size_t)wanted;
    return LTS_OK;
}

lts_status lts_audio_load(const char *path, double sample_rate, double offset, double duration,
                          float **x, size_t *n, lts_error *err)
{
    lts_audio_reader *reader;
    float *samples = NULL;
    size_t capacity = 0, count = 0;
    *x = NULL;
    *n = 0;
    lts_status status = lts_audio_reader_open(path, sample_rate, offset, duration, &reader, err);
    if (status != LTS_OK)
        return status;
    while (count == capacity) {
        size_t got = 0;
        status = enlarge(&samples, &capacity, lts_audio_reader_expected(reader), path, err);
        if (status != LTS_OK)
            goto done;
        status = lts_audio_reader_read(reader, samples + count, capacity - count, &got, err);
        if (status != LTS_OK)
            goto done;
        count += got;
    }
    if (count == 0) {
        status = lts_fail(err, LTS_ERR_FORMAT, "%s: too short to be resampled to %g Hz", path,
                          sample_rate);
        goto done;
    }
    *x = samples;
    *n = count;
    samples = NULL;
done:
    lts_audio_reader_close(reader);
    lts_free(samples);
    return status;
}
