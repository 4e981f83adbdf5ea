#include "engine/jobs/stamp.h"

#include <sys/stat.h>

#if defined(__APPLE__)
#define st_mtim st_mtimespec
#define st_ctim st_ctimespec
#endif

struct stamp {
    dev_t device;
    ino_t file;
    off_t size;
    struct timespec written, changed;
};

static stamp stamp_of(const char *path)
{
    struct stat s;
    if (stat(path, &s) != 0)
        return (stamp){0};
    return (stamp){s.st_dev, s.st_ino, s.st_size, s.st_mtim, s.st_ctim};
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

lts_status stamps_of_files(const job *j, stamp **out, lts_error *err)
{
    lts_status status = lts_alloc_checked(out, j->count, sizeof **out, "file stamps", err);
    if (status != LTS_OK)
        return status;
    for (size_t s = 0; s < j->count; s++)
        (*out)[s] = stamp_of(j->sources[s].path);
    return status;
}

bool stamps_hold(const stamp *stamps, const job *j)
{
    bool hold = true;
    for (size_t s = 0; hold && s < j->count; s++) {
        const stamp now = stamp_of(j->sources[s].path), *then = &stamps[s];
        hold = now.device == then->device && now.file == then->file && now.size == then->size &&
               same_time(&now.written, &then->written) && same_time(&now.changed, &then->changed);
    }
    return hold;
}
