/* An interpolation's parts: interp.c opens it, interp_encode.c makes its sounds' latents,
 * interp_render.c renders it, interp_draw.c draws pairs of sounds for it. */
#ifndef PIPELINE_INTERP_INTERP_SOUNDS_H
#define PIPELINE_INTERP_INTERP_SOUNDS_H

#include "lts/interp.h"
#include "pipeline/sound/excerpt.h"

typedef struct interp_sound {
    char *path;
    double offset; /* seconds, of the frame the excerpt begins on */
    excerpt_span span;
    lts_render_ends ends;
    float *mean;         /* (T,Z); NULL when streamed */
    float *log_variance; /* (T,Z); NULL until a path is sampled, and when streamed */
    excerpt *reading;    /* streamed: the frames from `frame` on are still to be read */
    size_t frame, have;  /* the frames of the latents at hand: frame-have .. frame-1 */
    float *chunk;        /* (2,INTERP_ENCODED,Z): means, log-variances */
} interp_sound;

struct lts_interp {
    const lts_model *model;
    lts_renderer *renderer;
    interp_sound *sounds;
    size_t count, frames, samples;
    float *magnitudes;   /* (INTERP_ENCODED,K) */
    const float **paths; /* (2,count): the sounds' means and log-variances */
};

/* Frames encoded at once; a multiple of what lts_renderer_encode asks for. */
enum { INTERP_ENCODED = 512 };

static inline size_t interp_latent(const lts_interp *interp)
{
    return lts_model_columns(interp->model);
}

lts_status interp_open_excerpt(const lts_interp *interp, const interp_sound *of, excerpt **out,
                               lts_error *err);

/* Keeps the latents of one sound: its mean and, with `spread`, its log_variance. */
lts_status interp_encode(lts_interp *interp, interp_sound *of, bool spread,
                         const lts_reporter *reporter, lts_error *err);

/* A lts_render_path of an interpolation that keeps none. */
lts_status interp_read_path(void *interp, size_t which, size_t first, size_t count, float *mean,
                            float *log_variance, lts_error *err);

/* The sounds along `weight`, valid while the interpolation and the weights are; the log-variances
 * are encoded first where they are to be sampled and not there yet. */
lts_status interp_mixture(lts_interp *interp, const float *weight, bool sampled,
                          lts_mixture *mixture, const lts_reporter *reporter, lts_error *err);

/* Draws two sounds and, for excerpts of at most *length seconds, where each begins; *length shrinks
 * to what both have. What cannot be read is passed over with a warning. The paths are borrowed. */
lts_status interp_draw_pair(const lts_paths *sounds, const lts_feature *feature, lts_rng *rng,
                            lts_source pair[2], double *length, const lts_reporter *reporter,
                            lts_error *err);

#endif
