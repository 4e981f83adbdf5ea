/* What the library and lts-lv2-host say to each other, through the socket that is the host's
 * standard input. The host is a program of its own: it can be started safely from a program with
 * threads, and what a plugin does to it is done to it alone.
 *
 *   lts-lv2-host list                         one reply: a line for each instrument,
 *                                             URI, name, controls, audio outputs; tabs between
 *   lts-lv2-host describe URI RATE            one reply: a line for each control,
 *                                             symbol, name, least, most, default, kind, points
 *   lts-lv2-host serve URI RATE SAMPLES GATE NOTE VELOCITY TIMEOUT
 *                                             the reply of describe; then for each request, a float
 *                                             for each control, a reply of SAMPLES floats
 *
 * SAMPLES and GATE are counted in samples, TIMEOUT in seconds. A control's kind is "real",
 * "logarithmic", "integer", "toggled" or "points", whose values then follow with blanks between.
 * Any reply may be the text of a refusal instead. */
#ifndef SYNTH_LV2_PROTOCOL_H
#define SYNTH_LV2_PROTOCOL_H

#include <stdint.h>

typedef enum host_status {
    HOST_OK,
    HOST_MISSING, /* there is no such plugin */
    HOST_REFUSED, /* it is none that this host can play */
    HOST_FAILED   /* this sound is lost; the next may be asked for */
} host_status;

typedef struct host_reply {
    uint32_t status; /* host_status */
    uint32_t bytes;  /* that follow */
} host_reply;

#endif
