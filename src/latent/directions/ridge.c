#include "latent/directions/ridge.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

/* LAPACK's Fortran entry: see pca.c. */
void dsyev_(const char *jobz, const char *uplo, const blasint *n, double *a, const blasint *lda,
            double *w, double *work, const blasint *lwork, blasint *info, size_t jobz_length,
            size_t uplo_length);

/* LAPACK's scratch, in rows of Z: three are the least, more let it work in blocks. */
enum { WORK_ROWS = 34 };

double ridge_at(size_t index)
{
    return pow(10, -6 + (double)index * 8 / (RIDGE_GRID - 1));
}

void ridge_add(const float *points, const double *magnitude, const size_t *index, size_t count,
               const double *origin, size_t latent, double *rows, double *sums)
{
    const size_t width = latent + 2;
    for (size_t first = 0, part; first < count; first += part) {
        part = count - first < RIDGE_ROWS ? count - first : RIDGE_ROWS;
        for (size_t i = 0; i < part; i++) {
            const size_t point = index[first + i];
            double *row = rows + i * width;
            for (size_t z = 0; z < latent; z++)
                row[z] = (double)points[point * latent + z] - origin[z];
            row[latent] = magnitude[point];
            row[latent + 1] = 1;
        }
        cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, (blasint)width, (blasint)part, 1, rows,
                    (blasint)width, 1, sums, (blasint)width);
    }
    for (size_t i = 0; i < width; i++)
        for (size_t j = 0; j < i; j++)
            sums[j * width + i] = sums[i * width + j];
}

lts_status ridge_open(size_t latent, ridge_fit *fit, lts_error *err)
{
    static const char what[] = "a regression";
    *fit = (ridge_fit){.latent = latent};
    lts_status status =
        lts_alloc_checked(&fit->axes, latent, latent * sizeof *fit->axes, what, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&fit->spread, latent, (4 + WORK_ROWS) * sizeof(double), what, err);
    if (status != LTS_OK)
        return status;
    fit->along = fit->spread + latent;
    fit->mean = fit->along + latent;
    fit->weight = fit->mean + latent;
    fit->work = fit->weight + latent;
    return LTS_OK;
}

void ridge_close(ridge_fit *fit)
{
    lts_free(fit->axes);
    lts_free(fit->spread);
    *fit = (ridge_fit){0};
}

lts_status ridge_decompose(ridge_fit *fit, const double *sums, lts_error *err)
{
    const size_t latent = fit->latent, width = latent + 2;
    const double *y = sums + latent * width, *one = y + width;
    const double n = one[latent + 1];
    const blasint size = (blasint)latent, room = (blasint)(WORK_ROWS * latent);
    blasint info = 0;
    fit->y = one[latent] / n;
    fit->variance = fmax(y[latent] / n - fit->y * fit->y, 0);
    for (size_t i = 0; i < latent; i++)
        fit->mean[i] = one[i] / n;
    for (size_t i = 0; i < latent; i++)
        for (size_t j = 0; j < latent; j++)
            fit->axes[i * latent + j] = sums[i * width + j] / n - fit->mean[i] * fit->mean[j];
    dsyev_("V", "U", &size, fit->axes, &size, fit->spread, fit->work, &room, &info, 1, 1);
    if (info != 0)
        return lts_fail(err, LTS_ERR_NONFINITE, "directions: LAPACK's dsyev failed (info %ld)",
                        (long)info);
    fit->unit = 0;
    for (size_t a = 0; a < latent; a++) {
        fit->spread[a] = fmax(fit->spread[a], 0);
        fit->unit += fit->spread[a] / (double)latent;
        fit->along[a] = 0;
        for (size_t z = 0; z < latent; z++)
            fit->along[a] += fit->axes[a * latent + z] * (y[z] / n - fit->mean[z] * fit->y);
    }
    return LTS_OK;
}

/* The weight along axis a. */
static double weight_along(const ridge_fit *fit, double ridge, size_t a)
{
    const double of = fit->spread[a] + ridge * fit->unit;
    return of > 0 ? fit->along[a] / of : 0;
}

void ridge_weights(ridge_fit *fit, double ridge)
{
    const size_t latent = fit->latent;
    memset(fit->weight, 0, latent * sizeof *fit->weight);
    for (size_t a = 0; a < latent; a++) {
        const double weight = weight_along(fit, ridge, a);
        for (size_t z = 0; z < latent; z++)
            fit->weight[z] += weight * fit->axes[a * latent + z];
    }
}

void ridge_move(const ridge_fit *fit, double ridge, float *move)
{
    const size_t latent = fit->latent;
    double told = 0, spread = 0;
    memset(move, 0, latent * sizeof *move);
    for (size_t a = 0; a < latent; a++) {
        const double weight = weight_along(fit, ridge, a);
        told += weight * fit->along[a];
        spread += weight * weight * fit->spread[a];
    }
    const double scale = spread * fit->variance > 0 ? told / (spread * fit->variance) : 0;
    for (size_t z = 0; z < latent; z++) {
        double sum = 0;
        for (size_t a = 0; a < latent; a++)
            sum += fit->axes[a * latent + z] * fit->spread[a] * weight_along(fit, ridge, a);
        move[z] = (float)(scale * sum);
    }
}

/* p = b + w'x with b = y_ - w'x_, summed over the points. */
void ridge_predict(const ridge_fit *fit, const double *sums, ridge_score *score)
{
    const size_t latent = fit->latent, width = latent + 2;
    const double *y = sums + latent * width, *one = y + width, *w = fit->weight;
    const double n = one[latent + 1];
    double b = fit->y, x = 0, xy = 0, xx = 0;
    for (size_t i = 0; i < latent; i++) {
        b -= w[i] * fit->mean[i];
        x += w[i] * one[i];
        xy += w[i] * y[i];
        xx += w[i] * cblas_ddot((blasint)latent, w, 1, sums + i * width, 1);
    }
    score->n += n;
    score->y += one[latent];
    score->yy += y[latent];
    score->p += n * b + x;
    score->pp += n * b * b + 2 * b * x + xx;
    score->yp += b * one[latent] + xy;
}

double ridge_error(const ridge_score *score)
{
    return score->yy - 2 * score->yp + score->pp;
}
