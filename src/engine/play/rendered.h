/* A rendered sound: one that is being rendered, or was. One thread makes it while others play it.
 */
#ifndef ENGINE_PLAY_RENDERED_H
#define ENGINE_PLAY_RENDERED_H

#include "engine/paths/paths.h"
#include "lts/audio.h"
#include "lts/base.h"

#include <stdatomic.h>

typedef struct rendered {
    float *x; /* N samples; those before `ready` are constant */
    size_t n;
    double sample_rate;
    atomic_size_t ready;
    atomic_bool abandoned; /* its render failed or was cancelled: no more will be ready */
    bool normalize;        /* played and saved with a peak of 1; heard when whole */
    float scale;           /* what samples are divided by when heard: the peak, or 1 */
    char *comment;         /* how to make it again; set before the last samples are ready */
    atomic_uint holders;
} rendered;

/* Silent so far, with one holder, the caller. */
lts_status rendered_create(size_t samples, double sample_rate, bool normalize, rendered **out,
                           lts_error *err);
rendered *rendered_hold(rendered *sound);
void rendered_drop(rendered *sound); /* NULL is allowed */

/* By the thread that renders: `ready` samples are final; rendered_finish all of them, normalised
 * when that was asked for. The comment becomes the sound's. */
void rendered_extend(rendered *sound, size_t ready);
void rendered_finish(rendered *sound, char *comment);

/* Writes a whole sound as the next free FOLDER/generated_audio-NNNNN.wav; *path is new (lts_free).
 * The folder is opened as path_open_folder does, and the file is made in what was opened. Several
 * servers may save into one folder: no file is replaced. */
lts_status rendered_save(rendered *sound, const path_rules *rules, const char *folder,
                         lts_audio_bits bits, char **path, lts_error *err);

#endif
