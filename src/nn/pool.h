/* The workers that run a pass together. */
#ifndef NN_POOL_H
#define NN_POOL_H

#include "lts/base.h"

typedef struct nn_barrier nn_barrier;

typedef struct nn_worker {
    unsigned index, count; /* index < count */
    nn_barrier *barrier;   /* NULL with one worker */
} nn_worker;

static const nn_worker nn_worker_alone = {0, 1, NULL};

/* Returns when every worker has called it; what they wrote before is then visible to all. A worker
 * spins for some tens of microseconds, longer than workers usually differ, and then sleeps: when
 * another program takes a processor, waiting does not take one too. */
void nn_barrier_wait(nn_worker worker);

/* The threads that run passes, kept from one task to the next. LTS_ERR_MEMORY when they cannot be
 * had. workers >= 1; the caller of nn_pool_run is worker 0. */
typedef struct nn_pool nn_pool;
lts_status nn_pool_create(unsigned workers, nn_pool **out, lts_error *err);
void nn_pool_destroy(nn_pool *pool); /* NULL is allowed */

/* Every worker calls task(context, itself); returns when all have. One caller at a time. */
void nn_pool_run(nn_pool *pool, void (*task)(void *context, nn_worker worker), void *context);

/* A worker's contiguous share of 0 .. total-1, cut at multiples of `grain`; may be empty. */
typedef struct nn_range {
    size_t first, count;
} nn_range;
nn_range nn_share(nn_worker worker, size_t total, size_t grain);

/* Keeps OpenBLAS to the calling thread: the pool is the only parallelism. Process-wide and
 * idempotent; whoever creates an object that runs passes calls it. */
void nn_use_own_threads(void);

#endif
