#include "formats/map.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

lts_status file_map_open(const char *path, file_map *map, lts_error *err)
{
    *map = (file_map){0};
    uint64_t size;
    int descriptor;
    lts_status status = lts_open_input(path, &descriptor, &size, err);
    if (status != LTS_OK)
        return status;
    if (size > SIZE_MAX) {
        status = lts_fail(err, LTS_ERR_IO, "%s: larger than this machine can address", path);
    } else if (size > 0) {
        void *bytes = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, descriptor, 0);
        if (bytes == MAP_FAILED)
            status = lts_fail(err, LTS_ERR_IO, "%s: cannot be mapped: %s", path, strerror(errno));
        else
            *map = (file_map){.bytes = bytes, .size = (size_t)size};
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
