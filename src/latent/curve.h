/* The builder to which both readers of curves, of text and of arrays, add their breakpoints. */
#ifndef LATENT_CURVE_H
#define LATENT_CURVE_H

#include "lts/latent.h"

typedef struct curve_builder {
    lts_curve curve;
    const char *name;  /* of the file, for messages */
    const char *place; /* what a number in messages counts: "line" or "row" */
    bool timed;        /* breakpoints, not plain values */
    double duration;   /* of the sound, seconds */
} curve_builder;

/* Room for `capacity` breakpoints. */
lts_status lts_curve_builder_open(curve_builder *builder, size_t capacity, lts_error *err);

/* One breakpoint; `time`, in seconds, counts only when builder->timed. */
lts_status lts_curve_builder_push(curve_builder *builder, size_t at, double time, double value,
                                  lts_error *err);

/* Spreads plain values, turns seconds into fractions and hands the curve over. */
lts_status lts_curve_builder_finish(curve_builder *builder, lts_curve *out, lts_error *err);

#endif
