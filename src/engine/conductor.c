#include "engine/server.h"

static const double pause = 0.02;      /* s between looks at what is due */
static const double save_after = 0.25; /* s from a change until the state is saved */

void state_changed(lts_server *s)
{
    if (!s->changed)
        s->changed_at = lts_now();
    s->changed = true;
}

static void save_state(lts_server *s)
{
    lts_error err;
    s->changed = false;
    if (s->config.state[0] && state_save(&s->state, s->config.state, &err) != LTS_OK)
        osc_report(s->osc, "Could not save the state: %s", err.text);
}

static void look_after(lts_server *s)
{
    double now = lts_now();
    if (s->changed && now - s->changed_at >= save_after)
        save_state(s);
    if (s->live)
        live_reap(s->live);
    watch_player(s, now);
}

void conduct_message(lts_server *s, const osc_message *message, bool acted)
{
    unsigned voice;
    const address *a = address_find(message->path, &voice);
    const request r = {.server = s, .message = message, .voice = voice, .acted = acted};
    if (!a)
        osc_report(s->osc, "%.60s: no such address: see lts-osc(7)", message->path);
    else if (address_accepts(a, message))
        a->handle(&r);
    else if (a->handle == generate)
        osc_report(s->osc, "Error: Generate sound function expects %s.", a->expects);
    else if (a->handle == set_alfa)
        osc_report(s->osc, "Could not update the alfa vector: give %s.", a->expects);
    else
        osc_report(s->osc, "%.60s: give %s.", message->path, a->expects);
}

void *conduct(void *server)
{
    lts_server *s = server;
    double looked = 0;
    while (!atomic_load(&s->closing)) {
        queued *item = queue_pop(s->queue, pause);
        if (item)
            conduct_message(s, &item->message, item->acted);
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
