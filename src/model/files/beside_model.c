#include "model/files/beside_model.h"

#include <string.h>

lts_status beside_model_text(const lts_safetensors *file, const beside_kind *kind, const char *key,
                             const char **text, lts_error *err)
{
    *text = lts_safetensors_metadata(file, key);
    if (*text)
        return LTS_OK;
    return lts_fail(err, LTS_ERR_FORMAT, "%s: metadata: %s is missing: %s",
                    lts_safetensors_path(file), key, kind->otherwise);
}

static lts_status check_format(const lts_safetensors *file, const beside_kind *kind, lts_error *err)
{
    const char *format, *hash;
    lts_status status = beside_model_text(file, kind, kind->format_key, &format, err);
    if (status != LTS_OK)
        return status;
    status = beside_model_text(file, kind, kind->model_key, &hash, err);
    if (status != LTS_OK)
        return status;
    if (strcmp(format, "1") != 0)
        return lts_fail(err, LTS_ERR_FORMAT,
                        "%s: metadata: %s is '%s', which this version does not know",
                        lts_safetensors_path(file), kind->format_key, format);
    return LTS_OK;
}

lts_status beside_model_open(const char *path, const beside_kind *kind, lts_safetensors **out,
                             lts_error *err)
{
    lts_status status = lts_safetensors_open(path, out, err);
    if (status != LTS_OK)
        return status;
    status = check_format(*out, kind, err);
    if (status != LTS_OK) {
        lts_safetensors_close(*out);
        *out = NULL;
    }
    return status;
}

lts_status beside_model_check(const lts_safetensors *file, const beside_kind *kind,
                              const lts_model *model, lts_error *err)
{
    const char *made_for = lts_safetensors_metadata(file, kind->model_key);
    const char *hash = lts_model_hash(model);
    if (strcmp(made_for, hash) == 0)
        return LTS_OK;
    return lts_fail(err, LTS_ERR_FORMAT, "%s: metadata: made for the model %s, not for %s: %s",
                    lts_safetensors_path(file), made_for, hash, kind->remedy);
}

lts_status beside_model_tensor(const lts_safetensors *file, const beside_kind *kind,
                               const char *name, size_t rows, size_t columns, lts_tensor *tensor,
                               lts_error *err)
{
    const char *path = lts_safetensors_path(file);
    if (!lts_safetensors_find(file, name, tensor))
        return lts_fail(err, LTS_ERR_FORMAT, "%s: tensor %s is missing: %s", path, name,
                        kind->otherwise);
    if (tensor->rank != 2 || tensor->shape[1] != columns || tensor->shape[0] < 1 ||
        (rows > 0 && tensor->shape[0] != rows))
        return lts_fail(err, LTS_ERR_SHAPE, "%s: tensor %s: expected %zu%s rows of %zu: %s", path,
                        name, rows > 0 ? rows : 1, rows > 0 ? "" : " or more", columns,
                        kind->remedy);
    const size_t size = lts_tensor_size(tensor), bad = lts_first_nonfinite(tensor->data, size);
    if (bad < size)
        return lts_fail(err, LTS_ERR_NONFINITE, "%s: tensor %s: number %zu is not finite: %s", path,
                        name, bad, kind->remedy);
    return LTS_OK;
}
