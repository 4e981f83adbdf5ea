/* The table that drives copying, writing and reading a state. */
#ifndef ENGINE_STATE_STATE_FIELDS_H
#define ENGINE_STATE_STATE_FIELDS_H

#include "engine/state/state.h"

#include <cjson/cJSON.h>

typedef enum state_kind {
    STATE_TEXT,
    STATE_REAL,
    STATE_WHOLE,
    STATE_FLAG,
    STATE_CHOICE
} state_kind;

/* A member: char *, double, int, bool or, of a choice, an int. The curve, the seed and the patch
 * stand apart. */
typedef struct state_field {
    const char *key;
    state_kind kind;
    size_t offset;            /* in server_state */
    int minimum, maximum;     /* of STATE_WHOLE and STATE_REAL; both 0: any finite number */
    const char *(*text)(int); /* of STATE_CHOICE's values; NULL past the last */
} state_field;

enum { STATE_FIELDS = 19 };
extern const state_field state_fields[STATE_FIELDS];

static inline void *state_member(const server_state *state, const state_field *field)
{
    return (char *)state + field->offset;
}

/* "NAME: 'KEY' must be MUST: ...": LTS_ERR_FORMAT. */
lts_status state_refuse(const char *name, const char *key, const char *must, lts_error *err);
/* A number with every bit; false when memory is short. */
bool state_add_number(cJSON *object, const char *key, double x);

/* The patch in the object, or null in its place. */
bool patch_add(cJSON *object, const synth_patch *patch);
lts_status patch_read(const cJSON *object, const char *name, synth_patch *patch, lts_error *err);

#endif
