/* What a renderer holds, and how a sound is rendered block by block.
 *
 * Calls go one way: retake.c uses render.c, that uses blocks.c, mixture_magnitudes.c and
 * path_gain.c, these use renderer.c, and that uses sizes.c. envelope.c uses none of them. */
#ifndef RENDER_RENDERER_H
#define RENDER_RENDERER_H

#include "features/transform.h"
#include "lts/render.h"

enum { RENDER_PLANS = 3 }; /* the renderer's own and two smaller ones */

typedef struct render_plan {
    transform *transform; /* NULL until it is wanted */
    transform_work *work;
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

/* The renderer's transform: a stream of it gives what lts_renderer_analyse does. */
const transform *render_transform(const lts_renderer *renderer);

/* The plan that is quickest for so many frames. */
lts_status render_plan_for(lts_renderer *renderer, size_t frames, const render_plan **plan,
                           lts_error *err);

/* z (count,Z) of frames first .. first+count-1 of `total` -> magnitudes (count,K). */
lts_status render_decode(lts_renderer *renderer, const float *z, size_t first, size_t count,
                         size_t total, float *magnitudes, lts_error *err);

/* Scratch for the magnitudes of a mixture, LTS_RENDER_ROWS frames at a time; of one with rows of
 * its own nothing but the mixture. */
typedef struct render_source {
    lts_renderer *renderer;
    const lts_mixture *mixture;
    const lts_render_config *config;
    size_t latent;       /* columns of a latent row */
    bool levels;         /* the last of them is the level */
    float *z, *spread;   /* (LTS_RENDER_ROWS, Z); spread NULL when nothing is sampled */
    float *given;        /* (2, sounds, LTS_RENDER_ROWS, Z) of mixture->path; NULL without one */
    float *weight;       /* (sounds, LTS_RENDER_ROWS) */
    const float **paths; /* (sounds) */
} render_source;

/* Measures the rows z (count,columns) that were mixed of `path`, for each sound (count,columns),
 * with weight (sounds,count), and keeps them within config->limit. path NULL: rows that are no
 * mixture, which the limit holds for as it is. */
void render_measure(const lts_render_config *config, const lts_mixture *mixture,
                    const float *const *path, const float *weight, size_t count, size_t columns,
                    float *z);

/* Also a half-made source must be closed. */
lts_status render_source_open(lts_renderer *renderer, const lts_mixture *mixture,
                              const lts_render_config *config, render_source *source,
                              lts_error *err);
void render_source_close(render_source *source);
/* magnitudes (count,K) of frames first .. first+count-1. The reporter is asked whether to go on. */
lts_status render_source_magnitudes(const render_source *source, size_t first, size_t count,
                                    float *magnitudes, const lts_reporter *reporter,
                                    lts_error *err);

/* The blocks of a sound of T frames, N samples: of all of it or, where the magnitudes of only some
 * frames are new, of as much as the windows of those frames reach. */
typedef struct render_blocks {
    size_t frames, n, hop, bins;
    size_t slice; /* frames the transform takes at once */
    render_sizes sizes;
    lts_render_ends ends;
    size_t changed_from, changed_to; /* frames */
    size_t first, last;              /* frames whose samples change: first .. last-1 */
    size_t begin, end;               /* of them the block at hand */
    size_t from, to;                 /* the frames rendered with it, to either side */
    float *magnitudes;               /* (to-from,K), of which the first `have` are there */
    size_t have;
    float *x;         /* (N), or NULL */
    float *window;    /* without x: the samples around the block */
    size_t window_at; /* the first of them */
    size_t written;   /* samples of the sound that have contents */
    size_t most;      /* frames rendered at once */
} render_blocks;

/* LTS_ERR_SHAPE unless `frames` is what n samples have. */
lts_status render_check_frames(const lts_feature *feature, size_t frames, size_t n, lts_error *err);
/* The samples that change with frames from .. to-1 of a sound of T frames. */
void render_reach(const lts_feature *feature, size_t frames, size_t n, size_t from, size_t to,
                  size_t *first, size_t *count);
/* Before the first block. Also half-made blocks must be closed. */
lts_status render_blocks_open(const lts_renderer *renderer, const lts_mixture *mixture, size_t n,
                              const lts_render_output *out, render_blocks *blocks, lts_error *err);
void render_blocks_close(render_blocks *blocks);
/* Goes on to the next block, and keeps of the magnitudes those that it shares with the last one;
 * false after the last. */
bool render_blocks_next(render_blocks *blocks);
/* The samples from * hop .. of the block and of what surrounds it: *count of them, silence where
 * nothing was rendered before. */
float *render_blocks_samples(render_blocks *blocks, size_t *count);
/* What is known of these samples and of the frames they belong to. */
lts_phase_known render_blocks_known(const render_blocks *blocks);
/* The block's own samples: *first .. *last-1 of the sound. */
void render_blocks_own(const render_blocks *blocks, size_t *first, size_t *last);

/* What the level of a block is mended with. */
typedef struct render_gain {
    const lts_mixture *mixture;
    const lts_feature *feature;
    double floor;        /* power beside which others do not matter */
    float *asked, *got;  /* (frames of a block): powers, averaged */
    float *power;        /* the same, of each frame's hop */
    float *factor;       /* the gain of a pass */
    float *weight;       /* (sounds, frames of a block) */
    const float **paths; /* (sounds); NULL: levels stay as they are */
} render_gain;

/* After render_blocks_open. Also a half-made one must be closed. */
lts_status render_gain_open(const render_blocks *blocks, const lts_feature *feature,
                            const lts_mixture *mixture, const lts_render_config *config,
                            render_gain *gain, lts_error *err);
void render_gain_close(render_gain *gain);
/* x (count): the block's samples and those around it; those that are kept stay as they are. */
void render_gain_apply(const render_gain *gain, const render_blocks *blocks,
                       const lts_phase_known *known, float *x, size_t count);

#endif
