/* Ridge regression from sums over points, so that any part of them can be left out. */
#ifndef LATENT_DIRECTIONS_RIDGE_H
#define LATENT_DIRECTIONS_RIDGE_H

#include "lts/base.h"

enum { RIDGE_GRID = 13 };
double ridge_at(size_t index); /* 1e-6 .. 100 */

/* Sums over points of products of (x - origin, y, 1): (W,W) with W = Z + 2, all of it filled. */
void ridge_add(const float *points, const double *magnitude, const size_t *index, size_t count,
               const double *origin, size_t latent, double *rows, double *sums);
enum { RIDGE_ROWS = 256 }; /* scratch `rows` is (RIDGE_ROWS,W) */

/* The covariance of the points behind `sums`, in its principal axes. */
typedef struct ridge_fit {
    size_t latent;
    double *axes;       /* (Z,Z) rows */
    double *spread;     /* (Z) variances along them */
    double *along;      /* (Z) cov(x,y) along them */
    double *mean;       /* (Z) */
    double *weight;     /* (Z) of ridge_weights */
    double *work;       /* LAPACK's */
    double y, variance; /* mean and variance of y */
    double unit;        /* the mean variance of a dimension */
} ridge_fit;

lts_status ridge_open(size_t latent, ridge_fit *fit, lts_error *err);
void ridge_close(ridge_fit *fit);
lts_status ridge_decompose(ridge_fit *fit, const double *sums, lts_error *err);

/* weight = (S + ridge s I)^-1 c. */
void ridge_weights(ridge_fit *fit, double ridge);
/* The move of these weights, see lts_direction_learn. */
void ridge_move(const ridge_fit *fit, double ridge, float *move);

/* What the weights predict of other points, by their sums: added to what was there. */
typedef struct ridge_score {
    double n, y, yy, p, pp, yp;
} ridge_score;
void ridge_predict(const ridge_fit *fit, const double *sums, ridge_score *score);
double ridge_error(const ridge_score *score); /* sum of (y - p)^2 */

#endif
