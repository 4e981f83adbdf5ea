/* MIDI in: bytes to events, from a port of the system's or from a file that carries raw MIDI (a
 * device node, a named pipe). */
#ifndef ENGINE_MIDI_H
#define ENGINE_MIDI_H

#include "lts/base.h"

typedef enum midi_kind { MIDI_NOTE_OFF, MIDI_NOTE_ON, MIDI_CONTROLLER, MIDI_BEND } midi_kind;

typedef struct midi_event {
    midi_kind kind;
    int channel; /* 0..15 */
    int number;  /* of the note or the controller, 0..127; 0 for a bend */
    int value;   /* velocity or value 0..127; a bend -8192..8191 */
} midi_event;

/* A byte stream's reader: running status, real-time bytes between, system exclusive passed over
 * (MIDI 1.0 detailed specification). Zeroed is ready. True when the byte ends an event of the kinds
 * above; a note-on of velocity 0 is a note-off. */
typedef struct midi_parser {
    uint8_t status, data[2];
    int have;
} midi_parser;
bool midi_parse(midi_parser *parser, uint8_t byte, midi_event *event);

/* "default", a port's number or name (PortMidi), or a path with a slash: raw bytes. The handler is
 * called by a thread of its own. A pipe whose writer went away waits for the next one. */
typedef struct midi midi;
lts_status midi_open(const char *port, void (*handler)(void *user, const midi_event *event),
                     void *user, midi **out, lts_error *err);
void midi_close(midi *m); /* NULL is allowed */
size_t midi_list(char (*names)[128], size_t room);

#endif
