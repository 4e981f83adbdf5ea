#define _GNU_SOURCE /* sync_file_range */
#include "base/files/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct lts_outfile_batch {
    lts_outfile **file;
    size_t count, capacity;
};

lts_status lts_outfile_batch_create(lts_outfile_batch **out, lts_error *err)
{
    return lts_alloc_checked(out, 1, sizeof **out, "a batch of files", err);
}

void lts_outfile_batch_abort(lts_outfile_batch *batch)
{
    for (size_t f = 0; f < batch->count; f++)
        lts_outfile_abort(batch->file[f]);
    batch->count = 0;
}

void lts_outfile_batch_destroy(lts_outfile_batch *batch)
{
    if (!batch)
        return;
    lts_outfile_batch_abort(batch);
    lts_free(batch->file);
    lts_free(batch);
}

static bool grow(lts_outfile_batch *batch)
{
    if (batch->count < batch->capacity)
        return true;
    size_t wanted = batch->capacity ? 2 * batch->capacity : 16;
    lts_outfile **larger = lts_alloc(wanted, sizeof(lts_outfile *));
    if (!larger)
        return false;
    if (batch->count)
        memcpy(larger, batch->file, batch->count * sizeof(lts_outfile *));
    lts_free(batch->file);
    batch->file = larger;
    batch->capacity = wanted;
    return true;
}

lts_status lts_outfile_commit_in(lts_outfile *file, lts_outfile_batch *batch, lts_error *err)
{
    lts_status status = LTS_OK;
    if (!batch || !file->temporary)
        return lts_outfile_commit(file, err);
    errno = 0;
    if (ferror(file->stream) || fflush(file->stream) != 0)
        status = outfile_fail(file, errno, err);
    else if (!grow(batch))
        status = lts_no_memory(file->name, err);
    if (status != LTS_OK) {
        outfile_release(file);
        return status;
    }
    batch->file[batch->count++] = file;
    return LTS_OK;
}

/* The system begins to write all of them. The first fsync then finds the others under way, and a
 * journal takes them up in one go: a batch costs little more than one file does. (syncfs would cost
 * less still, but waits for whatever else was written to the file system, by anybody.) */
static void begin_writing(const lts_outfile_batch *batch)
{
#if defined(__linux__)
    for (size_t f = 0; f < batch->count; f++)
        sync_file_range(fileno(batch->file[f]->stream), 0, 0, SYNC_FILE_RANGE_WRITE);
#else
    (void)batch;
#endif
}

static lts_status sync_all(const lts_outfile_batch *batch, lts_error *err)
{
    begin_writing(batch);
    for (size_t f = 0; f < batch->count; f++)
        if (fsync(fileno(batch->file[f]->stream)) != 0)
            return outfile_fail(batch->file[f], errno, err);
    return LTS_OK;
}

static bool last_of_its_folder(const lts_outfile_batch *batch, size_t f)
{
    const char *path = batch->file[f]->path;
    const char *next = f + 1 < batch->count ? batch->file[f + 1]->path : "";
    const char *slash = strrchr(path, '/'), *next_slash = strrchr(next, '/');
    size_t length = slash ? (size_t)(slash - path) : 0;
    size_t next_length = next_slash ? (size_t)(next_slash - next) : 0;
    return !*next || batch->file[f]->folder != batch->file[f + 1]->folder ||
           length != next_length || !slash != !next_slash || memcmp(path, next, length) != 0;
}

lts_status lts_outfile_batch_commit(lts_outfile_batch *batch, lts_error *err)
{
    lts_status status = sync_all(batch, err);
    if (status != LTS_OK)
        goto done;
    for (size_t f = 0; f < batch->count; f++) {
        lts_outfile *file = batch->file[f];
        errno = 0;
        bool closed = fclose(file->stream) == 0;
        file->stream = NULL;
        if (!closed || !outfile_rename(file)) {
            status = outfile_fail(file, errno, err);
            goto done;
        }
        if (last_of_its_folder(batch, f))
            outfile_sync_folder(file);
    }
done:
    lts_outfile_batch_abort(batch);
    return status;
}
