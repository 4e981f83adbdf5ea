/* From transports to handlers: server.c opens, runs and closes; receiver.c takes messages from the
 * transports; control_thread.c handles them in order, with the handlers that address_table.c names.
 */
#ifndef ENGINE_CONTROL_CONTROL_H
#define ENGINE_CONTROL_CONTROL_H

#include "engine/server/server.h"

/* --- server.c --------------------------------------------------------------------------------- */

/* lts_server_open without the control thread: the caller's stands in for it. */
lts_status server_create(const lts_server_config *config, const lts_reporter *reporter,
                         lts_server **out, lts_error *err);

/* --- control_thread.c ------------------------------------------------------------------------- */

/* Handles messages until the server closes: a thread's start routine, of the server. */
void *control_thread(void *server);
/* Handles one message; by the control thread. */
void handle_message(lts_server *s, const queued *item);
/* What is due from time to time: saving the state, meters. */
void handle_due(lts_server *s);

/* --- receiver.c ------------------------------------------------------------------------------- */

/* Reads datagrams until the reporter cancels. */
void receive(lts_server *s);
/* One message: acts at once where it must, and queues it. A message_handler, of the server. */
void receive_message(void *server, const control_message *message);

#endif
