/* The table that drives copying, writing and reading a state. */
#ifndef ENGINE_STATE_STATE_FIELDS_H
#define ENGINE_STATE_STATE_FIELDS_H

#include "engine/state/state.h"

typedef enum state_kind {
    STATE_TEXT,
    STATE_REAL,
    STATE_WHOLE,
    STATE_FLAG,
    STATE_CHOICE
} state_kind;

/* A member: char *, double, int, bool or, of a choice, an int. The curve and the seed stand apart.
 */
typedef struct state_field {
    const char *key;
    state_kind kind;
    size_t offset;            /* in server_state */
    int minimum, maximum;     /* of STATE_WHOLE; STATE_REAL may be any finite number */
    const char *(*text)(int); /* of STATE_CHOICE's values; NULL past the last */
} state_field;

enum { STATE_FIELDS = 18 };
extern const state_field state_fields[STATE_FIELDS];

static inline void *state_member(const server_state *state, const state_field *field)
{
    return (char *)state + field->offset;
}

#endif
