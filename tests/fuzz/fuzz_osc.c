/* Any bytes as a datagram: every path and argument handed over is whole and lies within it. */
#include "engine/osc/osc_parse.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

typedef struct datagram {
    const char *begin, *end;
    size_t messages, finite;
} datagram;

static void check_text(const datagram *d, const char *text)
{
    if (text < d->begin || text >= d->end || text + strlen(text) >= d->end)
        abort();
}

static void on_message(void *user, const control_message *message)
{
    datagram *d = user;
    check_text(d, message->address);
    if (message->address[0] != '/' || message->count > OSC_MAX_ARGS)
        abort();
    for (size_t i = 0; i < message->count; i++) {
        const control_arg *arg = &message->args[i];
        if (arg_is_text(arg))
            check_text(d, arg->text);
        else if (arg_is_number(arg))
            d->finite += isfinite(arg->number) != 0;
        else if (arg->number != 0)
            abort();
    }
    d->messages++;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    lts_error err = {0};
    datagram d = {(const char *)bytes, (const char *)bytes + size, 0, 0};
    lts_status status = osc_parse(bytes, size, on_message, &d, &err);
    if (status == LTS_OK ? d.messages * 4 > size : err.text[0] == '\0' || strchr(err.text, '\n'))
        abort();
    return 0;
}
