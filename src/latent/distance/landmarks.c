#include "latent/distance/distance_parts.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

enum { BLOCK_ROWS = 256, ITERATIONS = 5 };

typedef struct clusters {
    const float *points, *centres;
    size_t n, latent, count;
    unsigned threads;
    size_t *nearest; /* (n) centre of each point */
    float *centre2;  /* (count) |centre|^2 */
    float *products; /* (threads,BLOCK_ROWS,count) points' inner products with centres */
    double *sums;    /* (count,Z) of the points of each centre */
    size_t *members; /* (count) */
} clusters;

static void free_clusters(clusters *c)
{
    lts_free(c->nearest);
    lts_free(c->centre2);
    lts_free(c->products);
    lts_free(c->sums);
    lts_free(c->members);
}

static lts_status alloc_clusters(clusters *c, lts_error *err)
{
    const char *what = "landmarks";
    const size_t count = c->count, latent = c->latent;
    lts_status status = lts_alloc_checked(&c->nearest, c->n, sizeof *c->nearest, what, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&c->centre2, count, sizeof(float), what, err);
    if (status != LTS_OK)
        return status;
    status =
        lts_alloc_checked(&c->products, c->threads * count, BLOCK_ROWS * sizeof(float), what, err);
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

/* Finds the centres of a block of points. */
static void assign_block(void *context, size_t index, unsigned worker)
{
    const clusters *c = context;
    const blasint z = (blasint)c->latent, count = (blasint)c->count;
    const size_t first = index * BLOCK_ROWS;
    const size_t rows = c->n - first < BLOCK_ROWS ? c->n - first : BLOCK_ROWS;
    float *products = c->products + worker * BLOCK_ROWS * c->count;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (blasint)rows, count, z, 1,
                c->points + first * c->latent, z, c->centres, z, 0, products, count);
    for (size_t i = 0; i < rows; i++)
        c->nearest[first + i] = find_nearest(products + i * c->count, c->centre2, c->count);
}

static void gather_members(clusters *c)
{
    const size_t latent = c->latent, count = c->count;
    const blasint z = (blasint)latent;
    memset(c->sums, 0, count * latent * sizeof *c->sums);
    memset(c->members, 0, count * sizeof *c->members);
    for (size_t k = 0; k < count; k++)
        c->centre2[k] = cblas_sdot(z, c->centres + k * latent, 1, c->centres + k * latent, 1);
    lts_parallel_for((c->n + BLOCK_ROWS - 1) / BLOCK_ROWS, c->threads, assign_block, c);
    for (size_t i = 0; i < c->n; i++) {
        const size_t k = c->nearest[i];
        c->members[k]++;
        for (size_t j = 0; j < latent; j++)
            c->sums[k * latent + j] += c->points[i * latent + j];
    }
}

lts_status distance_find_landmarks(const float *points, size_t n, size_t latent, size_t count,
                                   unsigned threads, lts_rng *rng, float *centres, lts_error *err)
{
    clusters c = {.points = points,
                  .centres = centres,
                  .n = n,
                  .latent = latent,
                  .count = count,
                  .threads = threads ? threads : 1};
    lts_permutation order;
    lts_status status = alloc_clusters(&c, err);
    if (status != LTS_OK)
        goto done;
    lts_permutation_init(&order, n, rng);
    for (size_t k = 0; k < count; k++)
        memcpy(centres + k * latent, points + lts_permutation_at(&order, k) * latent,
               latent * sizeof *centres);
    for (int iteration = 0; iteration < ITERATIONS; iteration++) {
        gather_members(&c);
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
