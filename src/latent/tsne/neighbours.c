#include "latent/squared_distances.h"
#include "latent/tsne/tsne.h"

#include <math.h>
#include <string.h>

/* Points that are compared with as many others while these are in cache. */
enum { QUERIES = 16, TILE = 64 };

typedef struct search {
    const float *points;
    size_t n, latent, count;
    uint32_t *index; /* (n,count): each row a heap whose root is the farthest, until it is sorted */
    float *distance; /* (n,count) */
} search;

/* Farther, or as far and later. */
static inline bool is_farther(float d, uint32_t i, float than, uint32_t other)
{
    return d > than || (d == than && i > other);
}

/* Puts (d, i) at the root of a heap of `count` and lets it sink to its place. */
static void sink(float *distance, uint32_t *index, size_t count, float d, uint32_t i)
{
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= count)
            break;
        if (child + 1 < count &&
            is_farther(distance[child + 1], index[child + 1], distance[child], index[child]))
            child++;
        if (!is_farther(distance[child], index[child], d, i))
            break;
        distance[at] = distance[child];
        index[at] = index[child];
        at = child;
    }
    distance[at] = d;
    index[at] = i;
}

static void sort_heap(float *distance, uint32_t *index, size_t count)
{
    for (size_t left = count; left > 1; left--) {
        const float d = distance[left - 1];
        const uint32_t i = index[left - 1];
        distance[left - 1] = distance[0];
        index[left - 1] = index[0];
        sink(distance, index, left - 1, d, i);
    }
}

static void search_block(void *context, size_t block, unsigned worker)
{
    const search *s = context;
    const size_t first = block * QUERIES, end = first + QUERIES < s->n ? first + QUERIES : s->n;
    (void)worker;
    for (size_t at = first * s->count; at < end * s->count; at++) {
        s->distance[at] = INFINITY;
        s->index[at] = UINT32_MAX;
    }
    for (size_t tile = 0; tile < s->n; tile += TILE) {
        const size_t size = s->n - tile < TILE ? s->n - tile : TILE;
        for (size_t q = first; q < end; q++) {
            float distance[TILE], *heap = s->distance + q * s->count;
            uint32_t *index = s->index + q * s->count;
            squared_distances(s->points + q * s->latent, s->points + tile * s->latent, size,
                              s->latent, distance);
            for (size_t j = 0; j < size; j++)
                if (distance[j] < heap[0] && tile + j != q)
                    sink(heap, index, s->count, distance[j], (uint32_t)(tile + j));
        }
    }
    for (size_t q = first; q < end; q++)
        sort_heap(s->distance + q * s->count, s->index + q * s->count, s->count);
}

void lts_tsne_neighbours(const float *points, size_t n, size_t latent, size_t count,
                         unsigned threads, uint32_t *index, float *distance)
{
    search s = {points, n, latent, count, index, distance};
    lts_parallel_for((n + QUERIES - 1) / QUERIES, threads, search_block, &s);
}
