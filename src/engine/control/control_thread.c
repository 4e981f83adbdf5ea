#include "engine/control/server.h"

static const double pause = 0.02;      /* s between looks at what is due */
static const double save_after = 0.25; /* s from a change until the state is saved */

void state_changed(lts_server *s)
{
    double now = lts_now();
    /* Not put off by what changed before; but sooner than a failed attempt is repeated. */
    if (!s->changed || s->changed_at > now)
        s->changed_at = now;
    s->changed = true;
}

void look_after(lts_server *s)
{
    double now = lts_now();
    if (s->changed && now - s->changed_at >= save_after)
        save_state(s);
    if (s->live)
        live_reap(s->live);
    watch_player(s, now);
}

static void refuse(lts_server *s, const address *a, const control_message *message)
{
    if (a->handle == generate && message->count != 3)
        reply_report(
            &s->reply,
            "Error: Generate sound function did not receive enough arguments (%zu). Required "
            "number of arguments are 3: duration, audio_1_offset, audio_2_offset. Units are "
            "seconds.",
            message->count);
    else if (a->handle == generate)
        reply_report(&s->reply, "Error: Generate sound function expects %s.", a->expects);
    else if (a->handle == set_alfa)
        reply_report(&s->reply, "Could not update the alfa vector: give %s.", a->expects);
    else
        reply_report(&s->reply, "%.60s: give %s.", message->address, a->expects);
}

void conduct_message(lts_server *s, const queued *item)
{
    unsigned voice;
    const char *path = item->message.address;
    const address *a = address_find(path, &voice);
    const request r = {.server = s,
                       .message = &item->message,
                       .voice = voice,
                       .acted = item->acted,
                       .stops = item->stops};
    if (!a) {
        reply_report(&s->reply, "%.60s: %s", path,
                     address_lacks_voice(path) ? "no such voice: choose 1 to 8"
                                               : "no such address: see lts-osc(7)");
    } else if (!address_accepts(a, &item->message)) {
        refuse(s, a, &item->message);
    } else if ((a->kind & ADDRESS_SOUNDS) && item->stops != atomic_load(&s->stops)) {
        reply_report(&s->reply, "%.60s: stopped before it began.", path);
    } else {
        if ((a->kind & ADDRESS_SLOW) && s->changed)
            save_state(s);
        a->handle(&r);
    }
}

void *conduct(void *server)
{
    lts_server *s = server;
    double looked = 0;
    while (!atomic_load(&s->closing)) {
        queued *item = queue_pop(s->queue, pause);
        if (item)
            conduct_message(s, item);
        queue_free(item);
        if (!item || lts_now() - looked > pause) {
            look_after(s);
            looked = lts_now();
        }
    }
    if (s->changed)
        save_state(s);
    return NULL;
}
