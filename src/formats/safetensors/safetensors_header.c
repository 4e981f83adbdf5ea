#include "formats/bytes.h"
#include "formats/safetensors/safetensors.h"
#include "formats/shown.h"

#include <math.h>
#include <stdlib.h>

/* Room for tens of thousands of tensors. */
enum { HEADER_LIMIT = 1 << 22 };

static const char metadata_name[] = "__metadata__";

/* A tensor's description in the header, and where it says its bytes lie within the data. */
typedef struct description {
    lts_tensor tensor;
    size_t begin, end;
} description;

size_t lts_tensor_size(const lts_tensor *tensor)
{
    size_t size = 1;
    for (int i = 0; i < tensor->rank; i++)
        size *= tensor->shape[i];
    return size;
}

static lts_status refuse(const lts_safetensors *file, const char *name, const char *what,
                         lts_error *err)
{
    char buffer[SHOWN_SIZE];
    return lts_fail(err, LTS_ERR_FORMAT, "%s: header: '%s': %s", file->path, shown(name, buffer),
                    what);
}

const cJSON *safetensors_field(const cJSON *object, const char *name)
{
    const cJSON *found = NULL;
    for (const cJSON *item = object->child; item; item = item->next)
        if (strcmp(item->string, name) == 0) {
            if (found)
                return NULL;
            found = item;
        }
    return found;
}

/* JSON numbers are doubles here, exact up to 2^53: larger ones are beyond any file. */
static bool whole_number(const cJSON *item, size_t *value)
{
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0 && item->valuedouble <= 0x1p53) ||
        item->valuedouble != floor(item->valuedouble))
        return false;
    *value = (size_t)item->valuedouble;
    return (double)*value == item->valuedouble;
}

static lts_status read_shape(const lts_safetensors *file, const cJSON *item, lts_tensor *tensor,
                             lts_error *err)
{
    const cJSON *shape = safetensors_field(item, "shape");
    size_t size = 1;
    if (!cJSON_IsArray(shape))
        return refuse(file, tensor->name, "'shape' must be given once, as a list", err);
    for (const cJSON *dimension = shape->child; dimension; dimension = dimension->next) {
        size_t length;
        if (tensor->rank == LTS_TENSOR_MAX_RANK)
            return refuse(file, tensor->name, "has more than 4 dimensions", err);
        if (!whole_number(dimension, &length))
            return refuse(file, tensor->name, "'shape' must hold whole numbers", err);
        if (length && size > SIZE_MAX / sizeof(float) / length)
            return refuse(file, tensor->name, "'shape' is larger than any file", err);
        size *= length;
        tensor->shape[tensor->rank++] = length;
    }
    return LTS_OK;
}

static lts_status read_description(const lts_safetensors *file, const cJSON *item, size_t data,
                                   description *d, lts_error *err)
{
    const char *name = item->string;
    d->tensor.name = name;
    if (!cJSON_IsObject(item))
        return refuse(file, name, "must be {\"dtype\", \"shape\", \"data_offsets\"}", err);
    const cJSON *dtype = safetensors_field(item, "dtype"),
                *offsets = safetensors_field(item, "data_offsets");
    if (!cJSON_IsString(dtype) || strcmp(dtype->valuestring, "F32") != 0)
        return refuse(file, name, "'dtype' must be \"F32\": save the model in single precision",
                      err);
    lts_status status = read_shape(file, item, &d->tensor, err);
    if (status != LTS_OK)
        return status;
    if (!cJSON_IsArray(offsets) || cJSON_GetArraySize(offsets) != 2 ||
        !whole_number(cJSON_GetArrayItem(offsets, 0), &d->begin) ||
        !whole_number(cJSON_GetArrayItem(offsets, 1), &d->end))
        return refuse(file, name, "'data_offsets' must be [begin, end]", err);
    if (d->begin > d->end || d->end > data)
        return refuse(file, name, "'data_offsets' lie outside the file: it is cut or damaged", err);
    if (d->end - d->begin != sizeof(float) * lts_tensor_size(&d->tensor))
        return refuse(file, name, "'data_offsets' do not agree with 'shape'", err);
    return LTS_OK;
}

static int by_place(const void *a, const void *b)
{
    const description *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    if (x->end != y->end)
        return x->end < y->end ? -1 : 1;
    return strcmp(x->tensor.name, y->tensor.name);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static lts_status check_distinct(const lts_safetensors *file, const cJSON *object, lts_error *err)
{
    const char **names = NULL;
    size_t count = 0;
    lts_status status = lts_alloc_checked(&names, (size_t)cJSON_GetArraySize(object), sizeof *names,
                                          file->path, err);
    if (status != LTS_OK)
        return status;
    for (const cJSON *item = object->child; item; item = item->next)
        names[count++] = item->string;
    if (count)
        qsort(names, count, sizeof *names, by_text);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(names[i - 1], names[i]) == 0)
            status = refuse(file, names[i], "is given twice", err);
        if (status != LTS_OK)
            goto done;
    }
done:
    lts_free(names);
    return status;
}

static lts_status check_metadata(const lts_safetensors *file, lts_error *err)
{
    if (!cJSON_IsObject(file->metadata))
        return refuse(file, metadata_name, "must be an object", err);
    for (const cJSON *item = file->metadata->child; item; item = item->next)
        if (!cJSON_IsString(item))
            return refuse(file, item->string, "metadata must be text", err);
    return check_distinct(file, file->metadata, err);
}

/* The data must be covered whole and once. */
static lts_status lay_out(lts_safetensors *file, description *d, size_t data, const float *base,
                          lts_error *err)
{
    size_t place = 0;
    if (file->count)
        qsort(d, file->count, sizeof *d, by_place);
    for (size_t i = 0; i < file->count; place = d[i++].end) {
        if (d[i].begin != place)
            return refuse(file, d[i].tensor.name,
                          d[i].begin < place ? "overlaps another tensor" : "leaves a gap before it",
                          err);
        d[i].tensor.data = base + place / sizeof *base;
        file->tensors[i] = d[i].tensor;
    }
    if (place != data)
        return lts_fail(err, LTS_ERR_FORMAT,
                        "%s: byte %zu: %zu bytes belong to no tensor: the file is damaged",
                        file->path, file->map.size - data + place, data - place);
    return LTS_OK;
}

lts_status safetensors_read_tensors(lts_safetensors *file, const float *base, size_t size,
                                    lts_error *err)
{
    description *descriptions = NULL;
    size_t entries = (size_t)cJSON_GetArraySize(file->header);
    lts_status status = check_distinct(file, file->header, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&descriptions, entries, sizeof *descriptions, file->path, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&file->tensors, entries, sizeof *file->tensors, file->path, err);
    if (status != LTS_OK)
        goto done;
    for (const cJSON *item = file->header->child; item; item = item->next) {
        if (strcmp(item->string, metadata_name) == 0) {
            file->metadata = item;
            status = check_metadata(file, err);
        } else {
            status = read_description(file, item, size, &descriptions[file->count++], err);
        }
        if (status != LTS_OK)
            goto done;
    }
    status = lay_out(file, descriptions, size, base, err);
done:
    lts_free(descriptions);
    return status;
}

lts_status safetensors_parse_header(lts_safetensors *file, size_t *data, lts_error *err)
{
    uint64_t length = file->map.size < 8 ? UINT64_MAX : load_little(file->map.bytes, 8);
    if (file->map.size < 8 || length > file->map.size - 8)
        return lts_fail(err, LTS_ERR_FORMAT,
                        "%s: byte %zu: the file ends within its header: it is cut, or no "
                        "safetensors file",
                        file->path, file->map.size);
    if (length > HEADER_LIMIT)
        return lts_fail(err, LTS_ERR_FORMAT, "%s: byte 0: a header of more than %d bytes",
                        file->path, HEADER_LIMIT);
    const char *text = (const char *)file->map.bytes + 8, *end = NULL;
    const size_t size = (size_t)length;
    *data = 8 + size;
    /* cJSON takes a zero inside a name for its end. */
    if (size == 0 || text[0] != '{' || memchr(text, '\0', size))
        return lts_fail(err, LTS_ERR_FORMAT, "%s: byte 8: the header is no JSON object",
                        file->path);
    file->header = cJSON_ParseWithLengthOpts(text, size, &end, 0);
    if (!file->header)
        return lts_fail(err, LTS_ERR_FORMAT, "%s: byte %zu: the header is no JSON", file->path,
                        8 + (size_t)(end ? end - text : 0));
    for (; end < text + size; end++)
        if (*end != ' ')
            return lts_fail(err, LTS_ERR_FORMAT, "%s: byte %zu: only blanks may follow the header",
                            file->path, 8 + (size_t)(end - text));
    return LTS_OK;
}
