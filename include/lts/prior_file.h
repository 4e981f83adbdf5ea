/* The prior of a conditioned model as a file beside it. */
#ifndef LTS_PRIOR_FILE_H
#define LTS_PRIOR_FILE_H

#include "lts/model.h"
#include "lts/prior.h"

LTS_BEGIN_DECLS

/* Writes weight (Z+2,C), bias (1,Z+2) and deviation (1,Z) as safetensors, with the model's hash in
 * the metadata; whole or not at all. LTS_ERR_SHAPE when Z or C are not the model's, LTS_ERR_IO. */
lts_status lts_prior_save(const lts_prior *prior, const lts_model *model, const char *path,
                          lts_error *err);

/* Reads such a file; free with lts_prior_free, `out` is empty after a failure. LTS_ERR_NOT_FOUND
 * when there is no file, LTS_ERR_FORMAT when it is none of these or was made for other weights than
 * the model's, LTS_ERR_SHAPE for arrays of other sizes than the model's, LTS_ERR_NONFINITE. */
lts_status lts_prior_load(const char *path, const lts_model *model, lts_prior *out, lts_error *err);

/* The prior of the model that lts_run_model loads from `run`, a run's folder or a model's file:
 * prior.safetensors beside it. Without one `out` is empty (latent 0): silently where there is no
 * file, as beside models without conditions and of earlier versions, with a warning for one that is
 * damaged or was made for other weights. LTS_ERR_MEMORY. */
lts_status lts_run_prior(const char *run, const lts_model *model, lts_prior *out,
                         const lts_reporter *reporter, lts_error *err);

LTS_END_DECLS

#endif
