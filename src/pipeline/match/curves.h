/* The curves of a long sound's match, for the files that make them. */
#ifndef PIPELINE_MATCH_CURVES_H
#define PIPELINE_MATCH_CURVES_H

#include "pipeline/match/matcher.h"

typedef struct curves {
    lts_matcher *m;
    double rate;
    float *x, *y;        /* (n) the sound and its match */
    size_t n, hop, rows; /* hop: samples of a block, of which the last may have fewer */
    float *window;       /* (N) */
    double *values;      /* (rows,P) */
    double *gain;        /* (rows) of each block of y */
} curves;

/* The root of the mean square of x (n). */
double curves_level(const float *x, size_t n);

/* values -> y and gain: one note, as loud as x block by block. */
lts_status curves_play(curves *c, lts_error *err);

/* Time, gain and values of each row, as an array or as text. */
lts_status curves_save(const curves *c, const char *path, lts_error *err);

#endif
