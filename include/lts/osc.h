/* OSC from the other side: one message to a running engine, and its answers. */
#ifndef LTS_OSC_H
#define LTS_OSC_H

#include "lts/base.h"

LTS_BEGIN_DECLS

typedef struct lts_osc_request {
    const char *to;    /* "HOST:PORT" of the engine */
    const char *path;  /* of the message, such as /sound/stop */
    const char *types; /* a letter for each value, of i h f d s, and T and F, which take none;
                          NULL: whole numbers i, or h beyond 32 bits, other finite numbers f,
                          anything else s */
    const char *const *values;
    size_t count;

    /* What follows is about the answers. With neither `until` nor `tell` nobody listens. */
    int listen;        /* UDP port of this machine that the engine answers to */
    const char *until; /* POSIX extended regular expression: the answer to wait for; or NULL */
    const char *fail;  /* the same: an answer that is a failure; or NULL */
    bool tell;         /* each answer as a record "answer": address, types, values */
    double timeout;    /* s to listen for, at most; >= 0 */
} lts_osc_request;

/* Sends the message and listens until an answer matches. Expressions are matched against an answer
 * as "ADDRESS VALUE VALUE ...": "^/report Saved". Without `until`, LTS_OK after the timeout.
 * LTS_ERR_NOT_FOUND: no answer matched in time, no such host, or nobody listens at `to` (which only
 * the own machine tells at once); LTS_ERR_IO: an answer matched `fail`; LTS_ERR_EXISTS: the port
 * answers come to is another program's; LTS_ERR_ARGUMENT: path, types, values or an expression;
 * LTS_ERR_CANCELLED, LTS_ERR_MEMORY. */
lts_status lts_osc_send(const lts_osc_request *request, const lts_reporter *reporter,
                        lts_error *err);

LTS_END_DECLS

#endif
