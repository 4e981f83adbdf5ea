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

/* The gain that brings x (N) to where the synthesizer's sounds are; 1 where it is. */
double matcher_gain(const lts_matcher *matcher, const float *x);

/* Whether a match with these options is searched past the levels. */
bool matcher_goes_wide(const lts_matcher *matcher, const lts_match_options *options);

/* LTS_ERR_ARGUMENT when the sound or the patch would overwrite the target or each other, and as
 * lts_output_check. */
lts_status matcher_check_output(const lts_source *source, const lts_match_output *output,
                                lts_error *err);
/* x (n), at the space's rate, as the output's WAV, with the target and the model in its comment. */
lts_status matcher_save(const lts_matcher *matcher, const lts_source *source, const float *x,
                        size_t n, const lts_match_output *output, const lts_reporter *reporter,
                        lts_error *err);

#endif
