/* The numbers of a morph's picture. */
#ifndef PIPELINE_PLOT_MORPH_PLOT_MORPH_H
#define PIPELINE_PLOT_MORPH_PLOT_MORPH_H

#include "lts/plot.h"

enum { MORPH_A, MORPH_PATH, MORPH_B, MORPH_SOUNDS };

typedef struct plot_morph_job {
    const lts_plot_morph *settings;
    const lts_feature *feature;         /* of the model */
    lts_plot_panel panel[MORPH_SOUNDS]; /* of the same frames */
    double *level[MORPH_SOUNDS];        /* (T) dB */
    double *centroid[MORPH_SOUNDS];     /* (T) Hz, NAN where there is next to nothing */
    double *distance[MORPH_SOUNDS];     /* (T); NULL without a map */
    char *alignment;                    /* what it came to, in words */
} plot_morph_job;

/* Analyses the sounds, renders the path and measures all three. Free it also after an error. */
lts_status plot_morph_measure(plot_morph_job *job, const lts_model *model,
                              const lts_reporter *reporter, lts_error *err);
void plot_morph_free(plot_morph_job *job);

#endif
