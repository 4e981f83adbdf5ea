#include "engine/device/silence_library_errors.h"
#include "engine/midi/midi_source.h"
#include "engine/realtime/thread.h"

#include <pthread.h>
#include <string.h>

const portmidi_api portmidi_library = {
    Pm_Initialize,    Pm_Terminate, Pm_CountDevices, Pm_GetDefaultInputDeviceID,
    Pm_GetDeviceInfo, Pm_OpenInput, Pm_SetFilter,    Pm_Read,
    Pm_Close};

enum { EVENTS = 64, ROOM = 1024 /* events that PortMidi keeps between two reads */ };

static const double rest = 0.001; /* s between two reads that found nothing */

typedef struct port_source {
    midi_source base;
    const portmidi_api *api;
    PortMidiStream *stream;
} port_source;

/* PortMidi is not for several threads and, unlike PortAudio, does not count its initialisations:
 * the one state that has to be the process's. */
static pthread_mutex_t calling = PTHREAD_MUTEX_INITIALIZER;
static unsigned users;

static PmError begin(const portmidi_api *api)
{
    pthread_mutex_lock(&calling);
    silence_library_errors();
    PmError code = users > 0 ? pmNoError : api->initialize();
    if (code == pmNoError)
        users++;
    else
        pthread_mutex_unlock(&calling);
    return code;
}

static void end(void)
{
    pthread_mutex_unlock(&calling);
}

/* Also undoes begin's initialisation. */
static void end_use(const portmidi_api *api)
{
    if (--users == 0)
        api->terminate();
    pthread_mutex_unlock(&calling);
}

static void clean_name(const char *from, char *name, size_t room)
{
    size_t length = 0;
    for (; from && *from && length + 1 < room; from++)
        if ((unsigned char)*from >= ' ' && !strchr("\",;$\\", *from))
            name[length++] = *from;
    name[length] = '\0';
}

/* The number-th device with inputs, or by name; pmNoDevice when there is none. */
static PmDeviceID find(const portmidi_api *api, const char *port)
{
    int64_t number = -1;
    char name[128];
    const bool by_number = lts_parse_int(port, &number);
    if (strcmp(port, "default") == 0)
        return api->standard();
    for (PmDeviceID id = 0; id < api->count(); id++) {
        const PmDeviceInfo *info = api->info(id);
        if (!info || !info->input)
            continue;
        clean_name(info->name, name, sizeof name);
        if (by_number ? number-- == 0 : strcmp(name, port) == 0)
            return id;
    }
    return pmNoDevice;
}

static PmTimestamp milliseconds(void *user)
{
    (void)user;
    return (PmTimestamp)((uint64_t)(1000 * lts_now()) & INT32_MAX);
}

/* Channel messages alone are passed on; PortMidi packs one into the lowest three bytes. */
static size_t port_read(midi_source *source, uint8_t *bytes, size_t room)
{
    port_source *s = (port_source *)source;
    PmEvent events[EVENTS];
    size_t most = room / 3 < EVENTS ? room / 3 : EVENTS, count = 0;
    pthread_mutex_lock(&calling);
    int got = s->api->read(s->stream, events, (int32_t)most);
    pthread_mutex_unlock(&calling);
    for (int e = 0; e < got; e++) {
        const uint32_t message = (uint32_t)events[e].message;
        const uint8_t status = message & 0xff;
        for (unsigned b = 0; b < 3 && status >= 0x80 && status < 0xf0; b++)
            bytes[count++] = (uint8_t)(message >> 8 * b);
    }
    if (got <= 0)
        realtime_sleep(rest);
    return count;
}

static void port_close(midi_source *source)
{
    port_source *s = (port_source *)source;
    pthread_mutex_lock(&calling);
    s->api->close(s->stream);
    end_use(s->api);
    lts_free(s);
}

lts_status midi_open_port(const portmidi_api *api, const char *port, midi_source **out,
                          lts_error *err)
{
    *out = NULL;
    port_source *s;
    lts_status status = lts_alloc_checked(&s, 1, sizeof *s, port, err);
    if (status != LTS_OK)
        return status;
    *s = (port_source){.base = {port_read, port_close}, .api = api};
    PmError code = begin(api);
    if (code != pmNoError) {
        lts_free(s);
        return lts_fail(err, LTS_ERR_IO, "midi: PortMidi does not start: %s: give a path instead",
                        Pm_GetErrorText(code));
    }
    PmDeviceID id = find(api, port);
    if (id == pmNoDevice)
        status = lts_fail(err, LTS_ERR_NOT_FOUND,
                          "midi: no port \"%s\" among those of the system that give MIDI: name one "
                          "of these, or the path of a device or a named pipe",
                          port);
    else if ((code = api->open(&s->stream, id, NULL, ROOM, milliseconds, NULL)) != pmNoError)
        status = lts_fail(err, LTS_ERR_IO, "midi: port \"%s\" cannot be opened: %s", port,
                          Pm_GetErrorText(code));
    if (status != LTS_OK) {
        end_use(api);
        lts_free(s);
        return status;
    }
    api->filter(s->stream, PM_FILT_REALTIME | PM_FILT_SYSTEMCOMMON);
    end();
    *out = &s->base;
    return LTS_OK;
}

size_t midi_list_on(const portmidi_api *api, char (*names)[128], size_t room)
{
    size_t count = 0;
    if (begin(api) != pmNoError)
        return 0;
    for (PmDeviceID id = 0; id < api->count(); id++) {
        const PmDeviceInfo *info = api->info(id);
        if (!info || !info->input)
            continue;
        if (count < room)
            clean_name(info->name, names[count], sizeof names[count]);
        count++;
    }
    end_use(api);
    return count;
}
