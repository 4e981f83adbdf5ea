/* A render as it was asked for: a snapshot that later settings do not change. */
#ifndef ENGINE_JOBS_JOB_H
#define ENGINE_JOBS_JOB_H

#include "engine/jobs/model_ref.h"
#include "lts/interp.h"

typedef struct job {
    model_ref *model;
    lts_source *sources; /* paths are the job's own */
    size_t count;
    double duration;    /* s */
    lts_curve curve;    /* alpha of two sounds; count 0: `weight` holds instead */
    bool curve_seconds; /* its times are seconds */
    float *weight;      /* (count): of a constant mixture */
    lts_render_config render;
    float *offset; /* the job's own of render, (Z), and its text; NULL: none */
    char *offset_text;
    lts_alignment align; /* of two sounds */
    bool redraw;         /* the seed was drawn for this render, not given */
    bool normalize;
    bool retake; /* of the last rendered sound, where only the curve differs */
} job;

/* Takes the members over; sources and weight are copied, curve and render.offset too.
 * LTS_ERR_MEMORY. */
lts_status job_create(const job *from, job **out, lts_error *err);
void job_free(job *j); /* NULL is allowed */

/* Whether both ask for the same but for curve and weights, so that one can be a retake of the
 * other. */
bool job_same_sounds(const job *a, const job *b);

/* Whether both are moved by the same. */
bool job_same_offset(const job *a, const job *b);

/* The curve as weights (count,T) of `duration` seconds. */
lts_status job_weights(const job *j, size_t frames, double duration, float *weight, lts_error *err);
/* The path in words, for the comment: every value of the curve, and whether only a part was made
 * anew. New; NULL when memory is short. */
char *job_describe(const job *j, bool retaken);

#endif
