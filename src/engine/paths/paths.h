/* Paths that come from elsewhere: another machine's spelling, another folder's idea of where things
 * are. */
#ifndef ENGINE_PATHS_PATHS_H
#define ENGINE_PATHS_PATHS_H

#include "lts/base.h"

typedef struct path_map {
    const char *from, *to;
} path_map;

typedef struct path_rules {
    const char *root;     /* every path must lie below it, links resolved; NULL: anywhere */
    const path_map *maps; /* the first whose `from` begins the path is applied */
    size_t map_count;
} path_rules;

/* "FROM=TO", as on the command line: both not empty; LTS_ERR_ARGUMENT. The strings are new. */
lts_status path_map_parse(const char *text, path_map *map, lts_error *err);
void path_map_free(path_map *map); /* twice is allowed */

/* What a client sent -> a path here, new (lts_free); it need not exist.
 *
 * Maps come first. `from` ends where a component of the path ends ("D:/ds" begins "D:/ds/a", not
 * "D:/dsx"); either separator matches the other, and drive letters match in either case. What
 * follows it is put below `to`, its backslashes made slashes when the path has a drive letter or
 * begins with a backslash, its colons when colons alone separate ("HD:a:b"). Then, mapped or not,
 * backslashes of a path with a drive letter become slashes, and a volume before a slash is taken
 * off: "D:\\a" and "Macintosh HD:/a" are "/a". A relative path begins at the root, and is refused
 * where there is none.
 *
 * With a root the result has no links, "." or ".." any more: every component that exists is
 * resolved, whatever is missing after it, and what lies outside the root is refused, as is a link
 * that leads nowhere. Without one, they are left to the system.
 *
 * LTS_ERR_ARGUMENT: empty, relative, outside the root, too long, or with a control character;
 * LTS_ERR_NOT_FOUND, LTS_ERR_IO: the root itself; LTS_ERR_MEMORY. Thread-safe. */
lts_status path_resolve(const path_rules *rules, const char *sent, char **out, lts_error *err);

/* FOLDER/NAME of this machine, where no map applies, new: NAME may be several components, or empty
 * for the folder itself. With a root as path_resolve, so that a link out of it is refused; without
 * one, as it is. Errors as path_resolve. */
lts_status path_below(const path_rules *rules, const char *folder, const char *name, char **out,
                      lts_error *err);

/* Opens a folder of this machine, where no map applies; close(2) is the caller's. With a root,
 * `folder` must be as path_resolve gave it: every component from the root on is opened in the one
 * before it, and one that has become a link since is refused, so that what the descriptor stands
 * for lies in the root whatever is replaced meanwhile. Without one, links are followed.
 * LTS_ERR_ARGUMENT: outside the root, or a link; LTS_ERR_NOT_FOUND: not there; LTS_ERR_IO: no
 * folder, or not to be opened; LTS_ERR_MEMORY. Thread-safe. */
lts_status path_open_folder(const path_rules *rules, const char *folder, int *descriptor,
                            lts_error *err);

/* Whether there is a root and `path`, as it is spelt, lies below it. */
bool path_lies_in_root(const path_rules *rules, const char *path);

/* Takes the slashes off the end of a folder's path, but for that of "/". */
void path_drop_slashes(char *path);

/* The last component of a path in any spelling ("D:/x/audio/01 Now.wav", "C:\\a\\b.c.wav",
 * "HD:a:b.wav"), a pointer into it; empty when it ends in a separator. A backslash in a path with
 * slashes and no drive letter, and a colon in one with either, are part of a name. */
const char *path_last(const char *sent);

#endif
