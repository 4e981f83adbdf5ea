/* Audio: any sound file libsndfile reads, as mono float samples at a wanted rate, and back. */
#ifndef LTS_AUDIO_H
#define LTS_AUDIO_H

#include "lts/base.h"

typedef struct lts_audio_info {
    double sample_rate; /* Hz, of the file itself */
    int channels;
    uint64_t frames; /* samples a channel */
    double seconds;
} lts_audio_info;

lts_status lts_audio_probe(const char *path, lts_audio_info *info, lts_error *err);

/* A file read front to back in blocks: channels averaged, then resampled (libsoxr, HQ). */
typedef struct lts_audio_reader lts_audio_reader;

/* sample_rate: wanted, Hz; 0 keeps the file's. offset and duration: seconds, in the file; a
 * duration below 0 means up to the end, and one past the end stops there. An offset at or past the
 * end is LTS_ERR_ARGUMENT; a file without samples is LTS_ERR_FORMAT. */
lts_status lts_audio_reader_open(const char *path, double sample_rate, double offset,
                                 double duration, lts_audio_reader **out, lts_error *err);
/* Up to n samples to x; *got < n only at the end. A NaN or infinite sample is LTS_ERR_NONFINITE,
 * with its time in the file. */
lts_status lts_audio_reader_read(lts_audio_reader *reader, float *x, size_t n, size_t *got,
                                 lts_error *err);
double lts_audio_reader_rate(const lts_audio_reader *reader);       /* of the samples read */
uint64_t lts_audio_reader_expected(const lts_audio_reader *reader); /* N, exact to a few samples */
void lts_audio_reader_close(lts_audio_reader *reader);              /* NULL is allowed */

/* The whole excerpt; *x is freed with lts_free. */
lts_status lts_audio_load(const char *path, double sample_rate, double offset, double duration,
                          float **x, size_t *n, lts_error *err);

typedef enum lts_audio_bits { LTS_AUDIO_16, LTS_AUDIO_24, LTS_AUDIO_FLOAT } lts_audio_bits;

typedef struct lts_audio_format {
    double sample_rate;  /* Hz */
    lts_audio_bits bits; /* integers are clipped at full scale, not wrapped */
    const char *comment; /* LIST/INFO ICMT; may be NULL */
} lts_audio_format;

/* Mono WAV, whole or not at all. The same samples and comment give the same bytes. */
lts_status lts_audio_save(const char *path, const float *x, size_t n,
                          const lts_audio_format *format, lts_error *err);

/* "16", "24" or "32f". */
bool lts_audio_parse_bits(const char *text, lts_audio_bits *bits);

typedef struct lts_paths {
    char **item; /* sorted by byte value */
    size_t count;
} lts_paths;

/* Every sound file under `folder`, recursively, by its extension (those libsndfile names, in any
 * case); hidden files and folders are passed over, links are followed without looping. `others`,
 * when not NULL, gets what was passed over for its extension. */
lts_status lts_audio_walk(const char *folder, lts_paths *found, lts_paths *others, lts_error *err);
void lts_paths_free(lts_paths *paths);

#endif
