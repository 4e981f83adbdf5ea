#include "formats/safetensors/safetensors.h"

#include "formats/bytes.h"

/* Other writers may leave the data at any byte; then it is copied to where numbers can be read. */
static lts_status align_data(lts_safetensors *file, const unsigned char *data, size_t size,
                             const float **base, lts_error *err)
{
    *base = (const float *)(const void *)data;
    if ((uintptr_t)data % sizeof(float) == 0 || size == 0)
        return LTS_OK;
    lts_status status = lts_alloc_checked(&file->copy, size, 1, file->path, err);
    if (status != LTS_OK)
        return status;
    memcpy(file->copy, data, size);
    *base = file->copy;
    return LTS_OK;
}

static lts_status list_metadata(lts_safetensors *file, lts_error *err)
{
    const cJSON *first = file->metadata ? file->metadata->child : NULL;
    size_t count = 0;
    for (const cJSON *item = first; item; item = item->next)
        count++;
    lts_status status =
        lts_alloc_checked(&file->pairs, count, sizeof *file->pairs, file->path, err);
    if (status != LTS_OK)
        return status;
    for (const cJSON *item = first; item; item = item->next)
        file->pairs[file->pair_count++] = (lts_text_pair){item->string, item->valuestring};
    return status;
}

static lts_status read_file(lts_safetensors *file, lts_error *err)
{
    size_t data = 0;
    const float *base = NULL;
    if (!host_is_little_endian())
        return lts_fail(err, LTS_ERR_FORMAT, "%s: needs a little-endian machine", file->path);
    lts_status status = safetensors_parse_header(file, &data, err);
    if (status != LTS_OK)
        return status;
    size_t size = file->map.size - data;
    status = align_data(file, file->map.bytes + data, size, &base, err);
    if (status != LTS_OK)
        return status;
    status = safetensors_read_tensors(file, base, size, err);
    if (status != LTS_OK)
        return status;
    return list_metadata(file, err);
}

lts_status lts_safetensors_open(const char *path, lts_safetensors **out, lts_error *err)
{
    *out = NULL;
    lts_safetensors *file = NULL;
    lts_status status = lts_alloc_checked(&file, 1, sizeof *file, path, err);
    if (status != LTS_OK)
        return status;
    file->path = lts_strdup(path);
    status = file->path ? file_map_open(path, &file->map, err) : lts_no_memory(path, err);
    if (status != LTS_OK)
        goto done;
    status = read_file(file, err);
    if (status != LTS_OK)
        goto done;
    *out = file;
    file = NULL;
done:
    lts_safetensors_close(file);
    return status;
}

void lts_safetensors_close(lts_safetensors *file)
{
    if (!file)
        return;
    cJSON_Delete(file->header);
    file_map_close(&file->map);
    lts_free(file->copy);
    lts_free(file->tensors);
    lts_free(file->pairs);
    lts_free(file->path);
    lts_free(file);
}

bool lts_safetensors_at(const lts_safetensors *file, size_t index, lts_tensor *tensor)
{
    if (index >= file->count)
        return false;
    *tensor = file->tensors[index];
    return true;
}

bool lts_safetensors_find(const lts_safetensors *file, const char *name, lts_tensor *tensor)
{
    for (size_t i = 0; i < file->count; i++)
        if (strcmp(file->tensors[i].name, name) == 0)
            return lts_safetensors_at(file, i, tensor);
    return false;
}

const char *lts_safetensors_metadata(const lts_safetensors *file, const char *key)
{
    const cJSON *item = file->metadata ? safetensors_field(file->metadata, key) : NULL;
    return item ? item->valuestring : NULL;
}

bool lts_safetensors_metadata_at(const lts_safetensors *file, size_t index, lts_text_pair *pair)
{
    if (index >= file->pair_count)
        return false;
    *pair = file->pairs[index];
    return true;
}

const char *lts_safetensors_path(const lts_safetensors *file)
{
    return file->path;
}
