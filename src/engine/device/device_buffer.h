/* The end of the player that a device takes samples from. Nothing here allocates, locks or waits
 * but create and destroy. */
#ifndef ENGINE_DEVICE_DEVICE_BUFFER_H
#define ENGINE_DEVICE_DEVICE_BUFFER_H

#include "engine/realtime/meter.h"
#include "engine/realtime/ring.h"

enum { DEVICE_BUFFER_FADE = 64 /* samples from sound to silence and back */ };

typedef struct device_buffer {
    ring *ring;
    atomic_bool primed; /* by the feeder: the ring was full once; before, silence is no fault */
    atomic_bool muted;  /* fade out and take no more */
    atomic_uint_least64_t calls, underruns;
    atomic_size_t largest; /* samples asked for at once */
    meter meter;
    /* The device's thread alone: how loud the ring's samples are, and what is left of the fade from
     * the last sample before a gap, both in 1/DEVICE_BUFFER_FADE. */
    unsigned gain, tail;
    float held, last;
} device_buffer;

lts_status device_buffer_create(device_buffer **out, size_t capacity, lts_error *err);
void device_buffer_destroy(device_buffer *b); /* NULL is allowed */

/* Whether the feeder has been there. */
bool device_buffer_ready(device_buffer *b);

/* Fills x with n samples, by one thread at a time: those of the ring bit for bit, except within
 * DEVICE_BUFFER_FADE samples of a gap. */
void device_buffer_read(device_buffer *b, float *x, size_t n);

#endif
