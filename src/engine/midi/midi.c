#include "engine/midi/midi.h"

#include "engine/midi/midi_source.h"
#include "engine/realtime/thread.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum { BYTES = 256 };

struct midi {
    midi_source *source;
    void (*handler)(void *user, const midi_event *event);
    void *user;
    pthread_t thread;
    atomic_bool stop;
};

static void *midi_main(void *argument)
{
    midi *m = argument;
    midi_parser parser = {0};
    midi_event event;
    uint8_t bytes[BYTES];
    realtime_raise_priority();
    while (!atomic_load(&m->stop)) {
        size_t got = m->source->read(m->source, bytes, sizeof bytes);
        for (size_t b = 0; b < got && !atomic_load(&m->stop); b++)
            if (midi_parse(&parser, bytes[b], &event))
                m->handler(m->user, &event);
    }
    return NULL;
}

lts_status midi_open_on(const portmidi_api *api, const char *port,
                        void (*handler)(void *user, const midi_event *event), void *user,
                        midi **out, lts_error *err)
{
    *out = NULL;
    midi *m;
    lts_status status = lts_alloc_checked(&m, 1, sizeof *m, "MIDI", err);
    if (status != LTS_OK)
        return status;
    m->handler = handler;
    m->user = user;
    status = strchr(port, '/') ? midi_open_path(port, &m->source, err)
                               : midi_open_port(api, port, &m->source, err);
    if (status != LTS_OK)
        goto done;
    const int code = pthread_create(&m->thread, NULL, midi_main, m);
    if (code != 0) {
        m->source->close(m->source);
        status = lts_fail(err, LTS_ERR_IO, "midi: no thread to read %s: %s", port, strerror(code));
        goto done;
    }
    *out = m;
    m = NULL;
done:
    lts_free(m);
    return status;
}

lts_status midi_open(const char *port, void (*handler)(void *user, const midi_event *event),
                     void *user, midi **out, lts_error *err)
{
    return midi_open_on(&portmidi_library, port, handler, user, out, err);
}

size_t midi_list(char (*names)[128], size_t room)
{
    return midi_list_on(&portmidi_library, names, room);
}

void midi_close(midi *m)
{
    if (!m)
        return;
    atomic_store(&m->stop, true);
    pthread_join(m->thread, NULL);
    m->source->close(m->source);
    lts_free(m);
}
