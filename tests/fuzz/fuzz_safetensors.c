/* Any bytes as a safetensors file: opened, every number and every text read. */
#include "scratch_file.h"

#include "lts/formats.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    lts_error err;
    lts_safetensors *file;
    lts_tensor tensor, found;
    size_t numbers = 0;
    char hash[LTS_HASH_TEXT];
    if (lts_safetensors_open(scratch_file(bytes, size), &file, &err) != LTS_OK)
        return 0;
    for (size_t i = 0; lts_safetensors_at(file, i, &tensor); i++) {
        if (!lts_safetensors_find(file, tensor.name, &found) || found.data != tensor.data)
            abort();
        numbers += lts_tensor_size(&tensor);
        lts_hash_bytes(tensor.data, sizeof(float) * lts_tensor_size(&tensor), hash);
    }
    if (numbers * sizeof(float) > size)
        abort();
    const char *text = lts_safetensors_metadata(file, "format");
    if (text)
        lts_hash_bytes(text, strlen(text), hash);
    lts_safetensors_close(file);
    return 0;
}
