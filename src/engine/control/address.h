/* The addresses that messages are sent to, as a table: a new one is a row of address_table.c and
 * its handler, declared in handlers.h. */
#ifndef ENGINE_CONTROL_ADDRESS_H
#define ENGINE_CONTROL_ADDRESS_H

#include "engine/messages/reply.h"
#include "engine/server/request.h"

/* Flags. */
typedef enum address_kind {
    ADDRESS_PLAIN,
    ADDRESS_SLOW = 1,    /* takes long: the state is saved before */
    ADDRESS_SOUNDS = 2,  /* begins a sound, unless a stop has come since */
    ADDRESS_AT_ONCE = 4, /* handled as it is received, by the transport's thread */
    ADDRESS_STOPS = 8,   /* stops all sound as it is received, and is handled in its turn */
    ADDRESS_CANCELS = 16 /* the same for renders */
} address_kind;

/* What is reported when arguments are not accepted. {address} stands for the address as it was
 * sent, {count} for how many arguments there were. */
typedef struct address_refusal {
    const char *text;
    const char *miscount; /* when there are more or less than the address takes; NULL: `text` */
} address_refusal;

typedef struct address {
    /* Without the number of a voice or a match; of one whose last component is in capitals any
     * other may take its place. */
    const char *path;
    /* n a number, s a text (the rest of the arguments, joined), each also as a group repeated: (nn)
     * once or more, (nn)? once or not at all. */
    const char *args;
    unsigned kind; /* address_kind, several of them */
    void (*handle)(const request *r);
    address_refusal refusal;
} address;

/* --- address_table.c -------------------------------------------------------------------------- */

const address *address_at(size_t index); /* NULL past the last */

/* --- addresses.c ------------------------------------------------------------------------------ */

const address *address_find(const char *path, unsigned *voice);
/* Whether it is an address of voices or matches, but of one that is not there, /live/9/start; then
 * also what it is one of, and how many there are. */
bool address_lacks_voice(const char *path, const char **one, unsigned *count);
/* Whether the arguments are what the address takes; numbers are finite. */
bool address_accepts(const address *a, const control_message *message);
/* Reports the address's refusal of the message. */
void address_refuse(const address *a, const control_message *message, const reply *r);

#endif
