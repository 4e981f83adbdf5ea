#include "latent/tsne/tsne.h"

#include <math.h>

enum { ROWS = 16 };

typedef struct affinity_job {
    const float *points;
    size_t n, latent;
    double entropy; /* wanted, nats */
    float *p;
} affinity_job;

LTS_CLONES
static float squared_distance(const float *restrict a, const float *restrict b, size_t latent)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t z = 0; z < latent; z++)
        sum += (a[z] - b[z]) * (a[z] - b[z]);
    return sum;
}

typedef struct moments {
    double sum, first, second; /* of exp(-beta d) d^k over the other points, k = 0, 1, 2 */
} moments;

static moments weigh(const float *distance, size_t n, size_t self, double beta)
{
    moments m = {0};
    for (size_t j = 0; j < n; j++) {
        if (j == self)
            continue;
        double d = distance[j], weight = expf((float)(-beta * d));
        m.sum += weight;
        m.first += weight * d;
        m.second += weight * d * d;
    }
    return m;
}

/* The precision beta at which the entropy ln S + beta <d> is as wanted. Newton's method on ln beta,
 * where dH / d ln beta = -beta^2 var(d), inside a bracket that every step narrows. With more points
 * in one place than the perplexity asks for there is none; the search ends at a narrow Gaussian. */
static double find_precision(const float *distance, size_t n, size_t self, double entropy)
{
    moments m = weigh(distance, n, self, 0);
    double low = 0, high = INFINITY, beta = m.first > 0 ? m.sum / m.first : 1;
    for (int step = 0; step < 60; step++) {
        m = weigh(distance, n, self, beta);
        double mean = m.first / m.sum, variance = fmax(m.second / m.sum - mean * mean, 0);
        double excess = log(m.sum) + beta * mean - entropy;
        if (fabs(excess) < 1e-5)
            break;
        if (excess > 0)
            low = beta;
        else
            high = beta;
        double slope = beta * beta * variance;
        double next = slope > 0 ? beta * exp(fmax(fmin(excess / slope, 2), -2)) : INFINITY;
        if (!(next > low && next < high))
            next = isinf(high) ? 4 * beta : 0.5 * (low + high);
        beta = next;
    }
    return beta;
}

void lts_tsne_conditional(float *row, size_t n, size_t self, double entropy)
{
    float nearest = INFINITY;
    for (size_t j = 0; j < n; j++)
        if (j != self)
            nearest = fminf(nearest, row[j]);
    /* Weights relative to the nearest point's: the sum is at least 1. */
    for (size_t j = 0; j < n; j++)
        row[j] = row[j] - nearest;
    double beta = find_precision(row, n, self, entropy), sum = weigh(row, n, self, beta).sum;
    for (size_t j = 0; j < n; j++)
        row[j] = j == self ? 0 : (float)(expf((float)(-beta * row[j])) / sum);
}

static void conditional_rows(void *context, size_t block, unsigned worker)
{
    const affinity_job *job = context;
    const size_t n = job->n, latent = job->latent;
    (void)worker;
    for (size_t i = block * ROWS; i < n && i < (block + 1) * ROWS; i++) {
        float *row = job->p + i * n;
        for (size_t j = 0; j < n; j++)
            row[j] = squared_distance(job->points + i * latent, job->points + j * latent, latent);
        lts_tsne_conditional(row, n, i, job->entropy);
    }
}

static void symmetric_rows(void *context, size_t block, unsigned worker)
{
    const affinity_job *job = context;
    const size_t n = job->n;
    (void)worker;
    for (size_t i = block * ROWS; i < n && i < (block + 1) * ROWS; i++)
        for (size_t j = 0; j < i; j++) {
            float mean = (job->p[i * n + j] + job->p[j * n + i]) / (2 * (float)n);
            job->p[i * n + j] = job->p[j * n + i] = mean;
        }
}

void lts_tsne_affinities(const float *points, size_t n, size_t latent, double perplexity,
                         unsigned threads, float *p)
{
    affinity_job job = {points, n, latent, log(perplexity), p};
    size_t blocks = (n + ROWS - 1) / ROWS;
    lts_parallel_for(blocks, threads, conditional_rows, &job);
    lts_parallel_for(blocks, threads, symmetric_rows, &job);
}
