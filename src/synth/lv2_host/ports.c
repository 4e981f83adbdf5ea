/* What the ports of a plugin are, and whether the host can play it. */
#include "host.h"

#include <lv2/atom/atom.h>
#include <lv2/core/lv2.h>
#include <lv2/event/event.h>
#include <lv2/midi/midi.h>
#include <lv2/options/options.h>
#include <lv2/resize-port/resize-port.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool port_is(LilvWorld *world, const LilvPlugin *plugin, const LilvPort *port,
                    const char *class)
{
    LilvNode *node = lilv_new_uri(world, class);
    const bool is = lilv_port_is_a(plugin, port, node);
    lilv_node_free(node);
    return is;
}

bool port_has(const host_plugin *p, const LilvPort *port, const char *property)
{
    LilvNode *node = lilv_new_uri(p->world, property);
    const bool has = lilv_port_has_property(p->plugin, port, node);
    lilv_node_free(node);
    return has;
}

bool port_takes_notes(LilvWorld *world, const LilvPlugin *plugin, const LilvPort *port)
{
    LilvNode *midi = lilv_new_uri(world, LV2_MIDI__MidiEvent);
    const bool takes = lilv_port_supports_event(plugin, port, midi);
    lilv_node_free(midi);
    return takes;
}

float port_number(const LilvNode *node, float otherwise)
{
    return node && (lilv_node_is_float(node) || lilv_node_is_int(node) || lilv_node_is_bool(node))
               ? lilv_node_as_float(node)
               : otherwise;
}

void port_range(const host_plugin *p, const LilvPort *port, float range[3])
{
    LilvNode *standard = NULL, *least = NULL, *most = NULL;
    lilv_port_get_range(p->plugin, port, &standard, &least, &most);
    const float scale = port_has(p, port, LV2_CORE__sampleRate) ? (float)p->sample_rate : 1;
    const float given = port_number(standard, NAN);
    range[0] = scale * port_number(least, given < 0 ? given : 0);
    range[1] = scale * port_number(most, given > 1 ? given : 1);
    if (port_has(p, port, LV2_CORE__toggled) && !(range[1] > range[0])) {
        range[0] = 0;
        range[1] = 1;
    }
    if (!(range[1] >= range[0]))
        range[1] = range[0];
    range[2] = isnan(given) ? range[0] : given;
    range[2] = range[2] < range[0] ? range[0] : range[2] > range[1] ? range[1] : range[2];
    lilv_node_free(standard);
    lilv_node_free(least);
    lilv_node_free(most);
}

port_kind port_kind_of(LilvWorld *world, const LilvPlugin *plugin, const LilvPort *port)
{
    static const struct {
        const char *class;
        port_kind in, out;
    } kinds[] = {{LV2_CORE__ControlPort, PORT_CONTROL, PORT_METER},
                 {LV2_CORE__AudioPort, PORT_AUDIO_IN, PORT_AUDIO_OUT},
                 {LV2_CORE__CVPort, PORT_AUDIO_IN, PORT_SIGNAL_OUT},
                 {LV2_ATOM__AtomPort, PORT_ATOM_IN, PORT_ATOM_OUT},
                 {LV2_EVENT__EventPort, PORT_EVENT_IN, PORT_EVENT_OUT}};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        if (port_is(world, plugin, port, kinds[k].class))
            return port_is(world, plugin, port, LV2_CORE__InputPort) ? kinds[k].in : kinds[k].out;
    return PORT_UNCONNECTED;
}

static size_t bytes_of(const host_plugin *p, const host_port *port)
{
    if (port->kind == PORT_AUDIO_IN || port->kind == PORT_AUDIO_OUT ||
        port->kind == PORT_SIGNAL_OUT)
        return HOST_BLOCK * sizeof(float);
    if (port->kind < PORT_ATOM_IN || port->kind == PORT_UNCONNECTED)
        return 0;
    LilvNode *wish = lilv_new_uri(p->world, LV2_RESIZE_PORT__minimumSize);
    LilvNode *size = lilv_port_get(p->plugin, port->port, wish);
    const int least = size && lilv_node_is_int(size) ? lilv_node_as_int(size) : 0;
    lilv_node_free(size);
    lilv_node_free(wish);
    return least > HOST_EVENTS && least < 1 << 28 ? (size_t)least : HOST_EVENTS;
}

static host_status open_port(host_plugin *p, uint32_t index, bool *notes, char line[HOST_LINE])
{
    host_port *port = &p->port[index];
    port->port = lilv_plugin_get_port_by_index(p->plugin, index);
    port->kind = port_kind_of(p->world, p->plugin, port->port);
    if (port->kind == PORT_UNCONNECTED && !port_has(p, port->port, LV2_CORE__connectionOptional)) {
        snprintf(line, HOST_LINE, "its port %s is of a kind that this host does not have",
                 lilv_node_as_string(lilv_port_get_symbol(p->plugin, port->port)));
        return HOST_REFUSED;
    }
    if (port->kind == PORT_CONTROL) {
        float range[3];
        port_range(p, port->port, range);
        port->value = range[2];
        p->controls++;
    }
    p->outputs += port->kind == PORT_AUDIO_OUT;
    port->notes = !*notes && (port->kind == PORT_ATOM_IN || port->kind == PORT_EVENT_IN) &&
                  port_takes_notes(p->world, p->plugin, port->port);
    *notes = *notes || port->notes;
    port->bytes = bytes_of(p, port);
    port->buffer = port->bytes > 0 ? calloc(1, port->bytes) : NULL;
    if (port->bytes > 0 && !port->buffer) {
        snprintf(line, HOST_LINE, "out of memory");
        return HOST_FAILED;
    }
    return HOST_OK;
}

/* The first of the nodes that the host does not have. */
static const char *find_missing(const LilvNodes *nodes, bool (*has)(const char *uri))
{
    if (nodes)
        LILV_FOREACH(nodes, i, nodes)
    if (lilv_node_is_uri(lilv_nodes_get(nodes, i)) &&
        !has(lilv_node_as_uri(lilv_nodes_get(nodes, i))))
        return lilv_node_as_uri(lilv_nodes_get(nodes, i));
    return NULL;
}

static host_status check_needs(const host_plugin *p, char line[HOST_LINE])
{
    LilvNode *name = lilv_new_uri(p->world, LV2_OPTIONS__requiredOption);
    LilvNodes *features = lilv_plugin_get_required_features(p->plugin);
    LilvNodes *options = lilv_plugin_get_value(p->plugin, name);
    const char *feature = find_missing(features, host_has_feature);
    const char *option = find_missing(options, host_has_option);
    if (feature || option)
        snprintf(line, HOST_LINE, "needs the %s %s, which this host does not have",
                 feature ? "feature" : "option", feature ? feature : option);
    const host_status status = feature || option ? HOST_REFUSED : HOST_OK;
    lilv_nodes_free(features);
    lilv_nodes_free(options);
    lilv_node_free(name);
    return status;
}

host_status host_plugin_open(host_plugin *p, const char *uri, char line[HOST_LINE])
{
    bool notes = false;
    snprintf(line, HOST_LINE, "out of memory");
    p->world = host_world_open();
    LilvNode *node = p->world ? lilv_new_uri(p->world, uri) : NULL;
    if (p->world && !node) {
        snprintf(line, HOST_LINE, "is no URI: see lts-synth lv2-list");
        return HOST_REFUSED;
    }
    if (!node)
        return HOST_FAILED;
    p->plugin = lilv_plugins_get_by_uri(lilv_world_get_all_plugins(p->world), node);
    lilv_node_free(node);
    if (!p->plugin) {
        snprintf(line, HOST_LINE,
                 "no such plugin is installed: install it, or add its folder to LV2_PATH");
        return HOST_MISSING;
    }
    if (!lilv_plugin_verify(p->plugin)) {
        snprintf(line, HOST_LINE, "its description is not whole: install it anew");
        return HOST_REFUSED;
    }
    host_status status = check_needs(p, line);
    p->ports = lilv_plugin_get_num_ports(p->plugin);
    p->port = calloc(p->ports + 1, sizeof *p->port);
    if (!p->port)
        return HOST_FAILED;
    for (uint32_t i = 0; status == HOST_OK && i < p->ports; i++)
        status = open_port(p, i, &notes, line);
    if (status == HOST_OK && (!notes || p->outputs == 0)) {
        snprintf(line, HOST_LINE, "is no instrument: it has no %s",
                 notes ? "audio output" : "input for MIDI notes");
        return HOST_REFUSED;
    }
    return status;
}

void host_plugin_close(host_plugin *p)
{
    for (uint32_t i = 0; p->port && i < p->ports; i++)
        free(p->port[i].buffer);
    free(p->port);
    lilv_world_free(p->world);
}
