/* What a handler gets: a message, and the server that it came to. */
#ifndef ENGINE_SERVER_REQUEST_H
#define ENGINE_SERVER_REQUEST_H

#include "engine/messages/message.h"
#include "lts/engine.h"

/* A message whose arguments have been checked. */
typedef struct request {
    lts_server *server;
    const control_message *message;
    unsigned voice; /* of /live/..., or the match of /match/... */
    bool acted;     /* the receiver stopped or cancelled something for it */
    unsigned stops; /* the server's, when it came */
} request;

/* Whether to go on with what takes long: not once the server closes, or a stop came after the
 * message. The reporter's user is the request. */
lts_reporter request_reporter(const request *r);
/* Number i, and the texts from i on joined by blanks, up to the next number: new, NULL when memory
 * is short. */
double request_number(const request *r, size_t i);
char *request_text(const request *r, size_t i);

#endif
