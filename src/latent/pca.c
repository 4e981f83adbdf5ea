#include "lts/latent.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

enum { BLOCK_ROWS = 512 };

/* LAPACK's Fortran entry: OpenBLAS always has it, but not every build has a C header for it. The
 * last three are the lengths of the character arguments, as Fortran compilers pass them. */
void ssyevr_(const char *jobz, const char *range, const char *uplo, const blasint *n, float *a,
             const blasint *lda, const float *vl, const float *vu, const blasint *il,
             const blasint *iu, const float *abstol, blasint *m, float *w, float *z,
             const blasint *ldz, blasint *isuppz, float *work, const blasint *lwork, blasint *iwork,
             const blasint *liwork, blasint *info, size_t jobz_length, size_t range_length,
             size_t uplo_length);

typedef struct pca_work {
    double *mean;     /* (Z) */
    float *block;     /* (BLOCK_ROWS,Z) centred and scaled */
    float *scatter;   /* (Z,Z), lower triangle in row order */
    float *values;    /* (Z) rising eigenvalues */
    float *vectors;   /* (dimensions,Z) */
    float *work;      /* LAPACK's */
    blasint *integer; /* LAPACK's: support (2 Z), then its own */
} pca_work;

static lts_status find_mean(const float *points, size_t n, size_t latent, double *mean,
                            lts_error *err)
{
    const size_t bad = lts_first_nonfinite(points, n * latent);
    if (bad < n * latent)
        return lts_fail(err, LTS_ERR_NONFINITE,
                        "principal components: point %zu, coordinate %zu is not finite",
                        bad / latent, bad % latent);
    for (size_t i = 0; i < n; i++)
        for (size_t z = 0; z < latent; z++)
            mean[z] += points[i * latent + z];
    for (size_t z = 0; z < latent; z++)
        mean[z] /= (double)n;
    return LTS_OK;
}

/* The largest distance of a coordinate from its mean: the unit the scatter is counted in, so that
 * no square over- or underflows. */
static double find_unit(const float *points, size_t n, size_t latent, const double *mean)
{
    double largest = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t z = 0; z < latent; z++)
            largest = fmax(largest, fabs(points[i * latent + z] - mean[z]));
    return largest > 0 ? largest : 1;
}

static void add_scatter(const float *points, size_t n, size_t latent, double unit, pca_work *w)
{
    for (size_t first = 0; first < n; first += BLOCK_ROWS) {
        size_t rows = n - first < BLOCK_ROWS ? n - first : BLOCK_ROWS;
        const float *source = points + first * latent;
        for (size_t i = 0; i < rows; i++)
            for (size_t z = 0; z < latent; z++)
                w->block[i * latent + z] = (float)((source[i * latent + z] - w->mean[z]) / unit);
        cblas_ssyrk(CblasRowMajor, CblasLower, CblasTrans, (blasint)latent, (blasint)rows,
                    1.0f / (float)n, w->block, (blasint)latent, 1, w->scatter, (blasint)latent);
    }
}

/* The `dimensions` largest eigenvalues and their vectors. A lower triangle in row order is an upper
 * one to Fortran. */
static lts_status solve(size_t latent, size_t dimensions, pca_work *w, lts_error *err)
{
    blasint n = (blasint)latent, highest = n, lowest = n - (blasint)dimensions + 1;
    blasint found = 0, info = 0, work_size = 26 * n, integer_size = 10 * n;
    float unused = 0, tolerance = 0;
    ssyevr_("V", "I", "U", &n, w->scatter, &n, &unused, &unused, &lowest, &highest, &tolerance,
            &found, w->values, w->vectors, &n, w->integer, w->work, &work_size,
            w->integer + 2 * latent, &integer_size, &info, 1, 1, 1);
    if (info != 0 || found != (blasint)dimensions)
        return lts_fail(err, LTS_ERR_NONFINITE,
                        "principal components: LAPACK's ssyevr found %ld of %zu (info %ld)",
                        (long)found, dimensions, (long)info);
    return LTS_OK;
}

/* An axis and its opposite are equally right; the largest entry decides, so that pictures agree. */
static void copy_axis(const float *vector, size_t latent, float *axis)
{
    size_t largest = 0;
    for (size_t z = 1; z < latent; z++)
        if (fabsf(vector[z]) > fabsf(vector[largest]))
            largest = z;
    float sign = vector[largest] < 0 ? -1.0f : 1.0f;
    for (size_t z = 0; z < latent; z++)
        axis[z] = sign * vector[z];
}

static lts_status alloc_work(pca_work *w, size_t latent, size_t dimensions, lts_error *err)
{
    const char *what = "principal components";
    lts_status status = lts_alloc_checked(&w->mean, latent, sizeof *w->mean, what, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&w->block, latent, BLOCK_ROWS * sizeof(float), what, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&w->scatter, latent, latent * sizeof(float), what, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&w->values, latent, sizeof(float), what, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&w->vectors, dimensions, latent * sizeof(float), what, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&w->work, latent, 26 * sizeof(float), what, err);
    if (status != LTS_OK)
        return status;
    return lts_alloc_checked(&w->integer, latent, 12 * sizeof *w->integer, what, err);
}

static void free_work(pca_work *w)
{
    lts_free(w->mean);
    lts_free(w->block);
    lts_free(w->scatter);
    lts_free(w->values);
    lts_free(w->vectors);
    lts_free(w->work);
    lts_free(w->integer);
}

lts_status lts_pca(const float *points, size_t n, size_t latent, size_t dimensions, float *mean,
                   float *axes, float *explained, lts_error *err)
{
    if (n < 1)
        return lts_fail(err, LTS_ERR_ARGUMENT, "principal components: no points");
    if (dimensions < 1 || dimensions > latent)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "principal components: %zu of %zu dimensions: expected 1 to %zu",
                        dimensions, latent, latent);
    pca_work w = {0};
    lts_status status = alloc_work(&w, latent, dimensions, err);
    if (status != LTS_OK)
        goto done;
    status = find_mean(points, n, latent, w.mean, err);
    if (status != LTS_OK)
        goto done;
    add_scatter(points, n, latent, find_unit(points, n, latent, w.mean), &w);
    double total = 0;
    for (size_t z = 0; z < latent; z++) {
        total += w.scatter[z * latent + z];
        mean[z] = (float)w.mean[z];
    }
    status = solve(latent, dimensions, &w, err);
    if (status != LTS_OK)
        goto done;
    for (size_t d = 0; d < dimensions; d++) {
        float value = w.values[dimensions - 1 - d];
        copy_axis(w.vectors + (dimensions - 1 - d) * latent, latent, axes + d * latent);
        explained[d] = total > 0 && value > 0 ? (float)fmin(value / total, 1) : 0;
    }
done:
    free_work(&w);
    return status;
}

void lts_pca_project(const float *points, size_t n, size_t latent, const float *mean,
                     const float *axes, size_t dimensions, float *projected)
{
    for (size_t i = 0; i < n; i++)
        for (size_t d = 0; d < dimensions; d++) {
            double sum = 0;
            for (size_t z = 0; z < latent; z++)
                sum += ((double)points[i * latent + z] - mean[z]) * axes[d * latent + z];
            projected[i * dimensions + d] = (float)sum;
        }
}
