#include "audio/source.h"

#include <math.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

/* libsndfile keeps the reason of a failed opening in one place for the whole process. */
static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;

/* What libsndfile's own complaint leaves out: whether there is a file at all. */
static lts_status open_descriptor(const char *path, int *descriptor, lts_error *err)
{
    uint64_t size;
    lts_status status = lts_open_input(path, descriptor, &size, err);
    if (status != LTS_OK || size > 0)
        return status;
    close(*descriptor);
    return lts_fail(err, LTS_ERR_FORMAT, "%s: the file is empty: 0 bytes", path);
}

/* libsndfile's sentences end in a full stop, some in a new line. */
static void copy_reason(char *reason, size_t size, const char *said)
{
    snprintf(reason, size, "%s", said);
    for (char *c = reason; *c; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
    size_t length = strlen(reason);
    while (length > 0 && strchr(". ", reason[length - 1]))
        reason[--length] = '\0';
}

/* By descriptor, not by name: libsndfile then judges by the content alone. By name it would take a
 * text renamed .au for headerless sound, and one renamed .mp3 to a decoder that complains aloud. */
static lts_status open_file(audio_source *source, lts_error *err)
{
    char reason[256];
    int descriptor;
    source->info = (SF_INFO){0};
    source->position = 0;
    lts_status status = open_descriptor(source->path, &descriptor, err);
    if (status != LTS_OK)
        return status;
    pthread_mutex_lock(&opening);
    source->file = sf_open_fd(descriptor, SFM_READ, &source->info, SF_TRUE);
    if (!source->file)
        copy_reason(reason, sizeof reason, sf_strerror(NULL));
    pthread_mutex_unlock(&opening);
    if (!source->file)
        return lts_fail(err, LTS_ERR_FORMAT,
                        "%s: no sound file that can be read: libsndfile says \"%s\": "
                        "replace it or take it out",
                        source->path, reason);
    return LTS_OK;
}

lts_status source_open(audio_source *source, const char *path, lts_error *err)
{
    const SF_INFO *info = &source->info;
    *source = (audio_source){0};
    source->path = lts_strdup(path);
    if (!source->path)
        return lts_fail(err, LTS_ERR_MEMORY, "%s: out of memory", path);
    lts_status status = open_file(source, err);
    if (status != LTS_OK)
        return status;
    if (info->frames <= 0)
        return lts_fail(err, LTS_ERR_FORMAT, "%s: holds no samples", path);
    if (info->frames == SF_COUNT_MAX)
        return lts_fail(err, LTS_ERR_FORMAT,
                        "%s: does not say how long it is: convert it to WAV or FLAC", path);
    if (info->samplerate < SOURCE_MIN_RATE || info->samplerate > SOURCE_MAX_RATE)
        return lts_fail(err, LTS_ERR_FORMAT,
                        "%s: header: a sample rate of %d Hz, expected %d to %d: it is damaged",
                        path, info->samplerate, SOURCE_MIN_RATE, SOURCE_MAX_RATE);
    source->end = info->frames;
    return lts_alloc_checked(&source->frames, (size_t)info->channels * SOURCE_BLOCK,
                             sizeof *source->frames, path, err);
}

void source_close(audio_source *source)
{
    if (source->file)
        sf_close(source->file);
    lts_free(source->frames);
    lts_free(source->path);
    *source = (audio_source){0};
}

/* Seen with libsndfile 1.2.0: after a jump, MPEG files read as silence. */
static bool can_jump(const SF_INFO *info)
{
    enum { MPEG = 0x230000 }; /* SF_FORMAT_MPEG, which libsndfile names since 1.1 */
    return info->seekable && (info->format & SF_FORMAT_TYPEMASK) != MPEG;
}

lts_status source_seek(audio_source *source, sf_count_t position, lts_error *err)
{
    if (can_jump(&source->info) && sf_seek(source->file, position, SEEK_SET) == position) {
        source->position = position;
        return LTS_OK;
    }
    /* Some codecs only go forward, and a failed attempt may leave them anywhere. */
    sf_close(source->file);
    lts_status status = open_file(source, err);
    while (status == LTS_OK && source->position < position) {
        sf_count_t wanted = position - source->position;
        sf_count_t got = sf_readf_float(source->file, source->frames,
                                        wanted < SOURCE_BLOCK ? wanted : SOURCE_BLOCK);
        if (got <= 0)
            return lts_fail(err, LTS_ERR_FORMAT, "%s: ends at %.3f s, before the offset of %.3f s",
                            source->path, (double)source->position / source->info.samplerate,
                            (double)position / source->info.samplerate);
        source->position += got;
    }
    return status;
}

/* The mean of the channels; the number of samples before the first that is not finite. */
static size_t mix_down(const float *frames, size_t count, int channels, float *x)
{
    for (size_t i = 0; i < count; i++) {
        double sum = 0;
        for (int c = 0; c < channels; c++)
            sum += frames[i * (size_t)channels + (size_t)c];
        if (!isfinite(sum))
            return i;
        x[i] = (float)(sum / channels);
    }
    return count;
}

lts_status source_read(audio_source *source, float *x, size_t *got, lts_error *err)
{
    sf_count_t wanted = source->end - source->position;
    if (wanted > SOURCE_BLOCK)
        wanted = SOURCE_BLOCK;
    *got = 0;
    if (wanted <= 0)
        return LTS_OK;
    sf_count_t count = sf_readf_float(source->file, source->frames, wanted);
    if (count < wanted && sf_error(source->file) == SF_ERR_SYSTEM)
        return lts_fail(err, LTS_ERR_IO, "%s: cannot be read at %.3f s", source->path,
                        (double)source->position / source->info.samplerate);
    if (count <= 0) {
        /* Shorter than the header says: what is there is the sound. */
        if (source->position == 0)
            return lts_fail(err, LTS_ERR_FORMAT, "%s: holds no samples", source->path);
        source->end = source->position;
        return LTS_OK;
    }
    size_t good = mix_down(source->frames, (size_t)count, source->info.channels, x);
    if (good < (size_t)count) {
        sf_count_t place = source->position + (sf_count_t)good;
        return lts_fail(err, LTS_ERR_NONFINITE,
                        "%s: sample %lld (%.6f s): not a finite number: repair the file or take "
                        "it out",
                        source->path, (long long)place, (double)place / source->info.samplerate);
    }
    source->position += count;
    *got = (size_t)count;
    return LTS_OK;
}
