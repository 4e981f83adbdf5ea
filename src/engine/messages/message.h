/* A message of the engine, whichever transport carries it: an address and typed arguments. */
#ifndef ENGINE_MESSAGES_MESSAGE_H
#define ENGINE_MESSAGES_MESSAGE_H

#include "lts/base.h"

/* One argument. Numbers of every type are in `number` too (T 1, F 0). */
typedef struct control_arg {
    char type; /* i h f d s S T F N I m c t b; only numbers and texts are of use here */
    double number;
    const char *text; /* s and S; NULL otherwise */
    int64_t integer;  /* h: all its bits */
} control_arg;

/* A message, valid during the call it is handed to. */
typedef struct control_message {
    const char *address; /* such as /sound/stop */
    const control_arg *args;
    size_t count;
} control_message;

typedef void message_handler(void *user, const control_message *message);

static inline bool arg_is_text(const control_arg *arg)
{
    return arg->text != NULL;
}
/* Whether the argument is a number, finite or not. */
static inline bool arg_is_number(const control_arg *arg)
{
    switch (arg->type) {
    case 'i':
    case 'h':
    case 'f':
    case 'd':
    case 'T':
    case 'F': return true;
    default: return false;
    }
}

#endif
