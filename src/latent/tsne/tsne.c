#include "latent/tsne/tsne.h"

#include <math.h>

/* Up to so many points every pair counts. */
enum { EXACT_POINTS = 4000 };

static const float early_exaggeration = 12;
static const float start_spread = 1e-4f; /* standard deviation of the starting picture */

typedef struct descent {
    tsne_picture picture;
    float *p;         /* (n,n), or NULL: then */
    tsne_graph graph; /* its edges, and */
    tsne_tree *tree;  /* the approximate repulsion */
    float *scaled;    /* (n,Z) points, in units of their largest coordinate */
    float *memory;    /* behind the picture and the four below, each (n) */
    float *vx, *vy, *gain_x, *gain_y;
} descent;

lts_tsne_config lts_tsne_defaults(void)
{
    return (lts_tsne_config){
        .perplexity = 30, .iterations = 1000, .learning_rate = 0, .threads = 1};
}

static lts_status check_settings(size_t n, const lts_tsne_config *config, lts_error *err)
{
    if (!(config->perplexity >= 5 && config->perplexity <= 50))
        return lts_fail(err, LTS_ERR_ARGUMENT, "t-SNE: perplexity %g: expected 5 to 50",
                        config->perplexity);
    if (!(config->perplexity < (double)n / 3))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "t-SNE: perplexity %g of %zu points: needs more than three times as many; "
                        "lower it, or take principal components",
                        config->perplexity, n);
    if (config->iterations < 1 || config->iterations > 100000)
        return lts_fail(err, LTS_ERR_ARGUMENT, "t-SNE: %d iterations: expected 1 to 100000",
                        config->iterations);
    if (!(config->learning_rate >= 0 && isfinite(config->learning_rate)))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "t-SNE: learning rate %g: expected 0 (automatic) or more",
                        config->learning_rate);
    if (config->threads < 1)
        return lts_fail(err, LTS_ERR_ARGUMENT, "t-SNE: 0 threads: expected 1 or more");
    return LTS_OK;
}

static lts_status alloc_descent(descent *d, size_t n, size_t latent, lts_error *err)
{
    float **const part[] = {&d->picture.x,  &d->picture.y,  &d->picture.gx,      &d->picture.gy,
                            &d->picture.rx, &d->picture.ry, &d->picture.row_sum, &d->vx,
                            &d->vy,         &d->gain_x,     &d->gain_y};
    enum { PARTS = sizeof part / sizeof *part };
    lts_status status = LTS_OK;
    if (n <= EXACT_POINTS)
        status = lts_alloc_checked(&d->p, n, n * sizeof(float), "t-SNE", err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&d->scaled, n, latent * sizeof(float), "t-SNE", err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&d->memory, n, PARTS * sizeof(float), "t-SNE", err);
    if (status != LTS_OK)
        return status;
    for (size_t i = 0; i < PARTS; i++)
        *part[i] = d->memory + i * n;
    d->picture.n = n;
    return LTS_OK;
}

static void free_descent(descent *d)
{
    lts_free(d->p);
    lts_tsne_graph_free(&d->graph);
    lts_tsne_tree_destroy(d->tree);
    lts_free(d->scaled);
    lts_free(d->memory);
}

/* The first two principal components, made small, so that the large shape of the data decides where
 * its parts come to lie (Kobak & Linderman 2021). A trace of noise frees points on a line, which
 * could never leave it. */
static lts_status init_picture(const float *points, size_t n, size_t latent, descent *d,
                               lts_error *err)
{
    size_t dimensions = latent < 2 ? latent : 2;
    float *mean = NULL, *axes = NULL, explained[2];
    float *planar = d->picture.gx; /* (n,2): gx and gy are neighbours, and not in use yet */
    lts_status status = lts_alloc_checked(&mean, latent, sizeof *mean, "t-SNE", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&axes, latent, 2 * sizeof *axes, "t-SNE", err);
    if (status != LTS_OK)
        goto done;
    status = lts_pca(points, n, latent, dimensions, mean, axes, explained, err);
    if (status != LTS_OK)
        goto done;
    lts_rng rng;
    double square = 0, largest = 0;
    lts_pca_project(points, n, latent, mean, axes, dimensions, planar);
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabsf(planar[i * dimensions]));
    float unit = largest > 0 ? (float)largest : 1;
    for (size_t i = 0; i < n; i++)
        square += pow(planar[i * dimensions] / unit, 2);
    float spread = square > 0 ? (float)sqrt(square / (double)n) : 1;
    lts_rng_seed(&rng, 0, 0);
    lts_rng_fill_normal(&rng, d->picture.rx, 2 * n); /* rx and ry */
    for (size_t i = 0; i < n; i++) {
        float second = dimensions > 1 ? planar[i * dimensions + 1] : 0;
        d->picture.x[i] =
            start_spread * (planar[i * dimensions] / unit / spread + 0.01f * d->picture.rx[i]);
        d->picture.y[i] = start_spread * (second / unit / spread + 0.01f * d->picture.ry[i]);
    }
    for (size_t i = 0; i < n * latent; i++)
        d->scaled[i] = (float)((points[i] - (double)mean[i % latent]) / unit);
    for (size_t i = 0; i < n; i++)
        d->gain_x[i] = d->gain_y[i] = 1;
done:
    lts_free(axes);
    lts_free(mean);
    return status;
}

/* Momentum, and a gain per coordinate that grows while the gradient keeps its direction (Jacobs
 * 1988, as van der Maaten & Hinton 2008, section 3.4, use it). */
static void move(float *x, float *velocity, float *gain, const float *gradient, size_t n,
                 float rate, float momentum)
{
    double mean = 0;
    for (size_t i = 0; i < n; i++) {
        bool onward = (gradient[i] > 0) != (velocity[i] > 0);
        gain[i] = onward ? gain[i] + 0.2f : fmaxf(gain[i] * 0.8f, 0.01f);
        velocity[i] = momentum * velocity[i] - rate * gain[i] * gradient[i];
        x[i] += velocity[i];
        mean += x[i];
    }
    for (size_t i = 0; i < n; i++)
        x[i] -= (float)(mean / (double)n);
}

static lts_status find_affinities(descent *d, size_t latent, const lts_tsne_config *config,
                                  lts_error *err)
{
    const size_t n = d->picture.n;
    if (d->p) {
        lts_tsne_affinities(d->scaled, n, latent, config->perplexity, config->threads, d->p);
        return LTS_OK;
    }
    lts_status status = lts_tsne_graph_create(d->scaled, n, latent, config->perplexity,
                                              config->threads, &d->graph, err);
    if (status != LTS_OK)
        return status;
    return lts_tsne_tree_create(n, config->threads, &d->tree, err);
}

static lts_status descend(descent *d, const lts_tsne_config *config, const lts_reporter *reporter,
                          lts_error *err)
{
    const size_t n = d->picture.n;
    int early = config->iterations / 4 < 250 ? config->iterations / 4 : 250;
    double wanted = config->learning_rate > 0 ? config->learning_rate : fmax((double)n / 12, 50);
    float rate = (float)(wanted / 4); /* the gradient here has no factor 4 */
    double start = lts_now();
    for (int step = 0; step < config->iterations; step++) {
        if (lts_cancelled(reporter))
            return lts_fail(err, LTS_ERR_CANCELLED, "t-SNE: stopped after %d of %d iterations",
                            step, config->iterations);
        float momentum = step < early ? 0.5f : 0.8f;
        const float exaggeration = step < early ? early_exaggeration : 1;
        if (d->p)
            lts_tsne_gradient(d->p, exaggeration, config->threads, &d->picture);
        else
            lts_tsne_sparse_gradient(&d->graph, d->tree, exaggeration, config->threads,
                                     &d->picture);
        move(d->picture.x, d->vx, d->gain_x, d->picture.gx, n, rate, momentum);
        move(d->picture.y, d->vy, d->gain_y, d->picture.gy, n, rate, momentum);
        double elapsed = lts_now() - start;
        lts_progress(reporter, "t-SNE iterations", step + 1, config->iterations,
                     elapsed > 0 ? (step + 1) / elapsed : 0);
    }
    for (size_t i = 0; i < n; i++)
        if (!isfinite(d->picture.x[i]) || !isfinite(d->picture.y[i]))
            return lts_fail(err, LTS_ERR_NONFINITE,
                            "t-SNE: learning rate %g drives the picture apart: lower it", wanted);
    return LTS_OK;
}

lts_status lts_tsne(const float *points, size_t n, size_t latent, const lts_tsne_config *config,
                    float *projected, const lts_reporter *reporter, lts_error *err)
{
    descent d = {0};
    lts_status status = check_settings(n, config, err);
    if (status != LTS_OK)
        goto done;
    status = alloc_descent(&d, n, latent, err);
    if (status != LTS_OK)
        goto done;
    status = init_picture(points, n, latent, &d, err);
    if (status != LTS_OK)
        goto done;
    status = find_affinities(&d, latent, config, err);
    if (status != LTS_OK)
        goto done;
    status = descend(&d, config, reporter, err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < n; i++) {
        projected[2 * i] = d.picture.x[i];
        projected[2 * i + 1] = d.picture.y[i];
    }
done:
    free_descent(&d);
    return status;
}
