/* The way back to the clients: one reply fans out to every transport.
 *
 * Transports are added before there are several threads; from then on any thread but the audio
 * callback's may reply. Each transport's send is called by the thread that replies, in the order
 * in which the transports were added, and must itself be safe for several threads at once. Replies
 * of one thread reach every transport in the order they were given. */
#ifndef ENGINE_MESSAGES_REPLY_H
#define ENGINE_MESSAGES_REPLY_H

#include "engine/messages/message.h"

enum {
    REPLY_TRANSPORTS = 8,
    REPLY_ARGS = 16,
    REPORT_TEXT = 119 /* bytes of a /report, without the final 0 */
};

/* Carries one message to whoever listens there. It does not wait longer than an instant, and drops
 * what it cannot send. */
typedef struct reply_transport {
    message_handler *send;
    void *user;
} reply_transport;

/* Zeroed is ready and reaches nobody. */
typedef struct reply {
    reply_transport transport[REPLY_TRANSPORTS];
    size_t count;
} reply;

/* LTS_ERR_ARGUMENT when there are REPLY_TRANSPORTS already. */
lts_status reply_add(reply *r, message_handler *send, void *user, lts_error *err);

/* types: up to REPLY_ARGS of i h f d s T F, then the arguments of all but T and F: int, int64_t,
 * double, double, const char * (NULL: an empty text). A message of other types is dropped. */
void reply_send(const reply *r, const char *address, const char *types, ...);
/* /report with one line of at most REPORT_TEXT bytes: control characters become blanks, longer
 * lines are cut at a character and end in "...". Bytes that are no UTF-8 become '?'. */
void reply_report(const reply *r, const char *format, ...) LTS_PRINTF(2, 3);

#endif
