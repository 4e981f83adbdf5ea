#include "engine/osc/osc_transport.h"

#include "engine/osc/osc_parse.h"
#include "engine/osc/osc_socket.h"
#include "engine/osc/osc_write.h"

#include <limits.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct osc {
    int in, out;
    int port;
    char *reply_to;
    uint8_t *datagram; /* OSC_MAX_DATAGRAM */
};

lts_status osc_open(const char *address, int port, const char *reply_to, osc **out, lts_error *err)
{
    osc *o;
    *out = NULL;
    lts_status status = lts_alloc_checked(&o, 1, sizeof *o, "an OSC socket", err);
    if (status != LTS_OK)
        return status;
    *o = (osc){.in = -1, .out = -1, .port = port};
    status = lts_alloc_checked(&o->datagram, OSC_MAX_DATAGRAM, 1, "datagrams", err);
    if (status != LTS_OK)
        goto done;
    o->reply_to = lts_strdup(reply_to);
    if (!o->reply_to) {
        status = lts_no_memory(reply_to, err);
        goto done;
    }
    status = osc_socket_listen(address ? address : "127.0.0.1", &o->port, &o->in, err);
    if (status != LTS_OK)
        goto done;
    status = osc_socket_reply(reply_to, o->in, &o->out, err);
    if (status != LTS_OK)
        goto done;
    *out = o;
    o = NULL;
done:
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
    lts_free(o->reply_to);
    lts_free(o->datagram);
    lts_free(o);
}

int osc_port(const osc *o)
{
    return o->port;
}

const char *osc_reply_to(const osc *o)
{
    return o->reply_to;
}

bool osc_receive(osc *o, double seconds, message_handler *handler, void *user, const reply *faults)
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
        reply_report(faults, "%s", err.text);
    return true;
}

void osc_send(void *user, const control_message *message)
{
    const osc *o = user;
    size_t size;
    void *bytes = osc_write(message, &size);
    if (bytes)
        osc_socket_send(o->out, bytes, size);
    free(bytes);
}
