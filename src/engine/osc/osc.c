#include "engine/osc/osc.h"

#include "engine/osc/osc_socket.h"

#include <limits.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <lo/lo.h>

enum { MAX_LINE = 1024 }; /* bytes of a report before it is cut */

struct osc {
    int in, out;
    int port;
    char *reply;
    uint8_t *datagram; /* OSC_MAX_DATAGRAM */
    void (*overhear)(void *user, const char *text);
    void *overhearer;
};

lts_status osc_open(const char *address, int port, const char *reply, osc **out, lts_error *err)
{
    osc *o;
    *out = NULL;
    lts_status status = lts_alloc_checked(&o, 1, sizeof *o, "an OSC socket", err);
    if (status != LTS_OK)
        return status;
    *o = (osc){.in = -1, .out = -1, .port = port};
    status = lts_alloc_checked(&o->datagram, OSC_MAX_DATAGRAM, 1, "datagrams", err);
    if (status == LTS_OK && !(o->reply = lts_strdup(reply)))
        status = lts_no_memory(reply, err);
    if (status == LTS_OK)
        status = osc_socket_listen(address ? address : "127.0.0.1", &o->port, &o->in, err);
    if (status == LTS_OK)
        status = osc_socket_reply(reply, o->in, &o->out, err);
    if (status == LTS_OK)
        *out = o;
    else
        osc_close(o);
    return status;
}

void osc_close(osc *o)
{
    if (!o)
        return;
    if (o->in >= 0)
        close(o->in);
    if (o->out >= 0)
        close(o->out);
    lts_free(o->reply);
    lts_free(o->datagram);
    lts_free(o);
}

int osc_port(const osc *o)
{
    return o->port;
}

const char *osc_reply_to(const osc *o)
{
    return o->reply;
}

bool osc_receive(osc *o, double seconds, osc_handler *handler, void *user)
{
    lts_error err;
    struct pollfd ready = {.fd = o->in, .events = POLLIN};
    double wait = seconds > 0 ? fmin(ceil(seconds * 1000), INT_MAX) : 0; /* ms */
    if (poll(&ready, 1, (int)wait) <= 0)
        return false;
    ssize_t size = recv(o->in, o->datagram, OSC_MAX_DATAGRAM, MSG_DONTWAIT);
    if (size < 0)
        return false;
    if (osc_parse(o->datagram, (size_t)size, handler, user, &err) != LTS_OK)
        osc_report(o, "%s", err.text);
    return true;
}

/* The argument for one type tag; false when memory is short or the type is none. */
static bool add(lo_message message, char type, va_list *arguments)
{
    const char *text;
    switch (type) {
    case 'i': return lo_message_add_int32(message, va_arg(*arguments, int)) == 0;
    case 'h': return lo_message_add_int64(message, va_arg(*arguments, int64_t)) == 0;
    case 'f': return lo_message_add_float(message, (float)va_arg(*arguments, double)) == 0;
    case 'd': return lo_message_add_double(message, va_arg(*arguments, double)) == 0;
    case 's':
        text = va_arg(*arguments, const char *);
        return lo_message_add_string(message, text ? text : "") == 0;
    case 'T': return lo_message_add_true(message) == 0;
    case 'F': return lo_message_add_false(message) == 0;
    default: return false;
    }
}

void osc_send(osc *o, const char *path, const char *types, ...)
{
    va_list arguments;
    lo_message message = lo_message_new();
    bool good = message != NULL;
    va_start(arguments, types);
    for (; good && *types; types++)
        good = add(message, *types, &arguments);
    va_end(arguments);
    if (good && lo_message_length(message, path) <= OSC_MAX_DATAGRAM) {
        size_t size;
        void *bytes = lo_message_serialise(message, path, NULL, &size);
        if (bytes)
            osc_socket_send(o->out, bytes, size);
        free(bytes);
    }
    if (message)
        lo_message_free(message);
}

/* Bytes of the character at `text` when it may be shown: 0 for a control character or a byte that
 * begins no UTF-8 character. */
static size_t character(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t length = at[0] < 0x80   ? at[0] >= ' ' && at[0] != 0x7f
                    : at[0] < 0xc2 ? 0
                    : at[0] < 0xe0 ? 2
                    : at[0] < 0xf0 ? 3
                    : at[0] < 0xf5 ? 4
                                   : 0;
    for (size_t i = 1; i < length; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    return length;
}

void osc_overhear(osc *o, void (*overhear)(void *user, const char *text), void *user)
{
    o->overhear = overhear;
    o->overhearer = user;
}

void osc_report(osc *o, const char *format, ...)
{
    static const char dots[] = "...";
    char text[MAX_LINE], line[OSC_MAX_TEXT + 1];
    size_t used = 0, last = 0; /* `last`: what may stay when dots must follow */
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const char *from = text;
    while (*from) {
        size_t length = character(from), step = length ? length : 1;
        if (used + step > OSC_MAX_TEXT)
            break;
        memcpy(line + used, length ? from : (unsigned char)*from < 0x80 ? " " : "?", step);
        used += step;
        from += step;
        if (used + sizeof dots - 1 <= OSC_MAX_TEXT)
            last = used;
    }
    line[used] = '\0';
    if (*from)
        memcpy(line + last, dots, sizeof dots);
    osc_send(o, "/report", "s", line);
    if (o->overhear)
        o->overhear(o->overhearer, line);
}
