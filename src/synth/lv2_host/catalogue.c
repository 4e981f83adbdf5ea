/* Which instruments there are, and what one of them takes. */
#include "host.h"

#include <lv2/core/lv2.h>
#include <lv2/port-props/port-props.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

LilvWorld *host_world_open(void)
{
    LilvWorld *world = lilv_world_new();
    if (world)
        lilv_world_load_all(world);
    return world;
}

bool host_print(host_text *text, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    const int length = vsnprintf(NULL, 0, format, arguments);
    const size_t needed = text->length + (size_t)length + 1;
    if (needed > text->room) {
        char *more = realloc(text->text, 2 * needed);
        if (more) {
            text->text = more;
            text->room = 2 * needed;
        }
    }
    const bool fits = needed <= text->room;
    if (fits)
        vsnprintf(text->text + text->length, (size_t)length + 1, format, again);
    if (fits)
        text->length += (size_t)length;
    va_end(again);
    va_end(arguments);
    return fits;
}

/* A word of a line with tabs: neither tabs nor ends of lines in it. */
static bool print_plain(host_text *text, const char *word, char end)
{
    const size_t from = text->length;
    if (!host_print(text, "%s%c", word, end))
        return false;
    for (size_t i = from; i + 1 < text->length; i++)
        if ((unsigned char)text->text[i] < ' ')
            text->text[i] = ' ';
    return true;
}

/* The shortest decimal that is this float. */
static bool print_number(host_text *text, float value, char end)
{
    char number[32];
    for (int digits = 6; digits <= 9; digits++) {
        snprintf(number, sizeof number, "%.*g", digits, (double)value);
        if (strtof(number, NULL) == value)
            break;
    }
    return host_print(text, "%s%c", number, end);
}

static bool print_points(const host_plugin *p, const LilvPort *port, host_text *text)
{
    LilvScalePoints *points = lilv_port_get_scale_points(p->plugin, port);
    bool good = host_print(text, "\t");
    if (points)
        LILV_FOREACH(scale_points, i, points)
        {
            const LilvNode *value = lilv_scale_point_get_value(lilv_scale_points_get(points, i));
            const float number = port_number(value, NAN);
            good = good && (isnan(number) || print_number(text, number, ' '));
        }
    lilv_scale_points_free(points);
    return good && host_print(text, "\n");
}

bool host_describe(const host_plugin *p, host_text *text)
{
    for (uint32_t i = 0; i < p->ports; i++) {
        const LilvPort *port = p->port[i].port;
        float range[3];
        if (p->port[i].kind != PORT_CONTROL)
            continue;
        LilvNode *name = lilv_port_get_name(p->plugin, port);
        port_range(p, port, range);
        const char *kind = port_has(p, port, LV2_CORE__toggled)             ? "toggled"
                           : port_has(p, port, LV2_CORE__enumeration)       ? "points"
                           : port_has(p, port, LV2_CORE__integer)           ? "integer"
                           : port_has(p, port, LV2_PORT_PROPS__logarithmic) ? "logarithmic"
                                                                            : "real";
        bool good =
            print_plain(text, lilv_node_as_string(lilv_port_get_symbol(p->plugin, port)), '\t') &&
            print_plain(text, name ? lilv_node_as_string(name) : "", '\t');
        for (int r = 0; good && r < 3; r++)
            good = print_number(text, range[r], '\t');
        lilv_node_free(name);
        if (!good || !host_print(text, "%s", kind) || !print_points(p, port, text))
            return false;
    }
    return true;
}

static bool is_instrument(const LilvPlugin *plugin)
{
    const LilvNode *class = lilv_plugin_class_get_uri(lilv_plugin_get_class(plugin));
    return strcmp(lilv_node_as_uri(class), LV2_CORE__InstrumentPlugin) == 0;
}

bool host_list(LilvWorld *world, host_text *text)
{
    const LilvPlugins *plugins = lilv_world_get_all_plugins(world);
    bool good = true;
    LILV_FOREACH(plugins, i, plugins)
    {
        const LilvPlugin *plugin = lilv_plugins_get(plugins, i);
        size_t controls = 0, outputs = 0, inputs = 0, notes = 0;
        for (uint32_t index = 0; index < lilv_plugin_get_num_ports(plugin); index++) {
            const LilvPort *port = lilv_plugin_get_port_by_index(plugin, index);
            const port_kind kind = port_kind_of(world, plugin, port);
            controls += kind == PORT_CONTROL;
            outputs += kind == PORT_AUDIO_OUT;
            inputs += kind == PORT_AUDIO_IN;
            notes += (kind == PORT_ATOM_IN || kind == PORT_EVENT_IN) &&
                     port_takes_notes(world, plugin, port);
        }
        if (notes == 0 || outputs == 0 || (inputs > 0 && !is_instrument(plugin)))
            continue;
        LilvNode *name = lilv_plugin_get_name(plugin);
        good = good && print_plain(text, lilv_node_as_uri(lilv_plugin_get_uri(plugin)), '\t') &&
               print_plain(text, name ? lilv_node_as_string(name) : "", '\t') &&
               host_print(text, "%zu\t%zu\n", controls, outputs);
        lilv_node_free(name);
    }
    return good;
}
