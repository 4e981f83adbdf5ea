#include "engine/realtime/meter.h"

#include <math.h>
#include <string.h>

/* Floats that are not negative are ordered as their bits are. */
static uint32_t bits_of(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

void meter_add(meter *m, const float *x, size_t n)
{
    double energy = 0;
    float peak = 0;
    for (size_t i = 0; i < n; i++) {
        energy += (double)x[i] * x[i];
        peak = fmaxf(peak, fabsf(x[i]));
    }
    atomic_fetch_add_explicit(&m->energy, (uint64_t)ldexp(energy, 32), memory_order_relaxed);
    atomic_fetch_add_explicit(&m->count, n, memory_order_relaxed);
    /* Tried again only when the reader took the peak in between. */
    uint_least32_t seen = atomic_load_explicit(&m->peak, memory_order_relaxed);
    while (bits_of(peak) > seen &&
           !atomic_compare_exchange_weak_explicit(&m->peak, &seen, bits_of(peak),
                                                  memory_order_relaxed, memory_order_relaxed))
        ;
}

float meter_take_peak(meter *m)
{
    uint32_t bits = atomic_exchange_explicit(&m->peak, 0, memory_order_relaxed);
    float peak;
    memcpy(&peak, &bits, sizeof peak);
    return peak;
}
