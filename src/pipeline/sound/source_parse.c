#include "lts/source.h"

#include "lts/formats.h"

#include <string.h>

/* Seconds, M:SS or H:MM:SS; false for anything else. */
static bool parse_time(const char *text, double *seconds)
{
    int64_t whole[2] = {0, 0};
    size_t parts = 0;
    double last;
    for (size_t length; text[length = strcspn(text, ":")] == ':'; text += length + 1, parts++) {
        char digits[16];
        if (parts == 2 || length == 0 || length >= sizeof digits ||
            strspn(text, "0123456789") != length)
            return false;
        memcpy(digits, text, length);
        digits[length] = '\0';
        if (!lts_parse_int(digits, &whole[parts]))
            return false;
    }
    if (!lts_parse_double(text, &last) || (parts > 0 && !(last >= 0 && last < 60)))
        return false;
    if (parts == 2 && whole[1] >= 60)
        return false;
    *seconds = parts == 2 ? (double)(whole[0] * 3600 + whole[1] * 60) + last
                          : (double)(whole[0] * 60) + last;
    return true;
}

lts_status lts_source_parse(const char *text, lts_source *source, lts_error *err)
{
    const char *at = strrchr(text, '@');
    double offset = 0;
    size_t length = strlen(text);
    if (at && !lts_is_file(text) && parse_time(at + 1, &offset))
        length = (size_t)(at - text);
    if (offset < 0)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: the offset is below 0: give FILE@TIME", text);
    if (length == 0)
        return lts_fail(err, LTS_ERR_ARGUMENT, "'%s': no file name: give FILE or FILE@TIME", text);
    source->offset = offset;
    source->path = lts_format("%.*s", (int)length, text);
    if (!source->path)
        return lts_no_memory(text, err);
    return LTS_OK;
}

/* A model whose notes tell of a feature, which rendering needs. */
static lts_status load_model(const char *path, lts_model **out, lts_error *err)
{
    const lts_feature *feature;
    lts_error why = {0};
    lts_status status = lts_model_load(path, out, err);
    if (status != LTS_OK)
        return status;
    status = lts_model_feature(*out, &feature, &why);
    if (status != LTS_OK) {
        lts_model_destroy(*out);
        *out = NULL;
        return lts_fail(err, status, "%s: %s", path, why.text);
    }
    return LTS_OK;
}

char *lts_run_beside(const char *run, const char *name)
{
    const char *slash = strrchr(run, '/');
    if (!lts_is_file(run))
        return lts_format("%s/model/%s", run, name);
    return slash ? lts_format("%.*s/%s", (int)(slash - run), run, name) : lts_strdup(name);
}

lts_status lts_run_model(const char *run, lts_model **out, lts_error *err)
{
    static const char *const names[] = {"model/best.safetensors", "model/last.safetensors"};
    *out = NULL;
    if (lts_is_file(run))
        return load_model(run, out, err);
    if (!lts_is_folder(run))
        return lts_fail(err, LTS_ERR_NOT_FOUND,
                        "%s: no such run folder: name one that lts-train made", run);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = lts_path_join(run, names[i]);
        if (!path)
            return lts_no_memory(run, err);
        bool found = lts_is_file(path);
        lts_status status = found ? load_model(path, out, err) : LTS_OK;
        lts_free(path);
        if (found)
            return status;
    }
    return lts_fail(err, LTS_ERR_NOT_FOUND,
                    "%s: holds neither %s nor %s: train it with lts-train, or name another folder",
                    run, names[0], names[1]);
}

lts_status lts_run_config(const char *run, lts_config *config, lts_error *err)
{
    char *path = lts_path_join(run, "config.ini");
    if (!path)
        return lts_no_memory(run, err);
    lts_status status =
        lts_config_load(lts_is_file(path) ? path : NULL, NULL, 0, config, NULL, err);
    lts_free(path);
    return status;
}

enum { CURVE_LIMIT = 64 << 20 }; /* bytes */

static lts_status load_array(const char *path, double duration, lts_curve *out, lts_error *err)
{
    lts_npy *npy;
    float *data = NULL;
    lts_status status = lts_npy_open(path, &npy, err);
    if (status != LTS_OK)
        return status;
    /* The product fits: the array is inside a file. */
    const size_t rows = lts_npy_rows(npy), columns = lts_npy_columns(npy);
    if (rows * columns > CURVE_LIMIT / sizeof *data) {
        status = lts_fail(err, LTS_ERR_FORMAT, "%s: larger than %d bytes", path, CURVE_LIMIT);
        goto done;
    }
    status = lts_alloc_checked(&data, rows * columns, sizeof *data, path, err);
    if (status != LTS_OK)
        goto done;
    status = lts_npy_read(npy, 0, rows, data, err);
    if (status != LTS_OK)
        goto done;
    status = lts_curve_from_array(data, rows, columns, path, duration, out, err);
done:
    lts_free(data);
    lts_npy_close(npy);
    return status;
}

lts_status lts_curve_load(const char *path, double duration, lts_curve *out, lts_error *err)
{
    size_t size;
    char *text;
    *out = (lts_curve){0};
    if (lts_npy_is(path))
        return load_array(path, duration, out, err);
    lts_status status = lts_read_pipe(path, CURVE_LIMIT, &text, &size, err);
    if (status != LTS_OK)
        return status;
    status = lts_curve_parse(text, size, path, duration, out, err);
    lts_free(text);
    return status;
}
