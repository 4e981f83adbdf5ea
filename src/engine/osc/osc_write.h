/* Messages to datagrams. */
#ifndef ENGINE_OSC_OSC_WRITE_H
#define ENGINE_OSC_OSC_WRITE_H

#include "engine/messages/message.h"

/* The message as an OSC datagram of `size` bytes, to be freed with free. NULL when it is larger
 * than OSC_MAX_DATAGRAM, an argument is none of i h f d s T F, or memory is short. */
void *osc_write(const control_message *message, size_t *size);

#endif
