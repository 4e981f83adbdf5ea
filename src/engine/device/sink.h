/* Where the player's sound goes: a device, or a clock that stands in for one. The feeder knows a
 * sink by its table of functions alone. */
#ifndef ENGINE_DEVICE_SINK_H
#define ENGINE_DEVICE_SINK_H

#include "engine/device/device_buffer.h"

typedef struct sink sink;

typedef struct sink_kind {
    /* From here on the device buffer is taken from, by a thread of the sink's. */
    lts_status (*start)(sink *s, lts_error *err);
    /* Asked now and then by the feeder, `elapsed` seconds after the last time: whether the sink
     * still takes samples. When not, `why` gets the reason, without the sink's name. */
    bool (*alive)(sink *s, double elapsed, char *why, size_t room);
    /* Stops and frees everything but the device buffer, which is not taken from afterwards. A
     * device that is stuck may keep it for ever. */
    void (*close)(sink *s);
} sink_kind;

struct sink {
    const sink_kind *kind;
    device_buffer *buffer; /* set between open and start; the sink's */
    double sample_rate;
    double latency; /* s from device buffer to ear */
    int id;         /* as in device_list; -1 when not there */
    char name[128];
};

/* path NULL: samples are taken at the clock's pace and dropped; otherwise also written, to a new
 * file: LTS_ERR_EXISTS when something has the name. folder: an open
 * folder that the file goes into, of which the last component of path alone is taken; NULL: the
 * whole path is. */
lts_status sink_open_clock(const char *path, const int *folder, double sample_rate, size_t block,
                           sink **out, lts_error *err);

/* Closes the sink and destroys it with its device buffer, in at most `seconds`: what takes longer
 * is left to a thread of its own, and false returned. NULL is allowed. */
bool sink_close(sink *s, double seconds);

#endif
