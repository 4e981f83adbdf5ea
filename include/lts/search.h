/* Search: the sounds and frames of a data set that are nearest to a sound in the latent space. */
#ifndef LTS_SEARCH_H
#define LTS_SEARCH_H

#include "lts/base.h"
#include "lts/labels.h"
#include "lts/source.h"

LTS_BEGIN_DECLS

/* A run, a data set and the latent means of all its examples. Constant once opened: any number of
 * threads may search it. */
typedef struct lts_search lts_search;

/* The data set's examples as points of the model of `run`, a run folder or a .safetensors file;
 * `dataset` a data set or its folder of arrays, NULL for the one that the run was trained on. The
 * points, (n,Z) without levels, are encoded when first asked for and kept beside the run, in
 * search/HHHHHHHHHHHHHHHH-HHHHHHHHHHHHHHHH.npy, whose name tells the data set's place and then the
 * model and all arrays (lts_model_hash, lts_frames_fingerprint, the files' sizes and times): when
 * one of these changes they are made anew. Where they cannot be written, they stay in memory, with
 * a warning. A model with conditions encodes without any, as nobody tells those of the sound that
 * is sought.
 *
 * LTS_ERR_NOT_FOUND when there is no array; LTS_ERR_SHAPE when they are of another feature than the
 * model's; LTS_ERR_ARGUMENT for a model without latent space; LTS_ERR_NONFINITE names the array of
 * a point that is no number; LTS_ERR_CANCELLED when the reporter says so. threads >= 1. */
lts_status lts_search_open(const char *run, const char *dataset, unsigned threads,
                           const lts_reporter *reporter, lts_search **out, lts_error *err);
void lts_search_close(lts_search *search); /* NULL is allowed */

size_t lts_search_sounds(const lts_search *search);   /* or notes, >= 1 */
uint64_t lts_search_points(const lts_search *search); /* frames or notes, n */
bool lts_search_is_notes(const lts_search *search);

/* A sound that was found; texts live as long as the search. */
typedef struct lts_found {
    size_t sound;         /* below lts_search_sounds */
    const char *name;     /* of its array, or of a note its file below audio/ */
    const lts_note *note; /* NULL but for notes */
    double distance;
    double time;  /* s: where in it the nearest frame lies */
    double query; /* s: and where in the sound that is sought, from its file's beginning */
} lts_found;

enum { LTS_SEARCH_COUNT = 1000, LTS_SEARCH_QUERIES = 64 };
typedef struct lts_search_result {
    lts_found *sounds, *frames; /* nearest first */
    size_t sound_count, frame_count;
} lts_search_result;

/* The `count` (1 .. LTS_SEARCH_COUNT) nearest sounds and frames, or all where there are fewer, to
 * an excerpt of `duration` seconds, below 0 for all that is left after the offset.
 *
 * The excerpt has T points q_t: those of its frames that are within 60 dB of the loudest, or of
 * more than LTS_SEARCH_QUERIES of them that many, evenly spread. A sound with the frames z_f is
 *
 *     1/T sum_t min_f |q_t - z_f|
 *
 * away, so a sound that has all that is sought, and more, is near. A frame is at the
 * distance min_t |q_t - z_f|; of the frames of a sound that are less than `apart` seconds from one
 * another only the nearest is given. Of notes, T is 1, and there are no frames. Of equally near
 * ones the first in the order of names comes first. Equal on any number of threads.
 *
 * Free with lts_search_result_free. LTS_ERR_ARGUMENT for a number out of range or an excerpt that
 * is not in the sound; LTS_ERR_NONFINITE for one too loud; errors of reading it. */
lts_status lts_search_near(const lts_search *search, const lts_source *source, double duration,
                           size_t count, double apart, unsigned threads,
                           const lts_reporter *reporter, lts_search_result *out, lts_error *err);
void lts_search_result_free(lts_search_result *result); /* a zeroed one is allowed */

/* The folder of the data set's sounds, whether it is there or not; lives as long as the search. */
const char *lts_search_folder(const lts_search *search);

/* The file of a sound among those that lts_audio_walk found there: a new string. LTS_ERR_NOT_FOUND
 * when none has its name. */
lts_status lts_search_file(const lts_search *search, const lts_paths *sounds, size_t sound,
                           char **path, lts_error *err);

/* A mono WAV, 32-bit float at the model's rate, of what was found: first the sounds, then the
 * frames, each an excerpt of `length` seconds (0.05 .. 60; less of a shorter sound) around the
 * frame found, faded in and out for 10 ms, with 0.25 s of silence between. `sought` is named in the
 * comment. Reports a "playlist" record. LTS_ERR_NOT_FOUND names a sound that has no file. */
lts_status lts_search_playlist(const lts_search *search, const lts_search_result *result,
                               const char *sought, double length, const char *path,
                               const lts_reporter *reporter, lts_error *err);

LTS_END_DECLS

#endif
