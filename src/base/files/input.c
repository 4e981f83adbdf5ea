#include "base/files/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The process has one standard input, which can be read once: what it held is kept. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int kept = -1;

static lts_status read_to_end(FILE *spool, lts_error *err)
{
    char block[1 << 14];
    for (ssize_t got; (got = read(STDIN_FILENO, block, sizeof block)) != 0;) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return lts_fail(err, LTS_ERR_IO, "standard input: %s", strerror(errno));
        if (fwrite(block, 1, (size_t)got, spool) != (size_t)got)
            break;
    }
    if (ferror(spool) || fflush(spool) != 0)
        return lts_fail(err, LTS_ERR_IO,
                        "standard input: no room for it in %s: %s: name another folder with TMPDIR",
                        spool_folder(), strerror(errno));
    return LTS_OK;
}

static lts_status keep_descriptor(int descriptor, lts_error *err)
{
    kept = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (kept < 0)
        return lts_fail(err, LTS_ERR_IO, "standard input: %s", strerror(errno));
    return LTS_OK;
}

/* A file from its beginning is as good as its copy. */
static lts_status keep_standard_input(lts_error *err)
{
    struct stat info;
    FILE *spool = NULL;
    if (fstat(STDIN_FILENO, &info) != 0)
        return lts_fail(err, LTS_ERR_IO, "standard input: %s", strerror(errno));
    if (S_ISREG(info.st_mode) && lseek(STDIN_FILENO, 0, SEEK_CUR) == 0)
        return keep_descriptor(STDIN_FILENO, err);
    lts_status status = spool_open("standard input", &spool, err);
    if (status != LTS_OK)
        goto done;
    status = read_to_end(spool, err);
    if (status != LTS_OK)
        goto done;
    status = keep_descriptor(fileno(spool), err);
done:
    if (spool)
        fclose(spool);
    return status;
}

static lts_status open_standard_input(int *descriptor, lts_error *err)
{
    pthread_mutex_lock(&lock);
    lts_status status = kept < 0 ? keep_standard_input(err) : LTS_OK;
    if (status != LTS_OK)
        goto done;
    *descriptor = fcntl(kept, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (*descriptor < 0 || lseek(*descriptor, 0, SEEK_SET) != 0)
        status = lts_fail(err, LTS_ERR_IO, "standard input: %s", strerror(errno));
done:
    pthread_mutex_unlock(&lock);
    return status;
}

/* Non-blocking: opening a pipe that nobody writes to must not hang. */
static lts_status open_named(const char *path, int *descriptor, lts_error *err)
{
    *descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (*descriptor >= 0)
        return LTS_OK;
    return lts_fail(err, errno == ENOENT ? LTS_ERR_NOT_FOUND : LTS_ERR_IO, "%s: %s", path,
                    strerror(errno));
}

/* The size of a regular file; anything else is refused. */
static lts_status measure_file(const char *path, int descriptor, uint64_t *size, lts_error *err)
{
    struct stat info;
    if (fstat(descriptor, &info) != 0)
        return lts_fail(err, LTS_ERR_IO, "%s: %s", path, strerror(errno));
    if (!S_ISREG(info.st_mode))
        return lts_fail(err, LTS_ERR_IO, "%s: is %s", path,
                        S_ISDIR(info.st_mode)    ? "a folder, expected a file"
                        : S_ISFIFO(info.st_mode) ? "a pipe, expected a file: give a pipe as -"
                                                 : "no regular file, expected a file");
    *size = (uint64_t)info.st_size;
    return LTS_OK;
}

lts_status lts_open_input(const char *path, int *descriptor, uint64_t *size, lts_error *err)
{
    *descriptor = -1;
    *size = 0;
    lts_status status = strcmp(path, "-") == 0 ? open_standard_input(descriptor, err)
                                               : open_named(path, descriptor, err);
    if (status != LTS_OK)
        goto done;
    status = measure_file(path, *descriptor, size, err);
done:
    if (status != LTS_OK) {
        if (*descriptor >= 0)
            close(*descriptor);
        *descriptor = -1;
    }
    return status;
}
