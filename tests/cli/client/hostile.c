/* hostile: datagrams that no client should send. The addresses to be rude to come on standard
 * input, one a line. Now and then the engine must still answer. */
#include "client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ADDRESSES = 200, GROUP = 32, LONG = 60000 };

typedef struct rude {
    osc_link link;
    uint64_t state;
    char address[MOST_ADDRESSES][80];
    size_t addresses;
    uint8_t data[MAX_DATAGRAM + 8];
    size_t size;
} rude;

/* splitmix64 (Steele, Lea & Flood 2014). */
static uint32_t draw(rude *r, uint32_t below)
{
    uint64_t z = r->state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (uint32_t)((z ^ (z >> 31)) >> 32) % below;
}

static const char *some_address(rude *r)
{
    return r->address[draw(r, (uint32_t)r->addresses)];
}

static void random_bytes(rude *r)
{
    r->size = draw(r, 20) == 0 ? MAX_DATAGRAM : draw(r, 1500);
    for (size_t i = 0; i < r->size; i++)
        r->data[i] = (uint8_t)draw(r, 256);
    if (draw(r, 2) && r->size > 4)
        memcpy(r->data, draw(r, 2) ? "/a\0" : "#bundle", 4);
}

static void put_bytes(rude *r, const void *bytes, size_t size)
{
    if (r->size + size <= MAX_DATAGRAM)
        memcpy(r->data + r->size, bytes, size);
    r->size = r->size + size <= MAX_DATAGRAM ? r->size + size : r->size;
}

static void put_number(rude *r, uint32_t word)
{
    uint8_t bytes[4];
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(word >> (24 - 8 * i));
    put_bytes(r, bytes, 4);
}

static void put_padded(rude *r, const char *text)
{
    static const char zeros[4] = "";
    size_t length = strlen(text);
    put_bytes(r, text, length);
    put_bytes(r, zeros, 4 - length % 4);
}

/* Numbers that are none, or too much. */
static uint32_t odd_number(rude *r)
{
    static const uint32_t odd[] = {0x7fc00000, 0xffc00000, 0x7f800000, 0xff800000, 0x7f7fffff,
                                   0x80000000, 0x00000001, 0xffffffff, 0x7fffffff, 0x3f800000,
                                   0xbf800000, 0x00000000, 0x42c80000, 0x7f800001, 0x000fffff};
    return odd[draw(r, sizeof odd / sizeof *odd)];
}

/* A message of a known address with arguments of any kind. */
static void any_arguments(rude *r)
{
    static const char letters[] = "ifsdhTFNISbtmc[]rxX\x01";
    char types[64] = ",";
    size_t count = 1 + draw(r, 12);
    r->size = 0;
    put_padded(r, some_address(r));
    for (size_t i = 1; i <= count; i++)
        types[i] = letters[draw(r, draw(r, 3) ? 3 : sizeof letters - 1)];
    put_padded(r, types);
    for (size_t i = 1; i <= count; i++)
        switch (types[i]) {
        case 's':
        case 'S':
            put_padded(r, draw(r, 2) ? "../../../../etc/passwd" : "%n%s%1000000d\t\r\n\xff");
            break;
        case 'd':
        case 'h':
        case 't':
            put_number(r, odd_number(r)); /* and once more */
        /* fall through */
        default: put_number(r, odd_number(r));
        }
}

static void cut_or_flipped(rude *r)
{
    any_arguments(r);
    if (draw(r, 2)) {
        r->size = draw(r, (uint32_t)r->size + 1);
        return;
    }
    for (uint32_t flips = 1 + draw(r, 8); flips-- > 0;)
        r->data[draw(r, (uint32_t)r->size)] ^= (uint8_t)(1 << draw(r, 8));
}

/* Bundles in bundles, the innermost holding a message; sizes now and then wrong. */
static void deep_bundles(rude *r)
{
    static const uint8_t head[16] = "#bundle\0\0\0\0\0\0\0\0\1";
    uint32_t depth = 1 + draw(r, draw(r, 4) ? 12 : 3000);
    bool wrong = draw(r, 3) == 0;
    any_arguments(r);
    size_t inner = r->size;
    uint8_t message[4096];
    memcpy(message, r->data, inner);
    r->size = 0;
    for (uint32_t d = 0; d < depth; d++) {
        size_t rest = (depth - d - 1) * 20 + inner;
        put_bytes(r, head, sizeof head);
        put_number(r, wrong && draw(r, 4) == 0 ? odd_number(r) : (uint32_t)rest);
    }
    put_bytes(r, message, inner);
}

/* Texts of 60 kB, and texts that go on after their end. */
static void long_text(rude *r)
{
    r->size = 0;
    bool path = draw(r, 4) == 0;
    put_padded(r, path ? "/" : some_address(r));
    if (path)
        r->size = 1;
    else
        put_padded(r, ",s");
    size_t length = draw(r, 2) ? LONG : 1 + draw(r, 300);
    memset(r->data + r->size, draw(r, 2) ? 'a' : '/', length);
    for (uint32_t ends = draw(r, 3); ends-- > 0;)
        r->data[r->size + draw(r, (uint32_t)length)] = 0;
    r->size += length;
    if (draw(r, 2)) /* with its end */
        put_bytes(r, "\0\0\0\0", 4 - length % 4);
}

/* As many arguments as a datagram holds, and more than it holds. */
static void many_arguments(rude *r)
{
    char types[16002] = ",";
    size_t count = 1 + draw(r, 16000);
    memset(types + 1, draw(r, 2) ? 'f' : 'T', count);
    r->size = 0;
    put_padded(r, some_address(r));
    put_padded(r, types);
    for (uint32_t there = draw(r, 12000); there-- > 0;)
        put_number(r, draw(r, 50) ? 0x3f000000 : odd_number(r));
}

static void wait_for_answer(rude *r, size_t sent)
{
    char path[32];
    answer a;
    link_send(&r->link, "/test/connection", "");
    if (!link_wait(&r->link, "/report", " Connection works. #", 5, &a))
        die("after %zu datagrams: /test/connection is not answered", sent);
    snprintf(path, sizeof path, "/hostile/%zu", sent);
    link_send(&r->link, path, "");
    if (!link_wait(&r->link, "/report", path, 60, &a))
        die("after %zu datagrams: messages are not handled any more", sent);
}

int run_hostile(int argc, char **argv)
{
    static void (*const make[])(rude *) = {random_bytes, any_arguments, cut_or_flipped,
                                           deep_bundles, long_text,     many_arguments};
    if (argc != 4)
        return USAGE;
    rude *r = calloc(1, sizeof *r);
    if (!r)
        die("out of memory");
    r->link = link_open(atoi(argv[0]), atoi(argv[1]));
    r->state = strtoull(argv[2], NULL, 10);
    while (r->addresses < MOST_ADDRESSES && scanf("%79s%*[^\n]", r->address[r->addresses]) == 1)
        r->addresses++;
    if (r->addresses == 0)
        die("no addresses on standard input");
    size_t total = strtoul(argv[3], NULL, 10), bytes = 0;
    for (size_t i = 0; i < total; i++) {
        make[draw(r, sizeof make / sizeof *make)](r);
        link_send_bytes(&r->link, r->data, r->size);
        bytes += r->size;
        if (i % GROUP == GROUP - 1)
            wait_for_answer(r, i + 1);
    }
    wait_for_answer(r, total);
    link_close(&r->link);
    printf("hostile: %zu datagrams, %zu bytes, all survived\n", total, bytes);
    free(r);
    return 0;
}
