#include "osc.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

void die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* What was measured in time says nothing. */
static bool spoiled;

void sleep_until(double when)
{
    for (double left = when - now(); left > 0; left = when - now()) {
        struct timespec t = {.tv_sec = (time_t)left};
        t.tv_nsec = (long)(1e9 * (left - (double)t.tv_sec));
        nanosleep(&t, NULL);
    }
    spoiled |= now() - when > 0.02;
}

osc_link link_open(int engine_port, int back_port)
{
    osc_link link = {.socket = socket(AF_INET, SOCK_DGRAM, 0)};
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons((uint16_t)back_port)};
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    link.engine = here;
    link.engine.sin_port = htons((uint16_t)engine_port);
    /* Room for what comes while this process is not running; less is given without a privilege. */
    int room = 16 << 20;
#ifdef SO_RCVBUFFORCE
    if (setsockopt(link.socket, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) != 0)
#endif
        setsockopt(link.socket, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    if (link.socket < 0 || bind(link.socket, (struct sockaddr *)&here, sizeof here) != 0)
        die("port %d: %s", back_port, strerror(errno));
    return link;
}

void link_close(osc_link *link)
{
    close(link->socket);
}

void link_send_bytes(const osc_link *link, const void *data, size_t size)
{
    const struct sockaddr *to = (const struct sockaddr *)&link->engine;
    ssize_t sent;
    do
        sent = sendto(link->socket, data, size, 0, to, sizeof link->engine);
    while (sent < 0 && (errno == EINTR || errno == ECONNREFUSED || errno == ENOBUFS));
    if (sent != (ssize_t)size)
        die("a datagram of %zu bytes: %s", size, strerror(errno));
}

/* A text with its final 0, filled up to four bytes. */
static size_t put_text(uint8_t *data, const char *text)
{
    size_t size = strlen(text) + 1, filled = (size + 3) / 4 * 4;
    memset(data, 0, filled);
    memcpy(data, text, size);
    return filled;
}

static size_t put_word(uint8_t *data, uint32_t word)
{
    for (int i = 0; i < 4; i++)
        data[i] = (uint8_t)(word >> (24 - 8 * i));
    return 4;
}

static size_t write_message(uint8_t *data, const char *path, const char *types, va_list args)
{
    char tags[MAX_ARGS + 2];
    snprintf(tags, sizeof tags, ",%s", types);
    size_t at = put_text(data, path);
    at += put_text(data + at, tags);
    for (; *types; types++) {
        if (*types == 's') {
            at += put_text(data + at, va_arg(args, const char *));
        } else if (*types == 'f') {
            float value = (float)va_arg(args, double);
            uint32_t word;
            memcpy(&word, &value, sizeof word);
            at += put_word(data + at, word);
        } else {
            at += put_word(data + at, (uint32_t)va_arg(args, int));
        }
    }
    return at;
}

size_t osc_write(uint8_t *data, const char *path, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    size_t size = write_message(data, path, types, args);
    va_end(args);
    return size;
}

void link_send(const osc_link *link, const char *path, const char *types, ...)
{
    uint8_t data[4096];
    va_list args;
    va_start(args, types);
    size_t size = write_message(data, path, types, args);
    va_end(args);
    link_send_bytes(link, data, size);
}

/* The text at *at, which moves behind it: NULL when it does not end. */
static const char *take_text(const char *data, size_t size, size_t *at)
{
    const char *text = data + *at, *end = *at < size ? memchr(text, 0, size - *at) : NULL;
    if (!end)
        return NULL;
    *at += ((size_t)(end - text) + 4) / 4 * 4;
    return text;
}

static uint32_t word_at(const char *data, size_t at)
{
    uint32_t word;
    memcpy(&word, data + at, sizeof word);
    return ntohl(word);
}

static bool read_answer(const char *data, size_t size, answer *a)
{
    size_t at = 0, n = 0;
    const char *path = take_text(data, size, &at), *types = take_text(data, size, &at);
    if (!path || !types || types[0] != ',')
        return false;
    snprintf(a->path, sizeof a->path, "%.63s", path);
    for (types++; *types && n < MAX_ARGS; types++, n++) {
        size_t bytes = *types == 'h' || *types == 'd' ? 8 : 4;
        a->types[n] = *types;
        if (*types == 's') {
            const char *text = take_text(data, size, &at);
            if (!text)
                return false;
            snprintf(a->text[n], sizeof a->text[n], "%.255s", text);
            continue;
        }
        if (at + bytes > size)
            return false;
        uint32_t word = word_at(data, at);
        float value;
        memcpy(&value, &word, sizeof value);
        a->number[n] = *types == 'f' ? (double)value : (double)(int32_t)word;
        at += bytes;
    }
    a->types[n] = 0;
    return true;
}

bool link_spoiled(const osc_link *link)
{
    answer a;
    for (double until = now() + 1.1; now() < until;)
        link_receive(link, until - now(), &a);
    return spoiled;
}

bool link_receive(const osc_link *link, double seconds, answer *a)
{
    char data[8192];
    struct pollfd ready = {.fd = link->socket, .events = POLLIN};
    for (double until = now() + seconds;;) {
        double left = until - now();
        int found = poll(&ready, 1, left > 0 ? (int)(1e3 * left) + 1 : 0);
        if (found > 0) {
            ssize_t size = recv(link->socket, data, sizeof data, 0);
            a->when = now();
            if (size > 0 && read_answer(data, (size_t)size, a)) {
                spoiled |=
                    a->types[0] == 's' && strncmp(a->text[0], "the sound breaks up", 19) == 0;
                return true;
            }
        } else if (left <= 0) {
            return false;
        }
    }
}

bool link_wait(const osc_link *link, const char *path, const char *text, double seconds, answer *a)
{
    for (double until = now() + seconds; now() < until;)
        if (link_receive(link, until - now(), a) && strcmp(a->path, path) == 0 &&
            (!text || strncmp(a->text[0], text, strlen(text)) == 0))
            return true;
    return false;
}
