#include "engine/server/request.h"

#include "engine/server/server.h"

#include <string.h>

static bool is_outdated(void *user)
{
    const request *r = user;
    return atomic_load(&r->server->closing) || atomic_load(&r->server->stops) != r->stops ||
           lts_cancelled(r->server->reporter);
}

lts_reporter request_reporter(const request *r)
{
    return (lts_reporter){.user = (void *)r, .cancelled = is_outdated};
}

double request_number(const request *r, size_t i)
{
    return r->message->args[i].number;
}

char *request_text(const request *r, size_t i)
{
    const control_message *message = r->message;
    size_t size = 0, end = i;
    for (; end < message->count && arg_is_text(&message->args[end]); end++)
        size += strlen(message->args[end].text) + 1;
    char *text = lts_alloc(size, 1), *to = text;
    for (; text && i < end; i++) {
        size_t length = strlen(message->args[i].text);
        memcpy(to, message->args[i].text, length);
        to += length;
        *to++ = i + 1 < end ? ' ' : '\0';
    }
    return text;
}
