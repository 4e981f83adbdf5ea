/* The end of the player that a device takes samples from. Nothing here allocates, locks or waits
 * but create and destroy. */
#ifndef ENGINE_DEVICE_DEVICE_BUFFER_H
#define ENGINE_DEVICE_DEVICE_BUFFER_H

#include "engine/play/meter.h"
#include "engine/play/ring.h"

enum { OUTLET_FADE = 64 /* samples from sound to silence and back */ };

typedef struct outlet {
    ring *ring;
    atomic_bool primed; /* by the feeder: the ring was full once; before, silence is no fault */
    atomic_bool muted;  /* fade out and take no more */
    atomic_uint_least64_t calls, underruns;
    atomic_size_t largest; /* samples asked for at once */
    meter meter;
    /* The device's thread alone: how loud the ring's samples are, and what is left of the fade from
     * the last sample before a gap, both in 1/OUTLET_FADE. */
    unsigned gain, tail;
    float held, last;
} outlet;

lts_status outlet_create(outlet **out, size_t capacity, lts_error *err);
void outlet_destroy(outlet *o); /* NULL is allowed */

/* Whether the feeder has been there. */
bool outlet_ready(outlet *o);

/* Fills x with n samples, by one thread at a time: those of the ring bit for bit, except within
 * OUTLET_FADE samples of a gap. */
void outlet_take(outlet *o, float *x, size_t n);

#endif
