/* OSC 1.0 over UDP for the tests: written from the specification, so that the engine is not tested
 * with the library it is made with. Everything that goes wrong here ends the program. */
#ifndef CLIENT_OSC_H
#define CLIENT_OSC_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAX_DATAGRAM = 65507, MAX_ARGS = 8 };

typedef struct osc_link {
    int socket; /* bound to the port that answers go to */
    struct sockaddr_in engine;
} osc_link;

/* Says what is wrong and ends the program with status 1. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));
double now(void); /* s, of a clock that only goes forward */
void sleep_until(double when);

/* To the engine's port on this machine, and back. */
osc_link link_open(int engine_port, int back_port);
void link_close(osc_link *link);
void link_send_bytes(const osc_link *link, const void *data, size_t size);
/* types: i f s, then int, double, const char *. */
void link_send(const osc_link *link, const char *path, const char *types, ...);

/* An answer: texts and numbers as far as there is room. */
typedef struct answer {
    double when; /* it was read */
    char path[64], types[MAX_ARGS + 1];
    double number[MAX_ARGS];
    char text[MAX_ARGS][256];
} answer;

/* The next answer within `seconds`: false when there was none. */
bool link_receive(const osc_link *link, double seconds, answer *a);
/* Answers are dropped until one at `path` whose first text begins with `text` (NULL: any). */
bool link_wait(const osc_link *link, const char *path, const char *text, double seconds, answer *a);

/* Whether the machine stalled since this program began, so that what was measured in time says
 * nothing: this program slept for too long, or the engine told of under-runs, which it does within
 * a second; this waits for that long. */
bool link_spoiled(const osc_link *link);

/* A message as bytes; room for MAX_DATAGRAM. Returns its size. */
size_t osc_write(uint8_t *data, const char *path, const char *types, ...);

#endif
