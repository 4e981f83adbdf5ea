/* The map of distances as a file beside the model that it belongs to. */
#ifndef LTS_DISTANCE_FILE_H
#define LTS_DISTANCE_FILE_H

#include "lts/distance.h"
#include "lts/model.h"

LTS_BEGIN_DECLS

/* Writes mean (1,Z), axes (Z,Z), landmarks (L,Z) and marks (1,2), near and far, as safetensors,
 * with the model's hash in the metadata; whole or not at all. The map must be prepared.
 * LTS_ERR_SHAPE when its Z is not the model's, LTS_ERR_IO. Not for the audio callback. */
lts_status lts_distance_save(const lts_distance *distance, const lts_model *model, const char *path,
                             lts_error *err);

/* Reads such a file and prepares the map; free with lts_distance_free, `out` is empty after a
 * failure. LTS_ERR_NOT_FOUND when there is no file, LTS_ERR_FORMAT when it is none of these or was
 * made for other weights than the model's, LTS_ERR_SHAPE for arrays of other sizes than the
 * model's, LTS_ERR_NONFINITE. Not for the audio callback. */
lts_status lts_distance_load(const char *path, const lts_model *model, lts_distance *out,
                             lts_error *err);

/* The map of the model that lts_run_model loads from `run`, a run's folder or a model's file:
 * distance.safetensors beside it. Without one `out` is empty (latent 0): silently where there is no
 * file, as beside models of earlier versions, with a warning for one that is damaged or was made
 * for other weights. LTS_ERR_MEMORY. */
lts_status lts_run_distance(const char *run, const lts_model *model, lts_distance *out,
                            const lts_reporter *reporter, lts_error *err);

LTS_END_DECLS

#endif
