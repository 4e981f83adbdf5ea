/* MIDI in: bytes to events, from a port of the system's or from a file that carries raw MIDI (a
 * device node, a named pipe). */
#ifndef ENGINE_MIDI_MIDI_H
#define ENGINE_MIDI_MIDI_H

#include "lts/base.h"

typedef enum midi_kind { MIDI_NOTE_OFF, MIDI_NOTE_ON, MIDI_CONTROLLER, MIDI_BEND } midi_kind;

typedef struct midi_event {
    midi_kind kind;
    int channel; /* 0..15 */
    int number;  /* of the note or the controller, 0..127; 0 for a bend */
    int value;   /* velocity or value 0..127; a bend -8192..8191 */
} midi_event;

/* A byte stream's reader: running status, real-time bytes anywhere, system exclusive and system
 * common messages passed over, which end a running status (MIDI 1.0 Detailed Specification 4.2.1).
 * Any bytes are allowed; data bytes before the first status byte are passed over. Zeroed is ready.
 * True when the byte ends an event of the kinds above, which is then in *event; a note-on of
 * velocity 0 is a note-off. Allocates nothing, waits for nothing. */
typedef struct midi_parser {
    uint8_t status, data[2];
    int have;
} midi_parser;
bool midi_parse(midi_parser *parser, uint8_t byte, midi_event *event);

/* "default", a port's number (as in midi_list, from 0) or name (PortMidi), or a path with a slash:
 * raw bytes of a pipe or a device node. The handler is called by a thread of its own until
 * midi_close returns, one event at a time; it may lock and allocate, but may not call midi_close. A
 * pipe whose writer went away waits for the next one, a device that went away for its return; a
 * pipe made anew under the path is found again. LTS_ERR_NOT_FOUND when there is no such port or
 * path, LTS_ERR_IO when it cannot be opened, or is neither pipe nor device; LTS_ERR_MEMORY. */
typedef struct midi midi;
lts_status midi_open(const char *port, void (*handler)(void *user, const midi_event *event),
                     void *user, midi **out, lts_error *err);
/* Within 0.1 s. NULL is allowed. */
void midi_close(midi *m);
/* The system's ports that give MIDI, by their names, without the characters " , ; $ \ ; returns how
 * many there are, `room` or fewer of which were written. Without MIDI in the system: 0. */
size_t midi_list(char (*names)[128], size_t room);

#endif
