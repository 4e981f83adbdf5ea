/* Files of tensors that are made for one model and lie beside it, such as prior.safetensors. */
#ifndef MODEL_FILES_BESIDE_MODEL_H
#define MODEL_FILES_BESIDE_MODEL_H

#include "lts/formats.h"
#include "lts/model.h"

/* What messages say of one kind of file, and the metadata that each has: the version of its format,
 * and the hash of the model. */
typedef struct beside_kind {
    const char *format_key, *model_key;
    const char *otherwise; /* what a file without its parts is: "not a prior" */
    const char *remedy;    /* "make the map anew" */
} beside_kind;

/* LTS_ERR_FORMAT unless the file has both and its format is 1; else as lts_safetensors_open. */
lts_status beside_model_open(const char *path, const beside_kind *kind, lts_safetensors **out,
                             lts_error *err);
/* LTS_ERR_FORMAT unless it was made for the model's weights; of a file that beside_model_open
 * opened. */
lts_status beside_model_check(const lts_safetensors *file, const beside_kind *kind,
                              const lts_model *model, lts_error *err);
/* The metadata of a key: LTS_ERR_FORMAT where there are none. */
lts_status beside_model_text(const lts_safetensors *file, const beside_kind *kind, const char *key,
                             const char **text, lts_error *err);
/* The finite tensor `name` of (rows,columns); rows 0: any number but none. LTS_ERR_FORMAT where it
 * is missing, LTS_ERR_SHAPE, LTS_ERR_NONFINITE. */
lts_status beside_model_tensor(const lts_safetensors *file, const beside_kind *kind,
                               const char *name, size_t rows, size_t columns, lts_tensor *tensor,
                               lts_error *err);

#endif
