#include "nn/nn.h"

#include <cblas.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define PAUSE() __builtin_ia32_pause()
#else
#define PAUSE() ((void)0)
#endif

enum { SPINS = 2000 }; /* before a worker sleeps */

struct nn_barrier {
    atomic_uint arrived, round; /* workers that wait in this round, and its number */
    pthread_mutex_t lock;
    pthread_cond_t over;
};

struct nn_pool {
    nn_barrier barrier;
    unsigned workers;
    void (*task)(void *context, nn_worker worker); /* NULL: the threads end */
    void *context;
    unsigned started;
    struct thread {
        nn_pool *pool;
        unsigned index;
        pthread_t thread;
    } * thread;
};

static void sleep_until_over(nn_barrier *barrier, unsigned round)
{
    pthread_mutex_lock(&barrier->lock);
    while (atomic_load(&barrier->round) == round)
        pthread_cond_wait(&barrier->over, &barrier->lock);
    pthread_mutex_unlock(&barrier->lock);
}

void nn_barrier_wait(nn_worker worker)
{
    nn_barrier *barrier = worker.barrier;
    if (worker.count < 2)
        return;
    unsigned round = atomic_load(&barrier->round);
    if (atomic_fetch_add(&barrier->arrived, 1) + 1 == worker.count) {
        atomic_store(&barrier->arrived, 0);
        pthread_mutex_lock(&barrier->lock);
        atomic_store(&barrier->round, round + 1);
        pthread_cond_broadcast(&barrier->over);
        pthread_mutex_unlock(&barrier->lock);
        return;
    }
    for (int spin = 0; spin < SPINS; spin++) {
        if (atomic_load(&barrier->round) != round)
            return;
        PAUSE();
    }
    sleep_until_over(barrier, round);
}

static nn_worker worker_of(nn_pool *pool, unsigned index)
{
    return (nn_worker){index, pool->workers, &pool->barrier};
}

static void *thread_main(void *argument)
{
    const struct thread *thread = argument;
    nn_pool *pool = thread->pool;
    const nn_worker worker = worker_of(pool, thread->index);
    for (;;) {
        nn_barrier_wait(worker);
        if (!pool->task)
            return NULL;
        pool->task(pool->context, worker);
        nn_barrier_wait(worker);
    }
}

lts_status nn_pool_create(unsigned workers, nn_pool **out, lts_error *err)
{
    nn_pool *pool;
    *out = NULL;
    lts_status status = lts_alloc_checked(&pool, 1, sizeof *pool, "a thread pool", err);
    if (status != LTS_OK)
        return status;
    atomic_init(&pool->barrier.arrived, 0);
    atomic_init(&pool->barrier.round, 0);
    pthread_mutex_init(&pool->barrier.lock, NULL);
    pthread_cond_init(&pool->barrier.over, NULL);
    pool->workers = workers;
    status = lts_alloc_checked(&pool->thread, workers, sizeof *pool->thread,
                               "the threads of a pool", err);
    if (status != LTS_OK)
        goto done;
    while (pool->started + 1 < workers) {
        struct thread *thread = &pool->thread[pool->started];
        *thread = (struct thread){.pool = pool, .index = pool->started + 1};
        int reason = pthread_create(&thread->thread, NULL, thread_main, thread);
        if (reason != 0) {
            status = lts_fail(err, LTS_ERR_MEMORY, "only %u of %u threads can be had: %s",
                              pool->started + 1, workers, strerror(reason));
            goto done;
        }
        pool->started++;
    }
    *out = pool;
    pool = NULL;
done:
    nn_pool_destroy(pool);
    return status;
}

void nn_pool_destroy(nn_pool *pool)
{
    if (!pool)
        return;
    pool->task = NULL;
    /* Those that never started are counted as here. */
    atomic_fetch_add(&pool->barrier.arrived, pool->workers - 1 - pool->started);
    nn_barrier_wait(worker_of(pool, 0));
    for (unsigned i = 0; i < pool->started; i++)
        pthread_join(pool->thread[i].thread, NULL);
    pthread_cond_destroy(&pool->barrier.over);
    pthread_mutex_destroy(&pool->barrier.lock);
    lts_free(pool->thread);
    lts_free(pool);
}

void nn_pool_run(nn_pool *pool, void (*task)(void *context, nn_worker worker), void *context)
{
    const nn_worker worker = worker_of(pool, 0);
    pool->task = task;
    pool->context = context;
    nn_barrier_wait(worker);
    task(context, worker);
    nn_barrier_wait(worker);
}

nn_range nn_share(nn_worker worker, size_t total, size_t grain)
{
    size_t grains = (total + grain - 1) / grain;
    size_t first = grains * worker.index / worker.count * grain;
    size_t end = grains * (worker.index + 1) / worker.count * grain;
    first = first < total ? first : total;
    end = end < total ? end : total;
    return (nn_range){first, end - first};
}

/* OpenBLAS's own name for what it does before a fork; builds without its thread pool lack it. */
#if defined(__GNUC__)
extern int blas_thread_shutdown_(void) __attribute__((weak));
#endif

static void keep_openblas_to_one_thread(void)
{
    openblas_set_num_threads(1);
#if defined(__GNUC__)
    /* The pool that OpenBLAS starts when it is loaded spins for tens of milliseconds on a processor
     * that the worker could use: a fifth of a short render. */
    if (blas_thread_shutdown_)
        blas_thread_shutdown_();
#endif
}

void nn_use_own_threads(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, keep_openblas_to_one_thread);
}
