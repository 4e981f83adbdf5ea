/* A loaded run, shared by renders and voices: it goes when the last of them lets go. */
#ifndef ENGINE_JOBS_MODEL_REF_H
#define ENGINE_JOBS_MODEL_REF_H

#include "engine/paths/paths.h"

#include "lts/config.h"
#include "lts/directions.h"
#include "lts/distance.h"
#include "lts/model.h"
#include "lts/render.h"

#include <stdatomic.h>

typedef struct model_ref {
    lts_model *model;
    const lts_feature *feature; /* of the model */
    lts_distance distance;      /* the model's map; latent 0: none */
    char *warning;              /* why there is none, where that is worth telling; or NULL */
    char *path;                 /* of the run */
    lts_directions directions;  /* once they are asked for; latent 0: not yet */
    atomic_uint holders;
} model_ref;

/* The run's model with one holder, the caller. Errors as lts_run_model, or path_below when its
 * files lie outside of the root. */
lts_status model_ref_open(const path_rules *rules, const char *run, model_ref **out,
                          lts_error *err);
/* lts_run_config within the root. */
lts_status model_ref_config(const path_rules *rules, const char *run, lts_config *config,
                            lts_error *err);
/* The map, NULL when there is none. */
const lts_distance *model_ref_distance(const model_ref *m);
/* The directions of its data set's labels, learned or read when they are first asked for; they live
 * as long as it. For one thread at a time. Errors as lts_run_directions, or path_below when the
 * data set lies outside of the root. */
lts_status model_ref_directions(model_ref *m, const path_rules *rules, unsigned threads,
                                const lts_directions **out, const lts_reporter *reporter,
                                lts_error *err);
model_ref *model_ref_hold(model_ref *m);
void model_ref_drop(model_ref *m); /* NULL is allowed */

#endif
