#include "engine/control/address.h"
#include "engine/control/control.h"

#include <string.h>

static const double patience = 0.1; /* s between looks at whether to go on */

/* Whatever stops something does so before the messages that wait, and once more in its turn. */
static bool stop_now(lts_server *s)
{
    atomic_fetch_add(&s->stops, 1);
    bool acted = worker_cancel(s->worker);
    playback_stop(s->playback);
    pthread_mutex_lock(&s->voices);
    if (s->live)
        live_stop_all(s->live);
    if (s->synth)
        live_synth_silence(s->synth);
    pthread_mutex_unlock(&s->voices);
    reply_report(&s->reply, "Stopped audio playback...");
    return acted;
}

void receive_message(void *server, const control_message *message)
{
    lts_server *s = server;
    unsigned voice;
    bool acted = false;
    const address *a = address_find(message->address, &voice);
    /* Two servers that answer to each other would else never be silent again. */
    if (strcmp(message->address, "/report") == 0)
        return;
    if (a && address_accepts(a, message)) {
        if (a->kind & ADDRESS_AT_ONCE) {
            a->handle(&(request){.server = s, .message = message, .voice = voice});
            return;
        }
        if (a->kind & ADDRESS_STOPS)
            acted = stop_now(s);
        else if (a->kind & ADDRESS_CANCELS)
            acted = worker_cancel(s->worker);
    }
    if (!queue_push(s->queue, message, acted, atomic_load(&s->stops)))
        reply_report(&s->reply, "Too many messages are waiting: one to %.40s was left out.",
                     message->address);
}

void receive(lts_server *s)
{
    while (!lts_cancelled(s->reporter))
        osc_receive(s->osc, patience, receive_message, s, &s->reply);
}
