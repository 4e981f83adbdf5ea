/* What jobs that make sounds have in common: sound files, read and written, trained runs and
 * curves.
 */
#ifndef LTS_SOURCE_H
#define LTS_SOURCE_H

#include "lts/audio.h"
#include "lts/base.h"
#include "lts/config.h"
#include "lts/latent.h"
#include "lts/model.h"

LTS_BEGIN_DECLS

/* A sound file and where in it the excerpt begins, seconds. */
typedef struct lts_source {
    char *path;
    double offset;
} lts_source;

/* "FILE" or "FILE@TIME", TIME in seconds or as M:SS or H:MM:SS, with or without decimals; a file
 * that has the whole text as its name is meant as it is. path is freed with lts_free.
 * LTS_ERR_ARGUMENT for a negative offset or an empty name. */
lts_status lts_source_parse(const char *text, lts_source *source, lts_error *err);

/* The same, but where no such file is, the sound of that name below `folder` (NULL for none): by
 * its path there, its name or its name without extension. LTS_ERR_NOT_FOUND says that it is in
 * neither place, and what comes nearest. */
lts_status lts_source_find(const char *text, const char *folder, lts_source *source,
                           lts_error *err);

/* Of sounds that lts_audio_walk found below `folder`: the one that answers best to a name, as
 * lts_source_find takes it, and the one whose name or stem was most likely meant. Both NULL when
 * there is none; else one of the list's own texts. */
const char *lts_sound_match(const lts_paths *sounds, const char *folder, const char *name);
const char *lts_sound_nearest(const lts_paths *sounds, const char *name);

/* Where a run's sounds are, DATASET/audio: of the data set named, of the one that the run was made
 * from or, when that has moved with its runs, of the one that holds the run
 * (DATASET/DESCRIPTION/run-NNN). A new string, also of a folder that is not there; NULL when memory
 * is short. */
char *lts_run_audio(const char *run, const char *dataset, const lts_config *config);

/* The model of a run folder, RUN/model/best.safetensors or, where there is none, last.safetensors;
 * or of a .safetensors file named directly. One without audio settings is refused, as nothing could
 * be heard of it. */
lts_status lts_run_model(const char *run, lts_model **out, lts_error *err);

/* The path of a file, such as distance.safetensors, beside the model that lts_run_model loads of
 * the same `run`. A new string for lts_free, also of a file that is not there; NULL when memory is
 * short. Any thread may call it. */
char *lts_run_beside(const char *run, const char *name);

/* The settings the run was trained with, RUN/config.ini; the defaults where there is none. Free
 * with lts_config_free. */
lts_status lts_run_config(const char *run, lts_config *config, lts_error *err);

/* The folders of a run's arrays and sounds: of the data set named, or of the one that the folder of
 * arrays named is a part of; without either, of the one that lts_run_audio finds. New strings, also
 * of folders that are not there, for lts_free; NULL after an error. LTS_ERR_ARGUMENT when the run
 * does not say what it was trained on, and what lts_run_config returns. Any thread may call it. */
lts_status lts_run_dataset(const char *run, const char *dataset, char **arrays, char **sounds,
                           lts_error *err);

/* A curve from a file: .npy with one or two columns, anything else as text (lts_curve_parse):
 * values spread evenly, or times in seconds and values. duration: of the sound, seconds, which no
 * time may pass. Text may come through a pipe, which is waited for; what is larger than 64 MiB is
 * refused. Free with lts_curve_free. */
lts_status lts_curve_load(const char *path, double duration, lts_curve *out, lts_error *err);

/* How a sound is written. */
typedef struct lts_sound_output {
    lts_audio_bits bits;
    bool normalize;
} lts_sound_output;

/* Whether `path` can be written, and that it is none of the files read (LTS_ERR_ARGUMENT): better
 * known before the work than after it. Leaves nothing behind. */
lts_status lts_output_check(const char *path, const lts_source *inputs, size_t count,
                            lts_error *err);

LTS_END_DECLS

#endif
