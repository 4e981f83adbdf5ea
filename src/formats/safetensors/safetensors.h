/* A safetensors file opened, and the reading of its header. */
#ifndef FORMATS_SAFETENSORS_SAFETENSORS_H
#define FORMATS_SAFETENSORS_SAFETENSORS_H

#include "formats/map.h"
#include "lts/formats.h"

#include <cjson/cJSON.h>

struct lts_safetensors {
    char *path;
    file_map map;
    cJSON *header;         /* names and metadata live in it */
    const cJSON *metadata; /* or NULL */
    lts_text_pair *pairs;  /* the metadata in their order */
    size_t pair_count;
    float *copy;         /* the data, where the file does not align it */
    lts_tensor *tensors; /* in the order of their data */
    size_t count;
};

/* Parses the header; *data gets the number of the byte where the data begin. */
lts_status safetensors_parse_header(lts_safetensors *file, size_t *data, lts_error *err);

/* Makes file->tensors of the header, for `size` bytes of data that lie at `base`. */
lts_status safetensors_read_tensors(lts_safetensors *file, const float *base, size_t size,
                                    lts_error *err);

/* The one member of that name; NULL when there is none or more than one. */
const cJSON *safetensors_field(const cJSON *object, const char *name);

#endif
