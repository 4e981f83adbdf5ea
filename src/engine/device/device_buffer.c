#include "engine/device/device_buffer.h"

#include <string.h>

lts_status device_buffer_create(device_buffer **out, size_t capacity, lts_error *err)
{
    *out = NULL;
    device_buffer *b;
    lts_status status = lts_alloc_checked(&b, 1, sizeof *b, "the player", err);
    if (status != LTS_OK)
        return status;
    b->gain = DEVICE_BUFFER_FADE;
    status = ring_create(&b->ring, capacity, err);
    if (status != LTS_OK)
        lts_free(b);
    else
        *out = b;
    return status;
}

void device_buffer_destroy(device_buffer *b)
{
    if (!b)
        return;
    ring_destroy(b->ring);
    lts_free(b);
}

bool device_buffer_ready(device_buffer *b)
{
    return atomic_load_explicit(&b->primed, memory_order_acquire);
}

/* The first `got` of n samples are there. A gap begins with the last sample held and faded; the
 * sound comes back faded in, over what may be left of that. gain + tail <= DEVICE_BUFFER_FADE, so
 * that nothing gets louder than it was. */
static void bridge(device_buffer *b, float *x, size_t got, size_t n)
{
    const float scale = 1.0f / DEVICE_BUFFER_FADE;
    for (size_t i = 0; i < got && (b->gain < DEVICE_BUFFER_FADE || b->tail > 0); i++) {
        b->gain += b->gain < DEVICE_BUFFER_FADE;
        b->tail -= b->tail > 0;
        x[i] = (x[i] * (float)b->gain + b->held * (float)b->tail) * scale;
    }
    if (got > 0)
        b->last = x[got - 1];
    if (got < n && b->gain > 0) {
        b->held = b->last;
        b->gain = 0;
        b->tail = DEVICE_BUFFER_FADE;
    }
    for (size_t i = got; i < n; i++) {
        b->tail -= b->tail > 0;
        x[i] = b->last = b->held * (float)b->tail * scale;
    }
}

void device_buffer_read(device_buffer *b, float *x, size_t n)
{
    atomic_fetch_add_explicit(&b->calls, 1, memory_order_relaxed);
    if (n > atomic_load_explicit(&b->largest, memory_order_relaxed))
        atomic_store_explicit(&b->largest, n, memory_order_relaxed);
    if (!device_buffer_ready(b)) {
        memset(x, 0, n * sizeof *x);
        return;
    }
    bool muted = atomic_load_explicit(&b->muted, memory_order_relaxed);
    size_t got = muted ? 0 : ring_read(b->ring, x, n);
    bridge(b, x, got, n);
    if (muted)
        return;
    if (got < n)
        atomic_fetch_add_explicit(&b->underruns, 1, memory_order_relaxed);
    meter_add(&b->meter, x, n);
}
