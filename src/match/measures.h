/* How good predicted parameters and what they sound like are: the measures of InverSynth (Barkan et
 * al. 2019, section V). All functions are safe to call from several threads. */
#ifndef MATCH_MEASURES_H
#define MATCH_MEASURES_H

#include "lts/base.h"

/* The place of class `right` among `classes` probabilities, 0 the most probable; those that are
 * equally probable count as half before it, so that a guess of no opinion is in the middle. */
double measure_rank(const float *probability, size_t classes, size_t right);

/* The class of the largest probability; of equal ones the first. */
size_t measure_most_probable(const float *probability, size_t classes);

/* The percentile of a rank, 100 for the first place and 0 for the last; 100 when there is but one
 * class. A guess without an opinion has 50. */
double measure_percentile(double rank, size_t classes);

/* Pearson's correlation of x and y (n); 1 when both are constant, 0 when one is. */
double measure_correlation(const float *x, const float *y, size_t n);

#endif
