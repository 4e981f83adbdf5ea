#include "engine/osc/osc_client.h"

#include "engine/osc/osc_parse.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <lo/lo.h>

static char type_of(const char *value)
{
    int64_t whole;
    double number;
    if (lts_parse_int(value, &whole))
        return whole >= INT32_MIN && whole <= INT32_MAX ? 'i' : 'h';
    return lts_parse_double(value, &number) && fabs(number) <= (double)FLT_MAX ? 'f' : 's';
}

/* False when the value is none of its type; *good tells whether there was memory. */
static bool add(lo_message message, char type, const char *value, bool *good)
{
    int64_t whole = 0;
    double number = 0;
    if (type == 's') {
        *good = lo_message_add_string(message, value) == 0;
        return true;
    }
    if (type == 'i' || type == 'h') {
        if (!lts_parse_int(value, &whole) ||
            (type == 'i' && (whole < INT32_MIN || whole > INT32_MAX)))
            return false;
        *good = (type == 'i' ? lo_message_add_int32(message, (int32_t)whole)
                             : lo_message_add_int64(message, whole)) == 0;
        return true;
    }
    if (!lts_parse_double(value, &number) || (type == 'f' && fabs(number) > (double)FLT_MAX))
        return false;
    *good = (type == 'f' ? lo_message_add_float(message, (float)number)
                         : lo_message_add_double(message, number)) == 0;
    return true;
}

static lts_status add_typed(const lts_osc_request *r, lo_message message, lts_error *err)
{
    size_t next = 0;
    bool good = true;
    for (const char *type = r->types; good && *type; type++) {
        if (*type == 'T' || *type == 'F') {
            good =
                (*type == 'T' ? lo_message_add_true(message) : lo_message_add_false(message)) == 0;
            continue;
        }
        if (!strchr("ihfds", *type))
            return lts_fail(err, LTS_ERR_ARGUMENT, "%s: type '%c' is none of i h f d s T F",
                            r->types, *type);
        if (next == r->count)
            return lts_fail(err, LTS_ERR_ARGUMENT, "%s: %zu values are not enough for these types",
                            r->types, r->count);
        if (!add(message, *type, r->values[next], &good))
            return lts_fail(err, LTS_ERR_ARGUMENT, "%s: cannot be sent as type '%c'",
                            r->values[next], *type);
        next++;
    }
    if (good && next < r->count)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: %zu values, more than types", r->types,
                        r->count);
    return good ? LTS_OK : lts_no_memory(r->path, err);
}

static lts_status add_guessed(const lts_osc_request *r, lo_message message, lts_error *err)
{
    bool good = true;
    for (size_t i = 0; good && i < r->count; i++)
        add(message, type_of(r->values[i]), r->values[i], &good);
    return good ? LTS_OK : lts_no_memory(r->path, err);
}

static void pass_over(void *user, const control_message *message)
{
    (void)user;
    (void)message;
}

lts_status osc_client_bytes(const lts_osc_request *r, void **bytes, size_t *size, lts_error *err)
{
    *bytes = NULL;
    lo_message message = lo_message_new();
    if (!message)
        return lts_no_memory(r->path, err);
    lts_status status = r->types ? add_typed(r, message, err) : add_guessed(r, message, err);
    if (status != LTS_OK)
        goto done;
    if (lo_message_length(message, r->path) > OSC_MAX_DATAGRAM) {
        status = lts_fail(err, LTS_ERR_ARGUMENT, "%s: more than %d bytes: send less at a time",
                          r->path, OSC_MAX_DATAGRAM);
        goto done;
    }
    *bytes = lo_message_serialise(message, r->path, NULL, size);
    if (!*bytes) {
        status = lts_no_memory(r->path, err);
        goto done;
    }
    /* What the engine would refuse unread. */
    if (r->path[0] != '/' || osc_parse(*bytes, *size, pass_over, NULL, NULL) != LTS_OK) {
        free(*bytes);
        *bytes = NULL;
        status =
            lts_fail(err, LTS_ERR_ARGUMENT, "%s: no OSC address: such as /sound/stop", r->path);
    }
done:
    lo_message_free(message);
    return status;
}

static int print_arg(char *text, size_t room, const control_arg *arg)
{
    if (arg_is_text(arg))
        return snprintf(text, room, "%s", arg->text);
    if (arg->type == 'T' || arg->type == 'F')
        return snprintf(text, room, "%s", arg->type == 'T' ? "true" : "false");
    if (arg_is_number(arg))
        return snprintf(text, room, "%.*g", arg->type == 'f' ? 7 : 17, arg->number);
    return snprintf(text, room, "%c", arg->type);
}

void osc_client_values(const control_message *message, char *text, size_t room)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < message->count; i++) {
        if (i > 0 && used + 1 < room)
            text[used++] = ' ';
        int length = print_arg(text + used, room - used, &message->args[i]);
        used += (size_t)length < room - used ? (size_t)length : room - used - 1;
    }
    for (char *c = text; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = ' ';
}
