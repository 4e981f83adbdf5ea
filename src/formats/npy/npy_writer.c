#include "formats/bytes.h"
#include "formats/floats.h"
#include "lts/formats.h"

#include <errno.h>

/* Longer than any header below: the number of rows can be filled in at the end. */
enum { HEADER = 128 };

struct lts_npy_writer {
    lts_outfile *file;
    size_t rows, columns;
    char *path;
};

static lts_status write_header(lts_npy_writer *writer, lts_error *err)
{
    char header[HEADER + 1] = "\x93NUMPY\x01";
    store_little((unsigned char *)header + 8, HEADER - 10, 2);
    int length = snprintf(header + 10, HEADER - 10,
                          "{'descr': '<f4', 'fortran_order': False, 'shape': (%zu, %zu), }",
                          writer->rows, writer->columns);
    memset(header + 10 + length, ' ', (size_t)(HEADER - 10 - length));
    header[HEADER - 1] = '\n';
    FILE *stream = lts_outfile_stream(writer->file);
    if (fseeko(stream, 0, SEEK_SET) != 0 || fwrite(header, 1, HEADER, stream) != HEADER)
        return lts_fail(err, LTS_ERR_IO, "%s: cannot be written: %s", writer->path,
                        strerror(errno));
    return LTS_OK;
}

static void release(lts_npy_writer *writer)
{
    lts_free(writer->path);
    lts_free(writer);
}

typedef lts_status open_function(const char *path, lts_outfile **out, lts_error *err);

static lts_status open_writer(const char *path, size_t columns, open_function *open,
                              lts_npy_writer **out, lts_error *err)
{
    *out = NULL;
    if (columns == 0)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: an array needs at least one column", path);
    lts_npy_writer *writer = NULL;
    lts_status status = lts_alloc_checked(&writer, 1, sizeof *writer, path, err);
    if (status != LTS_OK)
        return status;
    writer->columns = columns;
    writer->path = lts_strdup(path);
    status = writer->path ? open(path, &writer->file, err) : lts_no_memory(path, err);
    if (status == LTS_OK)
        status = write_header(writer, err);
    if (status != LTS_OK) {
        lts_npy_writer_abort(writer);
        return status;
    }
    *out = writer;
    return LTS_OK;
}

lts_status lts_npy_writer_open(const char *path, size_t columns, lts_npy_writer **out,
                               lts_error *err)
{
    return open_writer(path, columns, lts_outfile_open, out, err);
}

lts_status lts_npy_writer_open_own(const char *path, size_t columns, lts_npy_writer **out,
                                   lts_error *err)
{
    return open_writer(path, columns, lts_outfile_open_own, out, err);
}

lts_status lts_npy_writer_append(lts_npy_writer *writer, const float *rows, size_t count,
                                 lts_error *err)
{
    if (count > SIZE_MAX / sizeof *rows / writer->columns - writer->rows)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: more rows than an array can hold",
                        writer->path);
    errno = 0;
    if (!write_floats(lts_outfile_stream(writer->file), rows, count * writer->columns))
        return lts_fail(err, LTS_ERR_IO, "%s: cannot be written after row %zu: %s", writer->path,
                        writer->rows, errno ? strerror(errno) : "write error");
    writer->rows += count;
    return LTS_OK;
}

lts_status lts_npy_writer_commit_in(lts_npy_writer *writer, lts_outfile_batch *batch,
                                    lts_error *err)
{
    lts_status status = write_header(writer, err);
    if (status == LTS_OK)
        status = lts_outfile_commit_in(writer->file, batch, err);
    else
        lts_outfile_abort(writer->file);
    release(writer);
    return status;
}

lts_status lts_npy_writer_commit(lts_npy_writer *writer, lts_error *err)
{
    return lts_npy_writer_commit_in(writer, NULL, err);
}

void lts_npy_writer_abort(lts_npy_writer *writer)
{
    if (!writer)
        return;
    lts_outfile_abort(writer->file);
    release(writer);
}

lts_status lts_npy_save(const char *path, const float *data, size_t rows, size_t columns,
                        lts_error *err)
{
    lts_npy_writer *writer;
    lts_status status = lts_npy_writer_open(path, columns, &writer, err);
    if (status != LTS_OK)
        return status;
    status = lts_npy_writer_append(writer, data, rows, err);
    if (status == LTS_OK)
        return lts_npy_writer_commit(writer, err);
    lts_npy_writer_abort(writer);
    return status;
}
