#include "pipeline/synth/synth_folder.h"

#include <string.h>

/* Every class must be a level of its parameter. */
static lts_status check_classes(const synth_folder *f, const lts_synth_space *space,
                                const char *path, lts_error *err)
{
    for (size_t p = 0; p < f->free; p++) {
        const lts_synth_parameter parameter =
            lts_synth_space_at(space, lts_synth_space_free_at(space, p));
        for (size_t r = 0; r < f->rows; r++) {
            const int32_t class = f->classes[r * f->free + p];
            if (class < 0 || (size_t) class >= parameter.levels)
                return lts_fail(err, LTS_ERR_ARGUMENT,
                                "%s: row %zu, %s: class %d: must be 0 to %zu, as in %s", path, r,
                                parameter.name, (int)class, parameter.levels - 1, SYNTH_PARAMETERS);
        }
    }
    return LTS_OK;
}

static lts_status load(synth_folder *f, const lts_synth_space *space, const char *sounds,
                       const char *classes, lts_error *err)
{
    size_t columns = 0;
    lts_status status = lts_npy_open_sounds(sounds, &f->array, err);
    if (status != LTS_OK)
        return status;
    status = lts_npy_load_integers(classes, &f->classes, &f->rows, &columns, err);
    if (status != LTS_OK)
        return status;
    if (lts_npy_columns(f->array) != f->samples)
        return lts_fail(err, LTS_ERR_SHAPE, "%s: sounds of %zu samples, but %s says %zu", sounds,
                        lts_npy_columns(f->array), SYNTH_PARAMETERS, f->samples);
    if (columns != f->free)
        return lts_fail(err, LTS_ERR_SHAPE, "%s: classes of %zu parameters, but %s has %zu",
                        classes, columns, SYNTH_PARAMETERS, f->free);
    f->channels = lts_npy_channels(f->array);
    const size_t rows = lts_npy_rows(f->array) / f->channels;
    if (f->rows != rows || f->rows == 0)
        return lts_fail(err, LTS_ERR_SHAPE,
                        "%s: classes of %zu sounds, but %s has %zu: make the data set anew",
                        classes, f->rows, sounds, rows);
    return check_classes(f, space, classes, err);
}

lts_status synth_folder_open(const char *path, const lts_synth_space *space, synth_folder *out,
                             lts_error *err)
{
    char *sounds = lts_path_join(path, SYNTH_SOUNDS);
    char *classes = lts_path_join(path, SYNTH_CLASSES);
    *out = (synth_folder){.samples = lts_synth_space_samples(space),
                          .free = lts_synth_space_free(space)};
    lts_status status =
        sounds && classes ? load(out, space, sounds, classes, err) : lts_no_memory(path, err);
    lts_free(sounds);
    lts_free(classes);
    if (status != LTS_OK)
        synth_folder_close(out);
    return status;
}

void synth_folder_close(synth_folder *f)
{
    lts_npy_close(f->array);
    lts_free(f->classes);
    *f = (synth_folder){0};
}

/* Sound `row`, the mean of its channels. */
static lts_status mix(const synth_folder *f, size_t row, float *x, lts_error *err)
{
    float *channel = NULL;
    lts_status status = lts_npy_read(f->array, row * f->channels, 1, x, err);
    if (status != LTS_OK || f->channels == 1)
        return status;
    status = lts_alloc_checked(&channel, f->samples, sizeof *channel, "a sound's channel", err);
    if (status != LTS_OK)
        return status;
    for (size_t c = 1; c < f->channels; c++) {
        status = lts_npy_read(f->array, row * f->channels + c, 1, channel, err);
        if (status != LTS_OK)
            goto done;
        for (size_t i = 0; i < f->samples; i++)
            x[i] += channel[i];
    }
    for (size_t i = 0; i < f->samples; i++)
        x[i] /= (float)f->channels;
done:
    lts_free(channel);
    return status;
}

lts_status synth_folder_read(const synth_folder *f, size_t row, float *x, int32_t *labels,
                             lts_error *err)
{
    memcpy(labels, f->classes + row * f->free, f->free * sizeof *labels);
    lts_status status = mix(f, row, x, err);
    if (status != LTS_OK)
        return status;
    const size_t bad = lts_first_nonfinite(x, f->samples);
    if (bad == f->samples)
        return LTS_OK;
    return lts_fail(err, LTS_ERR_NONFINITE, "%s: row %zu, sample %zu: not a finite number",
                    lts_npy_path(f->array), row, bad);
}
