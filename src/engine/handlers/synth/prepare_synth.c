#include "engine/handlers/handlers.h"

#include <math.h>

/* The controllers that are undefined in MIDI 1.0, table 3. */
enum { FIRST = 20, LAST = 31, SECOND_FIRST = 102, SECOND_LAST = 119 };

/* Free parameters, in their order, to those controllers. */
static void map_controllers(synth_play *play, const lts_synth_space *space)
{
    int number = FIRST;
    for (size_t c = 0; c < MIDI_CONTROLLERS; c++)
        play->controller[c] = -1;
    play->mapped = false;
    for (size_t p = 0; p < lts_synth_space_count(space) && number <= SECOND_LAST; p++) {
        if (lts_synth_space_at(space, p).levels == 0)
            continue;
        play->controller[number] = (int)p;
        number = number == LAST ? SECOND_FIRST : number + 1;
    }
}

/* What the synthesizer before was set to, as far as the new one has it. */
static void carry_on(live_synth *before, live_synth *synth)
{
    double old[LTS_SYNTH_PARAMETERS];
    const lts_synth_space *from = live_synth_space(before), *to = live_synth_space(synth);
    live_synth_get(before, old);
    for (size_t p = 0; p < lts_synth_space_count(to); p++) {
        const synth_scale *legal = live_synth_scale(synth, p);
        const size_t same = lts_synth_space_find(from, lts_synth_space_at(to, p).name);
        if (same < lts_synth_space_count(from))
            live_synth_move(synth, p, fmin(fmax(old[same], legal->least), legal->most));
    }
}

/* The classifier's, where it is one of voices, else the paper's: a copy, or NULL. */
static lts_synth_space *wanted_space(const lts_server *s)
{
    lts_synth_space *space = NULL;
    const lts_synth_space *own = s->matcher ? lts_matcher_space(s->matcher->matcher) : NULL;
    if (own && lts_synth_space_settings(own)->source == LTS_SYNTH_FM)
        lts_synth_space_copy(own, &space, NULL);
    else
        lts_synth_space_builtin("paper", &space, NULL);
    return space;
}

/* What it was set to waits for a rate that allows one. */
static void set_aside(lts_server *s)
{
    synth_play *play = &s->synth_play;
    keep_synth(s);
    state_changed(s);
    play->waiting = play->waiting || play->moved || play->mapped;
}

static void exchange(lts_server *s, live_synth *synth)
{
    live_synth *before;
    pthread_mutex_lock(&s->voices);
    pthread_mutex_lock(&s->mixing);
    before = s->synth;
    s->synth = synth;
    join_synth(s);
    pthread_mutex_unlock(&s->mixing);
    pthread_mutex_unlock(&s->voices);
    live_synth_destroy(before);
    s->synth_play.note = NO_NOTE;
}

void join_synth(lts_server *s)
{
    if (s->live)
        live_join(s->live, s->synth ? live_synth_fill : NULL, s->synth);
}

void prepare_synth(lts_server *s)
{
    live_synth *synth = NULL;
    lts_synth_space *space = wanted_space(s);
    bool same = space && s->synth &&
                lts_synth_space_compare(space, "", live_synth_space(s->synth), "", NULL) == LTS_OK;
    if (same && s->synth_play.rate == s->player_rate) {
        lts_synth_space_destroy(space);
        take_up_synth(s);
        return;
    }
    if (space)
        live_synth_create(space, s->player_rate, &synth, NULL);
    if (s->synth && !synth)
        set_aside(s);
    const bool renamed = s->synth && synth && !same;
    if (synth && !same)
        map_controllers(&s->synth_play, space);
    if (synth && s->synth)
        carry_on(s->synth, synth);
    s->synth_play.rate = s->player_rate;
    exchange(s, synth);
    if (synth)
        synth_play_changed(s);
    lts_synth_space_destroy(space);
    if (renamed)
        synth_changed(s, SYNTH_GAIN);
    take_up_synth(s);
}

bool have_synth(const request *r)
{
    lts_server *s = r->server;
    if (!s->synth)
        reply_report(&s->reply, "%.60s: no synthesizer at %g Hz: load a model of a higher rate",
                     r->message->address, s->player_rate);
    return s->synth != NULL;
}

bool synth_takes(const request *r, const match_result *m, unsigned slot, bool told)
{
    lts_server *s = r->server;
    char name[16];
    lts_error err;
    snprintf(name, sizeof name, "match %u", slot + 1);
    if (lts_synth_space_compare(m->space, name, live_synth_space(s->synth), "the synthesizer",
                                &err) == LTS_OK)
        return true;
    if (told)
        reply_report(&s->reply, "%.60s: %s: match it again", r->message->address, err.text);
    return false;
}
