/* What a renderer holds, and how a sound is rendered block by block.
 *
 * Calls go one way: render_whole.c and retake.c use blocks.c and mixture_magnitudes.c, these use
 * renderer.c, and that uses sizes.c. */
#ifndef RENDER_RENDERER_H
#define RENDER_RENDERER_H

#include "lts/render.h"

enum { RENDER_PLANS = 3 }; /* the renderer's own and two smaller ones */

typedef struct render_plan {
    lts_cqt *cqt; /* NULL until it is wanted */
    lts_cqt_work *work;
} render_plan;

struct lts_renderer {
    lts_feature feature;
    const lts_model *model; /* NULL in a plain one */
    lts_model_work *model_work;
    render_plan plan[RENDER_PLANS]; /* 0 is made with the renderer, the others when first used */
};

/* Frames of a block, and around it. */
typedef struct render_sizes {
    size_t first;   /* of the first block */
    size_t context; /* half the longest filter */
    size_t ahead;   /* rendered beyond a block, as a first guess of what follows */
    size_t trusted; /* of them whose phases the next block begins with */
} render_sizes;

render_sizes render_sizes_of(const lts_feature *feature);

/* The plan that is quickest for so many frames. */
lts_status render_plan_for(lts_renderer *renderer, size_t frames, const render_plan **plan,
                           lts_error *err);

/* z (count,Z) of frames first .. first+count-1 of `total` -> magnitudes (count,K). */
lts_status render_decode(lts_renderer *renderer, const float *z, size_t first, size_t count,
                         size_t total, float *magnitudes, lts_error *err);

/* Magnitudes of a mixture, LTS_RENDER_ROWS frames at most at a time. */
typedef struct render_source {
    lts_renderer *renderer;
    const lts_mixture *mixture;
    const lts_render_config *config;
    size_t latent;
    float *z, *spread;   /* (LTS_RENDER_ROWS, Z); spread NULL when nothing is sampled */
    float *given;        /* (2, sounds, LTS_RENDER_ROWS, Z) of mixture->path; NULL without one */
    float *weight;       /* (sounds, LTS_RENDER_ROWS) */
    const float **paths; /* (sounds) */
} render_source;

/* Also a half-made source must be closed. */
lts_status render_source_open(lts_renderer *renderer, const lts_mixture *mixture,
                              const lts_render_config *config, render_source *source,
                              lts_error *err);
void render_source_close(render_source *source);
/* A lts_render_rows of a render_source. */
lts_status render_source_rows(void *source, size_t first, size_t count, float *magnitudes,
                              lts_error *err);

/* What is to be rendered: the samples of T frames, all of them or, where the magnitudes of only
 * some frames are new, as much as the windows of those frames reach. Without an out.x all is new.
 */
typedef struct rendering {
    lts_renderer *renderer;
    lts_render_rows *rows;
    void *rows_user;
    size_t frames, n;
    size_t changed_from, changed_to; /* frames */
    lts_render_ends ends;
    const lts_phase_config *phase;
    lts_render_output out;
    const lts_reporter *reporter;
} rendering;

/* The samples the rendering changes. */
void render_reach(const rendering *job, size_t *first, size_t *count);
/* Renders them block by block. */
lts_status render_blocks(const rendering *job, lts_error *err);

#endif
