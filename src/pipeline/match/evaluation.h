/* An evaluation under way, for the files that make it. */
#ifndef PIPELINE_MATCH_EVALUATION_H
#define PIPELINE_MATCH_EVALUATION_H

#include "match/tally.h"
#include "pipeline/match/matcher.h"
#include "pipeline/synth/sound_maker.h"
#include "pipeline/synth/synth_folder.h"

typedef struct evaluation {
    lts_matcher *m;
    synth_folder folder;
    match_tally tally;
    sound_maker *maker;   /* (threads) */
    float *examples;      /* (BATCH,inputs) */
    float *probabilities; /* (BATCH,F,L) */
    int32_t *labels;      /* (BATCH,F) */
    double *published;    /* (F + 1) percentiles, the last the mean's; NaN: unknown */
    size_t inputs, count; /* count: sounds to look at */
    size_t first;         /* of the batch */
} evaluation;

/* Row `index` of `count` that are spread evenly over `rows`. */
static inline size_t spread(size_t index, size_t count, size_t rows)
{
    return (size_t)((double)index * (double)rows / (double)count);
}

/* Matches and compares as many sounds as the options say, and records the means; `table`, which may
 * be NULL, gets a line for each as CSV. */
lts_status evaluation_resynthesize(evaluation *e, const lts_match_evaluation *options, FILE *table,
                                   const lts_reporter *reporter, lts_error *err);

#endif
