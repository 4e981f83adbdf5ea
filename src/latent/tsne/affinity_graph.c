#include "latent/tsne/tsne.h"

#include <math.h>
#include <stdlib.h>

enum { ROWS = 64 };

typedef struct edge {
    uint32_t to;
    float p;
} edge;

typedef struct graph_job {
    tsne_graph *graph;
    const uint32_t *index; /* (n,count) */
    float *p;              /* (n,count) squared distances, then conditional probabilities */
    edge *edge;            /* as graph->to and graph->p, one pair after the other */
    size_t count;
    double entropy;
} graph_job;

static void conditional_rows(void *context, size_t block, unsigned worker)
{
    const graph_job *job = context;
    (void)worker;
    for (size_t i = block * ROWS; i < job->graph->n && i < (block + 1) * ROWS; i++)
        lts_tsne_conditional(job->p + i * job->count, job->count, job->count, job->entropy);
}

/* Every edge stands in the rows of both its points; those that both have stand there twice. */
static void lay_out(const graph_job *job)
{
    tsne_graph *graph = job->graph;
    const size_t n = graph->n, count = job->count;
    for (size_t i = 0; i < n; i++)
        graph->end[i] = count;
    for (size_t e = 0; e < n * count; e++)
        graph->end[job->index[e]]++;
    for (size_t i = 0, sum = 0; i < n; i++) {
        const size_t size = graph->end[i];
        graph->start[i] = graph->end[i] = sum;
        sum += size;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t e = i * count; e < (i + 1) * count; e++) {
            const uint32_t j = job->index[e];
            job->edge[graph->end[i]++] = (edge){j, job->p[e]};
            job->edge[graph->end[j]++] = (edge){(uint32_t)i, job->p[e]};
        }
}

static int by_point(const void *a, const void *b)
{
    const edge *x = a, *y = b;
    if (x->to != y->to)
        return x->to < y->to ? -1 : 1;
    return (x->p > y->p) - (x->p < y->p);
}

/* p_ij = (p_j|i + p_i|j) / 2n, the two being those that stand there, sorted and added. */
static void joint_rows(void *context, size_t block, unsigned worker)
{
    const graph_job *job = context;
    tsne_graph *graph = job->graph;
    const float scale = 1 / (2 * (float)graph->n);
    (void)worker;
    for (size_t i = block * ROWS; i < graph->n && i < (block + 1) * ROWS; i++) {
        const size_t start = graph->start[i], end = graph->end[i];
        size_t last = start;
        qsort(job->edge + start, end - start, sizeof *job->edge, by_point);
        for (size_t e = start; e < end; e++) {
            const edge *from = &job->edge[e];
            if (e > start && from->to == graph->to[last - 1]) {
                graph->p[last - 1] += scale * from->p;
                continue;
            }
            graph->to[last] = from->to;
            graph->p[last++] = scale * from->p;
        }
        graph->end[i] = last;
    }
}

lts_status lts_tsne_graph_create(const float *points, size_t n, size_t latent, double perplexity,
                                 unsigned threads, tsne_graph *graph, lts_error *err)
{
    static const char what[] = "t-SNE";
    const size_t wanted = (size_t)(3 * perplexity) + 1, count = wanted < n ? wanted : n - 1;
    const size_t blocks = (n + ROWS - 1) / ROWS;
    uint32_t *index = NULL;
    graph_job job = {.graph = graph, .count = count, .entropy = log(perplexity)};
    *graph = (tsne_graph){.n = n};
    const struct {
        void *array;
        size_t rows, size;
    } arrays[] = {
        {&index, n, count * sizeof *index},
        {&job.p, n, count * sizeof *job.p},
        {&job.edge, n, 2 * count * sizeof *job.edge},
        {&graph->start, n, sizeof *graph->start},
        {&graph->end, n, sizeof *graph->end},
        {&graph->to, n, 2 * count * sizeof *graph->to},
        {&graph->p, n, 2 * count * sizeof *graph->p},
    };
    lts_status status = LTS_OK;
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        status = lts_alloc_checked(arrays[i].array, arrays[i].rows, arrays[i].size, what, err);
        if (status != LTS_OK)
            goto done;
    }
    job.index = index;
    lts_tsne_neighbours(points, n, latent, count, threads, index, job.p);
    lts_parallel_for(blocks, threads, conditional_rows, &job);
    lay_out(&job);
    lts_parallel_for(blocks, threads, joint_rows, &job);
done:
    lts_free(index);
    lts_free(job.p);
    lts_free(job.edge);
    if (status != LTS_OK)
        lts_tsne_graph_free(graph);
    return status;
}

void lts_tsne_graph_free(tsne_graph *graph)
{
    lts_free(graph->start);
    lts_free(graph->end);
    lts_free(graph->to);
    lts_free(graph->p);
    *graph = (tsne_graph){0};
}
