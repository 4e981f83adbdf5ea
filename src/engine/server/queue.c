#include "engine/server/queue.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

/* A message, its arguments and its texts in one piece of memory. */
typedef struct node {
    queued item; /* first: an item is its node */
    struct node *next;
    size_t size;
} node;

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t arrived;
    node *first, *last;
    size_t bytes;
    bool woken;
};

lts_status queue_create(queue **out, lts_error *err)
{
    lts_status status = lts_alloc_checked(out, 1, sizeof **out, "a queue", err);
    if (status != LTS_OK)
        return status;
    pthread_mutex_init(&(*out)->lock, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
#if !defined(__APPLE__) /* which has no other clock for this */
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
#endif
    pthread_cond_init(&(*out)->arrived, &attributes);
    pthread_condattr_destroy(&attributes);
    return LTS_OK;
}

void queue_destroy(queue *q)
{
    if (!q)
        return;
    while (q->first) {
        node *next = q->first->next;
        lts_free(q->first);
        q->first = next;
    }
    pthread_cond_destroy(&q->arrived);
    pthread_mutex_destroy(&q->lock);
    lts_free(q);
}

static size_t size_of(const control_message *message)
{
    size_t size =
        sizeof(node) + strlen(message->address) + 1 + message->count * sizeof(control_arg);
    for (size_t i = 0; i < message->count; i++)
        if (message->args[i].text)
            size += strlen(message->args[i].text) + 1;
    return size;
}

static char *put_text(char **to, const char *text)
{
    char *at = *to;
    size_t size = strlen(text) + 1;
    memcpy(at, text, size);
    *to += size;
    return at;
}

static node *copy(const control_message *message, bool acted, unsigned stops)
{
    size_t size = size_of(message);
    node *n = lts_alloc(1, size);
    if (!n)
        return NULL;
    control_arg *args = (control_arg *)(n + 1);
    char *text = (char *)(args + message->count);
    for (size_t i = 0; i < message->count; i++) {
        args[i] = message->args[i];
        if (args[i].text)
            args[i].text = put_text(&text, args[i].text);
    }
    n->size = size;
    n->item = (queued){.message = {.address = put_text(&text, message->address),
                                   .args = args,
                                   .count = message->count},
                       .acted = acted,
                       .stops = stops};
    return n;
}

bool queue_push(queue *q, const control_message *message, bool acted, unsigned stops)
{
    node *n = copy(message, acted, stops);
    if (!n)
        return false;
    pthread_mutex_lock(&q->lock);
    bool room = q->bytes + n->size <= QUEUE_BYTES;
    if (room) {
        if (q->last)
            q->last->next = n;
        else
            q->first = n;
        q->last = n;
        q->bytes += n->size;
        pthread_cond_signal(&q->arrived);
    }
    pthread_mutex_unlock(&q->lock);
    if (!room)
        lts_free(n);
    return room;
}

queued *queue_pop(queue *q, double seconds)
{
    struct timespec until;
#if defined(__APPLE__)
    clock_gettime(CLOCK_REALTIME, &until);
#else
    clock_gettime(CLOCK_MONOTONIC, &until);
#endif
    double end = (double)until.tv_nsec * 1e-9 + seconds;
    until.tv_sec += (time_t)end;
    until.tv_nsec = (long)((end - (double)(time_t)end) * 1e9);
    pthread_mutex_lock(&q->lock);
    /* A wait of no time would still give the processor away. */
    int waited = seconds > 0 ? 0 : ETIMEDOUT;
    while (!q->first && !q->woken && waited != ETIMEDOUT)
        waited = pthread_cond_timedwait(&q->arrived, &q->lock, &until);
    q->woken = false;
    node *n = q->first;
    if (n) {
        q->first = n->next;
        q->last = n->next ? q->last : NULL;
        q->bytes -= n->size;
    }
    pthread_mutex_unlock(&q->lock);
    return n ? &n->item : NULL;
}

void queue_free(queued *item)
{
    lts_free(item);
}

void queue_wake(queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->woken = true;
    pthread_cond_signal(&q->arrived);
    pthread_mutex_unlock(&q->lock);
}
