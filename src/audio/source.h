/* A sound file as libsndfile opens it, read front to back as one channel. */
#ifndef LTS_AUDIO_SOURCE_H
#define LTS_AUDIO_SOURCE_H

#include "lts/base.h"

#include <sndfile.h>

/* Sample rates that make sense, Hz; a header that names another is damaged. */
enum { SOURCE_MIN_RATE = 100, SOURCE_MAX_RATE = 1000000 };

typedef struct audio_source {
    char *path;
    SNDFILE *file;
    SF_INFO info;
    float *frames;       /* (SOURCE_BLOCK, channels) as read */
    sf_count_t position; /* of the next sample, in the file */
    sf_count_t end;      /* where reading stops */
} audio_source;

enum { SOURCE_BLOCK = 4096 };

/* info.frames > 0 and a usable sample rate are assured. Close after success and failure alike. */
lts_status source_open(audio_source *source, const char *path, lts_error *err);
void source_close(audio_source *source);

/* The next sample read is number `position`, which lies inside the file. */
lts_status source_seek(audio_source *source, sf_count_t position, lts_error *err);

/* Up to SOURCE_BLOCK samples, the mean of the channels; *got is 0 at the end alone. */
lts_status source_read(audio_source *source, float *x, size_t *got, lts_error *err);

#endif
