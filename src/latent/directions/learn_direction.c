/* A direction from labelled points: its ridge, and what points held out say of it. */
#include "latent/directions/ridge.h"
#include "lts/directions.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FOLDS = 5, LEAST_FOLDS = 3 };

static int rising(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* Each number once, rising; returns how many there are. */
static size_t list_groups(const size_t *group, size_t n, size_t *unique)
{
    size_t count = 0;
    memcpy(unique, group, n * sizeof *unique);
    qsort(unique, n, sizeof *unique, rising);
    for (size_t i = 0; i < n; i++)
        if (count == 0 || unique[count - 1] != unique[i])
            unique[count++] = unique[i];
    return count;
}

static size_t place_of(size_t group, const size_t *unique, size_t count)
{
    const size_t *at = bsearch(&group, unique, count, sizeof *unique, rising);
    return (size_t)(at - unique);
}

lts_status lts_direction_centre(float *points, double *magnitude, const size_t *group, size_t n,
                                size_t latent, lts_error *err)
{
    const size_t width = latent + 2; /* a group's sums of coordinates and magnitudes, its size */
    size_t *unique = NULL;
    double *sums = NULL;
    lts_status status = lts_alloc_checked(&unique, n, sizeof *unique, "groups", err);
    if (status != LTS_OK)
        return status;
    const size_t count = list_groups(group, n, unique);
    status = lts_alloc_checked(&sums, count, width * sizeof *sums, "groups", err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < n; i++) {
        double *sum = sums + place_of(group[i], unique, count) * width;
        for (size_t z = 0; z < latent; z++)
            sum[z] += (double)points[i * latent + z];
        sum[latent] += magnitude[i];
        sum[latent + 1]++;
    }
    for (size_t i = 0; i < n; i++) {
        const double *sum = sums + place_of(group[i], unique, count) * width;
        for (size_t z = 0; z < latent; z++)
            points[i * latent + z] -= (float)(sum[z] / sum[latent + 1]);
        magnitude[i] -= sum[latent] / sum[latent + 1];
    }
done:
    lts_free(sums);
    lts_free(unique);
    return status;
}

typedef struct learning {
    const float *points;
    const double *magnitude;
    size_t n, latent, folds;
    size_t width;   /* of the sums */
    size_t *fold;   /* (n) */
    size_t *index;  /* (n) scratch */
    double *origin; /* (Z) */
    double *rows;   /* ridge_add's scratch */
    double *sums;   /* (FOLDS,W,W) of each fold */
    double *all;    /* (W,W) of all points */
    double *part;   /* (W,W) of those that a regression sees */
    ridge_fit fit;
    /* Squared errors without the points of a fold, and of all, for each ridge. */
    double inner[FOLDS][RIDGE_GRID], outer[RIDGE_GRID];
} learning;

static lts_status check(const float *points, const double *magnitude, size_t n, size_t latent,
                        lts_error *err)
{
    if (n < 1 || latent < 1)
        return lts_fail(err, LTS_ERR_ARGUMENT, "directions: %zu points of %zu dimensions", n,
                        latent);
    const size_t bad = lts_first_nonfinite(points, n * latent);
    if (bad < n * latent)
        return lts_fail(err, LTS_ERR_NONFINITE,
                        "directions: point %zu, coordinate %zu is not finite", bad / latent,
                        bad % latent);
    for (size_t i = 0; i < n; i++)
        if (!isfinite(magnitude[i]))
            return lts_fail(err, LTS_ERR_NONFINITE,
                            "directions: point %zu: the magnitude is not finite", i);
    return LTS_OK;
}

static lts_status allocate(learning *l, lts_error *err)
{
    const size_t square = l->width * l->width;
    const struct {
        void *array;
        size_t count, size;
    } arrays[] = {{&l->fold, l->n, sizeof *l->fold},
                  {&l->index, l->n, sizeof *l->index},
                  {&l->origin, l->latent, sizeof *l->origin},
                  {&l->rows, RIDGE_ROWS, l->width * sizeof *l->rows},
                  {&l->sums, FOLDS, square * sizeof *l->sums},
                  {&l->all, square, sizeof *l->all},
                  {&l->part, square, sizeof *l->part}};
    lts_status status = LTS_OK;
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        status =
            lts_alloc_checked(arrays[i].array, arrays[i].count, arrays[i].size, "directions", err);
        if (status != LTS_OK)
            return status;
    }
    return ridge_open(l->latent, &l->fit, err);
}

static void release(learning *l)
{
    void *const arrays[] = {l->fold, l->index, l->origin, l->rows, l->sums, l->all, l->part};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        lts_free(arrays[i]);
    ridge_close(&l->fit);
}

/* Deals the groups to the folds, in an order that has nothing to do with their numbers; returns how
 * many groups there are. */
static size_t deal(learning *l, const size_t *group)
{
    const size_t count = list_groups(group, l->n, l->index);
    lts_rng rng;
    lts_permutation order;
    l->folds = count < FOLDS ? count : FOLDS;
    lts_rng_seed(&rng, 1, 0);
    lts_permutation_init(&order, count, &rng);
    for (size_t i = 0; i < l->n; i++)
        l->fold[i] =
            (size_t)lts_permutation_at(&order, place_of(group[i], l->index, count)) % l->folds;
    return count;
}

static void sum_up(learning *l)
{
    const size_t square = l->width * l->width;
    for (size_t i = 0; i < l->n; i++)
        for (size_t z = 0; z < l->latent; z++)
            l->origin[z] += (double)l->points[i * l->latent + z] / (double)l->n;
    for (size_t f = 0; f < l->folds; f++) {
        double *sums = l->sums + f * square;
        size_t count = 0;
        for (size_t i = 0; i < l->n; i++)
            if (l->fold[i] == f)
                l->index[count++] = i;
        ridge_add(l->points, l->magnitude, l->index, count, l->origin, l->latent, l->rows, sums);
        for (size_t i = 0; i < square; i++)
            l->all[i] += sums[i];
    }
}

/* The regression that sees all folds but a and b, which may be one. */
static lts_status fit_without(learning *l, size_t a, size_t b, lts_error *err)
{
    const size_t square = l->width * l->width;
    memset(l->part, 0, square * sizeof *l->part);
    for (size_t f = 0; f < l->folds; f++)
        for (size_t i = 0; f != a && f != b && i < square; i++)
            l->part[i] += l->sums[f * square + i];
    return ridge_decompose(&l->fit, l->part, err);
}

static double error_of(learning *l, size_t fold)
{
    ridge_score score = {0};
    ridge_predict(&l->fit, l->sums + fold * l->width * l->width, &score);
    return ridge_error(&score);
}

static size_t least(const double error[RIDGE_GRID])
{
    size_t best = 0;
    for (size_t r = 1; r < RIDGE_GRID; r++)
        if (error[r] < error[best])
            best = r;
    return best;
}

/* The errors that choose the ridge of each fold's regression. */
static lts_status validate_within(learning *l, lts_error *err)
{
    for (size_t a = 0; a < l->folds; a++)
        for (size_t b = a + 1; b < l->folds; b++) {
            lts_status status = fit_without(l, a, b, err);
            if (status != LTS_OK)
                return status;
            for (size_t r = 0; r < RIDGE_GRID; r++) {
                ridge_weights(&l->fit, ridge_at(r));
                l->inner[a][r] += error_of(l, b);
                l->inner[b][r] += error_of(l, a);
            }
        }
    return LTS_OK;
}

/* What each fold's regression makes of the fold. */
static lts_status validate(learning *l, ridge_score *score, lts_error *err)
{
    lts_status status = validate_within(l, err);
    if (status != LTS_OK)
        return status;
    for (size_t f = 0; f < l->folds; f++) {
        if ((status = fit_without(l, f, f, err)) != LTS_OK)
            return status;
        for (size_t r = 0; r < RIDGE_GRID; r++) {
            ridge_weights(&l->fit, ridge_at(r));
            l->outer[r] += error_of(l, f);
        }
        ridge_weights(&l->fit, ridge_at(least(l->inner[f])));
        ridge_predict(&l->fit, l->sums + f * l->width * l->width, score);
    }
    return LTS_OK;
}

static void judge(const ridge_score *s, lts_direction_fit *fit)
{
    const double of_y = s->yy - s->y * s->y / s->n, of_p = s->pp - s->p * s->p / s->n;
    if (!(of_y > 1e-12 * s->n))
        return;
    fit->r2 = 1 - ridge_error(s) / of_y;
    fit->correlation = of_p > 0 ? (s->yp - s->y * s->p / s->n) / sqrt(of_y * of_p) : 0;
    fit->correlation = fmin(fmax(fit->correlation, -1), 1);
    fit->supported = fit->points >= LTS_DIRECTION_POINTS && fit->r2 >= LTS_DIRECTION_R2 &&
                     atanh(fit->correlation) * sqrt((double)fit->points - 3) >= 2;
}

lts_status lts_direction_learn(const float *points, const double *magnitude, const size_t *group,
                               size_t n, size_t latent, lts_direction_fit *fit, float *move,
                               lts_error *err)
{
    learning l = {
        .points = points, .magnitude = magnitude, .n = n, .latent = latent, .width = latent + 2};
    ridge_score score = {0};
    *fit = (lts_direction_fit){.points = n, .r2 = (double)NAN, .correlation = (double)NAN};
    lts_status status = check(points, magnitude, n, latent, err);
    if (status != LTS_OK)
        return status;
    memset(move, 0, latent * sizeof *move);
    status = allocate(&l, err);
    if (status != LTS_OK)
        goto done;
    fit->groups = deal(&l, group);
    if (l.folds < LEAST_FOLDS)
        goto done;
    sum_up(&l);
    status = validate(&l, &score, err);
    if (status != LTS_OK)
        goto done;
    judge(&score, fit);
    status = ridge_decompose(&l.fit, l.all, err);
    if (status != LTS_OK)
        goto done;
    fit->ridge = ridge_at(least(l.outer));
    ridge_move(&l.fit, fit->ridge, move);
done:
    release(&l);
    return status;
}
