/* A library that reads sound files, as a table of functions: each back end is one. */
#ifndef AUDIO_SOURCE_BACKEND_H
#define AUDIO_SOURCE_BACKEND_H

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

/* `reason` has SOURCE_REASON bytes for its own words. */
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

/* A library's words as the middle of a line: no control characters, no full stop. */
void source_copy_reason(char reason[SOURCE_REASON], const char *said);

#endif
