/* Paths that come from elsewhere: another machine's spelling, another folder's idea of where things
 * are. */
#ifndef ENGINE_PATHS_H
#define ENGINE_PATHS_H

#include "lts/base.h"

typedef struct path_map {
    const char *from, *to;
} path_map;

typedef struct path_rules {
    const char *root;     /* every path must lie below it, links resolved; NULL: anywhere */
    const path_map *maps; /* the first whose `from` begins the path is applied; both separators of
                             `from` match either */
    size_t map_count;
} path_rules;

/* "FROM=TO", as on the command line: both not empty; LTS_ERR_ARGUMENT. The strings are new. */
lts_status path_map_parse(const char *text, path_map *map, lts_error *err);
void path_map_free(path_map *map);

/* What a client sent -> a path here, new (lts_free). Maps are applied first; then backslashes of a
 * path that begins with a drive letter become slashes, and an HFS "Volume:" before a slash is taken
 * off; relative paths are refused, unless there is a root, which they then begin at. The path need
 * not exist. LTS_ERR_ARGUMENT for an empty or relative path, or one that leads out of the root,
 * whatever links, ".." or missing components it has. Control characters are refused. */
lts_status path_resolve(const path_rules *rules, const char *sent, char **out, lts_error *err);

/* The last component of a path in any spelling ("D:/x/audio/01 Now.wav", "C:\\a\\b.c.wav",
 * "HD:a:b.wav"), a pointer into it. */
const char *path_last(const char *sent);

#endif
