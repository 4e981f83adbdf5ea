/* One sound by one instance. */
#include "host.h"

#include <dlfcn.h>
#include <lv2/atom/atom.h>
#include <lv2/event/event.h>
#include <lv2/midi/midi.h>
#include <stdio.h>
#include <string.h>

/* A note on or off, `frame` samples into the block. */
typedef struct note {
    uint32_t frame;
    uint8_t message[3];
} note;

typedef struct types {
    uint32_t sequence, chunk, midi;
} types;

static size_t padded(size_t bytes)
{
    return (bytes + 7) & ~(size_t)7;
}

/* The buffers are larger than two notes take. */
static void fill_sequence(void *buffer, const types *type, const note *notes, size_t count)
{
    LV2_Atom_Sequence *sequence = buffer;
    char *next = (char *)(sequence + 1);
    for (size_t n = 0; n < count; n++) {
        LV2_Atom_Event *event = (LV2_Atom_Event *)(void *)next;
        event->time.frames = notes[n].frame;
        event->body = (LV2_Atom){sizeof notes[n].message, type->midi};
        memcpy(event + 1, notes[n].message, sizeof notes[n].message);
        next += padded(sizeof *event + sizeof notes[n].message);
    }
    sequence->atom = (LV2_Atom){(uint32_t)(next - (char *)(&sequence->atom + 1)), type->sequence};
    sequence->body = (LV2_Atom_Sequence_Body){0, 0};
}

static void fill_events(void *buffer, size_t bytes, const types *type, const note *notes,
                        size_t count)
{
    LV2_Event_Buffer *events = buffer;
    char *next = (char *)(events + 1);
    *events = (LV2_Event_Buffer){.data = (uint8_t *)next,
                                 .header_size = sizeof *events,
                                 .stamp_type = LV2_EVENT_AUDIO_STAMP,
                                 .event_count = (uint32_t)count,
                                 .capacity = (uint32_t)(bytes - sizeof *events)};
    for (size_t n = 0; n < count; n++) {
        LV2_Event *event = (LV2_Event *)(void *)next;
        *event = (LV2_Event){.frames = notes[n].frame,
                             .type = (uint16_t)type->midi,
                             .size = sizeof notes[n].message};
        memcpy(event + 1, notes[n].message, sizeof notes[n].message);
        next += padded(sizeof *event + sizeof notes[n].message);
    }
    events->size = (uint32_t)(next - (char *)(events + 1));
}

/* What every port holds before a block. */
static void fill_ports(host_plugin *p, const types *type, const note *notes, size_t count)
{
    for (uint32_t i = 0; i < p->ports; i++) {
        host_port *port = &p->port[i];
        const size_t sent = port->notes ? count : 0;
        switch (port->kind) {
        case PORT_ATOM_IN: fill_sequence(port->buffer, type, notes, sent); break;
        case PORT_ATOM_OUT:
            *(LV2_Atom *)port->buffer =
                (LV2_Atom){(uint32_t)(port->bytes - sizeof(LV2_Atom)), type->chunk};
            break;
        case PORT_EVENT_IN:
        case PORT_EVENT_OUT: fill_events(port->buffer, port->bytes, type, notes, sent); break;
        default: break;
        }
    }
}

/* The notes of the block that begins at `start`. */
static size_t notes_of(const host_plugin *p, size_t start, note notes[2])
{
    size_t count = 0;
    if (start == 0)
        notes[count++] = (note){0, {0x90, (uint8_t)p->note, (uint8_t)p->velocity}};
    if (p->gate >= start && p->gate < start + HOST_BLOCK)
        notes[count++] = (note){(uint32_t)(p->gate - start), {0x80, (uint8_t)p->note, 64}};
    return count;
}

static void connect(host_plugin *p, LilvInstance *instance, const float *controls)
{
    size_t control = 0;
    for (uint32_t i = 0; i < p->ports; i++) {
        host_port *port = &p->port[i];
        if (port->kind == PORT_CONTROL)
            port->value = controls[control++];
        lilv_instance_connect_port(
            instance, i,
            port->kind == PORT_CONTROL || port->kind == PORT_METER ? &port->value : port->buffer);
    }
}

bool host_render(host_plugin *p, const float *controls, float *x, char line[HOST_LINE])
{
    const types type = {host_map(LV2_ATOM__Sequence), host_map(LV2_ATOM__Chunk),
                        host_map(LV2_MIDI__MidiEvent)};
    const LV2_Feature *const *features = host_features(p->sample_rate);
    LilvInstance *instance =
        features ? lilv_plugin_instantiate(p->plugin, p->sample_rate, features) : NULL;
    if (!instance) {
        snprintf(line, HOST_LINE, "cannot be instantiated at %g Hz", p->sample_rate);
        return false;
    }
    connect(p, instance, controls);
    lilv_instance_activate(instance);
    for (size_t start = 0; start < p->samples; start += HOST_BLOCK) {
        const size_t left = p->samples - start, count = left < HOST_BLOCK ? left : HOST_BLOCK;
        note notes[2];
        fill_ports(p, &type, notes, notes_of(p, start, notes));
        lilv_instance_run(instance, HOST_BLOCK);
        memset(x + start, 0, count * sizeof *x);
        for (uint32_t i = 0; i < p->ports; i++) {
            const float *heard = p->port[i].buffer;
            for (size_t s = 0; p->port[i].kind == PORT_AUDIO_OUT && s < count; s++)
                x[start + s] += heard[s];
        }
        for (size_t s = 0; s < count; s++)
            x[start + s] /= (float)p->outputs;
    }
    return true;
}

host_status host_preload(const host_plugin *plugin, char line[HOST_LINE])
{
    const LilvNode *library = lilv_plugin_get_library_uri(plugin->plugin);
    char *path = library ? lilv_node_get_path(library, NULL) : NULL;
    const bool loaded = path && dlopen(path, RTLD_NOW);
    if (!loaded)
        snprintf(line, HOST_LINE, "cannot be loaded: %.400s",
                 path ? dlerror() : "it has no library");
    lilv_free(path);
    return loaded ? HOST_OK : HOST_MISSING;
}
