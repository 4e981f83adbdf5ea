#include "lts/prior.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

/* LAPACK's Fortran entry: the symmetric positive definite A of A X = B is destroyed, X replaces
 * B. */
void dposv_(const char *uplo, const blasint *n, const blasint *columns, double *a,
            const blasint *lda, double *b, const blasint *ldb, blasint *info, size_t uplo_length);

static const char what[] = "a prior";
static const double ridge = 0.1;

lts_status lts_prior_alloc(size_t latent, size_t conditions, lts_prior *out, lts_error *err)
{
    const size_t rows = latent + LTS_PRIOR_LEVELS;
    *out = (lts_prior){0};
    if (latent < 1 || conditions < 1)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "prior: %zu latent dimensions and conditions of %zu numbers: expected 1 or "
                        "more",
                        latent, conditions);
    lts_status status =
        lts_alloc_checked(&out->weight, rows, conditions * sizeof *out->weight, what, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&out->bias, rows, sizeof *out->bias, what, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&out->deviation, latent, sizeof *out->deviation, what, err);
    if (status != LTS_OK)
        goto done;
    out->latent = latent;
    out->conditions = conditions;
done:
    if (status != LTS_OK)
        lts_prior_free(out);
    return status;
}

void lts_prior_free(lts_prior *prior)
{
    lts_free(prior->weight);
    lts_free(prior->bias);
    lts_free(prior->deviation);
    *prior = (lts_prior){0};
}

void lts_prior_at(const lts_prior *prior, const float *condition, float *mean,
                  float levels[LTS_PRIOR_LEVELS])
{
    for (size_t z = 0; z < prior->latent + LTS_PRIOR_LEVELS; z++) {
        double sum = (double)prior->bias[z];
        for (size_t c = 0; c < prior->conditions; c++)
            sum += (double)prior->weight[z * prior->conditions + c] * (double)condition[c];
        if (z < prior->latent)
            mean[z] = (float)sum;
        else
            levels[z - prior->latent] = (float)sum;
    }
}

/* What a regression of y on c needs. */
typedef struct moments {
    double *c;       /* (C) means */
    double *y;       /* (Z+2) means */
    double *product; /* (C,C) sum (c - mean)(c - mean)' + ridge */
    double *cross;   /* (Z+2,C) sum (y - mean)(c - mean)', and then W */
} moments;

static lts_status open_moments(size_t told, size_t rows, moments *m, lts_error *err)
{
    lts_status status = lts_alloc_checked(&m->c, told, sizeof *m->c, what, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&m->y, rows, sizeof *m->y, what, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&m->product, told, told * sizeof *m->product, what, err);
    if (status != LTS_OK)
        return status;
    return lts_alloc_checked(&m->cross, rows, told * sizeof *m->cross, what, err);
}

static void close_moments(moments *m)
{
    lts_free(m->c);
    lts_free(m->y);
    lts_free(m->product);
    lts_free(m->cross);
}

/* The row of example i, (Z+2). */
static double value(const float *means, const float *levels, size_t i, size_t z, size_t latent)
{
    return (double)(z < latent ? means[i * latent + z]
                               : levels[i * LTS_PRIOR_LEVELS + (z - latent)]);
}

/* Most numbers of a condition are 0 (labels by one-hot codes): sums about the origin skip them, and
 * the means are taken out at the end. */
static void fill_moments(const float *conditions, const float *means, const float *levels, size_t n,
                         size_t told, size_t latent, moments *m)
{
    const size_t rows = latent + LTS_PRIOR_LEVELS;
    for (size_t i = 0; i < n; i++) {
        const float *c = conditions + i * told;
        for (size_t z = 0; z < rows; z++)
            m->y[z] += value(means, levels, i, z, latent) / (double)n;
        for (size_t a = 0; a < told; a++) {
            if (!(fabsf(c[a]) > 0))
                continue;
            m->c[a] += (double)c[a] / (double)n;
            for (size_t b = 0; b <= a; b++)
                m->product[a * told + b] += (double)c[a] * (double)c[b];
            for (size_t z = 0; z < rows; z++)
                m->cross[z * told + a] += (double)c[a] * value(means, levels, i, z, latent);
        }
    }
    for (size_t a = 0; a < told; a++) {
        for (size_t b = 0; b <= a; b++)
            m->product[a * told + b] -= (double)n * m->c[a] * m->c[b];
        m->product[a * told + a] += ridge;
        for (size_t z = 0; z < rows; z++)
            m->cross[z * told + a] -= (double)n * m->c[a] * m->y[z];
    }
}

/* W = cross product^-1 into m->cross. Row-major rows of the lower triangle are LAPACK's columns of
 * the upper. */
static lts_status solve(size_t told, size_t rows, moments *m, lts_error *err)
{
    const blasint size = (blasint)told, columns = (blasint)rows;
    blasint info = 0;
    dposv_("U", &size, &columns, m->product, &size, m->cross, &size, &info, 1);
    if (info != 0)
        return lts_fail(err, LTS_ERR_NONFINITE, "prior: LAPACK's dposv failed (info %ld)",
                        (long)info);
    return LTS_OK;
}

static lts_status check(const float *const arrays[4], const size_t columns[4], size_t n,
                        lts_error *err)
{
    static const char *const name[] = {"condition", "mean", "variance", "level"};
    if (n == 0)
        return lts_fail(err, LTS_ERR_ARGUMENT, "prior: no examples");
    for (size_t a = 0; a < 4; a++) {
        const size_t bad = lts_first_nonfinite(arrays[a], n * columns[a]);
        if (bad < n * columns[a])
            return lts_fail(err, LTS_ERR_NONFINITE, "prior: a %s of example %zu is no number",
                            name[a], bad / columns[a]);
    }
    return LTS_OK;
}

/* Deviations, and the share of the variance that is told. */
static lts_status measure(const float *conditions, const float *means, const float *variances,
                          size_t n, const moments *m, lts_prior *prior, double *share,
                          lts_error *err)
{
    const size_t latent = prior->latent;
    double *sums = NULL, left = 0, all = 0;
    float *mean = NULL, levels[LTS_PRIOR_LEVELS];
    lts_status status = lts_alloc_checked(&sums, latent, sizeof *sums, what, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&mean, latent, sizeof *mean, what, err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < n; i++) {
        lts_prior_at(prior, conditions + i * prior->conditions, mean, levels);
        for (size_t z = 0; z < latent; z++) {
            const double x = (double)means[i * latent + z], d = x - (double)mean[z];
            left += d * d;
            all += (x - m->y[z]) * (x - m->y[z]);
            sums[z] += d * d + (double)variances[i * latent + z];
        }
    }
    for (size_t z = 0; z < latent; z++)
        prior->deviation[z] = (float)sqrt(sums[z] / (double)n);
    *share = all > 0 ? 1 - left / all : (double)NAN;
done:
    lts_free(sums);
    lts_free(mean);
    return status;
}

lts_status lts_prior_fit(const float *conditions, const float *means, const float *variances,
                         const float *levels, size_t n, size_t told, size_t latent, lts_prior *out,
                         double *share, lts_error *err)
{
    const size_t rows = latent + LTS_PRIOR_LEVELS;
    const float *const arrays[] = {conditions, means, variances, levels};
    const size_t columns[] = {told, latent, latent, LTS_PRIOR_LEVELS};
    moments m = {0};
    lts_status status = lts_prior_alloc(latent, told, out, err);
    if (status != LTS_OK)
        return status;
    status = check(arrays, columns, n, err);
    if (status != LTS_OK)
        goto done;
    status = open_moments(told, rows, &m, err);
    if (status != LTS_OK)
        goto done;
    fill_moments(conditions, means, levels, n, told, latent, &m);
    status = solve(told, rows, &m, err);
    if (status != LTS_OK)
        goto done;
    for (size_t z = 0; z < rows; z++) {
        double bias = m.y[z];
        for (size_t c = 0; c < told; c++) {
            out->weight[z * told + c] = (float)m.cross[z * told + c];
            bias -= m.cross[z * told + c] * m.c[c];
        }
        out->bias[z] = (float)bias;
    }
    status = measure(conditions, means, variances, n, &m, out, share, err);
done:
    close_moments(&m);
    if (status != LTS_OK)
        lts_prior_free(out);
    return status;
}
