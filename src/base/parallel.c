#include "lts/base.h"

#include <pthread.h>
#include <unistd.h>

typedef struct loop {
    size_t items, next;
    unsigned workers;
    void (*work)(void *context, size_t item, unsigned worker);
    void *context;
    pthread_mutex_t lock;
} loop;

static void run(loop *shared, unsigned worker)
{
    for (;;) {
        pthread_mutex_lock(&shared->lock);
        size_t item = shared->next;
        if (item < shared->items)
            shared->next++;
        pthread_mutex_unlock(&shared->lock);
        if (item >= shared->items)
            return;
        shared->work(shared->context, item, worker);
    }
}

static void *thread_main(void *argument)
{
    loop *shared = argument;
    pthread_mutex_lock(&shared->lock);
    unsigned worker = shared->workers++;
    pthread_mutex_unlock(&shared->lock);
    run(shared, worker);
    return NULL;
}

void lts_parallel_for(size_t items, unsigned workers,
                      void (*work)(void *context, size_t item, unsigned worker), void *context)
{
    loop shared = {.items = items, .workers = 1, .work = work, .context = context};
    if (workers > items)
        workers = (unsigned)items;
    pthread_t *threads = workers > 1 ? lts_alloc(workers - 1, sizeof *threads) : NULL;
    unsigned started = 0;
    pthread_mutex_init(&shared.lock, NULL);
    while (threads && started + 1 < workers &&
           pthread_create(&threads[started], NULL, thread_main, &shared) == 0)
        started++;
    run(&shared, 0);
    for (unsigned i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    pthread_mutex_destroy(&shared.lock);
    lts_free(threads);
}

unsigned lts_processor_count(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (unsigned)count : 1;
}
