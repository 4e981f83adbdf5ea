/* Any bytes as a .npy file: opened, every row read alone and all together. */
#include "scratch_file.h"

#include "lts/formats.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    lts_error err;
    lts_npy *npy;
    const char *path = scratch_file(bytes, size);
    if (lts_npy_open(path, &npy, &err) != LTS_OK)
        return 0;
    const size_t rows = lts_npy_rows(npy), columns = lts_npy_columns(npy);
    /* A header without rows may name any number of columns; there is nothing to read then. */
    if (rows == 0) {
        lts_npy_close(npy);
        return 0;
    }
    /* A file of n bytes holds at most n/4 numbers, which keeps this small. */
    float *all = lts_alloc(rows * columns, sizeof *all), *row = lts_alloc(columns, sizeof *row);
    lts_npy_read(npy, 0, rows, all, NULL);
    for (size_t i = 0; i < rows; i++) {
        lts_npy_read(npy, i, 1, row, NULL);
        if (memcmp(row, all + i * columns, columns * sizeof *row) != 0)
            abort();
    }
    lts_free(all);
    lts_free(row);
    lts_npy_close(npy);
    return 0;
}
