#include "engine/messages/reply.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MAX_LINE = 1024 }; /* bytes of a report before it is cut */

lts_status reply_add(reply *r, message_handler *send, void *user, lts_error *err)
{
    if (r->count == REPLY_TRANSPORTS)
        return lts_fail(err, LTS_ERR_ARGUMENT, "more than %d transports", REPLY_TRANSPORTS);
    r->transport[r->count++] = (reply_transport){send, user};
    return LTS_OK;
}

/* The argument for one type tag; false when the type is none. */
static bool fill(control_arg *arg, char type, va_list *arguments)
{
    *arg = (control_arg){.type = type};
    switch (type) {
    case 'i': arg->number = va_arg(*arguments, int); return true;
    case 'h':
        arg->integer = va_arg(*arguments, int64_t);
        arg->number = (double)arg->integer;
        return true;
    case 'f':
    case 'd': arg->number = va_arg(*arguments, double); return true;
    case 's':
        arg->text = va_arg(*arguments, const char *);
        if (!arg->text)
            arg->text = "";
        return true;
    case 'T': arg->number = 1; return true;
    case 'F': return true;
    default: return false;
    }
}

void reply_send(const reply *r, const char *address, const char *types, ...)
{
    control_arg args[REPLY_ARGS];
    size_t count = 0;
    bool good = strlen(types) <= REPLY_ARGS;
    va_list arguments;
    va_start(arguments, types);
    for (; good && types[count]; count += good)
        good = fill(&args[count], types[count], &arguments);
    va_end(arguments);
    const control_message message = {address, args, count};
    for (size_t i = 0; good && i < r->count; i++)
        r->transport[i].send(r->transport[i].user, &message);
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

void reply_report(const reply *r, const char *format, ...)
{
    static const char dots[] = "...";
    char text[MAX_LINE], line[REPORT_TEXT + 1];
    size_t used = 0, last = 0; /* `last`: what may stay when dots must follow */
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const char *from = text;
    while (*from) {
        size_t length = character(from), step = length ? length : 1;
        if (used + step > REPORT_TEXT)
            break;
        memcpy(line + used, length ? from : (unsigned char)*from < 0x80 ? " " : "?", step);
        used += step;
        from += step;
        if (used + sizeof dots - 1 <= REPORT_TEXT)
            last = used;
    }
    line[used] = '\0';
    if (*from)
        memcpy(line + last, dots, sizeof dots);
    reply_send(r, "/report", "s", line);
}
