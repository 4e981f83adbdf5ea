/* The two halves of path_resolve: another machine's spelling, and this machine's links. */
#ifndef ENGINE_PATHS_PRIVATE_H
#define ENGINE_PATHS_PRIVATE_H

#include "engine/paths.h"

enum { PATH_LONGEST = 4096 }; /* bytes, with the final 0 */

/* `sent` by the maps and in this machine's spelling, new; perhaps relative, and as it was sent as
 * to links and "..". */
lts_status path_translate(const path_rules *rules, const char *sent, char **out, lts_error *err);

#endif
