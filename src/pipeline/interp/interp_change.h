/* What an offset does to a sound, by measures of it rendered with and without. */
#ifndef PIPELINE_INTERP_INTERP_CHANGE_H
#define PIPELINE_INTERP_INTERP_CHANGE_H

#include "lts/interp.h"

/* The first samples of a sound. */
typedef struct interp_heard {
    float *x; /* (most) */
    size_t count, most;
} interp_heard;

/* Room for what is measured of the interpolation's sounds. */
lts_status interp_heard_open(const lts_interp *interp, interp_heard *heard, lts_error *err);
void interp_heard_close(interp_heard *heard); /* a zeroed one is allowed */
/* A lts_render_sink of an interp_heard. */
lts_status interp_heard_append(void *heard, const float *x, size_t count, lts_error *err);

/* Renders the mixture without the offset, measures both sounds and reports a "change" record. */
lts_status interp_report_change(lts_interp *interp, const char *file, const lts_interp_made *made,
                                const interp_heard *heard, const lts_reporter *reporter,
                                lts_error *err);

#endif
