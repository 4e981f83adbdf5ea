/* The panels of an evaluation's picture. */
#ifndef PIPELINE_PLOT_EVALUATION_SCORE_FIGURE_H
#define PIPELINE_PLOT_EVALUATION_SCORE_FIGURE_H

#include "pipeline/plot/evaluation/score_table.h"
#include "pipeline/plot/plot_figure.h"

typedef struct score_figure {
    plot_figure figure;
    const score_table *scores, *sounds; /* (score_count), (sound_count) */
    size_t score_count, sound_count;
} score_figure;

/* The name of a table's file without its folders, after `before`, as gnuplot's text. */
void score_figure_name(FILE *script, const char *before, const char *path);

/* The share of sounds whose right class is among the k most probable: of one table its groups and
 * their mean, of several their means. */
lts_status score_figure_tops(score_figure *s, lts_error *err);
/* The distributions of the resyntheses' correlations. */
lts_status score_figure_correlations(score_figure *s, lts_error *err);

#endif
