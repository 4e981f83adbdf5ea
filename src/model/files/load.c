#include "model/arch/settings.h"
#include "model/model_parts.h"

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

static lts_status read_type(const lts_safetensors *file, lts_model_type *type, lts_error *err)
{
    const char *format, *text;
    lts_status status = metadata(file, "model.format", &format, err);
    if (status != LTS_OK)
        return status;
    status = metadata(file, "model.type", &text, err);
    if (status != LTS_OK)
        return status;
    if (strcmp(format, "1") != 0)
        return lts_fail(err, LTS_ERR_FORMAT,
                        "%s: metadata: model.format is '%s', which this version does not know",
                        lts_safetensors_path(file), format);
    int found = 0;
    while (lts_model_type_text(found) && strcmp(lts_model_type_text(found), text) != 0)
        found++;
    if (!lts_model_type_text(found))
        return lts_fail(err, LTS_ERR_FORMAT,
                        "%s: metadata: model.type is '%s', which this version does not know",
                        lts_safetensors_path(file), text);
    *type = (lts_model_type)found;
    return LTS_OK;
}

static lts_status read_config(const lts_safetensors *file, lts_model_config *config, lts_error *err)
{
    const lts_model_setting *setting;
    *config = lts_model_defaults();
    lts_status status = read_type(file, &config->type, err);
    if (status != LTS_OK)
        return status;
    for (size_t s = 0; (setting = lts_model_setting_at(s)); s++) {
        char key[MODEL_SETTING_TEXT];
        const char *text;
        if (!lts_model_setting_applies(setting, (int)config->type))
            continue;
        snprintf(key, sizeof key, "model.%s", setting->name);
        text = lts_safetensors_metadata(file, key);
        if (!text && setting->absent)
            text = setting->absent;
        else
            status = metadata(file, key, &text, err);
        if (status != LTS_OK)
            return status;
        status = model_setting_read(setting, text, config, lts_safetensors_path(file), err);
        if (status != LTS_OK)
            return status;
    }
    return LTS_OK;
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
                              const nn_parameter *parameter, lts_tensor *tensor, lts_error *err)
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
                             const nn_parameter *parameter, float *dst, lts_error *err)
{
    lts_tensor tensor;
    lts_status status = find_tensor(file, name, parameter, &tensor, err);
    if (status != LTS_OK)
        return status;
    if (lts_first_nonfinite(tensor.data, parameter->count) < parameter->count)
        return lts_fail(err, LTS_ERR_NONFINITE,
                        "%s: tensor %s holds NaN or infinity: use an earlier model",
                        lts_safetensors_path(file), name);
    memcpy(dst, tensor.data, parameter->count * sizeof *dst);
    return LTS_OK;
}

/* Every tensor of the architecture must be there, and nothing else but the optimiser's moments.
 * Done before memory is taken for the parameters: what metadata claim is not to be trusted. */
static lts_status check_tensors(const nn_net *net, const lts_safetensors *file, lts_error *err)
{
    lts_tensor tensor;
    for (size_t i = 0; i < net->parameter_count; i++) {
        const nn_parameter *p = &net->parameters[i];
        lts_status status = find_tensor(file, p->name, p, &tensor, err);
        if (status != LTS_OK)
            return status;
    }
    for (size_t i = 0; lts_safetensors_at(file, i, &tensor); i++) {
        bool known = strncmp(tensor.name, "adam.", 5) == 0;
        for (size_t p = 0; !known && p < net->parameter_count; p++)
            known = strcmp(tensor.name, net->parameters[p].name) == 0;
        if (!known)
            return lts_fail(err, LTS_ERR_FORMAT,
                            "%s: tensor %s is not part of the architecture it names",
                            lts_safetensors_path(file), tensor.name);
    }
    return LTS_OK;
}

/* The file's metadata, for lts_model_note_get. */
static lts_status copy_notes(const lts_safetensors *file, lts_model *model, lts_error *err)
{
    lts_text_pair pair;
    size_t count = 0;
    while (lts_safetensors_metadata_at(file, count, &pair))
        count++;
    lts_status status =
        lts_alloc_checked(&model->notes, count, sizeof *model->notes, "a model's notes", err);
    if (status != LTS_OK)
        return status;
    for (size_t i = 0; lts_safetensors_metadata_at(file, i, &pair); i++) {
        model->notes[i] = (lts_text_pair){lts_strdup(pair.key), lts_strdup(pair.value)};
        model->note_count++;
        if (!model->notes[i].key || !model->notes[i].value)
            return lts_no_memory("a model's notes", err);
    }
    return LTS_OK;
}

lts_status model_load(const lts_safetensors *file, lts_model **out, lts_error *err)
{
    const char *path = lts_safetensors_path(file);
    lts_model_config config;
    nn_net *net = NULL;
    lts_model *model = NULL;
    *out = NULL;
    lts_status status = read_config(file, &config, err);
    if (status != LTS_OK)
        return status;
    status = model_build_net(&config, path, &net, err);
    if (status != LTS_OK)
        return status;
    status = check_tensors(net, file, err);
    if (status != LTS_OK) {
        nn_net_destroy(net);
        return status;
    }
    status = model_allocate(&config, net, path, &model, err);
    if (status != LTS_OK)
        return status;
    status = copy_notes(file, model, err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < net->parameter_count; i++) {
        const nn_parameter *p = &net->parameters[i];
        status = model_read_tensor(file, p->name, p, model->parameters + p->offset, err);
        if (status != LTS_OK)
            goto done;
    }
done:
    if (status != LTS_OK) {
        lts_model_destroy(model);
        return status;
    }
    lts_model_hash(model);
    model_read_feature(model);
    *out = model;
    return LTS_OK;
}

lts_status lts_model_load(const char *path, lts_model **out, lts_error *err)
{
    lts_safetensors *file;
    *out = NULL;
    lts_status status = lts_safetensors_open(path, &file, err);
    if (status != LTS_OK)
        return status;
    status = model_load(file, out, err);
    lts_safetensors_close(file);
    return status;
}
