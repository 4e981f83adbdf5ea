/* A sound file read front to back as one channel, through the first back end that can open it. */
#ifndef AUDIO_AUDIO_SOURCE_H
#define AUDIO_AUDIO_SOURCE_H

#include "audio/source_backend.h"

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

#endif
