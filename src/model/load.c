#include "model/model.h"

#include <string.h>

static lts_status metadata(const lts_safetensors *file, const char *key, const char **text,
                           lts_error *err)
{
    *text = lts_safetensors_metadata(file, key);
    if (!*text)
        return lts_fail(err, LTS_ERR_FORMAT,
                        "%s: metadata: %s is missing: not a model of latent-timbre",
                        lts_safetensors_path(file), key);
    return LTS_OK;
}

lts_status model_read_size(const lts_safetensors *file, const char *key, uint64_t *value,
                           lts_error *err)
{
    const char *text;
    int64_t parsed;
    lts_status status = metadata(file, key, &text, err);
    if (status != LTS_OK)
        return status;
    if (!lts_parse_int(text, &parsed) || parsed < 0)
        return lts_fail(err, LTS_ERR_FORMAT, "%s: metadata: %s is '%s', expected a whole number",
                        lts_safetensors_path(file), key, text);
    *value = (uint64_t)parsed;
    return LTS_OK;
}

/* Which of text_of(0), text_of(1), ... the metadata holds. */
static lts_status read_choice(const lts_safetensors *file, const char *key,
                              const char *(*text_of)(int), int *choice, lts_error *err)
{
    const char *text;
    lts_status status = metadata(file, key, &text, err);
    for (*choice = 0; status == LTS_OK && strcmp(text_of(*choice), text) != 0; ++*choice)
        if (!text_of(*choice + 1))
            return lts_fail(err, LTS_ERR_FORMAT,
                            "%s: metadata: %s is '%s', which this version does not know",
                            lts_safetensors_path(file), key, text);
    return status;
}

static const char *bool_text(int value)
{
    static const char *const texts[] = {"false", "true", NULL};
    return texts[value];
}

static const char *format_text(int version)
{
    return version == 0 ? "1" : NULL;
}

static lts_status read_config(const lts_safetensors *file, lts_model_config *config, lts_error *err)
{
    int format, type = 0, output = 0, compression = 0, batch_norm = 0;
    lts_status status = read_choice(file, "model.format", format_text, &format, err);
    if (status == LTS_OK)
        status = read_choice(file, "model.type", model_type_text, &type, err);
    if (status == LTS_OK)
        status = read_choice(file, "model.output", model_output_text, &output, err);
    if (status == LTS_OK)
        status = read_choice(file, "model.compression", model_compression_text, &compression, err);
    if (status == LTS_OK)
        status = read_choice(file, "model.batch_norm", bool_text, &batch_norm, err);
    *config = (lts_model_config){.type = (lts_model_type)type,
                                 .output = (lts_output)output,
                                 .compression = (lts_compression)compression,
                                 .batch_norm = batch_norm == 1};
    const struct {
        const char *key;
        size_t *value;
    } sizes[] = {
        {"model.bins", &config->bins},
        {"model.latent", &config->latent},
        {"model.units", &config->units},
        {"model.layers", &config->layers},
        {"model.units_divider", &config->units_divider},
    };
    for (size_t i = 0; status == LTS_OK && i < sizeof sizes / sizeof *sizes; i++) {
        uint64_t value = 0;
        status = model_read_size(file, sizes[i].key, &value, err);
        *sizes[i].value = (size_t)value;
    }
    return status;
}

enum { SHAPE_TEXT = 21 * LTS_TENSOR_MAX_RANK + 4 };

static const char *shape_text(const size_t *shape, int rank, char text[SHAPE_TEXT])
{
    int used = snprintf(text, SHAPE_TEXT, "(");
    for (int i = 0; i < rank; i++)
        used += snprintf(text + used, SHAPE_TEXT - (size_t)used, i ? ",%zu" : "%zu", shape[i]);
    snprintf(text + used, SHAPE_TEXT - (size_t)used, ")");
    return text;
}

/* The tensor `name`, which must have the parameter's shape. */
static lts_status find_tensor(const lts_safetensors *file, const char *name,
                              const lts_parameter *parameter, lts_tensor *tensor, lts_error *err)
{
    const char *path = lts_safetensors_path(file);
    char found[SHAPE_TEXT], expected[SHAPE_TEXT];
    if (!lts_safetensors_find(file, name, tensor))
        return lts_fail(err, LTS_ERR_NOT_FOUND,
                        "%s: tensor %s is missing: the file is not of the architecture it names",
                        path, name);
    if (tensor->rank != parameter->rank ||
        memcmp(tensor->shape, parameter->shape, (size_t)tensor->rank * sizeof *tensor->shape) != 0)
        return lts_fail(err, LTS_ERR_SHAPE,
                        "%s: tensor %s is %s, the architecture says %s: metadata and tensors are "
                        "of different models",
                        path, name, shape_text(tensor->shape, tensor->rank, found),
                        shape_text(parameter->shape, parameter->rank, expected));
    return LTS_OK;
}

lts_status model_read_tensor(const lts_safetensors *file, const char *name,
                             const lts_parameter *parameter, float *dst, lts_error *err)
{
    lts_tensor tensor;
    lts_status status = find_tensor(file, name, parameter, &tensor, err);
    if (status != LTS_OK)
        return status;
    if (!all_finite(tensor.data, parameter->count))
        return lts_fail(err, LTS_ERR_NONFINITE,
                        "%s: tensor %s holds NaN or infinity: use an earlier model",
                        lts_safetensors_path(file), name);
    memcpy(dst, tensor.data, parameter->count * sizeof *dst);
    return LTS_OK;
}

/* Every tensor of the architecture must be there, and nothing else but the optimiser's moments.
 * Done before memory is taken for the parameters: what metadata claim is not to be trusted. */
static lts_status check_tensors(const lts_net *net, const lts_safetensors *file, lts_error *err)
{
    lts_status status = LTS_OK;
    lts_tensor tensor;
    for (size_t i = 0; status == LTS_OK && i < net->parameter_count; i++)
        status = find_tensor(file, net->parameters[i].name, &net->parameters[i], &tensor, err);
    for (size_t i = 0; status == LTS_OK && lts_safetensors_at(file, i, &tensor); i++) {
        bool known = strncmp(tensor.name, "adam.", 5) == 0;
        for (size_t p = 0; !known && p < net->parameter_count; p++)
            known = strcmp(tensor.name, net->parameters[p].name) == 0;
        if (!known)
            status = lts_fail(err, LTS_ERR_FORMAT,
                              "%s: tensor %s is not part of the architecture it names",
                              lts_safetensors_path(file), tensor.name);
    }
    return status;
}

static lts_status load_from(lts_safetensors *file, lts_model **out, lts_error *err)
{
    const char *path = lts_safetensors_path(file);
    lts_model_config config;
    lts_net *net;
    lts_status status = read_config(file, &config, err);
    if (status == LTS_OK)
        status = model_build_net(&config, path, &net, err);
    if (status != LTS_OK)
        return status;
    status = check_tensors(net, file, err);
    if (status != LTS_OK) {
        lts_net_destroy(net);
        return status;
    }
    status = model_allocate(&config, net, path, out, err);
    for (size_t i = 0; status == LTS_OK && i < net->parameter_count; i++) {
        const lts_parameter *p = &net->parameters[i];
        status = model_read_tensor(file, p->name, p, (*out)->parameters + p->offset, err);
    }
    return status;
}

lts_status lts_model_load(const char *path, lts_model **out, lts_error *err)
{
    lts_safetensors *file;
    lts_model *model = NULL;
    *out = NULL;
    lts_status status = lts_safetensors_open(path, &file, err);
    if (status != LTS_OK)
        return status;
    status = load_from(file, &model, err);
    if (status != LTS_OK) {
        lts_model_destroy(model);
        lts_safetensors_close(file);
        return status;
    }
    model->file = file;
    lts_model_hash(model);
    *out = model;
    return LTS_OK;
}
