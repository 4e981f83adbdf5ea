/* OSC in and out: datagrams to messages, messages to datagrams (Wright 2002, "Open Sound Control
 * 1.0"). liblo writes the messages. The sockets are ours, as liblo's would listen on every
 * interface, and so is the reading: liblo 0.31 looks beyond the end of a blob cut short, and asks
 * for memory five times a message. */
#ifndef ENGINE_OSC_OSC_TRANSPORT_H
#define ENGINE_OSC_OSC_TRANSPORT_H

#include "engine/messages/reply.h"

typedef struct osc osc;

/* Listens on UDP `address` (a numeric address or a host name; NULL: 127.0.0.1) and `port` (0: any
 * free one), and answers to `reply_to`, "HOST:PORT", for IPv6 "[HOST]:PORT". Where a name stands
 * for several addresses, one of IPv4 is preferred. Nothing else listens: replies leave through a
 * socket that is connected and takes nothing from others. LTS_ERR_EXISTS when the port is taken,
 * LTS_ERR_NOT_FOUND for a host that is none, LTS_ERR_ARGUMENT for a port out of range, an address
 * to answer to that is none, or one that is where this listens; LTS_ERR_IO, LTS_ERR_MEMORY. */
lts_status osc_open(const char *address, int port, const char *reply_to, osc **out, lts_error *err);
void osc_close(osc *o); /* NULL is allowed */
int osc_port(const osc *o);
const char *osc_reply_to(const osc *o); /* as it was given */

/* Waits up to `seconds` for a datagram and hands its messages over; a faulty one is reported to
 * `faults`. False when none came, or a signal did. For one thread. */
bool osc_receive(osc *o, double seconds, message_handler *handler, void *user, const reply *faults);

/* Sends the message, from any thread; not for the audio callback. A reply_transport's send, of an
 * osc. Types: i h f d s T F. It waits a few milliseconds at most, for a network card that has its
 * hands full. What cannot be sent is dropped: UDP promises nothing. Whether anybody reads is no
 * matter; the first message after a reader came reaches it. */
void osc_send(void *user, const control_message *message);

#endif
