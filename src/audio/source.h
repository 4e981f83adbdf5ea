/* A sound file read front to back as one channel, through the first back end that can open it. */
#ifndef LTS_AUDIO_SOURCE_H
#define LTS_AUDIO_SOURCE_H

#include "lts/base.h"

/* Sample rates that make sense, Hz; a header that names another is damaged. */
enum { SOURCE_MIN_RATE = 100, SOURCE_MAX_RATE = 1000000 };
enum { SOURCE_BLOCK = 4096, SOURCE_REASON = 256 };

typedef struct source_format {
    int rate, channels;
    int64_t frames; /* samples a channel, as far as the file says; INT64_MAX: it does not */
    int64_t slack;  /* that may be missing at the end, as `frames` is no exact promise */
    bool check_end; /* whether the file is whole shows only at its last sample */
} source_format;

/* A library that reads sound files. `reason` has SOURCE_REASON bytes for its own words. */
typedef struct source_backend {
    const char *name;
    /* Takes the descriptor over, also when it fails. */
    lts_status (*open)(int descriptor, source_format *format, void **file, char *reason);
    void (*close)(void *file);
    /* False when it cannot; the file may then be anywhere and is opened anew. */
    bool (*seek)(void *file, int64_t position);
    /* Up to `count` frames of interleaved channels; fewer at the end. An error leaves those read
     * before it in *got: LTS_ERR_IO for the system's, LTS_ERR_FORMAT for damage. */
    lts_status (*read)(void *file, float *frames, size_t count, size_t *got, char *reason);
} source_backend;

extern const source_backend source_sndfile;
#ifdef LTS_FFMPEG
extern const source_backend source_ffmpeg;
#endif

typedef struct audio_source {
    char *path;
    const source_backend *backend;
    void *file; /* of the back end */
    source_format format;
    float *frames;    /* (SOURCE_BLOCK, channels) as read */
    int64_t position; /* of the next sample, in the file */
    int64_t end;      /* where reading stops; INT64_MAX: where the sound does */
} audio_source;

/* A known length above 0, a usable sample rate and a file that is not cut short are assured, the
 * last as far as its kind tells. Close after success and failure alike. */
lts_status source_open(audio_source *source, const char *path, lts_error *err);
void source_close(audio_source *source);

/* The next sample read is number `position`, which lies inside the file. */
lts_status source_seek(audio_source *source, int64_t position, lts_error *err);

/* Up to SOURCE_BLOCK samples, the mean of the channels; *got is 0 at the end alone. */
lts_status source_read(audio_source *source, float *x, size_t *got, lts_error *err);

/* A library's words as the middle of a line: no control characters, no full stop. */
void source_copy_reason(char reason[SOURCE_REASON], const char *said);

#endif
