/* The two halves of lts_osc_send that need no socket. */
#ifndef ENGINE_OSC_OSC_CLIENT_H
#define ENGINE_OSC_OSC_CLIENT_H

#include "engine/messages/message.h"
#include "lts/osc.h"

/* The request's message as bytes, to be freed with free. LTS_ERR_ARGUMENT names the value. */
lts_status osc_client_bytes(const lts_osc_request *request, void **bytes, size_t *size,
                            lts_error *err);

/* An answer's values in words, separated by blanks: control characters as blanks, cut to what there
 * is room for. */
void osc_client_values(const control_message *message, char *text, size_t room);

#endif
