/* Where MIDI comes from; the thread of midi.c knows a source by its functions alone. */
#ifndef ENGINE_MIDI_MIDI_SOURCE_H
#define ENGINE_MIDI_MIDI_SOURCE_H

#include "engine/midi/midi.h"

#include <portmidi.h>

typedef struct midi_source midi_source;

struct midi_source {
    /* Up to `room` bytes, after at most 0.05 s of waiting. */
    size_t (*read)(midi_source *source, uint8_t *bytes, size_t room);
    void (*close)(midi_source *source); /* frees it */
};

lts_status midi_open_path(const char *path, midi_source **out, lts_error *err);

/* What is used of PortMidi, so that a test can be the hardware. */
typedef struct portmidi_api {
    PmError (*initialize)(void);
    PmError (*terminate)(void);
    int (*count)(void);
    PmDeviceID (*standard)(void);
    const PmDeviceInfo *(*info)(PmDeviceID id);
    PmError (*open)(PortMidiStream **stream, PmDeviceID id, void *driver, int32_t room,
                    PmTimeProcPtr time, void *user);
    PmError (*filter)(PortMidiStream *stream, int32_t filters);
    int (*read)(PortMidiStream *stream, PmEvent *events, int32_t room);
    PmError (*close)(PortMidiStream *stream);
} portmidi_api;

extern const portmidi_api portmidi_library;

lts_status midi_open_port(const portmidi_api *api, const char *port, midi_source **out,
                          lts_error *err);

/* midi_open and midi_list over any table. */
lts_status midi_open_on(const portmidi_api *api, const char *port,
                        void (*handler)(void *user, const midi_event *event), void *user,
                        midi **out, lts_error *err);
size_t midi_list_on(const portmidi_api *api, char (*names)[128], size_t room);

#endif
