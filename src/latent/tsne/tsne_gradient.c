#include "latent/tsne/tsne.h"

/* Rows a thread takes at a time. Each row is summed by one thread and the rows in order, so that
 * the number of threads does not show in the result. */
enum { ROWS = 64 };

typedef struct gradient_job {
    const float *p;
    tsne_picture *picture;
} gradient_job;

LTS_CLONES
static void gradient_row(const tsne_picture *picture, const float *restrict p, size_t i)
{
    const float *restrict x = picture->x, *restrict y = picture->y;
    const float xi = x[i], yi = y[i];
    float ax = 0, ay = 0, rx = 0, ry = 0, sum = 0;
#pragma omp simd reduction(+ : ax, ay, rx, ry, sum)
    for (size_t j = 0; j < picture->n; j++) {
        float dx = xi - x[j], dy = yi - y[j];
        float w = 1 / (1 + dx * dx + dy * dy);
        float pull = p[j] * w, push = w * w;
        sum += w;
        ax += pull * dx;
        ay += pull * dy;
        rx += push * dx;
        ry += push * dy;
    }
    picture->gx[i] = ax;
    picture->gy[i] = ay;
    picture->rx[i] = rx;
    picture->ry[i] = ry;
    picture->row_sum[i] = sum - 1; /* less the point itself */
}

static void gradient_rows(void *context, size_t block, unsigned worker)
{
    const gradient_job *job = context;
    size_t n = job->picture->n;
    (void)worker;
    for (size_t i = block * ROWS; i < n && i < (block + 1) * ROWS; i++)
        gradient_row(job->picture, job->p + i * n, i);
}

/* The gradient of both parts, the rows' sums added in order. */
static void combine(tsne_picture *picture, float exaggeration)
{
    const size_t n = picture->n;
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += picture->row_sum[i];
    for (size_t i = 0; i < n; i++) {
        picture->gx[i] = 4 * (exaggeration * picture->gx[i] - picture->rx[i] / (float)sum);
        picture->gy[i] = 4 * (exaggeration * picture->gy[i] - picture->ry[i] / (float)sum);
    }
}

void lts_tsne_gradient(const float *p, float exaggeration, unsigned threads, tsne_picture *picture)
{
    gradient_job job = {p, picture};
    lts_parallel_for((picture->n + ROWS - 1) / ROWS, threads, gradient_rows, &job);
    combine(picture, exaggeration);
}

typedef struct attraction_job {
    const tsne_graph *graph;
    tsne_picture *picture;
} attraction_job;

static void attract_rows(void *context, size_t block, unsigned worker)
{
    const attraction_job *job = context;
    const tsne_graph *graph = job->graph;
    tsne_picture *picture = job->picture;
    const float *x = picture->x, *y = picture->y;
    (void)worker;
    for (size_t i = block * ROWS; i < graph->n && i < (block + 1) * ROWS; i++) {
        float ax = 0, ay = 0;
        for (size_t e = graph->start[i]; e < graph->end[i]; e++) {
            const size_t j = graph->to[e];
            const float dx = x[i] - x[j], dy = y[i] - y[j];
            const float pull = graph->p[e] / (1 + dx * dx + dy * dy);
            ax += pull * dx;
            ay += pull * dy;
        }
        picture->gx[i] = ax;
        picture->gy[i] = ay;
    }
}

void lts_tsne_sparse_gradient(const tsne_graph *graph, tsne_tree *tree, float exaggeration,
                              unsigned threads, tsne_picture *picture)
{
    attraction_job job = {graph, picture};
    lts_parallel_for((graph->n + ROWS - 1) / ROWS, threads, attract_rows, &job);
    lts_tsne_repulsion(tree, picture);
    combine(picture, exaggeration);
}
