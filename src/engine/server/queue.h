/* Messages on their way from the receiver to the control thread, in order. */
#ifndef ENGINE_SERVER_QUEUE_H
#define ENGINE_SERVER_QUEUE_H

#include "engine/messages/message.h"

enum { QUEUE_BYTES = 64 << 20 /* more than that waiting is refused */ };

typedef struct queue queue;

/* A message, what came of it where the receiver acted on it already, and how many stops had
 * come by then. */
typedef struct queued {
    control_message message;
    bool acted;
    unsigned stops;
} queued;

lts_status queue_create(queue **out, lts_error *err);
void queue_destroy(queue *q); /* NULL is allowed */

/* Copies the message. False when too much is waiting, or memory is short. */
bool queue_push(queue *q, const control_message *message, bool acted, unsigned stops);
/* The oldest message, or NULL when none came within `seconds`. Free with queue_free. */
queued *queue_pop(queue *q, double seconds);
void queue_free(queued *item); /* NULL is allowed */
/* Wakes the one who waits. */
void queue_wake(queue *q);

#endif
