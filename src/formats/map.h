/* A file as bytes in memory, read-only, brought in by the system page by page as they are touched.
 * Files of this project are replaced by renaming, never shortened in place, so a mapping stays
 * whole; a file that another program shortens meanwhile ends the process, as it does everywhere. */
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

#endif
