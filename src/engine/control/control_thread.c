#include "engine/control/address.h"
#include "engine/control/control.h"
#include "engine/handlers/handlers.h"

static const double pause = 0.02;      /* s between looks at what is due */
static const double save_after = 0.25; /* s from a change until the state is saved */
static const double synth_rest = 2;    /* s that a synthesizer must not move until it is saved */

void handle_due(lts_server *s)
{
    double now = lts_now();
    if ((s->changed && now - s->changed_at >= save_after) ||
        (s->synth_changed && now - s->synth_changed_at >= synth_rest))
        save_state(s);
    if (s->live)
        live_reap(s->live);
    watch_player(s, now);
}

void handle_message(lts_server *s, const queued *item)
{
    unsigned voice;
    const char *path = item->message.address;
    const address *a = address_find(path, &voice);
    const request r = {.server = s,
                       .message = &item->message,
                       .voice = voice,
                       .acted = item->acted,
                       .stops = item->stops};
    const char *one;
    unsigned count;
    if (!a && address_lacks_voice(path, &one, &count)) {
        reply_report(&s->reply, "%.60s: no such %s: choose 1 to %u", path, one, count);
    } else if (!a) {
        reply_report(&s->reply, "%.60s: no such address: see lts-osc(7)", path);
    } else if (!address_accepts(a, &item->message)) {
        address_refuse(a, &item->message, &s->reply);
    } else if ((a->kind & ADDRESS_SOUNDS) && item->stops != atomic_load(&s->stops)) {
        reply_report(&s->reply, "%.60s: stopped before it began.", path);
    } else {
        if ((a->kind & ADDRESS_SLOW) && (s->changed || s->synth_changed))
            save_state(s);
        a->handle(&r);
    }
}

void *control_thread(void *server)
{
    lts_server *s = server;
    double looked = 0;
    while (!atomic_load(&s->closing)) {
        queued *item = queue_pop(s->queue, pause);
        if (item)
            handle_message(s, item);
        queue_free(item);
        if (!item || lts_now() - looked > pause) {
            handle_due(s);
            looked = lts_now();
        }
    }
    if (s->changed || s->synth_changed)
        save_state(s);
    return NULL;
}
