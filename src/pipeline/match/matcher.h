/* What a matcher holds, for the files of this sub-room. */
#ifndef PIPELINE_MATCH_MATCHER_H
#define PIPELINE_MATCH_MATCHER_H

#include "features/transform.h"
#include "lts/match.h"

struct lts_matcher {
    char *run;
    unsigned threads;
    lts_model *model;
    lts_classifier *classifier;
    lts_synth_space *space;
    lts_synth *synth;
    transform *transform;
    transform_work *work;
    size_t samples, parameters, free, classes; /* N, P, F, L */
    float *example;                            /* what the classifier reads */
    float *sound;                              /* (N) */
    int32_t *label;                            /* (F) */
    double quiet, usual, loud; /* RMS of the synthesizer's sounds: least, median, most */
};

/* The most probable level of each free parameter, to matcher->label. */
void matcher_label(lts_matcher *matcher, const float *probability);

#endif
