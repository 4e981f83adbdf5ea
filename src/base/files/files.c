#include "lts/base.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool lts_is_file(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

bool lts_is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

lts_status lts_open_file(const char *path, FILE **stream, uint64_t *size, lts_error *err)
{
    int descriptor;
    *stream = NULL;
    lts_status status = lts_open_input(path, &descriptor, size, err);
    if (status != LTS_OK)
        return status;
    *stream = fdopen(descriptor, "rb");
    if (*stream)
        return LTS_OK;
    status = lts_fail(err, LTS_ERR_IO, "%s: %s", path, strerror(errno));
    close(descriptor);
    return status;
}

/* All that is left in the stream, at most a little more than `limit` bytes; new, NULL when memory
 * is short. */
static char *read_all(FILE *stream, size_t expected, size_t limit, size_t *used)
{
    size_t capacity = expected + 1;
    char *buffer = lts_alloc(capacity + 1, 1);
    *used = 0;
    while (buffer) {
        *used += fread(buffer + *used, 1, capacity - *used, stream);
        if (*used < capacity || *used > limit)
            break;
        char *larger = lts_alloc(2 * capacity + 1, 1);
        if (larger)
            memcpy(larger, buffer, *used);
        lts_free(buffer);
        buffer = larger;
        capacity *= 2;
    }
    return buffer;
}

/* The rest of the stream, of which `expected` bytes are known; it stays open. */
static lts_status read_rest(FILE *stream, const char *name, size_t expected, size_t limit,
                            char **bytes, size_t *size, lts_error *err)
{
    size_t used;
    char *buffer = read_all(stream, expected, limit, &used);
    if (buffer && used <= limit && !ferror(stream)) {
        buffer[used] = '\0';
        *bytes = buffer;
        *size = used;
        return LTS_OK;
    }
    lts_free(buffer);
    if (!buffer)
        return lts_no_memory(name, err);
    if (used > limit)
        return lts_fail(err, LTS_ERR_FORMAT, "%s: larger than %zu bytes", name, limit);
    return lts_fail(err, LTS_ERR_IO, "%s: %s", name, strerror(errno));
}

lts_status lts_read_file(const char *path, size_t limit, char **bytes, size_t *size, lts_error *err)
{
    FILE *stream;
    uint64_t expected;
    *bytes = NULL;
    *size = 0;
    lts_status status = lts_open_file(path, &stream, &expected, err);
    if (status != LTS_OK)
        return status;
    /* The size is not all: a file may grow, and those of /proc say 0. */
    if (expected > limit)
        status = lts_fail(err, LTS_ERR_FORMAT, "%s: larger than %zu bytes", path, limit);
    else
        status = read_rest(stream, path, (size_t)expected, limit, bytes, size, err);
    fclose(stream);
    return status;
}

lts_status lts_read_pipe(const char *path, size_t limit, char **bytes, size_t *size, lts_error *err)
{
    enum { GUESS = 1 << 16 };
    struct stat info;
    *bytes = NULL;
    *size = 0;
    if (stat(path, &info) != 0 || !S_ISFIFO(info.st_mode))
        return lts_read_file(path, limit, bytes, size, err);
    FILE *stream = fopen(path, "rb");
    if (!stream)
        return lts_fail(err, LTS_ERR_IO, "%s: %s", path, strerror(errno));
    lts_status status = read_rest(stream, path, GUESS, limit, bytes, size, err);
    fclose(stream);
    return status;
}

static lts_status refuse_folder(const char *path, int reason, lts_error *err)
{
    const bool closed = reason == EACCES || reason == EROFS || reason == EPERM;
    return lts_fail(err, LTS_ERR_IO, "%s: folder cannot be made: %s%s", path, strerror(reason),
                    closed ? ": name another place, or allow writing in the folder above it" : "");
}

lts_status lts_make_folder(const char *path, lts_error *err)
{
    char *copy = lts_strdup(path);
    if (!copy)
        return lts_no_memory(path, err);
    lts_status status = LTS_OK;
    for (char *end = copy; *end;) {
        end += strspn(end, "/");
        end += strcspn(end, "/");
        char kept = *end;
        *end = '\0';
        int reason = mkdir(copy, 0777) == 0 ? 0 : errno;
        if (reason && !lts_is_folder(copy)) {
            status = refuse_folder(copy, reason, err);
            goto done;
        }
        *end = kept;
    }
done:
    lts_free(copy);
    return status;
}
