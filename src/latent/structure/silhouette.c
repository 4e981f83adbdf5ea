#include "latent/squared_distances.h"
#include "latent/structure/parts.h"

#include <math.h>

/* Points that a thread takes at a time, against as many others. */
enum { QUERIES = 16, TILE = 64 };

typedef struct silhouette_job {
    const float *points;
    size_t n, latent;
    const lts_structure_labels *labels;
    const size_t *size; /* (descriptors) points of each */
    double *sum;        /* (threads, QUERIES, descriptors) of distances */
    double *value;      /* (n) */
    const lts_reporter *reporter;
} silhouette_job;

static void distances(const float *query, const float *points, size_t count, size_t latent,
                      float *distance)
{
    squared_distances(query, points, count, latent, distance);
    for (size_t j = 0; j < count; j++)
        distance[j] = sqrtf(distance[j]);
}

/* (b - a) / max(a, b) of a point of descriptor d with the sums of its distances. */
static double silhouette(const silhouette_job *job, size_t d, const double *sum)
{
    double nearest = INFINITY;
    if (job->size[d] < 2)
        return 0;
    for (size_t other = 0; other < job->labels->descriptors; other++)
        if (other != d && job->size[other] > 0)
            nearest = fmin(nearest, sum[other] / (double)job->size[other]);
    const double own = sum[d] / (double)(job->size[d] - 1), most = fmax(own, nearest);
    return most > 0 ? (nearest - own) / most : 0;
}

static void take_block(void *context, size_t block, unsigned worker)
{
    const silhouette_job *job = context;
    const lts_structure_labels *labels = job->labels;
    const size_t width = labels->descriptors, first = block * QUERIES;
    const size_t end = first + QUERIES < job->n ? first + QUERIES : job->n;
    double *sum = job->sum + worker * QUERIES * width;
    if (lts_cancelled(job->reporter))
        return;
    for (size_t i = 0; i < QUERIES * width; i++)
        sum[i] = 0;
    for (size_t tile = 0; tile < job->n; tile += TILE) {
        const size_t count = job->n - tile < TILE ? job->n - tile : TILE;
        for (size_t i = first; i < end; i++) {
            float distance[TILE];
            if (labels->descriptor[i] == LTS_NO_DESCRIPTOR)
                continue;
            distances(job->points + i * job->latent, job->points + tile * job->latent, count,
                      job->latent, distance);
            for (size_t j = 0; j < count; j++)
                if (labels->descriptor[tile + j] != LTS_NO_DESCRIPTOR)
                    sum[(i - first) * width + labels->descriptor[tile + j]] += distance[j];
        }
    }
    for (size_t i = first; i < end; i++)
        if (labels->descriptor[i] != LTS_NO_DESCRIPTOR)
            job->value[i] = silhouette(job, labels->descriptor[i], sum + (i - first) * width);
}

static void average(const silhouette_job *job, lts_structure *all, lts_structure *each,
                    running_mean *of)
{
    running_mean total = {0};
    size_t groups = 0;
    for (size_t d = 0; d < job->labels->descriptors; d++)
        groups += job->size[d] > 0;
    for (size_t i = 0; groups > 1 && i < job->n; i++) {
        const size_t d = job->labels->descriptor[i];
        if (d == LTS_NO_DESCRIPTOR)
            continue;
        mean_add(&total, job->value[i]);
        mean_add(&of[d], job->value[i]);
    }
    all->silhouette = mean_of(total);
    for (size_t d = 0; each && d < job->labels->descriptors; d++)
        each[d].silhouette = mean_of(of[d]);
}

lts_status structure_silhouettes(const float *points, size_t n, size_t latent,
                                 const lts_structure_labels *labels, unsigned threads,
                                 lts_structure *all, lts_structure *each,
                                 const lts_reporter *reporter, lts_error *err)
{
    static const char what[] = "silhouettes";
    silhouette_job job = {
        .points = points, .n = n, .latent = latent, .labels = labels, .reporter = reporter};
    const size_t width = labels->descriptors;
    size_t *size = NULL;
    running_mean *of = NULL;
    lts_status status = lts_alloc_checked(&size, width, sizeof *size, what, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&of, width, sizeof *of, what, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&job.sum, width, QUERIES * threads * sizeof *job.sum, what, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&job.value, n, sizeof *job.value, what, err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < n; i++)
        if (labels->descriptor[i] != LTS_NO_DESCRIPTOR)
            size[labels->descriptor[i]]++;
    job.size = size;
    lts_parallel_for((n + QUERIES - 1) / QUERIES, threads, take_block, &job);
    if (lts_cancelled(reporter)) {
        status = lts_fail(err, LTS_ERR_CANCELLED, "measures: stopped on request");
        goto done;
    }
    average(&job, all, each, of);
done:
    lts_free(size);
    lts_free(of);
    lts_free(job.sum);
    lts_free(job.value);
    return status;
}
