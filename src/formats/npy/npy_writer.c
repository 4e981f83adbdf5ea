#include "formats/bytes.h"
#include "formats/floats.h"
#include "lts/formats.h"

#include <errno.h>

/* Longer than any header below: the number of rows can be filled in at the end. */
enum { HEADER = 128 };

struct lts_npy_writer {
    lts_outfile *file;
    lts_npy_layout layout;
    size_t rows, numbers; /* written; numbers a row */
    char *path;
};

static lts_status write_header(lts_npy_writer *writer, lts_error *err)
{
    char header[HEADER + 1] = "\x93NUMPY\x01";
    store_little((unsigned char *)header + 8, HEADER - 10, 2);
    char channels[32] = "";
    if (writer->layout.channels > 0)
        snprintf(channels, sizeof channels, "%zu, ", writer->layout.channels);
    int length = snprintf(header + 10, HEADER - 10,
                          "{'descr': '<%s', 'fortran_order': False, 'shape': (%zu, %s%zu), }",
                          writer->layout.integers ? "i4" : "f4", writer->rows, channels,
                          writer->layout.columns);
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

lts_status lts_npy_writer_open_as(const char *path, const lts_npy_layout *layout,
                                  lts_npy_writer **out, lts_error *err)
{
    *out = NULL;
    const size_t channels = layout->channels > 0 ? layout->channels : 1;
    if (layout->columns == 0)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: an array needs at least one column", path);
    if (layout->columns > SIZE_MAX / 4 / channels)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: longer rows than an array can hold", path);
    lts_npy_writer *writer = NULL;
    lts_status status = lts_alloc_checked(&writer, 1, sizeof *writer, path, err);
    if (status != LTS_OK)
        return status;
    writer->layout = *layout;
    writer->numbers = layout->columns * channels;
    writer->path = lts_strdup(path);
    status = !writer->path ? lts_no_memory(path, err)
             : layout->own ? lts_outfile_open_own(path, &writer->file, err)
                           : lts_outfile_open(path, &writer->file, err);
    if (status != LTS_OK)
        goto done;
    status = write_header(writer, err);
    if (status != LTS_OK)
        goto done;
    *out = writer;
    writer = NULL;
done:
    lts_npy_writer_abort(writer);
    return status;
}

lts_status lts_npy_writer_open(const char *path, size_t columns, lts_npy_writer **out,
                               lts_error *err)
{
    return lts_npy_writer_open_as(path, &(lts_npy_layout){.columns = columns}, out, err);
}

lts_status lts_npy_writer_open_own(const char *path, size_t columns, lts_npy_writer **out,
                                   lts_error *err)
{
    return lts_npy_writer_open_as(path, &(lts_npy_layout){.columns = columns, .own = true}, out,
                                  err);
}

/* Numbers of 4 bytes, floats or integers alike. */
static lts_status append(lts_npy_writer *writer, const void *rows, size_t count, lts_error *err)
{
    if (count > SIZE_MAX / 4 / writer->numbers - writer->rows)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: more rows than an array can hold",
                        writer->path);
    errno = 0;
    if (!write_words(lts_outfile_stream(writer->file), rows, count * writer->numbers))
        return lts_fail(err, LTS_ERR_IO, "%s: cannot be written after row %zu: %s", writer->path,
                        writer->rows, errno ? strerror(errno) : "write error");
    writer->rows += count;
    return LTS_OK;
}

static lts_status refuse_kind(const lts_npy_writer *writer, lts_error *err)
{
    return lts_fail(err, LTS_ERR_ARGUMENT, "%s: was opened for %s", writer->path,
                    writer->layout.integers ? "integers" : "floats");
}

lts_status lts_npy_writer_append(lts_npy_writer *writer, const float *rows, size_t count,
                                 lts_error *err)
{
    return writer->layout.integers ? refuse_kind(writer, err) : append(writer, rows, count, err);
}

lts_status lts_npy_writer_append_integers(lts_npy_writer *writer, const int32_t *rows, size_t count,
                                          lts_error *err)
{
    return writer->layout.integers ? append(writer, rows, count, err) : refuse_kind(writer, err);
}

lts_status lts_npy_writer_commit_in(lts_npy_writer *writer, lts_outfile_batch *batch,
                                    lts_error *err)
{
    lts_status status = write_header(writer, err);
    if (status != LTS_OK) {
        lts_npy_writer_abort(writer);
        return status;
    }
    status = lts_outfile_commit_in(writer->file, batch, err);
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
    if (status != LTS_OK) {
        lts_npy_writer_abort(writer);
        return status;
    }
    return lts_npy_writer_commit(writer, err);
}
