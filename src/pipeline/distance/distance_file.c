#include "lts/distance_file.h"

#include "lts/formats.h"
#include "lts/source.h"

#include <string.h>

static const char format_key[] = "distance.format", model_key[] = "distance.model";

lts_status lts_distance_save(const lts_distance *distance, const lts_model *model, const char *path,
                             lts_error *err)
{
    const size_t latent = distance->latent, expected = lts_model_settings(model)->latent;
    const float marks[] = {distance->near, distance->far};
    const lts_tensor tensors[] = {
        {.name = "mean", .rank = 2, .shape = {1, latent}, .data = distance->mean},
        {.name = "axes", .rank = 2, .shape = {latent, latent}, .data = distance->axes},
        {.name = "landmarks",
         .rank = 2,
         .shape = {distance->landmarks, latent},
         .data = distance->landmark},
        {.name = "marks", .rank = 2, .shape = {1, 2}, .data = marks}};
    const lts_text_pair metadata[] = {{format_key, "1"}, {model_key, lts_model_hash(model)}};
    if (latent != expected)
        return lts_fail(err, LTS_ERR_SHAPE,
                        "%s: not written: a map of %zu latent dimensions, the model has %zu", path,
                        latent, expected);
    return lts_safetensors_save(path, tensors, sizeof tensors / sizeof *tensors, metadata,
                                sizeof metadata / sizeof *metadata, err);
}

static lts_status check_metadata(const lts_safetensors *file, const lts_model *model,
                                 lts_error *err)
{
    const char *path = lts_safetensors_path(file);
    const char *format = lts_safetensors_metadata(file, format_key);
    const char *made_for = lts_safetensors_metadata(file, model_key);
    const char *hash = lts_model_hash(model);
    if (!format || !made_for)
        return lts_fail(err, LTS_ERR_FORMAT, "%s: metadata: %s is missing: not a map of distances",
                        path, format ? model_key : format_key);
    if (strcmp(format, "1") != 0)
        return lts_fail(err, LTS_ERR_FORMAT,
                        "%s: metadata: %s is '%s', which this version does not know", path,
                        format_key, format);
    if (strcmp(made_for, hash) != 0)
        return lts_fail(err, LTS_ERR_FORMAT,
                        "%s: metadata: made for the model %s, not for %s: make the map anew", path,
                        made_for, hash);
    return LTS_OK;
}

/* The tensor `name` of (rows,columns); rows 0: any number but none. */
static lts_status find_array(const lts_safetensors *file, const char *name, size_t rows,
                             size_t columns, lts_tensor *tensor, lts_error *err)
{
    if (!lts_safetensors_find(file, name, tensor))
        return lts_fail(err, LTS_ERR_FORMAT, "%s: tensor %s is missing: not a map of distances",
                        lts_safetensors_path(file), name);
    if (tensor->rank != 2 || tensor->shape[1] != columns || tensor->shape[0] < 1 ||
        (rows > 0 && tensor->shape[0] != rows))
        return lts_fail(err, LTS_ERR_SHAPE,
                        "%s: tensor %s: expected %zu%s rows of %zu to go with the model: make the "
                        "map anew",
                        lts_safetensors_path(file), name, rows > 0 ? rows : 1,
                        rows > 0 ? "" : " or more", columns);
    return LTS_OK;
}

lts_status lts_distance_load(const char *path, const lts_model *model, lts_distance *out,
                             lts_error *err)
{
    const size_t latent = lts_model_settings(model)->latent;
    lts_safetensors *file = NULL;
    lts_tensor mean, axes, landmark, marks;
    *out = (lts_distance){0};
    lts_status status = lts_safetensors_open(path, &file, err);
    if (status != LTS_OK)
        return status;
    if ((status = check_metadata(file, model, err)) != LTS_OK)
        goto done;
    if ((status = find_array(file, "mean", 1, latent, &mean, err)) != LTS_OK)
        goto done;
    if ((status = find_array(file, "axes", latent, latent, &axes, err)) != LTS_OK)
        goto done;
    if ((status = find_array(file, "landmarks", 0, latent, &landmark, err)) != LTS_OK)
        goto done;
    if ((status = find_array(file, "marks", 1, 2, &marks, err)) != LTS_OK)
        goto done;
    if ((status = lts_distance_alloc(latent, landmark.shape[0], out, err)) != LTS_OK)
        goto done;
    out->near = marks.data[0];
    out->far = marks.data[1];
    memcpy(out->mean, mean.data, latent * sizeof(float));
    memcpy(out->axes, axes.data, latent * latent * sizeof(float));
    memcpy(out->landmark, landmark.data, lts_tensor_size(&landmark) * sizeof(float));
    if ((status = lts_distance_prepare(out, path, err)) != LTS_OK)
        lts_distance_free(out);
done:
    lts_safetensors_close(file);
    return status;
}

lts_status lts_run_distance(const char *run, const lts_model *model, lts_distance *out,
                            const lts_reporter *reporter, lts_error *err)
{
    lts_error why;
    char *path = lts_run_beside(run, "distance.safetensors");
    *out = (lts_distance){0};
    if (!path)
        return lts_no_memory(run, err);
    lts_status status =
        lts_is_file(path) ? lts_distance_load(path, model, out, &why) : LTS_ERR_NOT_FOUND;
    lts_free(path);
    if (status == LTS_ERR_MEMORY)
        return lts_fail(err, status, "%s", why.text);
    if (status != LTS_OK && status != LTS_ERR_NOT_FOUND)
        lts_message(reporter, LTS_LEVEL_WARNING, "%s; distances are not measured", why.text);
    return LTS_OK;
}
