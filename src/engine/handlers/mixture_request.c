#include "engine/handlers/handlers.h"

#include <float.h>
#include <math.h>

/* One "path offset weight", from argument *at on. */
static bool read_part(const request *r, size_t *at, sound_mixture *m, lts_error *err)
{
    lts_server *s = r->server;
    char *sent = request_text(r, *at), *path = NULL;
    while (arg_is_text(&r->message->args[*at]))
        ++*at;
    double offset = request_number(r, *at), weight = request_number(r, *at + 1);
    *at += 2;
    lts_audio_info info;
    lts_status status =
        sent ? find_sound(s, sent, &path, err) : lts_no_memory("a sound's name", err);
    if (status != LTS_OK)
        goto done;
    status = probe_sound(s, path, &info, err);
    if (status != LTS_OK)
        goto done;
    if (!(fabs(weight) <= FLT_MAX)) {
        status = lts_fail(err, LTS_ERR_ARGUMENT, "%s: weight %g: too large", sent, weight);
        goto done;
    }
    if (!(offset >= 0)) {
        status = lts_fail(err, LTS_ERR_ARGUMENT, "%s: offset %g: offsets begin at 0", sent, offset);
        goto done;
    }
    if (offset + m->duration > info.seconds + hop_seconds(s)) {
        status = lts_fail(err, LTS_ERR_ARGUMENT, "%s: %.3f s from %.3f s on: it is %.3f s long",
                          sent, m->duration, offset, info.seconds);
        goto done;
    }
    m->source[m->count] = (lts_source){path, offset};
    m->weight[m->count++] = (float)weight;
    path = NULL;
done:
    lts_free(sent);
    lts_free(path);
    return status == LTS_OK;
}

bool mixture_read(const request *r, sound_mixture *m)
{
    lts_server *s = r->server;
    lts_error err;
    size_t at = 1;
    *m = (sound_mixture){.duration = request_number(r, 0)};
    if (!s->model) {
        reply_report(&s->reply, "No model is loaded: send /load/model.");
        return false;
    }
    if (!long_enough(s, m->duration))
        return false;
    while (at < r->message->count) {
        bool room = m->count < LIVE_SOUNDS;
        if (room && read_part(r, &at, m, &err))
            continue;
        if (room)
            reply_report(&s->reply, "%s: sound %zu: %s", r->message->address, m->count + 1,
                         err.text);
        else
            reply_report(&s->reply, "%s: more than %d sounds.", r->message->address, LIVE_SOUNDS);
        mixture_free(m);
        return false;
    }
    if (short_enough(s, m->duration))
        return true;
    mixture_free(m);
    return false;
}

void mixture_free(sound_mixture *m)
{
    for (size_t i = 0; i < m->count; i++)
        lts_free(m->source[i].path);
    m->count = 0;
}
