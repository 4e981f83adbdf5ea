#include "engine/realtime/ring.h"

#include <stdatomic.h>
#include <string.h>

enum { LINE = 64 /* bytes of a cache line */ };

/* The counts only grow, and wrap; each has a cache line of its own, lest the two threads take it
 * from each other at every sample. */
struct ring {
    float *x;
    size_t capacity; /* a power of two */
    _Alignas(LINE) atomic_size_t written;
    _Alignas(LINE) atomic_size_t read;
};

lts_status ring_create(ring **out, size_t capacity, lts_error *err)
{
    const size_t limit = (size_t)1 << 30;
    size_t size = 1;
    *out = NULL;
    if (capacity < 1 || capacity > limit)
        return lts_fail(err, LTS_ERR_ARGUMENT, "ring: %zu samples, expected 1 to %zu", capacity,
                        limit);
    while (size < capacity)
        size *= 2;
    ring *r;
    lts_status status = lts_alloc_checked(&r, 1, sizeof *r, "the player's ring", err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&r->x, size, sizeof *r->x, "the player's ring", err);
    if (status != LTS_OK) {
        lts_free(r);
        return status;
    }
    r->capacity = size;
    *out = r;
    return LTS_OK;
}

void ring_destroy(ring *r)
{
    if (!r)
        return;
    lts_free(r->x);
    lts_free(r);
}

size_t ring_capacity(const ring *r)
{
    return r->capacity;
}

size_t ring_used(const ring *r)
{
    size_t read = atomic_load_explicit(&r->read, memory_order_acquire);
    return atomic_load_explicit(&r->written, memory_order_acquire) - read;
}

size_t ring_write(ring *r, const float *x, size_t n)
{
    size_t written = atomic_load_explicit(&r->written, memory_order_relaxed);
    size_t room = r->capacity - (written - atomic_load_explicit(&r->read, memory_order_acquire));
    n = n < room ? n : room;
    size_t start = written & (r->capacity - 1);
    size_t first = n < r->capacity - start ? n : r->capacity - start;
    memcpy(r->x + start, x, first * sizeof *x);
    memcpy(r->x, x + first, (n - first) * sizeof *x);
    atomic_store_explicit(&r->written, written + n, memory_order_release);
    return n;
}

size_t ring_read(ring *r, float *x, size_t n)
{
    size_t read = atomic_load_explicit(&r->read, memory_order_relaxed);
    size_t used = atomic_load_explicit(&r->written, memory_order_acquire) - read;
    n = n < used ? n : used;
    size_t start = read & (r->capacity - 1);
    size_t first = n < r->capacity - start ? n : r->capacity - start;
    memcpy(x, r->x + start, first * sizeof *x);
    memcpy(x + first, r->x, (n - first) * sizeof *x);
    atomic_store_explicit(&r->read, read + n, memory_order_release);
    return n;
}
