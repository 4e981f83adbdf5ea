#include "audio/promise.h"
#include "audio/source_backend.h"

#include <pthread.h>
#include <sndfile.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MPEG = 0x230000 }; /* SF_FORMAT_MPEG, which libsndfile names since 1.1 */

typedef struct sndfile_file {
    SNDFILE *sound;
    SF_INFO info;
    int descriptor; /* of a file that is read through the functions below; else -1 */
} sndfile_file;

/* libsndfile keeps the reason of a failed opening in one place for the whole process. */
static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;

/* Seen with libsndfile 1.2.0: after a jump, MPEG files read as silence. */
static bool can_jump(const SF_INFO *info)
{
    return info->seekable && (info->format & SF_FORMAT_TYPEMASK) != MPEG;
}

/* libsndfile looks for the end of an unclosed WAV itself when the header's size is 8, and finds no
 * samples when it is another: these functions show it an 8. */
enum { SIZE_PLACE = 4, SIZE_BYTES = 4 };

static sf_count_t unclosed_size(void *context)
{
    const sndfile_file *file = context;
    struct stat info;
    return fstat(file->descriptor, &info) == 0 ? info.st_size : -1;
}

static sf_count_t unclosed_seek(sf_count_t offset, int whence, void *context)
{
    const sndfile_file *file = context;
    return lseek(file->descriptor, (off_t)offset, whence);
}

static sf_count_t unclosed_tell(void *context)
{
    return unclosed_seek(0, SEEK_CUR, context);
}

static sf_count_t unclosed_read(void *to, sf_count_t count, void *context)
{
    static const char eight[SIZE_BYTES] = {8, 0, 0, 0};
    const sndfile_file *file = context;
    const sf_count_t at = unclosed_tell(context);
    const sf_count_t got = read(file->descriptor, to, (size_t)count);
    for (sf_count_t b = 0; b < SIZE_BYTES; b++)
        if (SIZE_PLACE + b >= at && SIZE_PLACE + b < at + got)
            ((char *)to)[SIZE_PLACE + b - at] = eight[b];
    return got > 0 ? got : 0;
}

static SNDFILE *open_unclosed(sndfile_file *file, int descriptor)
{
    SF_VIRTUAL_IO io = {.get_filelen = unclosed_size,
                        .seek = unclosed_seek,
                        .read = unclosed_read,
                        .tell = unclosed_tell};
    file->descriptor = descriptor;
    return sf_open_virtual(&io, SFM_READ, &file->info, file);
}

static void describe(const SF_INFO *info, int descriptor, source_format *format)
{
    const int type = info->format & SF_FORMAT_TYPEMASK;
    sound_bytes bytes;
    *format = (source_format){
        .rate = info->samplerate, .channels = info->channels, .frames = info->frames};
    if (info->frames == SF_COUNT_MAX)
        format->frames = INT64_MAX;
    else
        format->check_end = type == SF_FORMAT_FLAC && info->frames > 0;
    /* Without a Xing frame the length of an MPEG stream is a guess by its bit rate. */
    if (type == MPEG && !promise_read(descriptor, UINT64_MAX, &bytes))
        format->slack = INT64_MAX;
}

/* By descriptor, not by name: libsndfile then decides by the content alone. By name it would take a
 * text renamed .au for headerless sound, and one renamed .mp3 to a decoder that complains aloud. */
static lts_status open_sound(int descriptor, source_format *format, void **out, char *reason)
{
    sndfile_file *file = lts_alloc(1, sizeof *file);
    struct stat info;
    *out = NULL;
    if (!file) {
        close(descriptor);
        return LTS_ERR_MEMORY;
    }
    const bool unclosed =
        fstat(descriptor, &info) == 0 && promise_is_unclosed(descriptor, (uint64_t)info.st_size);
    file->descriptor = -1;
    pthread_mutex_lock(&opening);
    file->sound = unclosed ? open_unclosed(file, descriptor)
                           : sf_open_fd(descriptor, SFM_READ, &file->info, SF_TRUE);
    if (!file->sound)
        source_copy_reason(reason, sf_strerror(NULL));
    pthread_mutex_unlock(&opening);
    if (!file->sound) {
        if (unclosed)
            close(descriptor);
        lts_free(file);
        return LTS_ERR_FORMAT;
    }
    describe(&file->info, descriptor, format);
    *out = file;
    return LTS_OK;
}

static void close_sound(void *context)
{
    sndfile_file *file = context;
    sf_close(file->sound);
    if (file->descriptor >= 0)
        close(file->descriptor);
    lts_free(file);
}

static bool seek_sound(void *context, int64_t position)
{
    sndfile_file *file = context;
    return can_jump(&file->info) && sf_seek(file->sound, position, SEEK_SET) == position;
}

static lts_status read_sound(void *context, float *frames, size_t count, size_t *got, char *reason)
{
    sndfile_file *file = context;
    sf_count_t done = sf_readf_float(file->sound, frames, (sf_count_t)count);
    const int error = sf_error(file->sound);
    *got = done > 0 ? (size_t)done : 0;
    if (error == SF_ERR_NO_ERROR)
        return LTS_OK;
    const char *said = sf_error_number(error), *prefix = "Error : ";
    source_copy_reason(reason, strncmp(said, prefix, 8) == 0 ? said + 8 : said);
    return error == SF_ERR_SYSTEM ? LTS_ERR_IO : LTS_ERR_FORMAT;
}

const source_backend source_sndfile = {.name = "libsndfile",
                                       .open = open_sound,
                                       .close = close_sound,
                                       .seek = seek_sound,
                                       .read = read_sound};
