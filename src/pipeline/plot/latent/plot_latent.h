/* The picture of a latent space: the frames chosen, the paths, and where they lie. */
#ifndef PIPELINE_PLOT_LATENT_PLOT_LATENT_H
#define PIPELINE_PLOT_LATENT_PLOT_LATENT_H

#include "lts/frames.h"
#include "lts/plot.h"

/* The data set's frames that were chosen, and the paths; all in the latent space, one below the
 * other, so that they can be projected together. */
typedef struct plot_latent_job {
    const lts_plot_latent *settings;
    lts_model *model;
    lts_frames *frames;
    lts_interp *interp;
    size_t latent;     /* Z */
    size_t n;          /* frames of the data set */
    size_t path_count; /* 0, or the two sounds and what lies between */
    size_t path_frames;
    float *z;         /* (n + path_count * path_frames, Z) */
    float *projected; /* (the same, 2) */
    size_t *file;     /* (n) */
    float *position;  /* (n) */
} plot_latent_job;

/* Opens model, frames and sounds, chooses and encodes: everything but `projected`. */
lts_status plot_latent_open(const lts_plot_latent *settings, plot_latent_job *job, lts_error *err);
void plot_latent_close(plot_latent_job *job); /* a zeroed one is allowed */

#endif
