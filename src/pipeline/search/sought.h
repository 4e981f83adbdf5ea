/* The points of the sound that is sought. */
#ifndef PIPELINE_SEARCH_SOUGHT_H
#define PIPELINE_SEARCH_SOUGHT_H

#include "lts/model.h"
#include "lts/source.h"

typedef struct sought {
    float *points; /* (count,Z) */
    double *time;  /* (count): s from the file's beginning */
    size_t count;  /* 1 .. LTS_SEARCH_QUERIES */
} sought;

/* An excerpt's frames, as lts_search_near says. Memory does not grow with its length. Free with
 * sought_free. */
lts_status sought_load(const lts_model *model, const lts_source *source, double duration,
                       unsigned threads, const lts_reporter *reporter, sought *out, lts_error *err);
void sought_free(sought *s); /* a zeroed one is allowed */

#endif
