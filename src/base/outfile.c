#include "lts/base.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct lts_outfile {
    FILE *stream;
    int folder;       /* the names are relative to it; AT_FDCWD for one that was opened by path */
    char *path;       /* for messages */
    const char *name; /* in it: the whole path, or its last component */
    char *temporary;
};

static void release(lts_outfile *file)
{
    if (file->stream)
        fclose(file->stream);
    if (file->temporary && file->temporary[0])
        unlinkat(file->folder, file->temporary, 0);
    lts_free(file->temporary);
    lts_free(file->path);
    lts_free(file);
}

/* Like mkstemp, but the file keeps the permissions the umask gives: it is to become a result that
 * others read. The clock sets apart hosts that share a folder and a process number. */
static int open_temporary(lts_outfile *file)
{
    for (unsigned attempt = 0; attempt < 100; attempt++) {
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        lts_free(file->temporary);
        file->temporary = lts_format("%s.tmp-%lx-%lx", file->name, (unsigned long)getpid(),
                                     (unsigned long)now.tv_nsec + attempt);
        if (!file->temporary)
            return -1;
        int descriptor =
            openat(file->folder, file->temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor >= 0 || errno != EEXIST)
            return descriptor;
    }
    return -1;
}

static bool is_folder_in(int folder, const char *name)
{
    struct stat info;
    return fstatat(folder, name, &info, 0) == 0 && S_ISDIR(info.st_mode);
}

lts_status lts_outfile_open_in(int folder, const char *path, lts_outfile **out, lts_error *err)
{
    const char *slash = folder == AT_FDCWD ? NULL : strrchr(path, '/');
    const size_t name_at = slash ? (size_t)(slash - path) + 1 : 0;
    *out = NULL;
    if (is_folder_in(folder, path + name_at))
        return lts_fail(err, LTS_ERR_IO, "%s: is a folder; name a file to write", path);
    lts_outfile *file = lts_alloc(1, sizeof *file);
    if (file)
        file->path = lts_strdup(path);
    if (!file || !file->path) {
        lts_free(file);
        return lts_fail(err, LTS_ERR_MEMORY, "%s: out of memory", path);
    }
    file->folder = folder;
    file->name = file->path + name_at;
    errno = ENOMEM;
    int descriptor = open_temporary(file);
    if (descriptor >= 0)
        file->stream = fdopen(descriptor, "w+b");
    if (!file->stream) {
        int reason = errno;
        if (descriptor >= 0)
            close(descriptor);
        else if (file->temporary)
            file->temporary[0] = '\0';
        release(file);
        return lts_fail(err, reason == ENOMEM ? LTS_ERR_MEMORY : LTS_ERR_IO,
                        "%s: cannot be written: %s", path, strerror(reason));
    }
    *out = file;
    return LTS_OK;
}

lts_status lts_outfile_open(const char *path, lts_outfile **out, lts_error *err)
{
    return lts_outfile_open_in(AT_FDCWD, path, out, err);
}

FILE *lts_outfile_stream(lts_outfile *file)
{
    return file->stream;
}

const char *lts_outfile_temporary(const lts_outfile *file)
{
    return file->temporary;
}

/* The rename itself must reach the disk too. */
static void sync_folder(const lts_outfile *file)
{
    const char *path = file->name, *slash = strrchr(path, '/');
    char *folder = !slash          ? lts_strdup(".")
                   : slash == path ? lts_strdup("/")
                                   : lts_format("%.*s", (int)(slash - path), path);
    int descriptor = folder ? openat(file->folder, folder, O_RDONLY | O_CLOEXEC) : -1;
    if (descriptor >= 0) {
        fsync(descriptor);
        close(descriptor);
    }
    lts_free(folder);
}

/* Everything that was written is on the disk, and the stream is closed. */
static bool finish(lts_outfile *file)
{
    errno = 0;
    bool bad = ferror(file->stream) || fflush(file->stream) != 0;
    bad = bad || fsync(fileno(file->stream)) != 0;
    bad = fclose(file->stream) != 0 || bad;
    file->stream = NULL;
    return !bad;
}

/* The final name, unless something has it. A link takes a name or fails, in one step; file systems
 * without links (FAT) get an empty file of that name first, which the rename replaces. */
static bool take_new_name(lts_outfile *file)
{
    const int folder = file->folder;
    if (linkat(folder, file->temporary, folder, file->name, 0) == 0) {
        unlinkat(folder, file->temporary, 0);
        return true;
    }
    if (errno == EEXIST)
        return false;
    int descriptor = openat(folder, file->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return false;
    close(descriptor);
    if (renameat(folder, file->temporary, folder, file->name) == 0)
        return true;
    int reason = errno;
    unlinkat(folder, file->name, 0);
    errno = reason;
    return false;
}

static lts_status commit(lts_outfile *file, bool anew, lts_error *err)
{
    lts_status status = LTS_OK;
    bool good = finish(file);
    good = good && (anew ? take_new_name(file)
                         : renameat(file->folder, file->temporary, file->folder, file->name) == 0);
    if (!good && anew && errno == EEXIST) {
        status = lts_fail(err, LTS_ERR_EXISTS, "%s: is there already", file->path);
    } else if (!good) {
        status = lts_fail(err, LTS_ERR_IO, "%s: could not be written whole: %s", file->path,
                          errno ? strerror(errno) : "write error");
    } else {
        file->temporary[0] = '\0';
        sync_folder(file);
    }
    release(file);
    return status;
}

lts_status lts_outfile_commit(lts_outfile *file, lts_error *err)
{
    return commit(file, false, err);
}

lts_status lts_outfile_commit_new(lts_outfile *file, lts_error *err)
{
    return commit(file, true, err);
}

void lts_outfile_abort(lts_outfile *file)
{
    if (file)
        release(file);
}
