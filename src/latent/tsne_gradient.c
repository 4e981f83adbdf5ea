#include "latent/tsne.h"

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

void lts_tsne_gradient(const float *p, float exaggeration, unsigned threads, tsne_picture *picture)
{
    gradient_job job = {p, picture};
    size_t n = picture->n;
    lts_parallel_for((n + ROWS - 1) / ROWS, threads, gradient_rows, &job);
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += picture->row_sum[i];
    for (size_t i = 0; i < n; i++) {
        picture->gx[i] = 4 * (exaggeration * picture->gx[i] - picture->rx[i] / (float)sum);
        picture->gy[i] = 4 * (exaggeration * picture->gy[i] - picture->ry[i] / (float)sum);
    }
}
