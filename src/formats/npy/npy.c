#include "formats/npy/npy.h"

#include "formats/bytes.h"
#include "lts/formats.h"

#include <string.h>
#include <strings.h>
#include <sys/stat.h>

struct lts_npy {
    file_map map;
    npy_header header;
    bool plain; /* the bytes are what the reader wants: native float32, row by row */
    bool swap;
    char *path;
};

bool lts_npy_is(const char *path)
{
    static const char magic[] = "\x93NUMPY";
    char begins[sizeof magic - 1];
    FILE *stream;
    uint64_t size;
    size_t length = strlen(path);
    if (strcmp(path, "-") != 0)
        return length > 4 && strcasecmp(path + length - 4, ".npy") == 0;
    if (lts_open_file(path, &stream, &size, NULL) != LTS_OK)
        return false;
    bool is = fread(begins, 1, sizeof begins, stream) == sizeof begins &&
              memcmp(begins, magic, sizeof begins) == 0;
    fclose(stream);
    return is;
}

typedef struct header_task {
    const char *path;
    const file_map *map;
    npy_header *header;
    lts_error *err;
    lts_status status;
} header_task;

static void parse_header(void *user)
{
    header_task *task = user;
    task->status = npy_header_parse(task->path, task->map, task->header, task->err);
}

/* Also of a file that is shortened at this very moment. */
static lts_status read_header(lts_npy *npy, lts_error *err)
{
    size_t offset;
    header_task task = {npy->path, &npy->map, &npy->header, err, LTS_OK};
    if (!file_map_try(&npy->map, parse_header, &task, &offset))
        return lts_fail(err, LTS_ERR_IO, "%s: byte %zu: shortened by another program: restore it",
                        npy->path, offset);
    return task.status;
}

static lts_status open_array(const char *path, npy_header wanted, lts_npy **out, lts_error *err)
{
    *out = NULL;
    lts_npy *npy = NULL;
    lts_status status = lts_alloc_checked(&npy, 1, sizeof *npy, path, err);
    if (status != LTS_OK)
        return status;
    npy->header = wanted;
    npy->path = lts_strdup(path);
    status = npy->path ? file_map_open(path, &npy->map, err) : lts_no_memory(path, err);
    if (status != LTS_OK)
        goto done;
    status = read_header(npy, err);
    if (status != LTS_OK)
        goto done;
    npy->swap = npy->header.big_endian == host_is_little_endian();
    npy->plain = npy->header.item == 4 && !npy->swap && !npy->header.fortran;
    *out = npy;
    npy = NULL;
done:
    lts_npy_close(npy);
    return status;
}

lts_status lts_npy_open(const char *path, lts_npy **out, lts_error *err)
{
    return open_array(path, (npy_header){0}, out, err);
}

lts_status lts_npy_open_sounds(const char *path, lts_npy **out, lts_error *err)
{
    return open_array(path, (npy_header){.sounds = true}, out, err);
}

void lts_npy_close(lts_npy *npy)
{
    if (!npy)
        return;
    file_map_close(&npy->map);
    lts_free(npy->path);
    lts_free(npy);
}

void lts_npy_release(const lts_npy *npy)
{
    file_map_release(&npy->map);
}

size_t lts_npy_rows(const lts_npy *npy)
{
    return npy->header.rows;
}

size_t lts_npy_columns(const lts_npy *npy)
{
    return npy->header.columns;
}

size_t lts_npy_channels(const lts_npy *npy)
{
    return npy->header.channels;
}

const char *lts_npy_path(const lts_npy *npy)
{
    return npy->path;
}

/* One number; the array may begin at any byte, so nothing is read in place. */
static float load_number(const unsigned char *from, unsigned item, bool swap)
{
    if (item == 4) {
        uint32_t bits;
        float value;
        memcpy(&bits, from, sizeof bits);
        bits = swap ? __builtin_bswap32(bits) : bits;
        memcpy(&value, &bits, sizeof value);
        return value;
    }
    uint64_t bits;
    double value;
    memcpy(&bits, from, sizeof bits);
    bits = swap ? __builtin_bswap64(bits) : bits;
    memcpy(&value, &bits, sizeof value);
    return (float)value;
}

/* A block of rows stays in cache while the columns of a Fortran array are written across it. */
enum { ROW_BLOCK = 16 };

static void copy_rows(const lts_npy *npy, size_t first, size_t count, float *dst)
{
    const npy_header *h = &npy->header;
    const unsigned char *data = npy->map.bytes + h->data;
    const size_t columns = h->columns;
    if (npy->plain) {
        memcpy(dst, data + first * columns * sizeof *dst, count * columns * sizeof *dst);
        return;
    }
    const size_t row_step = h->item * (h->fortran ? 1 : columns);
    const size_t column_step = h->item * (h->fortran ? h->rows : 1);
    data += first * row_step;
    for (size_t block = 0; block < count; block += ROW_BLOCK) {
        size_t end = count - block < ROW_BLOCK ? count : block + ROW_BLOCK;
        for (size_t column = 0; column < columns; column++)
            for (size_t row = block; row < end; row++)
                dst[row * columns + column] =
                    load_number(data + row * row_step + column * column_step, h->item, npy->swap);
    }
}

typedef struct copy_task {
    const lts_npy *npy;
    size_t first, count;
    float *dst;
} copy_task;

static void run_copy(void *user)
{
    const copy_task *task = user;
    copy_rows(task->npy, task->first, task->count, task->dst);
}

lts_status lts_npy_read(const lts_npy *npy, size_t first, size_t count, float *dst, lts_error *err)
{
    const npy_header *h = &npy->header;
    copy_task task = {npy, first, count, dst};
    size_t offset;
    if (file_map_try(&npy->map, run_copy, &task, &offset))
        return LTS_OK;
    size_t number = offset < h->data ? 0 : (offset - h->data) / h->item;
    return lts_fail(err, LTS_ERR_IO,
                    "%s: frame %zu: another program shortened the file while it was read: restore "
                    "it and start again",
                    npy->path, h->fortran ? number % h->rows : number / h->columns);
}

lts_status lts_npy_check(const lts_npy *npy, lts_error *err)
{
    const npy_header *h = &npy->header;
    const size_t row = h->item * h->columns, end = h->data + h->rows * row;
    struct stat info;
    /* A file that was replaced or removed stays whole behind its mapping. */
    if (stat(npy->path, &info) != 0 || (uint64_t)info.st_size >= end)
        return LTS_OK;
    size_t left = (size_t)info.st_size < h->data ? 0 : (size_t)info.st_size - h->data;
    return lts_fail(err, LTS_ERR_IO,
                    "%s: frame %zu: another program shortened the file to %zu of %zu bytes: "
                    "restore it and start again",
                    npy->path, h->fortran ? 0 : left / row, (size_t)info.st_size, end);
}

lts_status lts_npy_load(const char *path, float **data, size_t *rows, size_t *columns,
                        lts_error *err)
{
    lts_npy *npy;
    *data = NULL;
    *rows = *columns = 0;
    lts_status status = lts_npy_open(path, &npy, err);
    if (status != LTS_OK)
        return status;
    /* The product fits: open has held it against the size of the file. */
    status =
        lts_alloc_checked(data, npy->header.rows * npy->header.columns, sizeof **data, path, err);
    if (status != LTS_OK)
        goto done;
    *rows = npy->header.rows;
    *columns = npy->header.columns;
    status = lts_npy_read(npy, 0, *rows, *data, err);
done:
    lts_npy_close(npy);
    if (status != LTS_OK) {
        lts_free(*data);
        *data = NULL;
        *rows = *columns = 0;
    }
    return status;
}

typedef struct integer_task {
    const lts_npy *npy;
    int32_t *dst;
    size_t wrong; /* the first number that int32 cannot hold, counted in the file's order */
} integer_task;

static void copy_integers(void *user)
{
    integer_task *task = user;
    const npy_header *h = &task->npy->header;
    const unsigned char *from = task->npy->map.bytes + h->data;
    const size_t count = h->rows * h->columns;
    for (size_t n = 0; n < count; n++, from += h->item) {
        unsigned char bytes[8];
        for (unsigned b = 0; b < h->item; b++)
            bytes[b] = from[h->big_endian ? h->item - 1 - b : b];
        const uint64_t bits = load_little(bytes, h->item);
        const int64_t value = h->item == 4 ? (int32_t)(uint32_t)bits : (int64_t)bits;
        const size_t at = h->fortran ? n % h->rows * h->columns + n / h->rows : n;
        if (value != (int32_t)value && task->wrong == SIZE_MAX)
            task->wrong = n;
        task->dst[at] = (int32_t)value;
    }
}

lts_status lts_npy_load_integers(const char *path, int32_t **data, size_t *rows, size_t *columns,
                                 lts_error *err)
{
    lts_npy *npy;
    *data = NULL;
    *rows = *columns = 0;
    lts_status status = open_array(path, (npy_header){.integers = true}, &npy, err);
    if (status != LTS_OK)
        return status;
    const npy_header *h = &npy->header;
    integer_task task = {.npy = npy, .wrong = SIZE_MAX};
    size_t offset;
    status = lts_alloc_checked(&task.dst, h->rows * h->columns, sizeof *task.dst, path, err);
    if (status != LTS_OK)
        goto done;
    if (!file_map_try(&npy->map, copy_integers, &task, &offset))
        status = lts_fail(err, LTS_ERR_IO, "%s: byte %zu: shortened by another program: restore it",
                          path, offset);
    else if (task.wrong != SIZE_MAX)
        status = lts_fail(err, LTS_ERR_FORMAT,
                          "%s: byte %zu: a number beyond 32 bits: expected smaller ones", path,
                          h->data + task.wrong * h->item);
    if (status != LTS_OK)
        goto done;
    *data = task.dst;
    *rows = h->rows;
    *columns = h->columns;
    task.dst = NULL;
done:
    lts_free(task.dst);
    lts_npy_close(npy);
    return status;
}
