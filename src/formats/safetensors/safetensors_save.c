#include "formats/bytes.h"
#include "formats/floats.h"
#include "formats/shown.h"
#include "formats/utf8.h"
#include "lts/formats.h"

#include <cjson/cJSON.h>
#include <errno.h>

/* The data begins on a multiple of this, and JSON numbers print whole up to this many bytes. */
enum { ALIGNMENT = 8 };
static const size_t data_limit = 1000000000000000;

static lts_status check_name(const char *path, const cJSON *object, const char *name,
                             lts_error *err)
{
    char buffer[SHOWN_SIZE];
    const char *wrong = !is_utf8(name)                                   ? "is no UTF-8"
                        : strcmp(name, "__metadata__") == 0              ? "is a reserved name"
                        : cJSON_GetObjectItemCaseSensitive(object, name) ? "is given twice"
                                                                         : NULL;
    if (!wrong)
        return LTS_OK;
    return lts_fail(err, LTS_ERR_ARGUMENT, "%s: '%s': %s", path, shown(name, buffer), wrong);
}

static lts_status add_metadata(cJSON *header, const char *path, const lts_text_pair *metadata,
                               size_t count, lts_error *err)
{
    cJSON *object = count ? cJSON_AddObjectToObject(header, "__metadata__") : NULL;
    if (count && !object)
        return lts_no_memory(path, err);
    for (size_t i = 0; i < count; i++) {
        lts_status status = check_name(path, object, metadata[i].key, err);
        if (status != LTS_OK)
            return status;
        /* A remark in another encoding must not cost a trained model. */
        char *value = to_utf8(metadata[i].value);
        bool added = value && cJSON_AddStringToObject(object, metadata[i].key, value);
        lts_free(value);
        if (!added)
            return lts_no_memory(path, err);
    }
    return LTS_OK;
}

static bool add_numbers(cJSON *object, const char *name, const size_t *numbers, int count)
{
    cJSON *array = cJSON_AddArrayToObject(object, name);
    bool good = array != NULL;
    for (int i = 0; good && i < count; i++) {
        cJSON *number = cJSON_CreateNumber((double)numbers[i]);
        good = number && cJSON_AddItemToArray(array, number);
    }
    return good;
}

/* `place` is where the tensor's bytes begin within the data, and then end. */
static lts_status add_tensor(cJSON *header, const char *path, const lts_tensor *tensor,
                             size_t *place, lts_error *err)
{
    char buffer[SHOWN_SIZE];
    size_t size = 1, left = (data_limit - *place) / sizeof(float);
    lts_status status = check_name(path, header, tensor->name, err);
    if (status != LTS_OK)
        return status;
    if (tensor->rank < 0 || tensor->rank > LTS_TENSOR_MAX_RANK)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: '%s': %d dimensions, expected 0 to %d", path,
                        shown(tensor->name, buffer), tensor->rank, LTS_TENSOR_MAX_RANK);
    for (int i = 0; i < tensor->rank; i++) {
        if (tensor->shape[i] && size > left / tensor->shape[i])
            return lts_fail(err, LTS_ERR_ARGUMENT, "%s: '%s': larger than a file can be", path,
                            shown(tensor->name, buffer));
        size *= tensor->shape[i];
    }
    const size_t offsets[2] = {*place, *place + size * sizeof(float)};
    cJSON *entry = cJSON_AddObjectToObject(header, tensor->name);
    if (!entry || !cJSON_AddStringToObject(entry, "dtype", "F32") ||
        !add_numbers(entry, "shape", tensor->shape, tensor->rank) ||
        !add_numbers(entry, "data_offsets", offsets, 2))
        return lts_no_memory(path, err);
    *place = offsets[1];
    return LTS_OK;
}

static bool write_all(FILE *stream, const char *header, const lts_tensor *tensors, size_t count)
{
    unsigned char length[8];
    size_t size = strlen(header), padding = (ALIGNMENT - (8 + size) % ALIGNMENT) % ALIGNMENT;
    store_little(length, size + padding, 8);
    bool good = fwrite(length, 1, 8, stream) == 8 && fwrite(header, 1, size, stream) == size &&
                fwrite("        ", 1, padding, stream) == padding;
    for (size_t i = 0; good && i < count; i++)
        good = write_floats(stream, tensors[i].data, lts_tensor_size(&tensors[i]));
    return good;
}

static lts_status write_file(const char *path, const char *header, const lts_tensor *tensors,
                             size_t count, lts_error *err)
{
    lts_outfile *file;
    lts_status status = lts_outfile_open_own(path, &file, err);
    if (status != LTS_OK)
        return status;
    errno = 0;
    if (write_all(lts_outfile_stream(file), header, tensors, count))
        return lts_outfile_commit(file, err);
    status = lts_fail(err, LTS_ERR_IO, "%s: could not be written whole: %s", path,
                      errno ? strerror(errno) : "write error");
    lts_outfile_abort(file);
    return status;
}

lts_status lts_safetensors_save(const char *path, const lts_tensor *tensors, size_t count,
                                const lts_text_pair *metadata, size_t metadata_count,
                                lts_error *err)
{
    size_t place = 0;
    char *text = NULL;
    cJSON *header = cJSON_CreateObject();
    lts_status status = header ? add_metadata(header, path, metadata, metadata_count, err)
                               : lts_no_memory(path, err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < count; i++)
        if ((status = add_tensor(header, path, &tensors[i], &place, err)) != LTS_OK)
            goto done;
    text = cJSON_PrintUnformatted(header);
    status = text ? write_file(path, text, tensors, count, err) : lts_no_memory(path, err);
done:
    cJSON_free(text);
    cJSON_Delete(header);
    return status;
}
