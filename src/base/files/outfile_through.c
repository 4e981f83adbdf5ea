/* What is no regular file stays what it is, and gets the bytes when all of them are known. */
#include "base/files/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool outfile_goes_through(const lts_outfile *file)
{
    struct stat info;
    return path_descriptor(file->name) >= 0 ||
           (stat(file->path, &info) == 0 && !S_ISREG(info.st_mode));
}

/* Nothing is opened yet: who reads a pipe would take its closing for the end. */
lts_status outfile_open_through(lts_outfile *file, lts_error *err)
{
    const int number = path_descriptor(file->name);
    const int mode = number >= 0 ? fcntl(number, F_GETFL) : 0;
    if (mode < 0 || (number >= 0 && (mode & O_ACCMODE) == O_RDONLY))
        return lts_fail(err, LTS_ERR_IO, "%s: is not open for writing", outfile_shown(file));
    if (number < 0 && access(file->path, W_OK) != 0)
        return lts_fail(err, LTS_ERR_IO, "%s: cannot be written: %s", file->name, strerror(errno));
    return spool_open(outfile_shown(file), &file->stream, err);
}

static bool write_block(int to, const char *block, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t written = write(to, block + done, size - done);
        struct pollfd ready = {.fd = to, .events = POLLOUT};
        if (written >= 0)
            done += (size_t)written;
        else if (errno == EAGAIN)
            poll(&ready, 1, -1);
        else if (errno != EINTR)
            return false;
    }
    return true;
}

/* A descriptor to write to, of which this process has another when `path` names one. */
static int open_target(const lts_outfile *file)
{
    const int number = path_descriptor(file->name);
    return number >= 0 ? fcntl(number, F_DUPFD_CLOEXEC, 0)
                       : open(file->path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
}

lts_status outfile_pass_through(lts_outfile *file, lts_error *err)
{
    enum { BLOCK = 1 << 14 };
    char block[BLOCK];
    size_t got;
    errno = 0;
    if (ferror(file->stream) || fflush(file->stream) != 0 || fseeko(file->stream, 0, SEEK_SET) != 0)
        return lts_fail(err, LTS_ERR_IO,
                        "%s: no room in %s to put it together: %s: name another folder with TMPDIR",
                        outfile_shown(file), spool_folder(), strerror(errno));
    int target = open_target(file);
    if (target < 0)
        return outfile_fail(file, errno, err);
    bool good = true;
    while (good && (got = fread(block, 1, BLOCK, file->stream)) > 0)
        good = write_block(target, block, got);
    good = good && !ferror(file->stream);
    /* A pipe or a terminal has nothing to sync, and says so. */
    if (good && fsync(target) != 0)
        good = errno == EINVAL || errno == ENOTSUP || errno == EROFS;
    int reason = good ? 0 : errno;
    if (close(target) != 0 && good) {
        reason = errno;
        good = false;
    }
    return good ? LTS_OK : outfile_fail(file, reason, err);
}
