/* The covariance matrix adaptation evolution strategy, CMA-ES (Hansen 2016, "The CMA Evolution
 * Strategy: A Tutorial", arXiv 1604.00772): looks for the minimum of a function of D numbers of
 * which nothing but its values is known. One thread at a time; equal seeds and values give equal
 * points. */
#ifndef MATCH_CMA_H
#define MATCH_CMA_H

#include "lts/base.h"

typedef struct cma cma;

/* Begins at `mean` (D) with the step size sigma > 0 in every dimension. population: points of a
 * generation, at least 4; 0: 4 + floor(3 log D). LTS_ERR_MEMORY. */
lts_status cma_create(size_t dimensions, size_t population, const double *mean, double sigma,
                      uint64_t seed, cma **out, lts_error *err);
void cma_destroy(cma *search); /* NULL is allowed */

size_t cma_population(const cma *search);

/* Draws a generation: x (population,D). */
void cma_ask(cma *search, double *x);

/* Takes the values (population) at the points that cma_ask drew, in their order; a value that is no
 * number counts as the worst. Moves mean, step size and covariance. */
void cma_tell(cma *search, const double *x, const double *values);

const double *cma_mean(const cma *search); /* (D) */

/* The largest standard deviation of what is drawn next. Below what matters in x, the search is
 * over. */
double cma_spread(const cma *search);

#endif
