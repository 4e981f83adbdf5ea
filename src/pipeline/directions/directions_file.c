#include "lts/directions_file.h"

#include "model/files/beside_model.h"

#include <math.h>
#include <string.h>

static const beside_kind kind = {.format_key = "directions.format",
                                 .model_key = "directions.model",
                                 .otherwise = "no directions",
                                 .remedy = "remove it"};
static const char labels_key[] = "directions.labels", names_key[] = "directions.names";

enum { FIGURES = 6 };

static char *join_names(const lts_directions *d)
{
    char *text = lts_strdup("");
    for (size_t i = 0; text && i < d->count; i++) {
        char *longer = lts_format("%s%s\n", text, d->direction[i].name);
        lts_free(text);
        text = longer;
    }
    return text;
}

lts_status lts_directions_save(const lts_directions *d, const lts_model *model,
                               const char *labels_hash, const char *path, lts_error *err)
{
    const size_t expected = lts_model_settings(model)->latent;
    float *figures = NULL;
    char *names = NULL;
    if (d->latent != expected)
        return lts_fail(err, LTS_ERR_SHAPE,
                        "%s: not written: directions of %zu latent dimensions, the model has %zu",
                        path, d->latent, expected);
    lts_status status = lts_alloc_checked(&figures, d->count, FIGURES * sizeof *figures, path, err);
    if (status != LTS_OK)
        goto done;
    names = join_names(d);
    if (!names) {
        status = lts_no_memory(path, err);
        goto done;
    }
    for (size_t i = 0; i < d->count; i++) {
        const lts_direction_fit *fit = &d->direction[i].fit;
        const bool known = fit->r2 == fit->r2;
        const float row[FIGURES] = {(float)fit->points,
                                    (float)fit->groups,
                                    known ? (float)fit->r2 : -2e9f,
                                    known ? (float)fit->correlation : -2,
                                    (float)fit->ridge,
                                    fit->supported};
        memcpy(figures + i * FIGURES, row, sizeof row);
    }
    const lts_tensor tensors[] = {
        {.name = "figures", .rank = 2, .shape = {d->count, FIGURES}, .data = figures},
        {.name = "moves", .rank = 2, .shape = {d->count, d->latent}, .data = d->move}};
    const lts_text_pair metadata[] = {{kind.format_key, "1"},
                                      {labels_key, labels_hash},
                                      {kind.model_key, lts_model_hash(model)},
                                      {names_key, names}};
    status = lts_safetensors_save(path, tensors, 2, metadata, 4, err);
done:
    lts_free(names);
    lts_free(figures);
    return status;
}

/* What is out of date is no error to a caller that learns anew. */
static lts_status check_sources(const lts_safetensors *file, const lts_model *model,
                                const char *labels_hash, lts_error *err)
{
    const char *path = lts_safetensors_path(file), *of_labels;
    const char *of_model = lts_safetensors_metadata(file, kind.model_key);
    lts_status status = beside_model_text(file, &kind, labels_key, &of_labels, err);
    if (status != LTS_OK)
        return status;
    if (strcmp(of_model, lts_model_hash(model)) != 0)
        return lts_fail(err, LTS_ERR_EXISTS, "%s: learned of other weights", path);
    if (labels_hash && strcmp(of_labels, labels_hash) != 0)
        return lts_fail(err, LTS_ERR_EXISTS, "%s: learned of other labels", path);
    return LTS_OK;
}

/* The names, one a line, into the directions in their order. False unless there are just so many.
 */
static bool take_names(const char *names, lts_directions *d)
{
    for (size_t i = 0; i < d->count; i++) {
        const size_t length = strcspn(names, "\n");
        if (length == 0 || length >= LTS_DIRECTION_NAME || names[length] != '\n')
            return false;
        memcpy(d->direction[i].name, names, length);
        names += length + 1;
    }
    return !names[0];
}

static void take_figures(const float *row, lts_direction_fit *fit)
{
    const bool known = row[2] > -1e9f;
    *fit = (lts_direction_fit){.points = (size_t)row[0],
                               .groups = (size_t)row[1],
                               .r2 = known ? (double)row[2] : (double)NAN,
                               .correlation = known ? (double)row[3] : (double)NAN,
                               .ridge = (double)row[4],
                               .supported = row[5] > 0};
}

/* Negative counts come of no lts_directions_save. */
static bool plausible(const lts_tensor *figures)
{
    for (size_t i = 0; i < figures->shape[0]; i++)
        for (size_t f = 0; f < 2; f++)
            if (!(figures->data[i * FIGURES + f] >= 0 && figures->data[i * FIGURES + f] <= 1e12f))
                return false;
    return true;
}

lts_status lts_directions_load(const char *path, const lts_model *model, const char *labels_hash,
                               lts_directions *out, lts_error *err)
{
    const size_t latent = lts_model_settings(model)->latent;
    lts_safetensors *file = NULL;
    lts_tensor figures, moves;
    const char *names;
    *out = (lts_directions){0};
    lts_status status = beside_model_open(path, &kind, &file, err);
    if (status != LTS_OK)
        return status;
    if ((status = check_sources(file, model, labels_hash, err)) != LTS_OK)
        goto done;
    if ((status = beside_model_text(file, &kind, names_key, &names, err)) != LTS_OK)
        goto done;
    status = beside_model_tensor(file, &kind, "figures", 0, FIGURES, &figures, err);
    if (status != LTS_OK)
        goto done;
    status = beside_model_tensor(file, &kind, "moves", figures.shape[0], latent, &moves, err);
    if (status != LTS_OK)
        goto done;
    if (!plausible(&figures)) {
        status = lts_fail(err, LTS_ERR_FORMAT, "%s: tensor figures: counts out of range: remove it",
                          path);
        goto done;
    }
    status = lts_directions_alloc(latent, moves.shape[0], out, err);
    if (status != LTS_OK)
        goto done;
    memcpy(out->move, moves.data, lts_tensor_size(&moves) * sizeof(float));
    for (size_t i = 0; i < out->count; i++)
        take_figures(figures.data + i * FIGURES, &out->direction[i].fit);
    if (!take_names(names, out)) {
        lts_directions_free(out);
        status =
            lts_fail(err, LTS_ERR_FORMAT, "%s: names do not go with the figures: remove it", path);
    }
done:
    lts_safetensors_close(file);
    return status;
}
