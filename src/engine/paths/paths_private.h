/* The halves of path_resolve, another machine's spelling and this machine's links, and what
 * path_open_folder shares with them. */
#ifndef ENGINE_PATHS_PATHS_PRIVATE_H
#define ENGINE_PATHS_PATHS_PRIVATE_H

#include "engine/paths/paths.h"

enum { PATH_LONGEST = 4096 }; /* bytes, with the final 0 */

/* `sent` by the maps and in this machine's spelling, new; perhaps relative, and as it was sent as
 * to links and "..". */
lts_status path_translate(const path_rules *rules, const char *sent, char **out, lts_error *err);

/* The root without links, new. LTS_ERR_NOT_FOUND, LTS_ERR_IO, LTS_ERR_MEMORY. */
lts_status path_real_root(const char *root, char **out, lts_error *err);
/* Whether `path` is `root` or lies below it; both without links. */
bool path_is_below(const char *root, const char *path);

#endif
