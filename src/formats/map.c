#include "formats/map.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

lts_status file_map_open(const char *path, file_map *map, lts_error *err)
{
    *map = (file_map){0};
    /* Non-blocking: opening a pipe that nobody writes to must not hang. */
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return lts_fail(err, errno == ENOENT ? LTS_ERR_NOT_FOUND : LTS_ERR_IO, "%s: %s", path,
                        strerror(errno));
    lts_status status = LTS_OK;
    struct stat info;
    if (fstat(descriptor, &info) != 0) {
        status = lts_fail(err, LTS_ERR_IO, "%s: %s", path, strerror(errno));
    } else if (!S_ISREG(info.st_mode)) {
        status = lts_fail(err, LTS_ERR_IO, "%s: is %s, expected a file", path,
                          S_ISDIR(info.st_mode) ? "a folder" : "no regular file");
    } else if ((off_t)(size_t)info.st_size != info.st_size) {
        status = lts_fail(err, LTS_ERR_IO, "%s: larger than this machine can address", path);
    } else if (info.st_size > 0) {
        void *bytes = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
        if (bytes == MAP_FAILED)
            status = lts_fail(err, LTS_ERR_IO, "%s: cannot be mapped: %s", path, strerror(errno));
        else
            *map = (file_map){.bytes = bytes, .size = (size_t)info.st_size};
    }
    close(descriptor);
    file_map_guard();
    return status;
}

void file_map_release(const file_map *map)
{
    /* posix_madvise would do nothing: glibc ignores POSIX_MADV_DONTNEED. */
    if (map->bytes)
        madvise((void *)(uintptr_t)map->bytes, map->size, MADV_DONTNEED);
}

void file_map_close(file_map *map)
{
    if (map->bytes)
        munmap((void *)(uintptr_t)map->bytes, map->size);
    *map = (file_map){0};
}
