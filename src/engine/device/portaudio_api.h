/* What is used of PortAudio, as a table, so that a test can be the sound hardware. */
#ifndef ENGINE_DEVICE_PORTAUDIO_API_H
#define ENGINE_DEVICE_PORTAUDIO_API_H

#include "engine/device/device_list.h"
#include "engine/device/sink.h"

#include <portaudio.h>

typedef struct portaudio_api {
    PaError (*initialize)(void);
    PaError (*terminate)(void);
    PaDeviceIndex (*count)(void);
    PaDeviceIndex (*standard)(void);
    const PaDeviceInfo *(*info)(PaDeviceIndex device);
    PaError (*open)(PaStream **stream, const PaStreamParameters *in, const PaStreamParameters *out,
                    double rate, unsigned long frames, PaStreamFlags flags,
                    PaStreamCallback *callback, void *user);
    PaError (*start)(PaStream *stream);
    PaError (*stop)(PaStream *stream);
    PaError (*close)(PaStream *stream);
    PaError (*is_active)(PaStream *stream);
    const PaStreamInfo *(*stream_info)(PaStream *stream);
} portaudio_api;

extern const portaudio_api portaudio_library;

/* PortAudio is not for several threads: from begin to end it belongs to the caller, initialised.
 * PortAudio counts its initialisations; it looks for devices at the first, so what is plugged in
 * while a player is open is seen only later. LTS_ERR_IO when another thread has not come back from
 * it for seconds, or it does not start. */
lts_status portaudio_begin(const portaudio_api *api, lts_error *err);
void portaudio_end(const portaudio_api *api);
/* Closes the stream, when not NULL, and undoes the initialisation it holds. Waits for the others.
 */
void portaudio_close(const portaudio_api *api, PaStream *stream);

/* Between begin and end: how many devices have outputs; the id-th of them; its name, cleaned, and
 * numbered from the second on when several have the same. */
int portaudio_outputs(const portaudio_api *api);
PaDeviceIndex portaudio_output(const portaudio_api *api, int id);
void portaudio_name(const portaudio_api *api, int id, char *name, size_t room);

/* A device's number or name as an id of device_list's, NULL or "" the system's default; "null" has
 * the last. *outputs: how many are before it. LTS_ERR_NOT_FOUND. */
lts_status portaudio_find(const portaudio_api *api, const char *device, int *id, int *outputs,
                          lts_error *err);

/* Between begin and end: the device with this id, at the rate asked for or, when it refuses that,
 * at its own. */
lts_status sink_open_device(const portaudio_api *api, int id, double sample_rate, size_t block,
                            sink **out, lts_error *err);

/* device_list over any table. */
size_t device_list_on(const portaudio_api *api, sound_device *devices, size_t room);

#endif
