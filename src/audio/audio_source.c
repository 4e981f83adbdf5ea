#include "audio/audio_source.h"

#include "audio/promise.h"

#include <string.h>
#include <unistd.h>

/* In the order in which they are asked. */
static const source_backend *const backends[] = {
    &source_sndfile,
#ifdef LTS_FFMPEG
    &source_ffmpeg,
#endif
};

static const char mend[] = "copy it anew, or convert it to WAV to keep what is there";

/* What a library's own complaint leaves out: whether there is a file at all. */
static lts_status open_descriptor(const char *path, int *descriptor, uint64_t *size, lts_error *err)
{
    lts_status status = lts_open_input(path, descriptor, size, err);
    if (status != LTS_OK || *size > 0)
        return status;
    close(*descriptor);
    return lts_fail(err, LTS_ERR_FORMAT, "%s: the file is empty: 0 bytes", path);
}

static lts_status refuse_cut(const char *path, int descriptor, uint64_t size, lts_error *err)
{
    sound_bytes bytes;
    if (!promise_read(descriptor, size, &bytes) ||
        (bytes.present > 0 && bytes.present + bytes.slack >= bytes.promised))
        return LTS_OK;
    return lts_fail(err, LTS_ERR_FORMAT,
                    "%s: cut short: %llu of the %llu bytes of sound that its header promises are "
                    "there (%.1f %%): %s",
                    path, (unsigned long long)bytes.present, (unsigned long long)bytes.promised,
                    100 * (double)bytes.present / (double)bytes.promised, mend);
}

/* Opens the file with `backend`, or with the first that can when it is NULL. */
static lts_status open_file(audio_source *source, const source_backend *backend, lts_error *err)
{
    char said[2 * SOURCE_REASON] = "";
    source->position = 0;
    for (size_t b = 0; b < sizeof backends / sizeof *backends; b++) {
        char reason[SOURCE_REASON] = "";
        uint64_t size = 0;
        int descriptor;
        if (backend && backends[b] != backend)
            continue;
        lts_status status = open_descriptor(source->path, &descriptor, &size, err);
        if (status != LTS_OK)
            return status;
        status = refuse_cut(source->path, descriptor, size, err);
        if (status != LTS_OK) {
            close(descriptor);
            return status;
        }
        source->backend = backends[b];
        status = backends[b]->open(descriptor, &source->format, &source->file, reason);
        if (status == LTS_OK)
            return LTS_OK;
        if (status == LTS_ERR_MEMORY)
            return lts_no_memory(source->path, err);
        const size_t used = strlen(said);
        snprintf(said + used, sizeof said - used, "%s%s says \"%s\"", used ? ", " : "",
                 backends[b]->name, reason);
    }
    return lts_fail(err, LTS_ERR_FORMAT,
                    "%s: no sound file that can be read: %s: replace it or take it out",
                    source->path, said);
}

/* The sound ends or cannot be decoded at source->position. */
static lts_status broken(const audio_source *source, const char *reason, lts_error *err)
{
    const double rate = source->format.rate;
    return lts_fail(err, LTS_ERR_FORMAT,
                    "%s: cut short or damaged: %.3f s of the %.3f s that its header promises can "
                    "be read%s%s%s: %s",
                    source->path, (double)source->position / rate,
                    (double)source->format.frames / rate, reason[0] ? " (" : "", reason,
                    reason[0] ? ")" : "", mend);
}

/* Reads up to `wanted` frames into source->frames and moves on; *got is 0 at the end alone. */
static lts_status read_frames(audio_source *source, int64_t wanted, size_t *got, lts_error *err)
{
    char reason[SOURCE_REASON] = "";
    const size_t count = wanted < SOURCE_BLOCK ? (size_t)wanted : SOURCE_BLOCK;
    lts_status status = source->backend->read(source->file, source->frames, count, got, reason);
    if (status == LTS_ERR_IO)
        return lts_fail(err, status, "%s: cannot be read at %.3f s: %s", source->path,
                        (double)source->position / source->format.rate, reason);
    if (status == LTS_ERR_MEMORY)
        return lts_no_memory(source->path, err);
    if (status != LTS_OK)
        return broken(source, reason, err);
    if (*got == 0 && source->format.frames - source->position > source->format.slack)
        return broken(source, reason, err);
    source->position += (int64_t)*got;
    return LTS_OK;
}

/* Goes to `position` by reading; some codecs only go forward. */
static lts_status skip_to(audio_source *source, int64_t position, lts_error *err)
{
    while (source->position < position) {
        size_t got;
        lts_status status = read_frames(source, position - source->position, &got, err);
        if (status != LTS_OK)
            return status;
        if (got == 0)
            return lts_fail(err, LTS_ERR_FORMAT, "%s: ends at %.3f s, before the offset of %.3f s",
                            source->path, (double)source->position / source->format.rate,
                            (double)position / source->format.rate);
    }
    return LTS_OK;
}

static lts_status open_anew(audio_source *source, lts_error *err)
{
    source->backend->close(source->file);
    source->file = NULL;
    return open_file(source, source->backend, err);
}

/* Looks for the last sample; if it is not to be had, counts those that are. */
static lts_status find_end(audio_source *source, lts_error *err)
{
    char reason[SOURCE_REASON];
    const source_backend *backend = source->backend;
    const int64_t last = source->format.frames - 1;
    size_t got = 0;
    if (backend->seek(source->file, last) &&
        backend->read(source->file, source->frames, 1, &got, reason) == LTS_OK && got == 1 &&
        backend->seek(source->file, 0))
        return LTS_OK;
    lts_status status = open_anew(source, err);
    if (status != LTS_OK)
        return status;
    status = skip_to(source, last + 1, err);
    if (status != LTS_OK)
        return status;
    return open_anew(source, err);
}

lts_status source_open(audio_source *source, const char *path, lts_error *err)
{
    const source_format *format = &source->format;
    *source = (audio_source){0};
    source->path = lts_strdup(path);
    if (!source->path)
        return lts_no_memory(path, err);
    lts_status status = open_file(source, NULL, err);
    if (status != LTS_OK)
        return status;
    if (format->frames <= 0)
        return lts_fail(err, LTS_ERR_FORMAT, "%s: holds no samples", path);
    if (format->frames == INT64_MAX)
        return lts_fail(err, LTS_ERR_FORMAT,
                        "%s: does not say how long it is, or its end is missing: convert it to WAV "
                        "or FLAC",
                        path);
    if (format->rate < SOURCE_MIN_RATE || format->rate > SOURCE_MAX_RATE)
        return lts_fail(err, LTS_ERR_FORMAT,
                        "%s: header: a sample rate of %d Hz, expected %d to %d: it is damaged",
                        path, format->rate, SOURCE_MIN_RATE, SOURCE_MAX_RATE);
    source->end = format->frames;
    status = lts_alloc_checked(&source->frames, (size_t)format->channels * SOURCE_BLOCK,
                               sizeof *source->frames, path, err);
    if (status != LTS_OK || !format->check_end)
        return status;
    return find_end(source, err);
}

void source_close(audio_source *source)
{
    if (source->file)
        source->backend->close(source->file);
    lts_free(source->frames);
    lts_free(source->path);
    *source = (audio_source){0};
}

lts_status source_seek(audio_source *source, int64_t position, lts_error *err)
{
    if (source->backend->seek(source->file, position)) {
        source->position = position;
        return LTS_OK;
    }
    lts_status status = open_anew(source, err);
    if (status != LTS_OK)
        return status;
    return skip_to(source, position, err);
}

/* The mean of the channels; the number of samples before the first that is not finite. */
static size_t mix_down(const float *frames, size_t count, int channels, float *x)
{
    const size_t finite = lts_first_nonfinite(frames, count * (size_t)channels) / (size_t)channels;
    for (size_t i = 0; i < finite; i++) {
        double sum = 0;
        for (int c = 0; c < channels; c++)
            sum += frames[i * (size_t)channels + (size_t)c];
        x[i] = (float)(sum / channels);
    }
    return finite;
}

lts_status source_read(audio_source *source, float *x, size_t *got, lts_error *err)
{
    const int64_t before = source->position;
    *got = 0;
    if (before >= source->end)
        return LTS_OK;
    lts_status status = read_frames(source, source->end - before, got, err);
    if (status != LTS_OK)
        return status;
    if (*got == 0) {
        source->end = source->position;
        return LTS_OK;
    }
    size_t good = mix_down(source->frames, *got, source->format.channels, x);
    if (good == *got)
        return LTS_OK;
    const int64_t place = before + (int64_t)good;
    *got = 0;
    return lts_fail(err, LTS_ERR_NONFINITE,
                    "%s: sample %lld (%.6f s): not a finite number: repair the file or take it out",
                    source->path, (long long)place, (double)place / source->format.rate);
}
