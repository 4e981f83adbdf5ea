#include "pipeline/train/run/run_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static lts_status make_absolute(const char *path, char **absolute, lts_error *err)
{
    char *resolved = realpath(path, NULL);
    if (!resolved)
        return lts_fail(err, errno == ENOENT ? LTS_ERR_NOT_FOUND : LTS_ERR_IO, "%s: %s", path,
                        strerror(errno));
    *absolute = lts_strdup(resolved);
    free(resolved);
    return *absolute ? LTS_OK : lts_no_memory(path, err);
}

lts_status run_folder_create(const char *parent, uint64_t first, char **folder, lts_error *err)
{
    *folder = NULL;
    lts_status status = lts_make_folder(parent, err);
    if (status != LTS_OK)
        return status;
    for (uint64_t number = first; !*folder; number++) {
        char *path = lts_format("%s/run-%03" PRIu64, parent, number);
        if (!path)
            return lts_no_memory(parent, err);
        int reason = mkdir(path, 0777) == 0 ? 0 : errno;
        if (reason == 0)
            status = make_absolute(path, folder, err);
        else if (reason != EEXIST)
            status =
                lts_fail(err, LTS_ERR_IO, "%s: folder cannot be made: %s", path, strerror(reason));
        lts_free(path);
        if (status != LTS_OK)
            return status;
    }
    return LTS_OK;
}

lts_status run_folder_find(const char *path, char **folder, lts_error *err)
{
    *folder = NULL;
    char *config = lts_path_join(path, "config.ini");
    if (!config)
        return lts_no_memory(path, err);
    bool run = lts_is_file(config);
    lts_free(config);
    if (!run)
        return lts_fail(
            err, LTS_ERR_NOT_FOUND,
            "%s: no run there (no config.ini): name a folder DATASET/DESCRIPTION/run-NNN", path);
    return make_absolute(path, folder, err);
}

lts_status run_folder_lock(const char *folder, int *handle, lts_error *err)
{
    *handle = -1;
    char *path = lts_path_join(folder, ".lock");
    if (!path)
        return lts_no_memory(folder, err);
    lts_status status = LTS_OK;
    int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0)
        status = lts_fail(err, LTS_ERR_IO, "%s: cannot be written: %s", path, strerror(errno));
    else if (flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        status =
            lts_fail(err, LTS_ERR_EXISTS,
                     "%s: another lts-train works in this run: wait for it or stop it", folder);
    /* A file system without locks is no reason not to train. */
    lts_free(path);
    if (status != LTS_OK && descriptor >= 0)
        close(descriptor);
    else
        *handle = descriptor;
    return status;
}

void run_folder_unlock(int handle)
{
    if (handle >= 0)
        close(handle);
}

static void sweep(const char *folder)
{
    DIR *stream = opendir(folder);
    for (struct dirent *entry; stream && (entry = readdir(stream));)
        if (strstr(entry->d_name, ".tmp-"))
            unlinkat(dirfd(stream), entry->d_name, 0);
    if (stream)
        closedir(stream);
}

void run_folder_sweep(const char *folder)
{
    char *model = lts_path_join(folder, "model");
    sweep(folder);
    if (model)
        sweep(model);
    lts_free(model);
}
