/* What is in a datagram of OSC (Wright 2002, "Open Sound Control 1.0"). */
#ifndef ENGINE_OSC_OSC_PARSE_H
#define ENGINE_OSC_OSC_PARSE_H

#include "engine/messages/message.h"

enum {
    OSC_MAX_DATAGRAM = 65536, /* bytes; UDP carries no more */
    OSC_MAX_ARGS = 16384,
    OSC_MAX_DEPTH = 8 /* of bundles in bundles */
};

/* One datagram: a message, or a bundle whose messages are handed over one after the other whatever
 * its time tag says. Paths begin with '/' and hold no control characters; texts may hold any. An
 * array's members come as if they stood alone, and a message without type tags has no arguments.
 * LTS_ERR_FORMAT says what is wrong with it, LTS_ERR_MEMORY that there was none for more than a few
 * arguments; messages before the fault have been handed over. Any bytes are safe; texts and paths
 * are not copied, they lie in `data`. */
lts_status osc_parse(const void *data, size_t size, message_handler *handler, void *user,
                     lts_error *err);

#endif
