/* How well a classifier names the parameters of sounds: the measures of InverSynth (Barkan et al.
 * 2019). */
#ifndef MATCH_TALLY_H
#define MATCH_TALLY_H

#include "lts/synth.h"

/* Means over examples: the percentile of the right class's rank (match/measures.h), the share of
 * examples, in percent, whose right class is among the k = 1 .. 5 most probable, and how many
 * classes the most probable is off. */
enum { MATCH_TOPS = 5 };
typedef struct match_scores {
    double percentile, top[MATCH_TOPS], off; /* top[k - 1] */
} match_scores;

/* Sums over the examples so far, of each free parameter. */
typedef struct match_parameter {
    const char *name; /* borrowed */
    size_t levels;
} match_parameter;

typedef struct match_tally {
    match_parameter *parameter; /* (parameters) */
    size_t parameters, classes, examples;
    match_scores *sum; /* (parameters) */
} match_tally;

/* Of a space's free parameters; it must outlive the tally. classes: of the model, as many as the
 * parameter of most levels has. */
lts_status match_tally_create(const lts_synth_space *space, size_t classes, match_tally *tally,
                              lts_error *err);
/* Of one parameter of that name and so many classes. */
lts_status match_tally_create_one(const char *name, size_t classes, match_tally *tally,
                                  lts_error *err);
void match_tally_free(match_tally *tally);
void match_tally_restart(match_tally *tally);

/* probabilities (count,parameters,classes), labels (count,parameters). */
void match_tally_add(match_tally *tally, const float *probabilities, const int32_t *labels,
                     size_t count);

/* Of free parameter `index`, or the mean over all. NaN where there are no examples. */
match_scores match_tally_of(const match_tally *tally, size_t index);
match_scores match_tally_mean(const match_tally *tally);

/* A line a parameter, and one of the mean, as CSV; `published` (parameters + 1), the percentiles
 * that others found and of their mean, or NaN, as a last column; or NULL. */
void match_tally_print(const match_tally *tally, const double *published, FILE *stream);
/* The same to a file of a run's folder, whole or not at all. */
lts_status match_tally_save(const match_tally *tally, const char *path, lts_error *err);

#endif
