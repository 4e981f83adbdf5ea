#include "lts/distance_file.h"

#include "lts/source.h"
#include "model/files/beside_model.h"

#include <string.h>

static const beside_kind kind = {.format_key = "distance.format",
                                 .model_key = "distance.model",
                                 .otherwise = "not a map of distances",
                                 .remedy = "make the map anew"};

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
    const lts_text_pair metadata[] = {{kind.format_key, "1"},
                                      {kind.model_key, lts_model_hash(model)}};
    if (latent != expected)
        return lts_fail(err, LTS_ERR_SHAPE,
                        "%s: not written: a map of %zu latent dimensions, the model has %zu", path,
                        latent, expected);
    return lts_safetensors_save(path, tensors, sizeof tensors / sizeof *tensors, metadata,
                                sizeof metadata / sizeof *metadata, err);
}

lts_status lts_distance_load(const char *path, const lts_model *model, lts_distance *out,
                             lts_error *err)
{
    const size_t latent = lts_model_settings(model)->latent;
    lts_safetensors *file = NULL;
    lts_tensor mean, axes, landmark, marks;
    *out = (lts_distance){0};
    lts_status status = beside_model_open(path, &kind, &file, err);
    if (status != LTS_OK)
        return status;
    if ((status = beside_model_check(file, &kind, model, err)) != LTS_OK)
        goto done;
    if ((status = beside_model_tensor(file, &kind, "mean", 1, latent, &mean, err)) != LTS_OK)
        goto done;
    if ((status = beside_model_tensor(file, &kind, "axes", latent, latent, &axes, err)) != LTS_OK)
        goto done;
    if ((status = beside_model_tensor(file, &kind, "landmarks", 0, latent, &landmark, err)) !=
        LTS_OK)
        goto done;
    if ((status = beside_model_tensor(file, &kind, "marks", 1, 2, &marks, err)) != LTS_OK)
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
