/* What a refinement looks at: points of the space of a task's free parameters, and how far their
 * sounds are from its target. */
#ifndef MATCH_REFINE_SEARCH_H
#define MATCH_REFINE_SEARCH_H

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
    refine_worker *worker; /* (threads) */
    double *point;         /* (LARGEST_POPULATION or CANDIDATES,F): where each is, 0 to 1 a level */
    double *distance;      /* of each */
    double *best;          /* (F) */
    double best_distance;
    double *candidate; /* (CANDIDATES,F) the first draws, kept for restarts */
    double *candidate_distance;
    const double *fixed; /* (P) the values that do not move */
    uint64_t evaluations;
    double began;
    lts_rng rng;
} refine_search;

/* The place of a value among its parameter's levels: 0 is the lowest, 1 the highest, and what lies
 * between two neighbours is interpolated. */
double refine_point_of(const lts_synth_parameter *parameter, double value);
/* The values (P) at a point (F), which is mirrored at 0 and 1 until it lies between. */
void refine_values_of(const refine_search *s, const double *point, double *values);

/* The distances of the first `count` points; the best of all is kept. */
void refine_look(refine_search *s, size_t count);

/* Of the task that s holds already. What there is after an error is to be released too. */
lts_status refine_search_create(refine_search *s, lts_error *err);
void refine_search_release(refine_search *s);

#endif
