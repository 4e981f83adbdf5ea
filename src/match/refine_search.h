/* What a refinement looks at: points of the space of a task's free parameters, and how far their
 * sounds are from its target. */
#ifndef MATCH_REFINE_SEARCH_H
#define MATCH_REFINE_SEARCH_H

#include "match/range/axis.h"
#include "match/refine.h"

enum {
    CANDIDATES = 256, /* draws of what is probable, before the search */
    LARGEST_POPULATION = 384
};

/* What one thread renders with. */
typedef struct refine_worker {
    lts_synth *synth;
    spectral_work *work;
    float *y;       /* (N) */
    double *values; /* (P) */
} refine_worker;

typedef struct refine_search {
    const refine_task *task;
    size_t free, parameters;
    range_axis *axes;       /* (2,F) between the levels, and past them */
    const range_axis *axis; /* (F) those in use: of them are points */
    refine_worker *worker;  /* (threads) */
    double *point;          /* (LARGEST_POPULATION or CANDIDATES,F): places on the axes */
    double *distance;       /* of each */
    double *best;           /* (P) */
    double best_distance;
    double *candidate; /* (CANDIDATES,F) the first draws, kept for restarts */
    double *candidate_distance;
    const double *fixed; /* (P) the values that do not move */
    uint64_t evaluations;
    double began;
    lts_rng rng;
} refine_search;

/* The point (F) nearest to values (P), and the values at a point, which is mirrored at the ends of
 * the axes until it lies between. */
void refine_point_of(const refine_search *s, const double *values, double *point);
void refine_values_of(const refine_search *s, const double *point, double *values);

/* From here on points lie between the levels, or past them. */
void refine_go(refine_search *s, bool wide);

/* Moves the first `count` points to where their sounds are as loud as the target. */
void refine_set_levels(refine_search *s, size_t count);

/* The distances of the first `count` points; the best of all is kept. */
void refine_look(refine_search *s, size_t count);

/* Of the task that s holds already. What there is after an error is to be released too. */
lts_status refine_search_create(refine_search *s, lts_error *err);
void refine_search_release(refine_search *s);

#endif
