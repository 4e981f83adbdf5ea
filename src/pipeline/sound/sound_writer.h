/* A sound written as it is made. */
#ifndef PIPELINE_SOUND_SOUND_WRITER_H
#define PIPELINE_SOUND_SOUND_WRITER_H

#include "lts/distance.h"
#include "lts/dsp.h"
#include "lts/source.h"

typedef struct lts_sound {
    const char *file;
    const char *path;                   /* what it is, in words: for the record */
    const char *origin;                 /* what it was made of: for the comment */
    const lts_phase_config *phase;      /* how its phase was found; NULL: its own */
    const lts_distance_stats *distance; /* of its latent path; NULL or empty: not measured */
    size_t n;                           /* samples */
    double sample_rate;
} lts_sound;

typedef struct sound_writer sound_writer;

/* A mono WAV, whole or not at all, with everything in its comment that making it again needs. What
 * `sound` points to must outlive the writer. A sound to be normalised is kept in an unnamed file
 * beside its own until its peak is known. */
lts_status sound_writer_open(const lts_sound *sound, const lts_sound_output *output,
                             sound_writer **out, lts_error *err);
/* A lts_render_sink of a sound_writer. */
lts_status sound_writer_append(void *writer, const float *x, size_t count, lts_error *err);
/* Gives the file its name, reports a "sound" record, with the distances of its path where there are
 * any, and warns when integer samples were clipped.
 * Frees the writer, whatever it returns. */
lts_status sound_writer_commit(sound_writer *writer, const lts_reporter *reporter, lts_error *err);
void sound_writer_abort(sound_writer *writer); /* NULL is allowed */

#endif
