#include "engine/midi/midi.h"

enum { NOTE_OFF = 0x80, NOTE_ON = 0x90, CONTROLLER = 0xb0, PROGRAM = 0xc0, PRESSURE = 0xd0 };
enum { BEND = 0xe0, SYSTEM = 0xf0, REAL_TIME = 0xf8 };

static bool decode(const midi_parser *parser, midi_event *event)
{
    const int kind = parser->status & 0xf0, first = parser->data[0], second = parser->data[1];
    *event = (midi_event){.channel = parser->status & 0x0f, .number = first, .value = second};
    switch (kind) {
    case NOTE_OFF: event->kind = MIDI_NOTE_OFF; return true;
    case NOTE_ON: event->kind = second > 0 ? MIDI_NOTE_ON : MIDI_NOTE_OFF; return true;
    case CONTROLLER: event->kind = MIDI_CONTROLLER; return true;
    case BEND:
        event->kind = MIDI_BEND;
        event->number = 0;
        event->value = (second << 7 | first) - 8192;
        return true;
    default: return false;
    }
}

bool midi_parse(midi_parser *parser, uint8_t byte, midi_event *event)
{
    if (byte >= REAL_TIME)
        return false;
    if (byte >= 0x80) {
        parser->status = byte < SYSTEM ? byte : 0;
        parser->have = 0;
        return false;
    }
    if (parser->status == 0)
        return false;
    parser->data[parser->have++] = byte;
    const int kind = parser->status & 0xf0;
    if (parser->have < (kind == PROGRAM || kind == PRESSURE ? 1 : 2))
        return false;
    parser->have = 0;
    return decode(parser, event);
}
