#include "model/train/trainer.h"

#include <string.h>

enum { MOMENT_NAME = NN_PARAMETER_NAME + 8, DIGITS = 24 };

static void moment_name(char *name, int moment, const nn_parameter *p)
{
    snprintf(name, MOMENT_NAME, "adam.%c.%s", moment == 0 ? 'm' : 'v', p->name);
}

static float *moment_of(const lts_trainer *trainer, int moment, const nn_parameter *p)
{
    return (moment == 0 ? trainer->adam.m : trainer->adam.v) + p->offset;
}

lts_status lts_trainer_save(const lts_trainer *trainer, const char *path,
                            const lts_model_note *notes, size_t note_count, lts_error *err)
{
    const nn_net *net = trainer->model->net;
    lts_tensor *tensors = lts_alloc(2 * net->parameter_count, sizeof *tensors);
    char(*names)[MOMENT_NAME] = lts_alloc(2 * net->parameter_count, sizeof *names);
    size_t count = 0;
    for (int moment = 0; tensors && names && moment < 2; moment++)
        for (size_t i = 0; i < net->parameter_count; i++) {
            const nn_parameter *p = &net->parameters[i];
            if (!p->trained)
                continue;
            moment_name(names[count], moment, p);
            tensors[count] = model_tensor(p, names[count], moment_of(trainer, moment, p));
            count++;
        }
    char step[DIGITS], seen[DIGITS];
    snprintf(step, sizeof step, "%llu", (unsigned long long)trainer->adam.step);
    snprintf(seen, sizeof seen, "%llu", (unsigned long long)trainer->rows_seen);
    const lts_text_pair pairs[] = {{"trainer.step", step}, {"trainer.frames_seen", seen}};
    const model_extras extras = {tensors, count, pairs, 2};
    lts_status status = tensors && names
                            ? model_write(trainer->model, path, notes, note_count, &extras, err)
                            : lts_no_memory(path, err);
    lts_free(names);
    lts_free(tensors);
    return status;
}

static lts_status read_state(lts_trainer *trainer, const lts_safetensors *file, lts_error *err)
{
    const nn_net *net = trainer->model->net;
    lts_status status = model_read_size(file, "trainer.step", &trainer->adam.step, err);
    if (status != LTS_OK)
        return status;
    status = model_read_size(file, "trainer.frames_seen", &trainer->rows_seen, err);
    if (status != LTS_OK)
        return status;
    for (int moment = 0; moment < 2; moment++)
        for (size_t i = 0; i < net->parameter_count; i++) {
            const nn_parameter *p = &net->parameters[i];
            char name[MOMENT_NAME];
            if (!p->trained)
                continue;
            moment_name(name, moment, p);
            status = model_read_tensor(file, name, p, moment_of(trainer, moment, p), err);
            if (status != LTS_OK)
                return status;
        }
    return LTS_OK;
}

lts_status lts_trainer_load(const char *path, const lts_training *training, lts_model **model,
                            lts_trainer **out, lts_error *err)
{
    lts_safetensors *file = NULL;
    lts_model *loaded = NULL;
    lts_trainer *trainer = NULL;
    *model = NULL;
    *out = NULL;
    lts_status status = lts_safetensors_open(path, &file, err);
    if (status != LTS_OK)
        return status;
    if ((status = model_load(file, &loaded, err)) != LTS_OK ||
        (status = lts_trainer_create(loaded, training, &trainer, err)) != LTS_OK ||
        (status = read_state(trainer, file, err)) != LTS_OK)
        goto done;
    *model = loaded;
    *out = trainer;
done:
    if (status != LTS_OK) {
        lts_trainer_destroy(trainer);
        lts_model_destroy(loaded);
    }
    lts_safetensors_close(file);
    return status;
}
