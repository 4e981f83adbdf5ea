/* Directions: where a latent point goes when a descriptor such as Bright gets stronger. */
#ifndef LTS_DIRECTIONS_H
#define LTS_DIRECTIONS_H

#include "lts/base.h"

LTS_BEGIN_DECLS

/* --- Learning --------------------------------------------------------------------------------- */

/* What held-out points say of a direction. Both figures are of predictions by cross-validation,
 * each point predicted by a regression that has seen no point of its group, its ridge chosen within
 * what that regression has seen: R2 = 1 - sum (y - p)^2 / sum (y - mean y)^2, and the correlation
 * of y and p. NaN where there are fewer than three groups, or all magnitudes are equal. */
typedef struct lts_direction_fit {
    size_t points, groups;
    double r2, correlation;
    double ridge; /* chosen, relative to the mean variance of a dimension */
    bool supported;
} lts_direction_fit;

/* A direction is supported by LTS_DIRECTION_POINTS points or more, of three groups or more, with
 * R2 >= LTS_DIRECTION_R2 and atanh(correlation) sqrt(points - 3) >= 2, about what chance gives once
 * in forty (Fisher 1921). */
#define LTS_DIRECTION_R2 0.25
enum { LTS_DIRECTION_POINTS = 6 };

/* points x (n,Z), the magnitude y of each (n), 0 .. 1, and its group (n), any numbers: a pitch, or
 * the sound it is of -> move (Z).
 *
 * With means x_, y_, covariance S, c = cov(x,y) and v = var(y), the ridge regression (Hoerl &
 * Kennard 1970) is w = (S + r s I)^-1 c, s the mean of S's diagonal and r the ridge: of 13 from
 * 1e-6 to 100 the one with the least squared error over the held-out groups, which are gathered in
 * five folds. As w is a filter and no pattern (Haufe et al. 2014), the move is the pattern of its
 * predictions, scaled by how far these tell magnitude 1 from 0:
 *
 *     move = S w (w'c) / (w'S w v).
 *
 * It is what separates the mean point of magnitude 1 from that of magnitude 0; without a ridge it
 * is c / v, the least-squares slope of the points along the magnitude.
 *
 * A direction that is not supported is no error; its move may be 0. LTS_ERR_ARGUMENT for no points
 * or dimensions, LTS_ERR_NONFINITE names a point or magnitude, LTS_ERR_MEMORY. Time grows with
 * n Z^2 + Z^3. Deterministic and thread-safe. */
lts_status lts_direction_learn(const float *points, const double *magnitude, const size_t *group,
                               size_t n, size_t latent, lts_direction_fit *fit, float *move,
                               lts_error *err);

/* Takes the means of its group from each point and magnitude, in place, so that the groups' own
 * differences, such as those of pitches, say nothing (the "within" estimator of fixed effects,
 * Mundlak 1978). LTS_ERR_MEMORY. Deterministic and thread-safe. */
lts_status lts_direction_centre(float *points, double *magnitude, const size_t *group, size_t n,
                                size_t latent, lts_error *err);

/* --- Directions by name ----------------------------------------------------------------------- */

enum { LTS_DIRECTION_NAME = 64 };
typedef struct lts_direction {
    char name[LTS_DIRECTION_NAME];
    lts_direction_fit fit;
} lts_direction;

/* A whole struct is constant, and any number of threads may read it. */
typedef struct lts_directions {
    size_t latent;            /* Z */
    size_t count;             /* D */
    lts_direction *direction; /* (D) in order of their names */
    float *move;              /* (D,Z) */
} lts_directions;

/* Zeroed arrays of these sizes; LTS_ERR_MEMORY. Free with lts_directions_free. */
lts_status lts_directions_alloc(size_t latent, size_t count, lts_directions *out, lts_error *err);
void lts_directions_free(lts_directions *directions); /* twice is allowed */

/* The supported direction of that name, in any case. LTS_ERR_NOT_FOUND for a name that there is
 * not, with the nearest, and for one that the held-out labels do not support, with the figures; it
 * names the directions that are supported. */
lts_status lts_directions_find(const lts_directions *directions, const char *name, size_t *index,
                               lts_error *err);

/* offset (Z) += amount * move of that direction: an amount of 1 is what separates magnitude 0 from
 * magnitude 100. The amount is -LTS_DIRECTION_MOST .. LTS_DIRECTION_MOST: LTS_ERR_ARGUMENT; else as
 * lts_directions_find. */
#define LTS_DIRECTION_MOST 10.0
lts_status lts_directions_add(const lts_directions *directions, const char *name, double amount,
                              float *offset, lts_error *err);

LTS_END_DECLS

#endif
