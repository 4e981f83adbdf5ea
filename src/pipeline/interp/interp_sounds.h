/* An interpolation's parts: interp.c opens it, interp_encode.c makes its sounds' latents,
 * interp_render.c renders it, interp_draw.c draws pairs of sounds for it. interp_align.c aligns
 * its sounds as interp_align_find.c finds, interp_aligned.c gives their frames so. */
#ifndef PIPELINE_INTERP_INTERP_SOUNDS_H
#define PIPELINE_INTERP_INTERP_SOUNDS_H

#include "lts/align_time.h"
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
    float *envelope;     /* (T): its levels, dB; NULL for a model without levels */
} interp_sound;

/* Where the frames of a morph along some weights stand in two sounds, and how they are mixed. */
typedef struct interp_course {
    float *weight;       /* (2,T) */
    double *position[2]; /* (T) in each sound, held within it */
    float *shift;        /* (T) bins */
} interp_course;

typedef struct interp_alignment {
    lts_interp_method method;
    float *magnitudes[2]; /* (T,K) */
    lts_align_time *time; /* never NULL */
    float *shift;         /* (T) bins, over the time between both sounds; NULL without any */
    interp_course course; /* of the weights that are rendered */
    float *frame[2];      /* (K) scratch */
    float *rows;          /* (INTERP_GROUP,K) scratch */
    float *envelope[2];   /* (T): the sounds' levels along the course; NULL without any */
    /* By the model: the latents at hand of each sound, those of frames from `group` on. */
    float *mean[2], *log_variance[2]; /* (INTERP_GROUP,Z) */
    size_t group[2];                  /* SIZE_MAX: none */
    /* By the other methods. */
    lts_align_work *work;
    size_t next; /* the frame that follows the one given last */
} interp_alignment;

struct lts_interp {
    const lts_model *model;
    lts_renderer *renderer;
    interp_sound *sounds;
    size_t count, frames, samples;
    float *magnitudes;           /* (INTERP_ENCODED,K) */
    const float **paths;         /* (3,count): the sounds' means, log-variances and envelopes */
    interp_alignment *alignment; /* NULL: frames are mixed where they are */
    char *aligned;               /* in words; NULL as long as nothing was asked for */
};

/* Frames encoded at once; a multiple of what lts_renderer_encode asks for. */
enum { INTERP_ENCODED = 512, INTERP_GROUP = 128 };

static inline size_t interp_latent(const lts_interp *interp)
{
    return lts_model_columns(interp->model);
}

static inline size_t interp_bins(const lts_interp *interp)
{
    return lts_feature_floats(lts_renderer_feature(interp->renderer));
}

lts_status interp_open_excerpt(const lts_interp *interp, const interp_sound *of, excerpt **out,
                               lts_error *err);

/* Keeps the latents of one sound: its mean and, with `spread`, its log_variance. */
lts_status interp_encode(lts_interp *interp, interp_sound *of, bool spread,
                         const lts_reporter *reporter, lts_error *err);

/* Measures the sound's envelope, of a model with levels. */
lts_status interp_measure(const lts_interp *interp, interp_sound *of, lts_error *err);

/* A lts_render_path of an interpolation that keeps none. */
lts_status interp_read_path(void *interp, size_t which, size_t first, size_t count, float *mean,
                            float *log_variance, lts_error *err);

/* The sounds along `weight`, valid while the interpolation and the weights are; the log-variances
 * are encoded first where they are to be sampled and not there yet. */
lts_status interp_mixture(lts_interp *interp, const float *weight, bool sampled,
                          lts_mixture *mixture, const lts_reporter *reporter, lts_error *err);

void interp_alignment_free(interp_alignment *alignment); /* NULL is allowed */

/* Sets a->time, of the sounds' magnitudes in `a`, or the identity. */
lts_status interp_align_time(const lts_interp *interp, interp_alignment *a, lts_alignment how,
                             lts_error *err);
/* Sets a->shift where partials align, after a->time; `interp` must hold `a`. */
lts_status interp_align_pitch(const lts_interp *interp, interp_alignment *a, lts_alignment how,
                              lts_align_report *report, const lts_reporter *reporter,
                              lts_error *err);

/* Also a half-made course must be freed. */
lts_status interp_course_create(const lts_interp *interp, const float *weight,
                                interp_course *course, lts_error *err);
void interp_course_free(interp_course *course);
/* Frame t of sound s there, not moved: row (K). */
void interp_course_read(const lts_interp *interp, const interp_course *course, size_t s, size_t t,
                        float *row);
/* The weight of the first sound among both. */
double interp_alpha(const float *weight, size_t frames, size_t t);

/* The mixture of aligned sounds along the course of `weight`, valid until the next one. */
lts_status interp_aligned_mixture(lts_interp *interp, const float *weight, lts_mixture *mixture,
                                  lts_error *err);
/* `before` (2,T) as lts_render_retake wants it, for a mixture just made, into changed (2,T): NaN
 * where more than a weight differs. */
lts_status interp_aligned_before(const lts_interp *interp, const float *before, float *changed,
                                 lts_error *err);

/* Draws two sounds and, for excerpts of at most *length seconds, where each begins; *length shrinks
 * to what both have. What cannot be read is passed over with a warning. The paths are borrowed. */
lts_status interp_draw_pair(const lts_paths *sounds, const lts_feature *feature, lts_rng *rng,
                            lts_source pair[2], double *length, const lts_reporter *reporter,
                            lts_error *err);

#endif
