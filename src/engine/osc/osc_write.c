#include "engine/osc/osc_write.h"

#include "engine/osc/osc_parse.h"

#include <lo/lo.h>

/* False when memory is short or the type is none. */
static bool add(lo_message datagram, const control_arg *arg)
{
    switch (arg->type) {
    case 'i': return lo_message_add_int32(datagram, (int32_t)arg->number) == 0;
    case 'h': return lo_message_add_int64(datagram, arg->integer) == 0;
    case 'f': return lo_message_add_float(datagram, (float)arg->number) == 0;
    case 'd': return lo_message_add_double(datagram, arg->number) == 0;
    case 's': return lo_message_add_string(datagram, arg->text) == 0;
    case 'T': return lo_message_add_true(datagram) == 0;
    case 'F': return lo_message_add_false(datagram) == 0;
    default: return false;
    }
}

void *osc_write(const control_message *message, size_t *size)
{
    void *bytes = NULL;
    lo_message datagram = lo_message_new();
    bool good = datagram != NULL;
    for (size_t i = 0; good && i < message->count; i++)
        good = add(datagram, &message->args[i]);
    if (good && lo_message_length(datagram, message->address) <= OSC_MAX_DATAGRAM)
        bytes = lo_message_serialise(datagram, message->address, NULL, size);
    if (datagram)
        lo_message_free(datagram);
    return bytes;
}
