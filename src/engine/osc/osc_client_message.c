#include "engine/osc/osc_client.h"

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

static lts_status add_typed(const lts_osc_question *q, lo_message message, lts_error *err)
{
    size_t next = 0;
    bool good = true;
    for (const char *type = q->types; good && *type; type++) {
        if (*type == 'T' || *type == 'F') {
            good =
                (*type == 'T' ? lo_message_add_true(message) : lo_message_add_false(message)) == 0;
            continue;
        }
        if (!strchr("ihfds", *type))
            return lts_fail(err, LTS_ERR_ARGUMENT, "%s: type '%c' is none of i h f d s T F",
                            q->types, *type);
        if (next == q->count)
            return lts_fail(err, LTS_ERR_ARGUMENT, "%s: %zu values are not enough for these types",
                            q->types, q->count);
        if (!add(message, *type, q->values[next], &good))
            return lts_fail(err, LTS_ERR_ARGUMENT, "%s: cannot be sent as type '%c'",
                            q->values[next], *type);
        next++;
    }
    if (good && next < q->count)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: %zu values, more than types", q->types,
                        q->count);
    return good ? LTS_OK : lts_no_memory(q->path, err);
}

static lts_status add_guessed(const lts_osc_question *q, lo_message message, lts_error *err)
{
    bool good = true;
    for (size_t i = 0; good && i < q->count; i++)
        add(message, type_of(q->values[i]), q->values[i], &good);
    return good ? LTS_OK : lts_no_memory(q->path, err);
}

static void pass_over(void *user, const control_message *message)
{
    (void)user;
    (void)message;
}

lts_status ask_bytes(const lts_osc_question *q, void **bytes, size_t *size, lts_error *err)
{
    *bytes = NULL;
    lo_message message = lo_message_new();
    if (!message)
        return lts_no_memory(q->path, err);
    lts_status status = q->types ? add_typed(q, message, err) : add_guessed(q, message, err);
    if (status == LTS_OK && lo_message_length(message, q->path) > OSC_MAX_DATAGRAM)
        status = lts_fail(err, LTS_ERR_ARGUMENT, "%s: more than %d bytes: send less at a time",
                          q->path, OSC_MAX_DATAGRAM);
    if (status == LTS_OK && !(*bytes = lo_message_serialise(message, q->path, NULL, size)))
        status = lts_no_memory(q->path, err);
    lo_message_free(message);
    /* What the engine would refuse unread. */
    if (status == LTS_OK &&
        (q->path[0] != '/' || osc_parse(*bytes, *size, pass_over, NULL, NULL) != LTS_OK)) {
        free(*bytes);
        *bytes = NULL;
        status =
            lts_fail(err, LTS_ERR_ARGUMENT, "%s: no OSC address: such as /sound/stop", q->path);
    }
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

void ask_values(const control_message *message, char *text, size_t room)
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
