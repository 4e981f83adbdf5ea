#include "engine/handlers/handlers.h"

/* What else controllers move on the synthesizer's channel. */
enum { MODULATION = 1, VOLUME = 7 };

/* A controller's way, 0 to 127, is that from the lowest level to the highest. */
static bool move(lts_server *s, const midi_event *event)
{
    const int p = s->synth_play.controller[event->number];
    if (p < 0)
        return false;
    const synth_scale *of = live_synth_scale(s->synth, (size_t)p);
    live_synth_move(s->synth, (size_t)p, scale_mix(of, of->high, of->low, event->value / 127.0));
    synth_changed(s, SYNTH_PARAMETERS);
    return true;
}

bool synth_midi(const request *r, const midi_event *event)
{
    lts_server *s = r->server;
    if (!s->synth)
        return false;
    if (event->kind == MIDI_CONTROLLER && move(s, event))
        return true;
    if (event->channel != s->synth_play.channel)
        return false;
    switch (event->kind) {
    case MIDI_NOTE_ON: synth_note_on(s, event->number, event->value / 127.0); break;
    case MIDI_NOTE_OFF: synth_note_off(s, event->number); break;
    case MIDI_BEND:
        s->synth_play.bend = (double)BEND_RANGE * event->value / 8192;
        synth_play_changed(s);
        break;
    case MIDI_CONTROLLER:
        if (event->number == MODULATION)
            synth_morph_to(r, event->value / 127.0, false);
        else if (event->number == VOLUME) {
            s->synth_play.gain = event->value / 127.0;
            synth_play_changed(s);
            synth_changed(s, SYNTH_GAIN);
        }
        break;
    }
    return true;
}
