#include "match/cma.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

/* LAPACK's Fortran entry: OpenBLAS always has it, but not every build has a C header for it. The
 * last two are the lengths of the character arguments, as Fortran compilers pass them. */
void dsyev_(const char *jobz, const char *uplo, const blasint *n, double *a, const blasint *lda,
            double *w, double *work, const blasint *lwork, blasint *info, size_t jobz_length,
            size_t uplo_length);

/* Letters as in the tutorial: n dimensions, lambda points, mu parents, p_c and p_sigma paths, C the
 * covariance with C = B D^2 B'. */
struct cma {
    size_t n, lambda, mu;
    double *weight; /* (mu), falling, of sum 1 */
    double mu_eff, c_sigma, d_sigma, c_c, c_1, c_mu, chi_n;
    double sigma;
    double *mean, *old_mean; /* (n) */
    double *p_c, *p_sigma;   /* (n) */
    double *c;               /* (n,n) */
    double *b, *d;           /* (n,n) eigenvectors as columns, (n) roots of eigenvalues */
    double *scratch;         /* (n) */
    double *vectors, *work;  /* (n,n) and (3n), LAPACK's */
    size_t *order;           /* (lambda) points, the best first */
    uint64_t generation, decomposed;
    lts_rng rng;
    bool spare_known;
    double spare;
};

/* Equations 49 to 58 of the tutorial, with positive weights alone. */
static void set_constants(cma *s)
{
    const double n = (double)s->n;
    double sum = 0, squares = 0;
    for (size_t i = 0; i < s->mu; i++) {
        s->weight[i] = log((double)s->lambda / 2 + 0.5) - log((double)i + 1);
        sum += s->weight[i];
    }
    for (size_t i = 0; i < s->mu; i++) {
        s->weight[i] /= sum;
        squares += s->weight[i] * s->weight[i];
    }
    s->mu_eff = 1 / squares;
    s->c_sigma = (s->mu_eff + 2) / (n + s->mu_eff + 5);
    s->d_sigma = 1 + 2 * fmax(0, sqrt((s->mu_eff - 1) / (n + 1)) - 1) + s->c_sigma;
    s->c_c = (4 + s->mu_eff / n) / (n + 4 + 2 * s->mu_eff / n);
    s->c_1 = 2 / ((n + 1.3) * (n + 1.3) + s->mu_eff);
    s->c_mu =
        fmin(1 - s->c_1, 2 * (s->mu_eff - 2 + 1 / s->mu_eff) / ((n + 2) * (n + 2) + s->mu_eff));
    s->chi_n = sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
}

lts_status cma_create(size_t dimensions, size_t population, const double *mean, double sigma,
                      uint64_t seed, cma **out, lts_error *err)
{
    const size_t n = dimensions;
    cma *s = NULL;
    *out = NULL;
    lts_status status = lts_alloc_checked(&s, 1, sizeof *s, "a search", err);
    if (status != LTS_OK)
        return status;
    *s = (cma){.n = n, .lambda = population, .sigma = sigma};
    if (s->lambda == 0)
        s->lambda = 4 + (size_t)(3 * log((double)n));
    s->mu = s->lambda / 2;
    const struct {
        double **place;
        size_t count;
    } array[] = {{&s->weight, s->mu}, {&s->mean, n},        {&s->old_mean, n}, {&s->p_c, n},
                 {&s->p_sigma, n},    {&s->c, n * n},       {&s->b, n * n},    {&s->d, n},
                 {&s->scratch, n},    {&s->vectors, n * n}, {&s->work, 3 * n}};
    for (size_t i = 0; i < sizeof array / sizeof *array; i++) {
        status = lts_alloc_checked(array[i].place, array[i].count, sizeof(double), "a search", err);
        if (status != LTS_OK)
            goto done;
        memset(*array[i].place, 0, array[i].count * sizeof(double));
    }
    status = lts_alloc_checked(&s->order, s->lambda, sizeof *s->order, "a search", err);
    if (status != LTS_OK)
        goto done;
    memcpy(s->mean, mean, n * sizeof *mean);
    for (size_t i = 0; i < n; i++)
        s->c[i * n + i] = s->b[i * n + i] = s->d[i] = 1;
    lts_rng_seed(&s->rng, seed, 0);
    set_constants(s);
    *out = s;
    s = NULL;
done:
    cma_destroy(s);
    return status;
}

void cma_destroy(cma *s)
{
    if (!s)
        return;
    double *array[] = {s->weight, s->mean, s->old_mean, s->p_c,     s->p_sigma, s->c,
                       s->b,      s->d,    s->scratch,  s->vectors, s->work};
    for (size_t i = 0; i < sizeof array / sizeof *array; i++)
        lts_free(array[i]);
    lts_free(s->order);
    lts_free(s);
}

size_t cma_population(const cma *s)
{
    return s->lambda;
}

/* Box & Muller 1958, two draws at a time. */
static double draw_normal(cma *s)
{
    s->spare_known = !s->spare_known;
    if (!s->spare_known)
        return s->spare;
    const double radius = sqrt(-2 * log(1 - lts_rng_uniform(&s->rng)));
    const double angle = 2 * acos(-1.0) * lts_rng_uniform(&s->rng);
    s->spare = radius * sin(angle);
    return radius * cos(angle);
}

/* x = mean + sigma B D z, z of N(0, I). */
void cma_ask(cma *s, double *x)
{
    const size_t n = s->n;
    for (size_t p = 0; p < s->lambda; p++) {
        double *point = x + p * n;
        for (size_t j = 0; j < n; j++)
            s->scratch[j] = s->d[j] * draw_normal(s);
        for (size_t i = 0; i < n; i++) {
            double y = 0;
            for (size_t j = 0; j < n; j++)
                y += s->b[i * n + j] * s->scratch[j];
            point[i] = s->mean[i] + s->sigma * y;
        }
    }
}

static bool better(double a, double b)
{
    return a < b || (isnan(b) && !isnan(a));
}

/* Insertion sort, stable: populations are small. */
static void sort(cma *s, const double *values)
{
    for (size_t i = 0; i < s->lambda; i++) {
        size_t at = i;
        for (; at > 0 && better(values[i], values[s->order[at - 1]]); at--)
            s->order[at] = s->order[at - 1];
        s->order[at] = i;
    }
}

static void move_mean(cma *s, const double *x)
{
    memcpy(s->old_mean, s->mean, s->n * sizeof *s->mean);
    for (size_t i = 0; i < s->n; i++) {
        double sum = 0;
        for (size_t p = 0; p < s->mu; p++)
            sum += s->weight[p] * x[s->order[p] * s->n + i];
        s->mean[i] = sum;
    }
}

/* p_sigma = (1 - c_sigma) p_sigma + sqrt(c_sigma (2 - c_sigma) mu_eff) C^(-1/2) step, with
 * C^(-1/2) = B D^-1 B' (equation 43); gives its length. */
static double move_sigma_path(cma *s)
{
    const size_t n = s->n;
    const double factor = sqrt(s->c_sigma * (2 - s->c_sigma) * s->mu_eff);
    double squares = 0;
    for (size_t j = 0; j < n; j++) {
        double along = 0;
        for (size_t i = 0; i < n; i++)
            along += s->b[i * n + j] * (s->mean[i] - s->old_mean[i]);
        s->scratch[j] = along / (s->sigma * s->d[j]);
    }
    for (size_t i = 0; i < n; i++) {
        double whitened = 0;
        for (size_t j = 0; j < n; j++)
            whitened += s->b[i * n + j] * s->scratch[j];
        s->p_sigma[i] = (1 - s->c_sigma) * s->p_sigma[i] + factor * whitened;
        squares += s->p_sigma[i] * s->p_sigma[i];
    }
    return sqrt(squares);
}

/* Equations 45 and 47: the rank-one and the rank-mu update. `stalled` where p_sigma grew so fast
 * that p_c must not. */
static void adapt_covariance(cma *s, const double *x, bool stalled)
{
    const size_t n = s->n;
    const double factor = stalled ? 0 : sqrt(s->c_c * (2 - s->c_c) * s->mu_eff);
    const double kept = 1 - s->c_1 - s->c_mu + (stalled ? s->c_1 * s->c_c * (2 - s->c_c) : 0);
    for (size_t i = 0; i < n; i++)
        s->p_c[i] = (1 - s->c_c) * s->p_c[i] + factor * (s->mean[i] - s->old_mean[i]) / s->sigma;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double rank_mu = 0;
            for (size_t p = 0; p < s->mu; p++) {
                const double *point = x + s->order[p] * n;
                rank_mu += s->weight[p] * (point[i] - s->old_mean[i]) * (point[j] - s->old_mean[j]);
            }
            rank_mu /= s->sigma * s->sigma;
            s->c[i * n + j] = s->c[j * n + i] =
                kept * s->c[i * n + j] + s->c_1 * s->p_c[i] * s->p_c[j] + s->c_mu * rank_mu;
        }
}

/* C = B D^2 B'. Where LAPACK gives up, the last decomposition stays. */
static void decompose(cma *s)
{
    blasint n = (blasint)s->n, work_size = 3 * n, info = 0;
    memcpy(s->vectors, s->c, s->n * s->n * sizeof *s->c);
    dsyev_("V", "U", &n, s->vectors, &n, s->scratch, s->work, &work_size, &info, 1, 1);
    if (info != 0)
        return;
    /* Fortran's columns are rows here. */
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = 0; j < s->n; j++)
            s->b[i * s->n + j] = s->vectors[j * s->n + i];
    for (size_t i = 0; i < s->n; i++)
        s->d[i] = sqrt(fmax(s->scratch[i], 1e-20));
    s->decomposed = s->generation;
}

void cma_tell(cma *s, const double *x, const double *values)
{
    const double n = (double)s->n;
    sort(s, values);
    s->generation++;
    move_mean(s, x);
    const double length = move_sigma_path(s);
    const double expected =
        sqrt(1 - pow(1 - s->c_sigma, 2 * (double)s->generation)) * (1.4 + 2 / (n + 1)) * s->chi_n;
    adapt_covariance(s, x, length >= expected);
    s->sigma *= exp(s->c_sigma / s->d_sigma * (length / s->chi_n - 1));
    if ((double)(s->generation - s->decomposed) > 1 / (10 * n * (s->c_1 + s->c_mu)))
        decompose(s);
}

const double *cma_mean(const cma *s)
{
    return s->mean;
}

double cma_spread(const cma *s)
{
    double widest = 0;
    for (size_t i = 0; i < s->n; i++)
        widest = fmax(widest, s->c[i * s->n + i]);
    return s->sigma * sqrt(widest);
}
