#include "lts/prior_file.h"

#include "lts/formats.h"
#include "lts/source.h"

#include <string.h>

static const char format_key[] = "prior.format", model_key[] = "prior.model";

lts_status lts_prior_save(const lts_prior *prior, const lts_model *model, const char *path,
                          lts_error *err)
{
    const lts_model_config *settings = lts_model_settings(model);
    const size_t rows = prior->latent + LTS_PRIOR_LEVELS;
    const lts_tensor tensors[] = {
        {.name = "weight", .rank = 2, .shape = {rows, prior->conditions}, .data = prior->weight},
        {.name = "bias", .rank = 2, .shape = {1, rows}, .data = prior->bias},
        {.name = "deviation", .rank = 2, .shape = {1, prior->latent}, .data = prior->deviation}};
    const lts_text_pair metadata[] = {{format_key, "1"}, {model_key, lts_model_hash(model)}};
    if (prior->latent != settings->latent || prior->conditions != settings->conditions)
        return lts_fail(err, LTS_ERR_SHAPE,
                        "%s: not written: a prior of %zu latent dimensions and %zu conditions, the "
                        "model has %zu and %zu",
                        path, prior->latent, prior->conditions, settings->latent,
                        settings->conditions);
    return lts_safetensors_save(path, tensors, sizeof tensors / sizeof *tensors, metadata,
                                sizeof metadata / sizeof *metadata, err);
}

static lts_status check_metadata(const lts_safetensors *file, const lts_model *model,
                                 lts_error *err)
{
    const char *path = lts_safetensors_path(file), *hash = lts_model_hash(model);
    const char *format = lts_safetensors_metadata(file, format_key);
    const char *made_for = lts_safetensors_metadata(file, model_key);
    if (!format || !made_for)
        return lts_fail(err, LTS_ERR_FORMAT, "%s: metadata: %s is missing: not a prior", path,
                        format ? model_key : format_key);
    if (strcmp(format, "1") != 0)
        return lts_fail(err, LTS_ERR_FORMAT,
                        "%s: metadata: %s is '%s', which this version does not know", path,
                        format_key, format);
    if (strcmp(made_for, hash) != 0)
        return lts_fail(err, LTS_ERR_FORMAT,
                        "%s: metadata: made for the model %s, not for %s: remove it and resume the "
                        "run, lts-train --resume",
                        path, made_for, hash);
    return LTS_OK;
}

static lts_status read_array(const lts_safetensors *file, const char *name, size_t rows,
                             size_t columns, float *out, lts_error *err)
{
    lts_tensor tensor;
    if (!lts_safetensors_find(file, name, &tensor))
        return lts_fail(err, LTS_ERR_FORMAT, "%s: tensor %s is missing: not a prior",
                        lts_safetensors_path(file), name);
    if (tensor.rank != 2 || tensor.shape[0] != rows || tensor.shape[1] != columns)
        return lts_fail(err, LTS_ERR_SHAPE,
                        "%s: tensor %s: expected (%zu,%zu) to go with the model: remove it and "
                        "resume the run, lts-train --resume",
                        lts_safetensors_path(file), name, rows, columns);
    const size_t bad = lts_first_nonfinite(tensor.data, rows * columns);
    if (bad < rows * columns)
        return lts_fail(err, LTS_ERR_NONFINITE, "%s: tensor %s: number %zu is not finite",
                        lts_safetensors_path(file), name, bad);
    memcpy(out, tensor.data, rows * columns * sizeof *out);
    return LTS_OK;
}

lts_status lts_prior_load(const char *path, const lts_model *model, lts_prior *out, lts_error *err)
{
    const size_t latent = lts_model_settings(model)->latent, rows = latent + LTS_PRIOR_LEVELS;
    const size_t conditions = lts_model_settings(model)->conditions;
    lts_safetensors *file = NULL;
    *out = (lts_prior){0};
    lts_status status = lts_safetensors_open(path, &file, err);
    if (status != LTS_OK)
        return status;
    status = check_metadata(file, model, err);
    if (status != LTS_OK)
        goto done;
    status = lts_prior_alloc(latent, conditions, out, err);
    if (status != LTS_OK)
        goto done;
    status = read_array(file, "weight", rows, conditions, out->weight, err);
    if (status != LTS_OK)
        goto done;
    status = read_array(file, "bias", 1, rows, out->bias, err);
    if (status != LTS_OK)
        goto done;
    status = read_array(file, "deviation", 1, latent, out->deviation, err);
done:
    if (status != LTS_OK)
        lts_prior_free(out);
    lts_safetensors_close(file);
    return status;
}

lts_status lts_run_prior(const char *run, const lts_model *model, lts_prior *out,
                         const lts_reporter *reporter, lts_error *err)
{
    lts_error why;
    char *path = lts_run_beside(run, "prior.safetensors");
    *out = (lts_prior){0};
    if (!path)
        return lts_no_memory(run, err);
    lts_status status = lts_model_settings(model)->conditions > 0 && lts_is_file(path)
                            ? lts_prior_load(path, model, out, &why)
                            : LTS_ERR_NOT_FOUND;
    lts_free(path);
    if (status == LTS_ERR_MEMORY)
        return lts_fail(err, status, "%s", why.text);
    if (status != LTS_OK && status != LTS_ERR_NOT_FOUND)
        lts_message(reporter, LTS_LEVEL_WARNING, "%s; notes of labels alone are drawn from N(0,1)",
                    why.text);
    return LTS_OK;
}
