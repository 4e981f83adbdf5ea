#include "engine/device/device_buffer.h"

#include <string.h>

lts_status outlet_create(outlet **out, size_t capacity, lts_error *err)
{
    *out = NULL;
    outlet *o;
    lts_status status = lts_alloc_checked(&o, 1, sizeof *o, "the player", err);
    if (status != LTS_OK)
        return status;
    o->gain = OUTLET_FADE;
    status = ring_create(&o->ring, capacity, err);
    if (status != LTS_OK)
        lts_free(o);
    else
        *out = o;
    return status;
}

void outlet_destroy(outlet *o)
{
    if (!o)
        return;
    ring_destroy(o->ring);
    lts_free(o);
}

bool outlet_ready(outlet *o)
{
    return atomic_load_explicit(&o->primed, memory_order_acquire);
}

/* The first `got` of n samples are there. A gap begins with the last sample held and faded; the
 * sound comes back faded in, over what may be left of that. gain + tail <= OUTLET_FADE, so that
 * nothing gets louder than it was. */
static void bridge(outlet *o, float *x, size_t got, size_t n)
{
    const float scale = 1.0f / OUTLET_FADE;
    for (size_t i = 0; i < got && (o->gain < OUTLET_FADE || o->tail > 0); i++) {
        o->gain += o->gain < OUTLET_FADE;
        o->tail -= o->tail > 0;
        x[i] = (x[i] * (float)o->gain + o->held * (float)o->tail) * scale;
    }
    if (got > 0)
        o->last = x[got - 1];
    if (got < n && o->gain > 0) {
        o->held = o->last;
        o->gain = 0;
        o->tail = OUTLET_FADE;
    }
    for (size_t i = got; i < n; i++) {
        o->tail -= o->tail > 0;
        x[i] = o->last = o->held * (float)o->tail * scale;
    }
}

void outlet_take(outlet *o, float *x, size_t n)
{
    atomic_fetch_add_explicit(&o->calls, 1, memory_order_relaxed);
    if (n > atomic_load_explicit(&o->largest, memory_order_relaxed))
        atomic_store_explicit(&o->largest, n, memory_order_relaxed);
    if (!outlet_ready(o)) {
        memset(x, 0, n * sizeof *x);
        return;
    }
    bool muted = atomic_load_explicit(&o->muted, memory_order_relaxed);
    size_t got = muted ? 0 : ring_read(o->ring, x, n);
    bridge(o, x, got, n);
    if (muted)
        return;
    if (got < n)
        atomic_fetch_add_explicit(&o->underruns, 1, memory_order_relaxed);
    meter_add(&o->meter, x, n);
}
