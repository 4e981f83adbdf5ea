/* The two UDP sockets: one that listens, one that answers. */
#ifndef ENGINE_OSC_OSC_SOCKET_H
#define ENGINE_OSC_OSC_SOCKET_H

#include "lts/base.h"

/* Bound to `address` and `port`; *port becomes the port it has. LTS_ERR_EXISTS: taken;
 * LTS_ERR_NOT_FOUND: no such host; LTS_ERR_ARGUMENT: no such port. */
lts_status osc_socket_listen(const char *address, int *port, int *out, lts_error *err);

/* Connected to `reply`, "HOST:PORT" or "[HOST]:PORT": it takes nothing from anybody else and is no
 * listening socket. Refuses the address that `listener` has: the engine would talk to itself. */
lts_status osc_socket_reply(const char *reply, int listener, int *out, lts_error *err);

/* Sends without waiting longer than an instant; what cannot be sent is lost. */
void osc_socket_send(int out, const void *bytes, size_t size);

#endif
