/* A file as bytes in memory, read-only, brought in by the system page by page as they are touched.
 * Files of this project are replaced by renaming, never shortened in place, so a mapping of theirs
 * stays whole. Another program may shorten a file all the same: pages beyond its new end then raise
 * SIGBUS, and so the bytes of a file that is read for long are touched within file_map_try alone.
 */
#ifndef LTS_FORMATS_MAP_H
#define LTS_FORMATS_MAP_H

#include "lts/base.h"

typedef struct file_map {
    const unsigned char *bytes; /* NULL for an empty file */
    size_t size;
} file_map;

lts_status file_map_open(const char *path, file_map *map, lts_error *err);
void file_map_close(file_map *map);

/* Lets the process's hold on the pages go; they come back when they are touched. */
void file_map_release(const file_map *map);

/* Sees to it that file_map_try gets its signals, also after somebody else has taken them;
 * file_map_open calls it. */
void file_map_guard(void);

/* Calls work(user), which may read the map's bytes. False when the file has lost the byte at
 * *offset meanwhile: `work` has then been left in its middle, so it must neither allocate nor lock.
 * Safe for any number of threads at once; does not nest. */
bool file_map_try(const file_map *map, void (*work)(void *user), void *user, size_t *offset);

#endif
