#include "engine/handlers/handlers.h"

void test_connection(const request *r)
{
    lts_server *s = r->server;
    reply_report(&s->reply, " Connection works. #%u", atomic_fetch_add(&s->tests, 1) + 1);
}

void set_meters(const request *r)
{
    lts_server *s = r->server;
    s->meters = request_number(r, 0) != 0;
    reply_send(&s->reply, "/meters", "i", (int)s->meters);
}

static void send_text(lts_server *s, const char *path, const char *text)
{
    if (text)
        reply_send(&s->reply, path, "s", text);
}

static void send_sound(lts_server *s, unsigned which, const char *path, const char *name)
{
    char *stem = s->sound[which] ? lts_path_stem(s->sound[which]) : NULL;
    send_text(s, path, s->sound[which]);
    send_text(s, name, stem);
    lts_free(stem);
}

void send_state(const request *r)
{
    lts_server *s = r->server;
    const server_state *state = &s->state;
    send_text(s, "/dataset", state->dataset);
    send_text(s, "/model/path", s->model ? s->model->path : NULL);
    send_text(s, "/match/run", s->matcher ? s->matcher->path : NULL);
    send_sound(s, 0, "/sound/interpolate_two/first/path", "/sound/interpolate_two/first/name");
    send_sound(s, 1, "/sound/interpolate_two/second/path", "/sound/interpolate_two/second/name");
    if (state->duration > 0)
        reply_send(&s->reply, "/interpolate_two/select", "fff", state->duration, state->offset[0],
                   state->offset[1]);
    send_text(s, "/sound/interpolate_two/save_folder", state->save_folder);
    reply_send(&s->reply, "/output/normalize", "i", (int)state->normalize);
    reply_send(&s->reply, "/output/sample", "i", (int)state->sample);
    send_level(s);
    reply_send(&s->reply, "/sound/limit", "f", state->limit);
    send_text(s, "/output/align", lts_alignment_text(state->align));
    reply_send(&s->reply, "/sound/set_phase_iter", "i", state->iterations);
    reply_send(&s->reply, "/model/batch_size", "i", state->batch_size);
    reply_send(&s->reply, "/live/align", "s", lts_alignment_text(state->live_align));
    send_seed(s);
    send_device(s);
    reply_report(&s->reply, "State sent.");
}
