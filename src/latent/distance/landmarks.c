#include "latent/distance/distance_parts.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

enum { BLOCK_ROWS = 256, ITERATIONS = 5 };

typedef struct clusters {
    float *centre2;  /* (count) |centre|^2 */
    float *products; /* (BLOCK_ROWS,count) points' inner products with centres */
    double *sums;    /* (count,Z) of the points of each centre */
    size_t *members; /* (count) */
} clusters;

static void free_clusters(clusters *c)
{
    lts_free(c->centre2);
    lts_free(c->products);
    lts_free(c->sums);
    lts_free(c->members);
}

static lts_status alloc_clusters(clusters *c, size_t count, size_t latent, lts_error *err)
{
    const char *what = "landmarks";
    lts_status status = lts_alloc_checked(&c->centre2, count, sizeof(float), what, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&c->products, count, BLOCK_ROWS * sizeof(float), what, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&c->sums, count, latent * sizeof(double), what, err);
    if (status != LTS_OK)
        return status;
    return lts_alloc_checked(&c->members, count, sizeof(size_t), what, err);
}

/* The centre with the least |x - c|^2 = |x|^2 - 2 x'c + |c|^2; the first of equals. */
static size_t find_nearest(const float *products, const float *centre2, size_t count)
{
    size_t nearest = 0;
    float least = INFINITY;
    for (size_t k = 0; k < count; k++) {
        float value = centre2[k] - 2 * products[k];
        if (value < least) {
            least = value;
            nearest = k;
        }
    }
    return nearest;
}

static void gather_members(const float *points, size_t n, size_t latent, const float *centres,
                           size_t count, clusters *c)
{
    const blasint z = (blasint)latent;
    memset(c->sums, 0, count * latent * sizeof *c->sums);
    memset(c->members, 0, count * sizeof *c->members);
    for (size_t k = 0; k < count; k++)
        c->centre2[k] = cblas_sdot(z, centres + k * latent, 1, centres + k * latent, 1);
    for (size_t first = 0; first < n; first += BLOCK_ROWS) {
        const float *block = points + first * latent;
        size_t rows = n - first < BLOCK_ROWS ? n - first : BLOCK_ROWS;
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (blasint)rows, (blasint)count, z, 1,
                    block, z, centres, z, 0, c->products, (blasint)count);
        for (size_t i = 0; i < rows; i++) {
            size_t k = find_nearest(c->products + i * count, c->centre2, count);
            c->members[k]++;
            for (size_t j = 0; j < latent; j++)
                c->sums[k * latent + j] += block[i * latent + j];
        }
    }
}

lts_status distance_find_landmarks(const float *points, size_t n, size_t latent, size_t count,
                                   lts_rng *rng, float *centres, lts_error *err)
{
    clusters c = {0};
    lts_permutation order;
    lts_status status = alloc_clusters(&c, count, latent, err);
    if (status != LTS_OK)
        goto done;
    lts_permutation_init(&order, n, rng);
    for (size_t k = 0; k < count; k++)
        memcpy(centres + k * latent, points + lts_permutation_at(&order, k) * latent,
               latent * sizeof *centres);
    for (int iteration = 0; iteration < ITERATIONS; iteration++) {
        gather_members(points, n, latent, centres, count, &c);
        for (size_t k = 0; k < count; k++) {
            float *centre = centres + k * latent;
            if (c.members[k] == 0) /* begun at a point that another one has too */
                memcpy(centre, points + lts_rng_below(rng, n) * latent, latent * sizeof *centre);
            else
                for (size_t j = 0; j < latent; j++)
                    centre[j] = (float)(c.sums[k * latent + j] / (double)c.members[k]);
        }
    }
done:
    free_clusters(&c);
    return status;
}
