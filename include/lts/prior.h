/* Prior: where the latent points of examples lie whose condition is known. */
#ifndef LTS_PRIOR_H
#define LTS_PRIOR_H

#include "lts/base.h"

LTS_BEGIN_DECLS

/* The conditional prior p(z|c) = N(W c + b, diag(deviation^2)): linear in the condition, as a
 * Gaussian auto-encoder's points are drawn from it in place of N(0,1) (Sohn, Lee & Yan 2015). The
 * last two rows of W and b tell the levels that an example of the condition spans, in dB. A whole
 * struct is constant, and any number of threads may read it. */
enum { LTS_PRIOR_LEVELS = 2 };
typedef struct lts_prior {
    size_t latent;     /* Z >= 1; 0: none */
    size_t conditions; /* C >= 1 */
    float *weight;     /* W (Z+2,C) */
    float *bias;       /* b (Z+2) */
    float *deviation;  /* (Z) */
} lts_prior;

/* Zeroed arrays of these sizes; LTS_ERR_ARGUMENT for a size of 0, LTS_ERR_MEMORY. Free with
 * lts_prior_free; `out` is empty after a failure. */
lts_status lts_prior_alloc(size_t latent, size_t conditions, lts_prior *out, lts_error *err);
void lts_prior_free(lts_prior *prior); /* twice is allowed */

/* Examples i of n with condition c_i (n,C), encoded as the mean m_i (n,Z) and the variance v_i
 * (n,Z), and their levels l_i (n,2). W and b minimise
 *
 *     sum_i |y_i - W c_i - b|^2 + r |W|^2,    y_i = (m_i, l_i), r = 0.1,
 *
 * ridge regression (Hoerl & Kennard 1970) with the weight of a tenth of an example, which a
 * condition that no example has leaves at the mean of all; and
 *
 *     deviation^2 = mean_i of (m_i - W c_i - b)^2 + v_i.
 *
 * *share is how much of the means' variance the condition tells, 0 to 1 (R2), NaN where it is 0.
 * LTS_ERR_ARGUMENT for no examples, LTS_ERR_NONFINITE, LTS_ERR_MEMORY. Time grows with n C^2 + C^3.
 * Deterministic and thread-safe. Free with lts_prior_free; `out` is empty after a failure. */
lts_status lts_prior_fit(const float *conditions, const float *means, const float *variances,
                         const float *levels, size_t n, size_t told, size_t latent, lts_prior *out,
                         double *share, lts_error *err);

/* The mean (Z) and the levels (2) of a condition (C), also of ones beyond those of the examples. */
void lts_prior_at(const lts_prior *prior, const float *condition, float *mean,
                  float levels[LTS_PRIOR_LEVELS]);

LTS_END_DECLS

#endif
