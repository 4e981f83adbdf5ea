/* The stack machine that a pickle is a program for (Python Enhancement Proposals 307, 3154, 574),
 * without the instructions that could do harm. */
#ifndef FORMATS_PICKLE_PICKLE_MACHINE_H
#define FORMATS_PICKLE_PICKLE_MACHINE_H

#include "lts/base.h"

typedef enum pickle_kind {
    PICKLE_NONE, /* also True and False */
    PICKLE_MARK,
    PICKLE_NUMBER,
    PICKLE_TEXT,
    PICKLE_BYTES,
    PICKLE_NAME,  /* of a function or class: one of those that are known */
    PICKLE_DTYPE, /* of NumPy: number is its bytes, `big` its order */
    PICKLE_TUPLE,
    PICKLE_DICT /* its items: keys and values in turn */
} pickle_kind;

/* Values are named by their index, so that several may hold one. */
typedef struct pickle_value {
    pickle_kind kind;
    bool big;
    double number;
    const char *text; /* (length), in the file's bytes */
    size_t length;
    size_t first, last; /* items, SIZE_MAX: none */
} pickle_value;

typedef struct pickle_item {
    size_t value, next;
} pickle_item;

/* A list that grows. */
typedef struct pickle_list {
    void *at;
    size_t count, room;
} pickle_list;

typedef struct pickle_machine {
    const char *path;
    const unsigned char *bytes;
    size_t size, at;
    pickle_list value, item, stack, memo; /* pickle_value, pickle_item, size_t, size_t */
    lts_error *err;
} pickle_machine;

/* Runs m->bytes to its end, which leaves *result. LTS_ERR_FORMAT, LTS_ERR_MEMORY. */
lts_status pickle_run(pickle_machine *m, size_t *result);
void pickle_machine_free(pickle_machine *m);

const pickle_value *pickle_at(const pickle_machine *m, size_t value);
const pickle_item *pickle_item_at(const pickle_machine *m, size_t item);
extern const char pickle_ends[]; /* that the file ends too soon */
pickle_value *pickle_value_at(const pickle_machine *m, size_t value);
lts_status pickle_push_new(pickle_machine *m, pickle_value value);
/* The place on the stack with `depth` others above it; there must be one. */
size_t *pickle_stack_at(const pickle_machine *m, size_t depth);

/* --- pickle_numpy.c: the instructions that make numbers of NumPy's --------------------------- */

/* `item` bytes, 4 or 8. */
double pickle_load_double(const unsigned char *at, unsigned item, bool big);
lts_status pickle_push_name(pickle_machine *m);       /* its module and name are on the stack */
lts_status pickle_push_name_lines(pickle_machine *m); /* they follow as two lines */
lts_status pickle_reduce(pickle_machine *m);
lts_status pickle_build(pickle_machine *m);

lts_status pickle_fail(const pickle_machine *m, const char *what);

#endif
