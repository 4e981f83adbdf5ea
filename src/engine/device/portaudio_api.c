#include "engine/device/portaudio_api.h"

#include "engine/device/silence_library_errors.h"
#include "engine/realtime/thread.h"

#include <pthread.h>
#include <string.h>

const portaudio_api portaudio_library = {
    .initialize = Pa_Initialize,
    .terminate = Pa_Terminate,
    .count = Pa_GetDeviceCount,
    .standard = Pa_GetDefaultOutputDevice,
    .info = Pa_GetDeviceInfo,
    .open = Pa_OpenStream,
    .start = Pa_StartStream,
    .stop = Pa_StopStream,
    .close = Pa_CloseStream,
    .is_active = Pa_IsStreamActive,
    .stream_info = Pa_GetStreamInfo,
};

enum { NAME_ROOM = sizeof((sound_device *)0)->name };

static const double patience = 3; /* s for another thread to come back from PortAudio */

static pthread_mutex_t calling = PTHREAD_MUTEX_INITIALIZER;

/* Not pthread_mutex_timedlock, which macOS lacks. */
static bool enter(double seconds)
{
    for (double end = lts_now() + seconds; pthread_mutex_trylock(&calling) != 0;) {
        if (lts_now() > end)
            return false;
        realtime_sleep(0.002);
    }
    return true;
}

lts_status portaudio_begin(const portaudio_api *api, lts_error *err)
{
    if (!enter(patience))
        return lts_fail(err, LTS_ERR_IO,
                        "sound: a device that is being closed does not answer: unplug it, or use "
                        "the device null");
    silence_library_errors();
    PaError code = api->initialize();
    if (code == paNoError)
        return LTS_OK;
    pthread_mutex_unlock(&calling);
    return lts_fail(err, LTS_ERR_IO, "sound: PortAudio does not start: %s", Pa_GetErrorText(code));
}

void portaudio_end(const portaudio_api *api)
{
    api->terminate();
    pthread_mutex_unlock(&calling);
}

void portaudio_close(const portaudio_api *api, PaStream *stream)
{
    pthread_mutex_lock(&calling);
    if (stream)
        api->close(stream);
    api->terminate();
    pthread_mutex_unlock(&calling);
}

static bool has_outputs(const portaudio_api *api, PaDeviceIndex device)
{
    const PaDeviceInfo *info = api->info(device);
    return info && info->maxOutputChannels > 0;
}

int portaudio_outputs(const portaudio_api *api)
{
    int outputs = 0;
    for (PaDeviceIndex d = 0; d < api->count(); d++)
        outputs += has_outputs(api, d);
    return outputs;
}

PaDeviceIndex portaudio_output(const portaudio_api *api, int id)
{
    for (PaDeviceIndex d = 0; d < api->count(); d++)
        if (has_outputs(api, d) && id-- == 0)
            return d;
    return paNoDevice;
}

static void clean_name(const portaudio_api *api, int id, char *name, size_t room)
{
    size_t length = 0;
    const char *from = api->info(portaudio_output(api, id))->name;
    for (; from && *from && length + 1 < room; from++)
        if ((unsigned char)*from >= ' ' && !strchr("\",;$\\", *from))
            name[length++] = *from;
    name[length] = '\0';
}

void portaudio_name(const portaudio_api *api, int id, char *name, size_t room)
{
    char other[NAME_ROOM];
    int same = 1;
    clean_name(api, id, name, room < NAME_ROOM - 8 ? room : NAME_ROOM - 8);
    for (int i = 0; i < id; i++) {
        clean_name(api, i, other, NAME_ROOM - 8);
        same += strcmp(other, name) == 0;
    }
    const size_t length = strlen(name);
    if (same > 1)
        snprintf(name + length, room - length, " %d", same);
}

static int find_name(const portaudio_api *api, const char *device, int outputs)
{
    char name[NAME_ROOM];
    for (int id = 0; id < outputs; id++) {
        portaudio_name(api, id, name, sizeof name);
        if (strcmp(name, device) == 0)
            return id;
    }
    return -1;
}

static int find_standard(const portaudio_api *api, int outputs)
{
    for (int id = 0; id < outputs; id++)
        if (portaudio_output(api, id) == api->standard())
            return id;
    return -1;
}

lts_status portaudio_find(const portaudio_api *api, const char *device, int *id, int *outputs,
                          lts_error *err)
{
    int64_t number;
    *outputs = portaudio_outputs(api);
    if (!device || !device[0]) {
        *id = find_standard(api, *outputs);
        return *id >= 0 ? LTS_OK
                        : lts_fail(err, LTS_ERR_NOT_FOUND,
                                   "sound: the system has no standard device: choose one of the "
                                   "list, null or file:OUT.wav");
    }
    if (strcmp(device, "null") == 0)
        *id = *outputs;
    else if (!lts_parse_int(device, &number))
        *id = find_name(api, device, *outputs);
    else
        *id = number >= 0 && number <= *outputs ? (int)number : -1;
    return *id >= 0 ? LTS_OK
                    : lts_fail(err, LTS_ERR_NOT_FOUND,
                               "sound: no device \"%s\": choose one of the list (0 to %d), null or "
                               "file:OUT.wav",
                               device, *outputs);
}

size_t device_list_on(const portaudio_api *api, sound_device *devices, size_t room)
{
    size_t count = 0;
    if (portaudio_begin(api, NULL) == LTS_OK) {
        const int outputs = portaudio_outputs(api), standard = find_standard(api, outputs);
        for (; count < (size_t)outputs && count < room; count++) {
            sound_device *d = &devices[count];
            *d = (sound_device){.id = (int)count, .standard = (int)count == standard};
            portaudio_name(api, d->id, d->name, sizeof d->name);
        }
        count = (size_t)outputs;
        portaudio_end(api);
    }
    if (count < room)
        devices[count] = (sound_device){.id = (int)count, .name = "null"};
    return count + 1;
}

size_t device_list(sound_device *devices, size_t room)
{
    return device_list_on(&portaudio_library, devices, room);
}
