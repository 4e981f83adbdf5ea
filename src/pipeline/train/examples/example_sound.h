/* One sound of an example set, from its file to what the model makes of it. */
#ifndef PIPELINE_TRAIN_EXAMPLES_EXAMPLE_SOUND_H
#define PIPELINE_TRAIN_EXAMPLES_EXAMPLE_SOUND_H

#include "lts/render.h"
#include "pipeline/train/examples/examples.h"

/* x is the excerpt, own its magnitudes inverted, model the model's: n samples each. */
typedef struct example {
    char *name, *folder; /* where its files go */
    double offset;       /* of the excerpt, seconds */
    size_t n, frames;
    float *x, *own, *model;
    float *magnitudes; /* (T,K) */
    float *mean;       /* (T,Z) */
} example;

/* The excerpt of the set's sound number `item`, and room for the rest. The caller frees `e`, zeroed
 * before, in any case. */
lts_status example_load(const example_set *set, const char *path, size_t item, example *e,
                        lts_error *err);
void example_free(example *e);

/* Fills e->model, and with `own` e->own. */
lts_status example_reconstruct(const example_set *set, lts_renderer *renderer, bool own, example *e,
                               lts_error *err);

/* Writes x as FOLDER/file; `hash` is the model's. */
lts_status example_save(const example_set *set, const char *hash, const example *e,
                        const char *file, const float *x, lts_error *err);

#endif
