/* lts-lv2-host: plays one LV2 plugin for the library, which starts it and talks to it as
 * synth/lv2/protocol.h says. It has one thread, so that it may fork: every sound is made by a
 * child with a new instance, which ends with it. Nothing of one sound reaches the next, and a
 * plugin that crashes or hangs takes one child with it. */
#ifndef SYNTH_LV2_HOST_HOST_H
#define SYNTH_LV2_HOST_HOST_H

#include "synth/lv2/protocol.h"

#include <lilv/lilv.h>
#include <stdbool.h>
#include <stddef.h>

/* Samples that a plugin makes at a time, always as many: bounded, fixed and a power of two. */
enum { HOST_BLOCK = 256 };
/* Bytes of a buffer of events, unless a port asks for more. */
enum { HOST_EVENTS = 16384 };

typedef enum port_kind {
    PORT_CONTROL,    /* an input */
    PORT_METER,      /* a control that the plugin sets */
    PORT_AUDIO_IN,   /* of CV too: silence, or the default */
    PORT_AUDIO_OUT,  /* heard */
    PORT_SIGNAL_OUT, /* of CV: not heard */
    PORT_ATOM_IN,
    PORT_ATOM_OUT,
    PORT_EVENT_IN, /* of the older kind */
    PORT_EVENT_OUT,
    PORT_UNCONNECTED
} port_kind;

typedef struct host_port {
    port_kind kind;
    const LilvPort *port;
    bool notes;   /* is where the note goes */
    float value;  /* of controls: the default; of CV: what the input is */
    void *buffer; /* of all but controls */
    size_t bytes; /* of the buffer */
} host_port;

/* A plugin and how it is to be played. */
typedef struct host_plugin {
    LilvWorld *world;
    const LilvPlugin *plugin;
    host_port *port;
    uint32_t ports;
    size_t controls, outputs;
    double sample_rate;
    size_t samples, gate; /* of a sound, and of those held */
    int note, velocity;
    double timeout; /* seconds */
} host_plugin;

/* A line of what is wrong. */
enum { HOST_LINE = 480 };

/* Opens the world of all plugins that LV2_PATH leads to; NULL: no memory. */
LilvWorld *host_world_open(void);

/* Finds the plugin and what its ports are; HOST_OK, or the line says why it cannot be played. All
 * is the world's until host_plugin_close. */
host_status host_plugin_open(host_plugin *plugin, const char *uri, char line[HOST_LINE]);
void host_plugin_close(host_plugin *plugin);

/* Of one port. */
port_kind port_kind_of(LilvWorld *world, const LilvPlugin *plugin, const LilvPort *port);
bool port_takes_notes(LilvWorld *world, const LilvPlugin *plugin, const LilvPort *port);
bool port_has(const host_plugin *p, const LilvPort *port, const char *property);
/* The least, the most and the default of a control; what is missing is made up: 0 to 1, and the
 * least. */
void port_range(const host_plugin *p, const LilvPort *port, float range[3]);
/* The node's number, or the other where it has none. */
float port_number(const LilvNode *node, float otherwise);

/* Text that grows: the controls of a plugin, or the plugins, a line for each; false: no memory. */
typedef struct host_text {
    char *text;
    size_t length, room;
} host_text;
bool host_print(host_text *text, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;
bool host_describe(const host_plugin *plugin, host_text *text);
bool host_list(LilvWorld *world, host_text *text);

/* The features that instances are given, ending in NULL; NULL: no memory. They live as long as the
 * process. */
const LV2_Feature *const *host_features(double sample_rate);
bool host_has_feature(const char *uri);
bool host_has_option(const char *uri);
/* The number of a URI, from 1; 0: no memory. */
uint32_t host_map(const char *uri);

/* One sound, by a new instance, with these values for the control inputs in order. What is wrong
 * goes to the line, which is "" before; false then. */
bool host_render(host_plugin *plugin, const float *controls, float *x, char line[HOST_LINE]);

/* Keeps the plugin's library open in this process, so that no child has to load it. */
host_status host_preload(const host_plugin *plugin, char line[HOST_LINE]);

/* Answers requests until the library hangs up; the exit status. */
int host_serve(host_plugin *plugin);

bool host_reply_bytes(host_status status, const void *bytes, size_t size);
bool host_read_bytes(void *bytes, size_t size);

#endif
