#include "engine/handlers/handlers.h"

#include <math.h>
#include <string.h>

enum { MIDDLE_C = 60, MOST_NOTE = 127 };
static const double shortest_loop = 0.01; /* s */

static void refuse(const request *r, const char *what, double value, double least, double most,
                   const char *unit)
{
    reply_report(&r->server->reply, "%.60s: %s %g: choose %g to %g%s%s", r->message->address, what,
                 value, least, most, unit[0] ? " " : "", unit);
}

/* Whether number i lies in the range; else after a report. */
static bool in_range(const request *r, size_t i, const char *what, double least, double most,
                     const char *unit)
{
    const double value = request_number(r, i);
    if (value >= least && value <= most)
        return true;
    refuse(r, what, value, least, most, unit);
    return false;
}

void synth_play_changed(lts_server *s)
{
    const synth_play *play = &s->synth_play;
    const int note = play->note == NO_NOTE ? MIDDLE_C : play->note;
    live_synth_gain(s->synth, fmin(play->gain * play->velocity, LIVE_SYNTH_MOST_GAIN));
    live_synth_transpose(s->synth, play->transpose + play->bend + (note - MIDDLE_C));
}

void synth_note_on(lts_server *s, int note, double velocity)
{
    s->synth_play.note = note;
    s->synth_play.velocity = velocity;
    synth_play_changed(s);
    live_synth_press(s->synth);
}

void synth_note_off(lts_server *s, int note)
{
    if (s->synth_play.note == note)
        live_synth_release(s->synth);
}

void synth_begin(const request *r)
{
    if (have_synth(r))
        synth_note_on(r->server, MIDDLE_C, 1);
}

void synth_end(const request *r)
{
    if (have_synth(r))
        live_synth_release(r->server->synth);
}

void synth_note(const request *r)
{
    if (!have_synth(r) || !in_range(r, 0, "note", 0, MOST_NOTE, "") ||
        !in_range(r, 1, "velocity", 0, MOST_NOTE, ""))
        return;
    const int note = (int)request_number(r, 0);
    const double velocity = request_number(r, 1);
    if (velocity > 0)
        synth_note_on(r->server, note, velocity / MOST_NOTE);
    else
        synth_note_off(r->server, note);
}

void synth_loop(const request *r)
{
    if (have_synth(r) && in_range(r, 0, "period", shortest_loop, LIVE_SYNTH_MOST_LOOP, "s") &&
        in_range(r, 1, "gate", 0, LIVE_SYNTH_MOST_LOOP, "s"))
        live_synth_loop(r->server->synth, request_number(r, 0), request_number(r, 1));
}

void synth_set_gain(const request *r)
{
    if (!have_synth(r) || !in_range(r, 0, "gain", 0, LIVE_SYNTH_MOST_GAIN, ""))
        return;
    r->server->synth_play.gain = request_number(r, 0);
    synth_play_changed(r->server);
    synth_changed(r->server, SYNTH_GAIN);
}

void synth_set_transpose(const request *r)
{
    if (!have_synth(r) ||
        !in_range(r, 0, "transpose", -LIVE_SYNTH_MOST_SEMITONES, LIVE_SYNTH_MOST_SEMITONES, ""))
        return;
    r->server->synth_play.transpose = request_number(r, 0);
    synth_play_changed(r->server);
}

/* --- Parameters ------------------------------------------------------------------------------ */

/* The parameter of that name, or number, from 1 on; P after a report. */
static size_t parameter_of(const request *r, const char *name)
{
    lts_server *s = r->server;
    const lts_synth_space *space = live_synth_space(s->synth);
    const size_t count = lts_synth_space_count(space);
    const char *names[LTS_SYNTH_PARAMETERS];
    int64_t number;
    if (lts_parse_int(name, &number)) {
        if (number >= 1 && number <= (int64_t)count)
            return (size_t)number - 1;
        reply_report(&s->reply, "%.60s: no such parameter: choose 1 to %zu", r->message->address,
                     count);
        return count;
    }
    const size_t found = lts_synth_space_find(space, name);
    if (found < count)
        return found;
    for (size_t p = 0; p < count; p++)
        names[p] = lts_synth_space_at(space, p).name;
    const size_t near = lts_nearest(name, names, count);
    if (near < count)
        reply_report(&s->reply, "%.60s: no such parameter: did you mean %s?", r->message->address,
                     names[near]);
    else
        reply_report(&s->reply, "%.60s: no such parameter: see /synth/params", r->message->address);
    return count;
}

void synth_set(const request *r)
{
    lts_server *s = r->server;
    if (!have_synth(r))
        return;
    const lts_synth_space *space = live_synth_space(s->synth);
    const size_t p = parameter_of(r, strrchr(r->message->address, '/') + 1);
    if (p == lts_synth_space_count(space))
        return;
    const lts_synth_parameter parameter = lts_synth_space_at(space, p);
    const synth_scale *legal = live_synth_scale(s->synth, p);
    if (!in_range(r, 0, parameter.name, legal->least, legal->most, parameter.unit))
        return;
    live_synth_move(s->synth, p, request_number(r, 0));
    synth_changed(s, SYNTH_PARAMETERS);
}

void synth_map(const request *r)
{
    lts_server *s = r->server;
    if (!have_synth(r) || !in_range(r, 0, "controller", 0, MIDI_CONTROLLERS - 1, ""))
        return;
    const int number = (int)request_number(r, 0);
    char *name = request_text(r, 1);
    if (!name)
        return;
    const bool none = strcmp(name, "none") == 0;
    const size_t p = none ? 0 : parameter_of(r, name);
    if (p < lts_synth_space_count(live_synth_space(s->synth))) {
        s->synth_play.controller[number] = none ? -1 : (int)p;
        synth_changed(s, SYNTH_CONTROLLERS);
        reply_report(&s->reply, "Controller %d moves %s.", number, none ? "no parameter" : name);
    }
    lts_free(name);
}

void synth_set_channel(const request *r)
{
    lts_server *s = r->server;
    if (!in_range(r, 0, "channel", 0, 16, ""))
        return;
    s->synth_play.channel = (int)request_number(r, 0) - 1;
    if (s->synth_play.channel < 0)
        reply_report(&s->reply, "No MIDI channel plays the synthesizer.");
    else
        reply_report(&s->reply, "MIDI channel %d plays the synthesizer.",
                     s->synth_play.channel + 1);
}

void synth_send(const request *r)
{
    lts_server *s = r->server;
    double values[LTS_SYNTH_PARAMETERS];
    if (!have_synth(r))
        return;
    const lts_synth_space *space = live_synth_space(s->synth);
    const size_t count = lts_synth_space_count(space);
    live_synth_get(s->synth, values);
    for (size_t p = 0; p < count; p++) {
        const lts_synth_parameter parameter = lts_synth_space_at(space, p);
        const synth_scale *of = live_synth_scale(s->synth, p);
        reply_send(&s->reply, "/synth/parameter", "isfffffs", (int)p + 1, parameter.name, values[p],
                   of->least, of->most, of->low, of->high, parameter.unit);
    }
    reply_report(&s->reply, "%zu parameters.", count);
}

/* --- Morph ----------------------------------------------------------------------------------- */

/* With `told`, why not is reported. */
void synth_morph_to(const request *r, double share, bool told)
{
    lts_server *s = r->server;
    double values[LTS_SYNTH_PARAMETERS];
    bool ready = true;
    match_result *m[MATCH_SLOTS];
    for (unsigned slot = 0; slot < MATCH_SLOTS; slot++) {
        m[slot] = match_slots_get(&s->matches, slot);
        if (!m[slot] && ready && told)
            reply_report(&s->reply, "%.60s: match %u is not there: send /match/%sstart",
                         r->message->address, slot + 1, slot ? "2/" : "");
        ready = ready && m[slot] && synth_takes(r, m[slot], slot, told);
    }
    const lts_synth_space *space = live_synth_space(s->synth);
    for (size_t p = 0; ready && p < lts_synth_space_count(space); p++) {
        const char *name = lts_synth_space_at(space, p).name;
        values[p] = scale_mix(live_synth_scale(s->synth, p), match_result_value(m[0], name),
                              match_result_value(m[1], name), share);
    }
    if (ready) {
        live_synth_set(s->synth, values);
        synth_changed(s, SYNTH_PARAMETERS);
    }
    for (unsigned slot = 0; slot < MATCH_SLOTS; slot++)
        match_result_drop(m[slot]);
}

void synth_morph(const request *r)
{
    if (have_synth(r) && in_range(r, 0, "morph", 1 - LIVE_MOST_WEIGHT, LIVE_MOST_WEIGHT, ""))
        synth_morph_to(r, request_number(r, 0), true);
}
