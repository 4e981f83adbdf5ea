#include "engine/osc/osc_client.h"

#include "engine/osc/osc_parse.h"
#include "engine/osc/osc_socket.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LINE_ROOM = 1 << 17 }; /* bytes of an answer in words */

static const double glance = 0.1; /* s between looks at whether to go on */

/* One exchange. */
typedef struct exchange {
    const lts_osc_request *request;
    const lts_reporter *reporter;
    regex_t until, fail;
    bool until_made, fail_made;
    int in, out;       /* -1: none */
    uint8_t *datagram; /* OSC_MAX_DATAGRAM */
    char *line;        /* LINE_ROOM */
    bool matched, failed;
} exchange;

static lts_status make_pattern(const char *text, regex_t *pattern, bool *made, lts_error *err)
{
    char why[128];
    if (!text)
        return LTS_OK;
    int code = regcomp(pattern, text, REG_EXTENDED | REG_NOSUB);
    *made = code == 0;
    if (*made)
        return LTS_OK;
    regerror(code, pattern, why, sizeof why);
    return lts_fail(err, LTS_ERR_ARGUMENT, "%s: no regular expression: %s", text, why);
}

static lts_status prepare(exchange *e, lts_error *err)
{
    const lts_osc_request *r = e->request;
    int port = r->listen;
    const bool listens = r->until || r->tell;
    lts_status status = make_pattern(r->until, &e->until, &e->until_made, err);
    if (status != LTS_OK)
        return status;
    status = make_pattern(r->fail, &e->fail, &e->fail_made, err);
    if (status != LTS_OK)
        return status;
    if (!(r->timeout >= 0))
        return lts_fail(err, LTS_ERR_ARGUMENT, "a timeout of %g s: give 0 or more", r->timeout);
    status = lts_alloc_checked(&e->datagram, OSC_MAX_DATAGRAM, 1, "answers", err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&e->line, LINE_ROOM, 1, "answers", err);
    if (status != LTS_OK)
        return status;
    if (listens)
        status = osc_socket_listen("127.0.0.1", &port, &e->in, err);
    if (status != LTS_OK)
        return status;
    return osc_socket_reply(r->to, e->in, &e->out, err);
}

static void on_answer(void *user, const control_message *message)
{
    exchange *e = user;
    if (e->matched || e->failed)
        return;
    int length = snprintf(e->line, LINE_ROOM, "%s%s", message->address, message->count ? " " : "");
    char *values = e->line + length;
    osc_client_values(message, values, LINE_ROOM - (size_t)length);
    e->failed = e->fail_made && regexec(&e->fail, e->line, 0, NULL, 0) == 0;
    e->matched = !e->failed && e->until_made && regexec(&e->until, e->line, 0, NULL, 0) == 0;
    if (e->request->tell) {
        char address[256];
        snprintf(address, sizeof address, "%s", message->address);
        const lts_field fields[] = {{"address", address, 0}, {"values", values, 0}};
        lts_record(e->reporter, "answer", fields, 2);
    }
}

/* What the own machine, or one on the way, says of the datagram sent: nobody takes it. */
static bool refused(const exchange *e)
{
    int reason = 0;
    socklen_t size = sizeof reason;
    return getsockopt(e->out, SOL_SOCKET, SO_ERROR, &reason, &size) == 0 && reason == ECONNREFUSED;
}

static lts_status listen_for_answers(exchange *e, lts_error *err)
{
    const lts_osc_request *r = e->request;
    const double end = lts_now() + r->timeout;
    for (;;) {
        struct pollfd ready[] = {{.fd = e->in, .events = POLLIN}, {.fd = e->out}};
        double left = fmin(fmax(end - lts_now(), 0), glance);
        int count = poll(ready, 2, (int)ceil(1000 * left));
        if (count > 0 && ready[0].revents) {
            ssize_t size = recv(e->in, e->datagram, OSC_MAX_DATAGRAM, MSG_DONTWAIT);
            if (size > 0)
                osc_parse(e->datagram, (size_t)size, on_answer, e, NULL);
        }
        if (e->failed)
            return lts_fail(err, LTS_ERR_IO, "%s: answered: %.300s", r->path, e->line);
        if (e->matched)
            return LTS_OK;
        if (refused(e))
            return lts_fail(err, LTS_ERR_NOT_FOUND, "%s: nobody listens there: start lts-server",
                            r->to);
        if (lts_cancelled(e->reporter))
            return lts_fail(err, LTS_ERR_CANCELLED, "%s: stopped waiting", r->path);
        if (count == 0 && lts_now() >= end)
            break;
    }
    if (r->until)
        return lts_fail(err, LTS_ERR_NOT_FOUND, "%s: no answer that matches '%s' within %g s",
                        r->path, r->until, r->timeout);
    return LTS_OK;
}

static void finish(exchange *e)
{
    if (e->until_made)
        regfree(&e->until);
    if (e->fail_made)
        regfree(&e->fail);
    if (e->in >= 0)
        close(e->in);
    if (e->out >= 0)
        close(e->out);
    lts_free(e->datagram);
    lts_free(e->line);
}

lts_status lts_osc_send(const lts_osc_request *request, const lts_reporter *reporter,
                        lts_error *err)
{
    exchange e = {.request = request, .reporter = reporter, .in = -1, .out = -1};
    void *bytes = NULL;
    size_t size;
    lts_status status = osc_client_bytes(request, &bytes, &size, err);
    if (status != LTS_OK)
        goto done;
    status = prepare(&e, err);
    if (status != LTS_OK)
        goto done;
    osc_socket_send(e.out, bytes, size);
    if (e.in >= 0)
        status = listen_for_answers(&e, err);
    else if (refused(&e))
        status = lts_fail(err, LTS_ERR_NOT_FOUND, "%s: nobody listens there: start lts-server",
                          request->to);
done:
    finish(&e);
    free(bytes);
    return status;
}
