#include "base/files/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void outfile_release(lts_outfile *file)
{
    if (file->stream)
        fclose(file->stream);
    if (file->temporary && file->temporary[0])
        unlinkat(file->folder, file->temporary, 0);
    lts_free(file->temporary);
    lts_free(file->path);
    lts_free(file->name);
    lts_free(file);
}

/* Like mkstemp, but the file keeps the permissions the umask gives: it is to become a result that
 * others read. The clock sets apart hosts that share a folder and a process number. */
static int create_temporary(lts_outfile *file)
{
    for (unsigned attempt = 0; attempt < 100; attempt++) {
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        lts_free(file->temporary);
        file->temporary = lts_format("%s.tmp-%lx-%lx", file->path, (unsigned long)getpid(),
                                     (unsigned long)now.tv_nsec + attempt);
        errno = ENOMEM;
        if (!file->temporary)
            return -1;
        int descriptor =
            openat(file->folder, file->temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor >= 0 || errno != EEXIST)
            return descriptor;
    }
    return -1;
}

static lts_status open_temporary(lts_outfile *file, lts_error *err)
{
    int descriptor = create_temporary(file);
    if (descriptor >= 0)
        file->stream = fdopen(descriptor, "w+b");
    if (file->stream)
        return LTS_OK;
    int reason = errno;
    if (descriptor >= 0)
        close(descriptor);
    else if (file->temporary)
        file->temporary[0] = '\0';
    return outfile_refuse(file, reason, err);
}

static bool is_folder_in(int folder, const char *name)
{
    struct stat info;
    return fstatat(folder, name, &info, 0) == 0 && S_ISDIR(info.st_mode);
}

/* A file that is called `path` in messages and `at` in the open folder `folder`. With `follow`
 * false neither a link nor a pipe means anything: both are replaced. */
static lts_status open_outfile(int folder, const char *path, const char *at, bool follow,
                               lts_outfile **out, lts_error *err)
{
    *out = NULL;
    if (is_folder_in(folder, at))
        return lts_fail(err, LTS_ERR_IO, "%s: is a folder; name a file to write", path);
    lts_outfile *file;
    lts_status status = lts_alloc_checked(&file, 1, sizeof *file, path, err);
    if (status != LTS_OK)
        return status;
    file->folder = folder;
    file->name = lts_strdup(path);
    if (!file->name) {
        status = lts_no_memory(path, err);
        goto done;
    }
    if (follow)
        status = path_follow(at, &file->path, err);
    else if (!(file->path = lts_strdup(at)))
        status = lts_no_memory(path, err);
    if (status != LTS_OK)
        goto done;
    status = follow && outfile_goes_through(file) ? outfile_open_through(file, err)
                                                  : open_temporary(file, err);
    if (status != LTS_OK)
        goto done;
    file->followed = follow && strcmp(file->path, at) != 0;
    *out = file;
    file = NULL;
done:
    if (file)
        outfile_release(file);
    return status;
}

lts_status lts_outfile_open(const char *path, lts_outfile **out, lts_error *err)
{
    return open_outfile(AT_FDCWD, path, path, true, out, err);
}

lts_status lts_outfile_open_own(const char *path, lts_outfile **out, lts_error *err)
{
    return open_outfile(AT_FDCWD, path, path, false, out, err);
}

lts_status lts_outfile_open_in(int folder, const char *path, lts_outfile **out, lts_error *err)
{
    const char *slash = strrchr(path, '/');
    if (folder == AT_FDCWD)
        return lts_outfile_open(path, out, err);
    return open_outfile(folder, path, slash ? slash + 1 : path, false, out, err);
}

FILE *lts_outfile_stream(lts_outfile *file)
{
    return file->stream;
}

/* The rename itself must reach the disk too. */
void outfile_sync_folder(const lts_outfile *file)
{
    char *folder = path_folder(file->path);
    int descriptor = folder ? openat(file->folder, folder, O_RDONLY | O_CLOEXEC) : -1;
    if (descriptor >= 0) {
        fsync(descriptor);
        close(descriptor);
    }
    lts_free(folder);
}

bool outfile_rename(lts_outfile *file)
{
    if (renameat(file->folder, file->temporary, file->folder, file->path) != 0)
        return false;
    file->temporary[0] = '\0';
    return true;
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

/* The final name, unless something has it, a link too. A link takes a name or fails, in one step;
 * file systems without links (FAT) get an empty file of that name first, which the rename replaces.
 */
static bool link_new_name(lts_outfile *file)
{
    if (file->followed) {
        errno = EEXIST;
        return false;
    }
    const int folder = file->folder;
    if (linkat(folder, file->temporary, folder, file->path, 0) == 0) {
        unlinkat(folder, file->temporary, 0);
        file->temporary[0] = '\0';
        return true;
    }
    if (errno == EEXIST)
        return false;
    int descriptor = openat(folder, file->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return false;
    close(descriptor);
    if (outfile_rename(file))
        return true;
    int reason = errno;
    unlinkat(folder, file->path, 0);
    errno = reason;
    return false;
}

static lts_status commit(lts_outfile *file, bool anew, lts_error *err)
{
    lts_status status = LTS_OK;
    if (!file->temporary && anew) {
        status = lts_fail(err, LTS_ERR_EXISTS, "%s: is there already", file->name);
    } else if (!file->temporary) {
        status = outfile_pass_through(file, err);
    } else if (finish(file) && (anew ? link_new_name(file) : outfile_rename(file))) {
        outfile_sync_folder(file);
    } else {
        status = anew && errno == EEXIST
                     ? lts_fail(err, LTS_ERR_EXISTS, "%s: is there already", file->name)
                     : outfile_fail(file, errno, err);
    }
    outfile_release(file);
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
        outfile_release(file);
}
