#include "lts/prior_file.h"

#include "lts/source.h"
#include "model/files/beside_model.h"

#include <string.h>

static const beside_kind kind = {.format_key = "prior.format",
                                 .model_key = "prior.model",
                                 .otherwise = "not a prior",
                                 .remedy = "remove it and resume the run, lts-train --resume"};

lts_status lts_prior_save(const lts_prior *prior, const lts_model *model, const char *path,
                          lts_error *err)
{
    const lts_model_config *settings = lts_model_settings(model);
    const size_t rows = prior->latent + LTS_PRIOR_LEVELS;
    const lts_tensor tensors[] = {
        {.name = "weight", .rank = 2, .shape = {rows, prior->conditions}, .data = prior->weight},
        {.name = "bias", .rank = 2, .shape = {1, rows}, .data = prior->bias},
        {.name = "deviation", .rank = 2, .shape = {1, prior->latent}, .data = prior->deviation}};
    const lts_text_pair metadata[] = {{kind.format_key, "1"},
                                      {kind.model_key, lts_model_hash(model)}};
    if (prior->latent != settings->latent || prior->conditions != settings->conditions)
        return lts_fail(err, LTS_ERR_SHAPE,
                        "%s: not written: a prior of %zu latent dimensions and %zu conditions, the "
                        "model has %zu and %zu",
                        path, prior->latent, prior->conditions, settings->latent,
                        settings->conditions);
    return lts_safetensors_save(path, tensors, sizeof tensors / sizeof *tensors, metadata,
                                sizeof metadata / sizeof *metadata, err);
}

lts_status lts_prior_load(const char *path, const lts_model *model, lts_prior *out, lts_error *err)
{
    const size_t latent = lts_model_settings(model)->latent, rows = latent + LTS_PRIOR_LEVELS;
    const size_t conditions = lts_model_settings(model)->conditions;
    lts_safetensors *file = NULL;
    *out = (lts_prior){0};
    lts_tensor weight, bias, deviation;
    lts_status status = beside_model_open(path, &kind, &file, err);
    if (status != LTS_OK)
        return status;
    if ((status = beside_model_check(file, &kind, model, err)) != LTS_OK)
        goto done;
    if ((status = beside_model_tensor(file, &kind, "weight", rows, conditions, &weight, err)) !=
        LTS_OK)
        goto done;
    if ((status = beside_model_tensor(file, &kind, "bias", 1, rows, &bias, err)) != LTS_OK)
        goto done;
    status = beside_model_tensor(file, &kind, "deviation", 1, latent, &deviation, err);
    if (status != LTS_OK)
        goto done;
    if ((status = lts_prior_alloc(latent, conditions, out, err)) != LTS_OK)
        goto done;
    memcpy(out->weight, weight.data, rows * conditions * sizeof *out->weight);
    memcpy(out->bias, bias.data, rows * sizeof *out->bias);
    memcpy(out->deviation, deviation.data, latent * sizeof *out->deviation);
done:
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
