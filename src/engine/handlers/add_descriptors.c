/* Descriptors that are added to renders and to voices. */
#include "engine/handlers/handlers.h"

/* The directions of a model, learned when they are first asked for: NULL after a report. */
static const lts_directions *directions_of(const request *r, model_ref *model)
{
    lts_server *s = r->server;
    const lts_directions *directions;
    const lts_reporter reporter = request_reporter(r);
    lts_error err;
    if (!model) {
        reply_report(&s->reply, "No model is loaded: send /load/model.");
        return NULL;
    }
    if (model_ref_directions(model, &s->rules, s->config.threads, &directions, &reporter, &err) ==
        LTS_OK)
        return directions;
    reply_report(&s->reply, "%.60s: %s", r->message->address, err.text);
    return NULL;
}

/* Sets what the message says, or nothing at all for one without arguments. False after a report. */
static bool take_message(const request *r, const lts_directions *directions, additions *a)
{
    lts_error err;
    char *name = r->message->count > 0 ? request_text(r, 0) : NULL;
    lts_status status = LTS_OK;
    if (r->message->count == 0)
        a->count = 0;
    else if (!name)
        status = lts_no_memory("a descriptor", &err);
    else
        status = additions_set(a, directions, name, request_number(r, r->message->count - 1), &err);
    if (status != LTS_OK)
        reply_report(&r->server->reply, "%.60s: %s", r->message->address, err.text);
    lts_free(name);
    return status == LTS_OK;
}

void add_descriptor(const request *r)
{
    lts_server *s = r->server;
    const lts_directions *directions = directions_of(r, s->model);
    if (!directions || !take_message(r, directions, &s->added))
        return;
    char *text = additions_text(&s->added);
    if (s->added.count > 0)
        reply_report(&s->reply, "Renders: %s.", text ? text : "add");
    else
        reply_report(&s->reply, "Nothing is added to renders.");
    lts_free(text);
}

void live_add_descriptor(const request *r)
{
    lts_server *s = r->server;
    const loop_ref *l = s->voice_loop[r->voice];
    additions *a = &s->voice_added[r->voice];
    float *offset = NULL;
    lts_error err;
    if (!s->live || !l || !live_watch(s->live, r->voice).sounding) {
        reply_report(&s->reply, "%.60s: voice %u does not sound: start it first",
                     r->message->address, r->voice + 1);
        return;
    }
    const lts_directions *directions = directions_of(r, l->key->model);
    if (!directions || !take_message(r, directions, a))
        return;
    lts_status status =
        lts_alloc_checked(&offset, directions->latent, sizeof *offset, "an offset", &err);
    if (status != LTS_OK)
        goto done;
    additions_offset(a, directions, offset);
    status = live_add(s->live, r->voice, offset, directions->latent, &err);
done:
    if (status != LTS_OK)
        reply_report(&s->reply, "%.60s: %s", r->message->address, err.text);
    lts_free(offset);
}
