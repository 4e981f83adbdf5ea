#include "engine/osc/osc_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    PATIENCE = 5,         /* ms that a reply may wait for the network card */
    ATTEMPTS = 4,         /* at sending: an error may be the one of a datagram before */
    RECEIVE_BUFFER = 4096 /* kB; the system gives what it allows */
};

static lts_status look_up(const char *host, int port, int flags, struct addrinfo **found,
                          lts_error *err)
{
    char service[16];
    const struct addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM, .ai_flags = flags | AI_NUMERICSERV};
    snprintf(service, sizeof service, "%d", port);
    int failed = getaddrinfo(host, service, &hints, found);
    if (failed)
        return lts_fail(err, failed == EAI_MEMORY ? LTS_ERR_MEMORY : LTS_ERR_NOT_FOUND,
                        "%s: no such host or address: %s", host, gai_strerror(failed));
    return LTS_OK;
}

typedef int attach_function(int, const struct sockaddr *, socklen_t);

/* A socket bound or connected to the first of the addresses that lets itself; those of IPv4 first,
 * as OSC programs mean them by "localhost". -1 with errno. */
static int attach(const struct addrinfo *found, attach_function *how)
{
    int reason = EADDRNOTAVAIL;
    for (int pass = 0; pass < 2; pass++)
        for (const struct addrinfo *a = found; a; a = a->ai_next) {
            if ((a->ai_family == AF_INET) != (pass == 0))
                continue;
            int descriptor = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
            if (descriptor >= 0 && fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 &&
                how(descriptor, a->ai_addr, a->ai_addrlen) == 0)
                return descriptor;
            reason = errno;
            if (descriptor >= 0)
                close(descriptor);
        }
    errno = reason;
    return -1;
}

static int port_of(const struct sockaddr_storage *address)
{
    return ntohs(address->ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)address)->sin6_port
                                                : ((const struct sockaddr_in *)address)->sin_port);
}

lts_status osc_socket_listen(const char *address, int *port, int *out, lts_error *err)
{
    struct addrinfo *found;
    struct sockaddr_storage bound;
    socklen_t size = sizeof bound;
    if (*port < 0 || *port > 65535)
        return lts_fail(err, LTS_ERR_ARGUMENT, "UDP port %d: ports are 0 to 65535", *port);
    lts_status status = look_up(address, *port, AI_PASSIVE, &found, err);
    if (status != LTS_OK)
        return status;
    *out = attach(found, bind);
    int reason = errno;
    freeaddrinfo(found);
    if (*out < 0 && reason == EADDRINUSE)
        return lts_fail(err, LTS_ERR_EXISTS,
                        "UDP port %d of %s: another program listens there: end it or choose "
                        "another port",
                        *port, address);
    if (*out < 0)
        return lts_fail(err, LTS_ERR_IO, "UDP port %d of %s: cannot listen there: %s", *port,
                        address, strerror(reason));
    setsockopt(*out, SOL_SOCKET, SO_RCVBUF, &(int){RECEIVE_BUFFER * 1024}, sizeof(int));
    if (getsockname(*out, (struct sockaddr *)&bound, &size) == 0)
        *port = port_of(&bound);
    return LTS_OK;
}

/* "HOST:PORT" taken apart; host holds as many bytes as reply. */
static bool split(const char *reply, char *host, int *port)
{
    int64_t number;
    const char *colon = strrchr(reply, ':');
    if (!colon || !lts_parse_int(colon + 1, &number) || number < 1 || number > 65535)
        return false;
    size_t length = (size_t)(colon - reply);
    bool bracketed = length > 2 && reply[0] == '[' && reply[length - 1] == ']';
    if (length == 0 || (!bracketed && (reply[0] == '[' || memchr(reply, ':', length))))
        return false;
    memcpy(host, reply + bracketed, length);
    host[length - 2 * bracketed] = '\0';
    *port = (int)number;
    return true;
}

static bool same_host(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
    if (a->ss_family != b->ss_family)
        return false;
    if (a->ss_family == AF_INET)
        return ((const struct sockaddr_in *)a)->sin_addr.s_addr ==
               ((const struct sockaddr_in *)b)->sin_addr.s_addr;
    return memcmp(&((const struct sockaddr_in6 *)a)->sin6_addr,
                  &((const struct sockaddr_in6 *)b)->sin6_addr, sizeof(struct in6_addr)) == 0;
}

static bool is_any(const struct sockaddr_storage *address)
{
    static const struct in6_addr any = IN6ADDR_ANY_INIT;
    return address->ss_family == AF_INET6
               ? memcmp(&((const struct sockaddr_in6 *)address)->sin6_addr, &any, sizeof any) == 0
               : ((const struct sockaddr_in *)address)->sin_addr.s_addr == htonl(INADDR_ANY);
}

/* Whether what is sent arrives at `listener` again: a datagram to this very machine comes from the
 * address it goes to. */
static bool is_connected_to(int descriptor, int listener)
{
    struct sockaddr_storage bound, here, there;
    socklen_t size[3] = {sizeof bound, sizeof here, sizeof there};
    if (getsockname(listener, (struct sockaddr *)&bound, &size[0]) != 0 ||
        getsockname(descriptor, (struct sockaddr *)&here, &size[1]) != 0 ||
        getpeername(descriptor, (struct sockaddr *)&there, &size[2]) != 0 ||
        port_of(&bound) != port_of(&there))
        return false;
    return same_host(&bound, &there) || (is_any(&bound) && same_host(&here, &there));
}

static lts_status look_up_reply(const char *reply, struct addrinfo **found, lts_error *err)
{
    int port = 0;
    char *host;
    lts_status status = lts_alloc_checked(&host, strlen(reply) + 1, 1, "an address", err);
    if (status != LTS_OK)
        return status;
    if (!split(reply, host, &port)) {
        status =
            lts_fail(err, LTS_ERR_ARGUMENT,
                     "%s: no address to answer to: give HOST:PORT, or [HOST]:PORT for IPv6", reply);
        goto done;
    }
    status = look_up(host, port, 0, found, err);
done:
    lts_free(host);
    return status;
}

lts_status osc_socket_reply(const char *reply, int listener, int *out, lts_error *err)
{
    struct addrinfo *found;
    *out = -1;
    const lts_status status = look_up_reply(reply, &found, err);
    if (status != LTS_OK)
        return status;
    *out = attach(found, connect);
    int reason = errno;
    freeaddrinfo(found);
    if (*out < 0)
        return lts_fail(err, LTS_ERR_IO, "%s: cannot be sent to: %s", reply, strerror(reason));
    if (is_connected_to(*out, listener)) {
        close(*out);
        *out = -1;
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: is where messages are received: answer to another port", reply);
    }
    return LTS_OK;
}

void osc_socket_send(int out, const void *bytes, size_t size)
{
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (send(out, bytes, size, MSG_DONTWAIT) >= 0)
            return;
        if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS)
            poll(&(struct pollfd){.fd = out, .events = POLLOUT}, 1, PATIENCE);
        else if (errno != ECONNREFUSED && errno != EINTR)
            return;
        /* Refused was a datagram before this one, which has not been sent yet. */
    }
}
