/* Levels of what is played, written by one thread and read by another; neither waits. */
#ifndef ENGINE_REALTIME_METER_H
#define ENGINE_REALTIME_METER_H

#include "lts/base.h"

#include <stdatomic.h>

/* Zeroed is ready. */
typedef struct meter {
    atomic_uint_least64_t count;  /* samples */
    atomic_uint_least64_t energy; /* sum of squares in units of 2^-32, wrapping */
    atomic_uint_least32_t peak;   /* the bits of max |x| since it was last taken */
} meter;

void meter_add(meter *m, const float *x, size_t n);
float meter_take_peak(meter *m);

#endif
