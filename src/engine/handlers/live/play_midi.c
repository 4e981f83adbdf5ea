#include "engine/handlers/handlers.h"

#include <math.h>

/* Controllers (MIDI 1.0, table 3) and what they move. */
enum { MODULATION = 1, VOLUME = 7, GENERAL_1 = 16, GENERAL_2 = 17, MIDDLE_C = 60 };

void on_midi(void *server, const midi_event *event)
{
    lts_server *s = server;
    const control_arg args[] = {{.type = 'i', .number = event->kind},
                                {.type = 'i', .number = event->channel},
                                {.type = 'i', .number = event->number},
                                {.type = 'i', .number = event->value}};
    const control_message message = {.address = "/midi", .args = args, .count = 4};
    queue_push(s->queue, &message, false, atomic_load(&s->stops));
}

/* The lowest voice that is free, else the lowest that plays a note, else none. */
static unsigned free_voice(const lts_server *s)
{
    for (unsigned voice = 0; voice < LIVE_VOICES; voice++)
        if (!live_watch(s->live, voice).sounding)
            return voice;
    for (unsigned voice = 0; voice < LIVE_VOICES; voice++)
        if (s->note[voice] != NO_NOTE)
            return voice;
    return LIVE_VOICES;
}

static void note_on(const request *r, int note, int velocity)
{
    lts_server *s = r->server;
    unsigned voice = s->live ? free_voice(s) : 0;
    if (voice < LIVE_VOICES && voice_start(r, voice, note - MIDDLE_C, velocity / 127.0))
        s->note[voice] = note;
}

static void note_off(lts_server *s, int note)
{
    for (unsigned voice = 0; s->live && voice < LIVE_VOICES; voice++)
        if (s->note[voice] == note) {
            live_stop(s->live, voice, NULL);
            s->note[voice] = NO_NOTE;
            keep_loop(s, voice, NULL);
        }
}

/* Voices that do not sound refuse a control, which is no error here. */
static void control(lts_server *s, unsigned voice, int number, double value)
{
    switch (number) {
    case MODULATION: {
        const float weight[2] = {(float)value, (float)(1 - value)};
        live_weights(s->live, voice, weight, 2, NULL);
        break;
    }
    case VOLUME: live_gain(s->live, voice, value, NULL); break;
    case GENERAL_1: live_position(s->live, voice, value, NULL); break;
    case GENERAL_2: live_speed(s->live, voice, 2 * value * 127 / 128, NULL); break;
    default: break;
    }
}

static void bend(lts_server *s, int value)
{
    s->bend = (double)BEND_RANGE * value / 8192;
    for (unsigned voice = 0; s->live && voice < LIVE_VOICES; voice++)
        live_transpose(s->live, voice, bent(s, s->transpose[voice]), NULL);
}

/* Number i as an int, which it is where it matters. */
static int whole(const request *r, size_t i)
{
    return (int)fmin(fmax(request_number(r, i), -1e6), 1e6);
}

void midi_message(const request *r)
{
    lts_server *s = r->server;
    const int kind = whole(r, 0), channel = whole(r, 1);
    const int number = whole(r, 2), value = whole(r, 3);
    bool in_range = kind == MIDI_BEND ? value >= -8192 && value <= 8191
                                      : value >= 0 && value <= 127 && number >= 0 && number <= 127;
    in_range = in_range && channel >= 0 && channel <= 15;
    if (kind < MIDI_NOTE_OFF || kind > MIDI_BEND || !in_range) {
        reply_report(&s->reply, "/midi: no such event: see lts-osc(7)");
        return;
    }
    const midi_event event = {kind == MIDI_NOTE_ON && value == 0 ? MIDI_NOTE_OFF : (midi_kind)kind,
                              channel, number, value};
    if (synth_midi(r, &event))
        return;
    if (kind == MIDI_NOTE_ON && value > 0)
        note_on(r, number, value);
    else if (kind == MIDI_NOTE_ON || kind == MIDI_NOTE_OFF)
        note_off(s, number);
    else if (kind == MIDI_BEND)
        bend(s, value);
    for (unsigned voice = 0; kind == MIDI_CONTROLLER && number == MODULATION && voice < LIVE_VOICES;
         voice++)
        keep_alpha(s, voice, value / 127.0);
    for (unsigned voice = 0; kind == MIDI_CONTROLLER && s->live && voice < LIVE_VOICES; voice++)
        control(s, voice, number, value / 127.0);
}
