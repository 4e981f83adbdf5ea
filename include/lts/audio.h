/* Audio: any sound file libsndfile reads, and what FFmpeg reads in a build that has it, as mono
 * float samples at a wanted rate, and back.
 *
 * Sound comes as one channel, the mean of the file's, full scale at -1..1; float files may go
 * beyond. Errors, each one line with the file first: LTS_ERR_NOT_FOUND and LTS_ERR_IO for what the
 * system says (a folder, a pipe, no permission), LTS_ERR_FORMAT for what the libraries say
 * of the content and for a file that is cut short or damaged, LTS_ERR_NONFINITE with the sample's
 * number and time, LTS_ERR_ARGUMENT, LTS_ERR_MEMORY. A file is recognised by its content, never by
 * its name.
 *
 * A file that lacks some of the sound it promises is refused, with how much there is. It is known
 * to, when it is opened: WAV, RF64, W64, AIFF, AU, CAF and MP3 with a Xing frame by the bytes that
 * the header promises, FLAC by its last sample, what FFmpeg reads by its packets; Ogg by the end of
 * its stream. Damage between shows where a decoder finds it: when that place is read. Plain samples
 * have nothing to find it by. What a program streamed into a pipe promises nothing and is read to
 * its end. */
#ifndef LTS_AUDIO_H
#define LTS_AUDIO_H

#include "lts/base.h"

LTS_BEGIN_DECLS

typedef struct lts_audio_info {
    double sample_rate; /* Hz, of the file itself */
    int channels;
    uint64_t frames; /* samples a channel, >= 1, as the header says; a guess where it does not */
    double seconds;
} lts_audio_info;

/* Opens the file, reads its header and looks whether it is whole. */
lts_status lts_audio_probe(const char *path, lts_audio_info *info, lts_error *err);

/* A file read front to back in blocks: channels averaged, then resampled (libsoxr, HQ: linear
 * phase, its delay taken out, so that an event stays at its time). A reader is for one thread at a
 * time; memory does not grow with the file. */
typedef struct lts_audio_reader lts_audio_reader;

/* sample_rate: wanted, Hz, 100 .. 1000000; 0 keeps the file's. offset and duration: seconds, in
 * the file, rounded to its samples; a duration below 0 means up to the end, and one past the end
 * stops there. An offset at or past the end, or a duration of less than half a sample, is
 * LTS_ERR_ARGUMENT; a file without samples, or whose own rate is not within 100 .. 1000000 Hz, is
 * LTS_ERR_FORMAT. What lies outside the excerpt is
 * silence to the resampler. */
lts_status lts_audio_reader_open(const char *path, double sample_rate, double offset,
                                 double duration, lts_audio_reader **out, lts_error *err);

/* Up to n samples to x; *got < n only at the end. Damage is LTS_ERR_FORMAT with the time up to
 * which the sound can be read, a NaN or infinite sample LTS_ERR_NONFINITE with its time in the
 * file. Allocates nothing but inside the libraries and for larger blocks of FFmpeg's. */
lts_status lts_audio_reader_read(lts_audio_reader *reader, float *x, size_t n, size_t *got,
                                 lts_error *err);
double lts_audio_reader_rate(const lts_audio_reader *reader); /* Hz, of the samples read */
/* N, exact to a few samples where the file says its length. */
uint64_t lts_audio_reader_expected(const lts_audio_reader *reader);
void lts_audio_reader_close(lts_audio_reader *reader); /* NULL is allowed */

/* The whole excerpt, *n >= 1 samples; *x is freed with lts_free. */
lts_status lts_audio_load(const char *path, double sample_rate, double offset, double duration,
                          float **x, size_t *n, lts_error *err);

typedef enum lts_audio_bits { LTS_AUDIO_16, LTS_AUDIO_24, LTS_AUDIO_FLOAT } lts_audio_bits;

typedef struct lts_audio_format {
    double sample_rate;  /* Hz, whole, 100 .. 1000000 */
    lts_audio_bits bits; /* integers are rounded to nearest and clipped at full scale */
    const char *comment; /* LIST/INFO ICMT, at most 16384 bytes; may be NULL */
    bool anew;           /* LTS_ERR_EXISTS rather than replacing a file */
} lts_audio_format;

/* Mono WAV, n >= 1 samples, whole or not at all. The same samples and comment give the same bytes:
 * no date, no dither. More than 4 GiB is LTS_ERR_ARGUMENT. */
lts_status lts_audio_save(const char *path, const float *x, size_t n,
                          const lts_audio_format *format, lts_error *err);
/* The same in a folder that the caller holds open, as lts_outfile_open_in. */
lts_status lts_audio_save_in(int folder, const char *path, const float *x, size_t n,
                             const lts_audio_format *format, lts_error *err);

/* The same in pieces: n >= 1 samples in all, of which none need lie in memory together. append
 * refuses a NaN or infinite sample (LTS_ERR_NONFINITE, with its number) and more than n in all
 * (LTS_ERR_ARGUMENT). commit and abort free the writer, whatever they return. */
typedef struct lts_audio_writer lts_audio_writer;
lts_status lts_audio_writer_open(const char *path, uint64_t n, const lts_audio_format *format,
                                 lts_audio_writer **out, lts_error *err);
lts_status lts_audio_writer_append(lts_audio_writer *writer, const float *x, size_t n,
                                   lts_error *err);
lts_status lts_audio_writer_commit(lts_audio_writer *writer, lts_error *err);
void lts_audio_writer_abort(lts_audio_writer *writer); /* NULL is allowed */

/* "16", "24" or "32f". */
bool lts_audio_parse_bits(const char *text, lts_audio_bits *bits);

typedef struct lts_paths {
    char **item; /* sorted by byte value */
    size_t count;
} lts_paths;

/* Every sound file under `folder`, recursively, by its extension (those that this build reads and
 * their usual variants, in any case; not headerless .raw); hidden files and folders are passed
 * over. Links are followed, but a folder is walked once, however many links lead to it; a link that
 * leads nowhere is listed, so that whoever reads it is told. `others`, when not NULL, gets what was
 * passed over for its extension or because it is no regular file. A folder that cannot be read is
 * an error. Both lists are empty after one; free them with lts_paths_free. */
lts_status lts_audio_walk(const char *folder, lts_paths *found, lts_paths *others, lts_error *err);
void lts_paths_free(lts_paths *paths); /* NULL, and a second time, are allowed */

/* The path's extension in lower case, such as "m4a", when files of that name are sound that this
 * build cannot read; else NULL. */
const char *lts_audio_unreadable_kind(const char *path);

/* The library that reads those, such as "libavcodec 59.37.100"; NULL in a build without it. It is
 * loaded with the first file that needs it; where that fails, such files are LTS_ERR_FORMAT. */
const char *lts_audio_ffmpeg(void);

LTS_END_DECLS

#endif
