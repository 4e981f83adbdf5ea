/* Spectrograms above each other on one time axis: parts of a picture. */
#ifndef PIPELINE_PLOT_PLOT_PANELS_H
#define PIPELINE_PLOT_PLOT_PANELS_H

#include "pipeline/plot/plot_figure.h"

typedef struct plot_panels {
    plot_figure figure;
    const lts_plot_panel *panels;
    const unsigned *colour; /* (count) of the titles; NULL: as other text */
    size_t count, bins;
    const lts_feature *feature;
    double range;
    double first, last; /* seconds on the time axis */
    float loudest;
    float *raster; /* one panel's (rows,columns), levels in dB */
} plot_panels;

/* Fills in all but figure and axis. LTS_ERR_ARGUMENT for features or a range that cannot be drawn,
 * LTS_ERR_NONFINITE, LTS_ERR_MEMORY. `path` is for messages. Close it also after an error. */
lts_status plot_panels_open(plot_panels *s, const lts_plot_panel *panels, size_t count,
                            const lts_feature *feature, double range, const char *path,
                            lts_error *err);
void plot_panels_close(plot_panels *s);

/* Begins a multiplot with the colour bar in fractions bottom .. top of the figure, and the
 * frequencies' axes. */
void plot_panels_begin(plot_panels *s, double bottom, double top);
/* The time axis, with or without its name and numbers. */
void plot_panels_times(const plot_panels *s, bool labelled);
/* One of them, in the place that is set. */
void plot_panels_draw(plot_panels *s, size_t index);

#endif
