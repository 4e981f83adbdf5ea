#include "engine/handlers/handlers.h"

#include <stdio.h>

static lts_alignment way_of(const lts_server *s, unsigned voice)
{
    const int own = s->voice_align[voice];
    return (lts_alignment)(own < 0 ? s->state.live_align : own);
}

void keep_loop(lts_server *s, unsigned voice, loop_ref *l)
{
    loop_ref *before = s->voice_loop[voice];
    s->voice_loop[voice] = l ? loop_ref_hold(l) : NULL;
    loop_ref_drop(before);
}

const loop_alignment *align_voice(const request *r, unsigned voice, loop_ref *l,
                                  char text[ALIGN_TEXT])
{
    const lts_server *s = r->server;
    const lts_alignment way = way_of(s, voice);
    const lts_reporter reporter = request_reporter(r);
    const loop_found *found;
    lts_error err;
    char what[LOOP_FOUND_TEXT];
    text[0] = 0;
    if (way == LTS_ALIGNED_NONE)
        return NULL;
    if (loop_ref_align(l, way, &found, &reporter, &err) != LTS_OK) {
        snprintf(text, ALIGN_TEXT, "Voice %u is not aligned: %.400s", voice + 1, err.text);
        return NULL;
    }
    loop_found_text(found, l->key->model->feature, way, what);
    snprintf(text, ALIGN_TEXT, "Voice %u is %s", voice + 1, what);
    return loop_found_any(found) ? &found->alignment : NULL;
}

void report_alignment(const request *r)
{
    char text[ALIGN_TEXT];
    align_voice(r, r->voice, r->server->voice_loop[r->voice], text);
    if (text[0])
        reply_report(&r->server->reply, "%s", text);
}

/* The alignment that the word names, or -1 after a report. */
static int read_way(const request *r)
{
    char *word = request_text(r, 0);
    lts_alignment way;
    const bool known = word && lts_parse_alignment(word, &way);
    if (!known)
        reply_report(&r->server->reply, "%.60s: %.20s: give none, pitch, time, both or auto",
                     r->message->address, word ? word : "no memory");
    lts_free(word);
    return known ? (int)way : -1;
}

/* A voice that does not sound is aligned from its start on. */
void live_set_align(const request *r)
{
    lts_server *s = r->server;
    lts_error err;
    char text[ALIGN_TEXT];
    const int way = read_way(r);
    if (way < 0)
        return;
    s->voice_align[r->voice] = s->state.live_align = way;
    state_changed(s);
    reply_send(&s->reply, "/live/align", "s", lts_alignment_text(way));
    if (!s->live || !s->voice_loop[r->voice] || !live_watch(s->live, r->voice).sounding) {
        reply_report(&s->reply, "Voice %u will begin with alignment: %s.", r->voice + 1,
                     lts_alignment_text(way));
        return;
    }
    const loop_alignment *alignment = align_voice(r, r->voice, s->voice_loop[r->voice], text);
    lts_status status = live_align(s->live, r->voice, alignment, &err);
    if (status != LTS_OK)
        reply_report(&s->reply, "%.60s: %s", r->message->address, err.text);
    else if (text[0])
        reply_report(&s->reply, "%s", text);
    else
        reply_report(&s->reply, "Voice %u is not aligned.", r->voice + 1);
}
