/* Private to alignment in time: its steps, from magnitudes to the spline. */
#ifndef ALIGN_TIME_TIME_H
#define ALIGN_TIME_TIME_H

#include "lts/align_time.h"

/* What the alignment knows of a sound. Frames are those of the magnitudes; steps are `decimation`
 * of them each. */
typedef struct time_profile {
    size_t frames, steps, bands, decimation;
    float *flux;     /* (frames) */
    double *onset;   /* (onsets) positions, rising */
    float *strength; /* (onsets) flux at the peak */
    size_t onsets;
    float *feature; /* (bands,steps) >= 0, silence 0; the last band is the decaying flux */
    float *silence; /* (steps) distance of each step from silence */
} time_profile;

/* Fills a zeroed profile, to be freed with time_profile_free, whole or not. */
lts_status time_profile_create(const float *magnitudes, size_t frames, size_t bins,
                               const lts_align_time_config *config, time_profile *profile,
                               lts_error *err);
void time_profile_free(time_profile *profile);

/* Bins of a band of features. */
size_t time_band_width(const lts_align_time_config *config);

/* Sets profile->flux, and all of profile->feature but the last band to means of y; both hold 0. */
lts_status time_flux(const float *magnitudes, size_t bins, const lts_align_time_config *config,
                     time_profile *profile, lts_error *err);
/* Peaks of profile->flux: onset, strength and onsets; both arrays hold `frames` values. */
void time_pick_onsets(double frame_rate, time_profile *profile);

/* Distance of step i of a and step j of b: the sum over the bands of |a - b|, which are scaled so
 * that the last, the flux, counts as much as all others. Steps outside of a sound are silence. */
float time_distance(const time_profile *a, ptrdiff_t i, const time_profile *b, ptrdiff_t j);

/* One step of a path. */
typedef struct time_cell {
    size_t a, b;
} time_cell;

/* The path of least distance among those with |b - a| <= radius: `path` (count), rising in both,
 * freed with lts_free; each cell follows the one before by (1,1), (1,2) or (2,1). *cost, which may
 * be NULL, gets the distance: 2 d, 3/2 (d + d) or 3/2 (d + d) a step, over the cell and the one
 * that the step passes, and the distance from silence of what is after the path, and twice that of
 * what is before it. */
lts_status time_warp(const time_profile *a, const time_profile *b, size_t radius, time_cell **path,
                     size_t *count, double *cost, lts_error *err);

/* A point of the spline: d(m) and its tangent there. */
typedef struct time_knot {
    double m, d, tangent;
} time_knot;

struct lts_align_time {
    size_t frames_a, frames_b;
    time_knot *knot;     /* (knots), m rising */
    size_t knots, first; /* knot[first] is the first matched pair */
    double reach;        /* the largest |d| */
    lts_align_time_gain gain;
};

/* Matched onsets along the path as knots of `alignment`, with room for them and two ends: knot,
 * knots, first and gain.matched. */
lts_status time_match(const time_profile *a, const time_profile *b, double frame_rate,
                      const time_cell *path, size_t count, lts_align_time *alignment,
                      lts_error *err);

/* Sets the tangents of the knots. */
void time_spline_tangents(lts_align_time *alignment);
/* d(m), and *slope, which may be NULL, d'(m). */
double time_spline_at(const lts_align_time *alignment, double m, double *slope);
/* The m at which m + sign d(m) = position, -1 <= sign <= 1. */
double time_spline_solve(const lts_align_time *alignment, double sign, double position);

/* Coincidence and distance, along the spline and without it, into alignment->gain. */
void time_measure(const time_profile *a, const time_profile *b, double frame_rate,
                  lts_align_time *alignment);

#endif
