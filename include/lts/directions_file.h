/* The directions of a run: learned from the labels of its data set, and kept beside its model. */
#ifndef LTS_DIRECTIONS_FILE_H
#define LTS_DIRECTIONS_FILE_H

#include "lts/config.h"
#include "lts/directions.h"
#include "lts/model.h"

LTS_BEGIN_DECLS

/* Writes moves (D,Z) and figures (D,6) - points, groups, R2, correlation, ridge, supported - as
 * safetensors, with the names, the model's hash and that of the labels in the metadata; whole or
 * not at all. LTS_ERR_SHAPE when Z is not the model's, LTS_ERR_IO. */
lts_status lts_directions_save(const lts_directions *directions, const lts_model *model,
                               const char *labels_hash, const char *path, lts_error *err);

/* Reads such a file; free with lts_directions_free, `out` is empty after a failure.
 * LTS_ERR_NOT_FOUND when there is no file, LTS_ERR_EXISTS when it was made of other weights than
 * the model's or, unless labels_hash is NULL, of other labels; LTS_ERR_FORMAT, LTS_ERR_SHAPE or
 * LTS_ERR_NONFINITE when it is damaged. */
lts_status lts_directions_load(const char *path, const lts_model *model, const char *labels_hash,
                               lts_directions *out, lts_error *err);

/* The directions of a run, as lts_run_model takes it: directions.safetensors beside the model or,
 * where that is not there, not whole, or of other weights or labels, learned anew and kept there.
 *
 * A point is a sound of the data set: the mean latent of up to 256 of its frames, evenly spread and
 * weighted by their loudness, (sum M^2)^0.3 (Stevens 1955); or a note's latent. Its labels are what
 * labels.csv in the data set's folder says, the pattern of [labels], or its flat name. The points
 * of a descriptor are its own sounds and those of magnitude 0, which all descriptors share;
 * magnitudes count 100 as 1 or, in a set without any above 1, as they are. Where three pitches or
 * more have sounds of several magnitudes, groups are pitches, and what counts are differences of
 * sounds of one pitch (lts_direction_centre); or else each sound is a group.
 *
 * dataset: the data set's folder, when not that of the run; where it is no longer there, the file
 * is taken as it is. LTS_ERR_NOT_FOUND says that there are no labels, or no data set to read them
 * from; LTS_ERR_ARGUMENT when the model has no latent space; LTS_ERR_CANCELLED. That a file could
 * not be written is a warning. Not for the audio callback. */
lts_status lts_run_directions(const char *run, const char *dataset, const lts_config *config,
                              const lts_model *model, unsigned threads, lts_directions *out,
                              const lts_reporter *reporter, lts_error *err);

LTS_END_DECLS

#endif
