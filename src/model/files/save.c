#include "model/arch/settings.h"
#include "model/model_parts.h"

#include <string.h>

enum { OWN_PAIRS = 64 };

/* Keys of the pairs that describe the model itself; a note may not use their prefixes. */
static const char *const reserved[] = {"model.", "trainer."};

static lts_status check_notes(const char *path, const lts_model_note *notes, size_t count,
                              lts_error *err)
{
    for (size_t i = 0; i < count; i++)
        for (size_t r = 0; r < sizeof reserved / sizeof *reserved; r++)
            if (strncmp(notes[i].key, reserved[r], strlen(reserved[r])) == 0)
                return lts_fail(err, LTS_ERR_ARGUMENT,
                                "%s: the note %s has a name kept for the model itself: rename it",
                                path, notes[i].key);
    return LTS_OK;
}

/* The pairs that describe the model itself; how many. */
static size_t describe(const lts_model_config *config, lts_text_pair pair[OWN_PAIRS],
                       char text[OWN_PAIRS][2][MODEL_SETTING_TEXT])
{
    const lts_model_setting *setting;
    size_t count = 2;
    pair[0] = (lts_text_pair){"model.format", "1"};
    pair[1] = (lts_text_pair){"model.type", lts_model_type_text((int)config->type)};
    for (size_t s = 0; (setting = lts_model_setting_at(s)) && count < OWN_PAIRS; s++) {
        if (!lts_model_setting_applies(setting, (int)config->type))
            continue;
        snprintf(text[count][0], MODEL_SETTING_TEXT, "model.%s", setting->name);
        model_setting_write(setting, config, text[count][1]);
        pair[count] = (lts_text_pair){text[count][0], text[count][1]};
        count++;
    }
    return count;
}

static lts_status check_finite(const lts_model *model, const char *path, lts_error *err)
{
    for (size_t i = 0; i < model->net->parameter_count; i++) {
        const nn_parameter *p = &model->net->parameters[i];
        if (lts_first_nonfinite(model->parameters + p->offset, p->count) < p->count)
            return lts_fail(err, LTS_ERR_NONFINITE,
                            "%s: not written: %s is no longer finite: use a lower learning rate",
                            path, p->name);
    }
    return LTS_OK;
}

lts_tensor model_tensor(const nn_parameter *parameter, const char *name, const float *data)
{
    lts_tensor tensor = {.name = name, .rank = parameter->rank, .data = data};
    memcpy(tensor.shape, parameter->shape, sizeof tensor.shape);
    return tensor;
}

lts_status model_write(const lts_model *model, const char *path, const lts_model_note *notes,
                       size_t note_count, const model_extras *extras, lts_error *err)
{
    const size_t own = model->net->parameter_count;
    lts_status status = check_notes(path, notes, note_count, err);
    if (status != LTS_OK)
        return status;
    status = check_finite(model, path, err);
    if (status != LTS_OK)
        return status;
    lts_tensor *tensors = lts_alloc(own + extras->tensor_count, sizeof *tensors);
    lts_text_pair *pairs = lts_alloc(OWN_PAIRS + extras->pair_count + note_count, sizeof *pairs);
    if (tensors && pairs) {
        char text[OWN_PAIRS][2][MODEL_SETTING_TEXT];
        size_t count = describe(&model->config, pairs, text);
        for (size_t i = 0; i < extras->pair_count; i++)
            pairs[count++] = extras->pairs[i];
        for (size_t i = 0; i < note_count; i++)
            pairs[count++] = (lts_text_pair){notes[i].key, notes[i].value};
        for (size_t i = 0; i < own; i++) {
            const nn_parameter *p = &model->net->parameters[i];
            tensors[i] = model_tensor(p, p->name, model->parameters + p->offset);
        }
        for (size_t i = 0; i < extras->tensor_count; i++)
            tensors[own + i] = extras->tensors[i];
        status = lts_safetensors_save(path, tensors, own + extras->tensor_count, pairs, count, err);
    } else {
        status = lts_no_memory(path, err);
    }
    lts_free(pairs);
    lts_free(tensors);
    return status;
}

lts_status lts_model_save(const lts_model *model, const char *path, const lts_model_note *notes,
                          size_t note_count, lts_error *err)
{
    return model_write(model, path, notes, note_count, &(model_extras){0}, err);
}
