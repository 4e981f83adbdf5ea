/* A loaded classifier, shared by the server and the matches that were asked for: it goes when the
 * last of them lets go. */
#ifndef ENGINE_MATCH_MATCHER_REF_H
#define ENGINE_MATCH_MATCHER_REF_H

#include "engine/paths/paths.h"

#include "lts/match.h"

#include <stdatomic.h>

typedef struct matcher_ref {
    lts_matcher *matcher; /* the worker's; any thread may ask for its space */
    char *path;           /* of the run */
    atomic_uint holders;
} matcher_ref;

/* The run's classifier with one holder, the caller. Errors as lts_matcher_open, or path_below when
 * its files lie outside of the root. */
lts_status matcher_ref_open(const path_rules *rules, const char *run, unsigned threads,
                            matcher_ref **out, lts_error *err);
matcher_ref *matcher_ref_hold(matcher_ref *m);
void matcher_ref_drop(matcher_ref *m); /* NULL is allowed */

#endif
