/* A lock-free ring of samples between one thread that writes and one that reads (Lamport 1983):
 * each moves its own count only, and publishes it after the samples. */
#ifndef ENGINE_REALTIME_RING_H
#define ENGINE_REALTIME_RING_H

#include "lts/base.h"

typedef struct ring ring;

/* Room for at least `capacity` samples, 1 .. 2^30. */
lts_status ring_create(ring **out, size_t capacity, lts_error *err);
void ring_destroy(ring *r); /* NULL is allowed */

size_t ring_capacity(const ring *r);
/* Samples in it: at most so many for the writer, at least so many for the reader. */
size_t ring_used(const ring *r);

/* How many of the n samples found room, or were there. Neither waits. */
size_t ring_write(ring *r, const float *x, size_t n);
size_t ring_read(ring *r, float *x, size_t n);

#endif
