/* The figures of InverSynth's own authors, to stand beside ours. */
#ifndef PIPELINE_MATCH_PUBLISHED_H
#define PIPELINE_MATCH_PUBLISHED_H

#include "lts/model.h"

/* The mean percentile rank of a parameter of the paper's synthesizer, or of "mean", by a network of
 * the paper (Barkan et al. 2019, table 3: 200,000 sounds, 100 epochs); NaN for others. */
double published_percentile(lts_inversynth network, const char *parameter);

#endif
