/* Instruments for the tests: see instrument.ttl. The sine counts its sounds in a static variable,
 * which a host must not let them hear: its level falls with each sound that the process made. */

#include <lv2/atom/util.h>
#include <lv2/buf-size/buf-size.h>
#include <lv2/core/lv2.h>
#include <lv2/event/event.h>
#include <lv2/midi/midi.h>
#include <lv2/options/options.h>
#include <lv2/parameters/parameters.h>
#include <lv2/uri-map/uri-map.h>
#include <lv2/urid/urid.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NOTES, LEFT, RIGHT, RATIO, GAIN, CRASH, HANG, LEAVE, SPOIL, METER, PORTS };
enum { EVENT_NOTES, EVENT_OUT, EVENT_GAIN };

static int sounds;

typedef struct instrument {
    double rate, phase;
    uint32_t midi;
    int32_t longest; /* block that the host promised */
    int note;        /* 0: none */
    float velocity;
    void *port[PORTS];
} instrument;

static void *feature(const LV2_Feature *const *features, const char *uri)
{
    for (; *features; features++)
        if (strcmp((*features)->URI, uri) == 0)
            return (*features)->data;
    return NULL;
}

static LV2_Handle instantiate_sine(const LV2_Descriptor *descriptor, double rate, const char *path,
                                   const LV2_Feature *const *features)
{
    const LV2_URID_Map *map = feature(features, LV2_URID__map);
    const LV2_URID_Unmap *unmap = feature(features, LV2_URID__unmap);
    const LV2_Options_Option *option = feature(features, LV2_OPTIONS__options);
    instrument *i = calloc(1, sizeof *i);
    float told = 0;
    (void)descriptor;
    (void)path;
    if (!i || !map || !unmap || !option)
        return NULL;
    i->rate = rate;
    i->midi = map->map(map->handle, LV2_MIDI__MidiEvent);
    for (; option->key; option++) {
        const char *key = unmap->unmap(unmap->handle, option->key);
        if (strcmp(key, LV2_BUF_SIZE__maxBlockLength) == 0)
            memcpy(&i->longest, option->value, sizeof i->longest);
        if (strcmp(key, LV2_PARAMETERS__sampleRate) == 0)
            memcpy(&told, option->value, sizeof told);
    }
    if (told != (float)rate) {
        free(i);
        return NULL;
    }
    sounds++;
    return i;
}

static LV2_Handle instantiate_event(const LV2_Descriptor *descriptor, double rate, const char *path,
                                    const LV2_Feature *const *features)
{
    const LV2_URI_Map_Feature *map = feature(features, LV2_URI_MAP_URI);
    instrument *i = calloc(1, sizeof *i);
    (void)descriptor;
    (void)path;
    if (!i || !map || !feature(features, LV2_EVENT_URI))
        return NULL;
    i->rate = rate;
    i->midi = map->uri_to_id(map->callback_data, LV2_EVENT_URI, LV2_MIDI__MidiEvent);
    return i;
}

static void connect_port(LV2_Handle handle, uint32_t port, void *data)
{
    ((instrument *)handle)->port[port] = data;
}

static float control(const instrument *i, int port)
{
    return *(const float *)i->port[port];
}

static void play(instrument *i, const uint8_t *message)
{
    if ((message[0] & 0xf0) == 0x90) {
        i->note = message[1];
        i->velocity = (float)message[2] / 127;
    } else if ((message[0] & 0xf0) == 0x80 && message[1] == i->note) {
        i->note = 0;
    }
}

static float next_sample(instrument *i, float ratio, float gain)
{
    const double f = 440 * exp2((i->note - 69) / 12.0);
    if (i->note == 0)
        return 0;
    const double y = gain * i->velocity * sin(2 * 3.14159265358979 * i->phase);
    i->phase += ratio * f / i->rate;
    return (float)y;
}

static void run_sine(LV2_Handle handle, uint32_t samples)
{
    instrument *i = handle;
    float *left = i->port[LEFT], *right = i->port[RIGHT];
    const LV2_Atom_Sequence *notes = i->port[NOTES];
    uint32_t at = 0;
    if (control(i, CRASH) == 1)
        abort();
    while (control(i, HANG) == 1)
        sleep(1);
    if (control(i, LEAVE) > 0)
        _exit((int)control(i, LEAVE));
    if ((int32_t)samples > i->longest)
        abort();
    const float gain = control(i, GAIN) / (float)sounds;
    LV2_ATOM_SEQUENCE_FOREACH(notes, event)
    {
        for (; at < event->time.frames && at < samples; at++)
            left[at] = next_sample(i, control(i, RATIO), gain);
        if (event->body.type == i->midi)
            play(i, (const uint8_t *)(event + 1));
    }
    for (; at < samples; at++)
        left[at] = next_sample(i, control(i, RATIO), gain);
    for (uint32_t s = 0; s < samples; s++) {
        if (control(i, SPOIL) == 1)
            left[s] = NAN;
        if (control(i, SPOIL) == 2)
            left[s] += 0.1f * ((float)rand() / (float)RAND_MAX - 0.5f);
        right[s] = 0.5f * left[s];
    }
    *(float *)i->port[METER] = gain;
}

static void run_event(LV2_Handle handle, uint32_t samples)
{
    instrument *i = handle;
    float *out = i->port[EVENT_OUT];
    const LV2_Event_Buffer *notes = i->port[EVENT_NOTES];
    const uint8_t *next = notes->data;
    uint32_t at = 0;
    for (uint32_t n = 0; n < notes->event_count; n++) {
        const LV2_Event *event = (const LV2_Event *)(const void *)next;
        for (; at < event->frames && at < samples; at++)
            out[at] = next_sample(i, 1, control(i, EVENT_GAIN));
        if (event->type == i->midi)
            play(i, (const uint8_t *)(event + 1));
        next += (sizeof *event + event->size + 7) & ~(size_t)7;
    }
    for (; at < samples; at++)
        out[at] = next_sample(i, 1, control(i, EVENT_GAIN));
}

static void cleanup(LV2_Handle handle)
{
    free(handle);
}

LV2_SYMBOL_EXPORT const LV2_Descriptor *lv2_descriptor(uint32_t index)
{
    static const LV2_Descriptor descriptors[] = {
        {"urn:lts-test:sine", instantiate_sine, connect_port, NULL, run_sine, NULL, cleanup, NULL},
        {"urn:lts-test:event", instantiate_event, connect_port, NULL, run_event, NULL, cleanup,
         NULL}};
    return index < 2 ? &descriptors[index] : NULL;
}
