/* What a pickle makes of NumPy's numbers. */
#include "formats/bytes.h"
#include "formats/pickle/pickle_machine.h"

#include <string.h>

double pickle_load_double(const unsigned char *at, unsigned item, bool big)
{
    unsigned char bytes[8];
    for (unsigned b = 0; b < item; b++)
        bytes[b] = at[big ? item - 1 - b : b];
    const uint64_t bits = load_little(bytes, item);
    const uint32_t word = (uint32_t)bits;
    double value;
    float single;
    memcpy(&value, &bits, sizeof value);
    memcpy(&single, &word, sizeof single);
    return item == 4 ? (double)single : value;
}

static bool says(const pickle_value *value, const char *text)
{
    return value->kind == PICKLE_TEXT && value->length == strlen(text) &&
           memcmp(value->text, text, value->length) == 0;
}

/* A function's module and name are on the stack; only these are known, and none is run. */
lts_status pickle_push_name(pickle_machine *m)
{
    static const char *const known[][2] = {{"numpy.core.multiarray", "scalar"},
                                           {"numpy._core.multiarray", "scalar"},
                                           {"numpy", "dtype"}};
    for (size_t k = 0; m->stack.count >= 2 && k < sizeof known / sizeof *known; k++)
        if (says(pickle_at(m, *pickle_stack_at(m, 1)), known[k][0]) &&
            says(pickle_at(m, *pickle_stack_at(m, 0)), known[k][1])) {
            m->stack.count -= 2;
            return pickle_push_new(m, (pickle_value){.kind = PICKLE_NAME,
                                                     .text = known[k][1],
                                                     .length = strlen(known[k][1])});
        }
    return pickle_fail(m, "an object that is neither a dictionary, a text nor a number of NumPy's");
}

/* Module and name of protocol 3: two lines. */
lts_status pickle_push_name_lines(pickle_machine *m)
{
    for (int word = 0; word < 2; word++) {
        const unsigned char *start = m->bytes + m->at;
        const unsigned char *end = memchr(start, '\n', m->size - m->at);
        if (!end)
            return pickle_fail(m, pickle_ends);
        m->at += (size_t)(end - start) + 1;
        lts_status status = pickle_push_new(m, (pickle_value){.kind = PICKLE_TEXT,
                                                              .text = (const char *)start,
                                                              .length = (size_t)(end - start)});
        if (status != LTS_OK)
            return status;
    }
    return pickle_push_name(m);
}

static const pickle_value *item_of(const pickle_machine *m, const pickle_value *tuple, size_t index)
{
    size_t item = tuple->kind == PICKLE_TUPLE ? tuple->first : SIZE_MAX;
    for (; item != SIZE_MAX && index > 0; index--)
        item = pickle_item_at(m, item)->next;
    return item == SIZE_MAX ? NULL : pickle_at(m, pickle_item_at(m, item)->value);
}

/* NumPy's dtype('f4') and scalar(dtype, bytes). */
lts_status pickle_reduce(pickle_machine *m)
{
    if (m->stack.count < 2)
        return pickle_fail(m, "a call without a function");
    const pickle_value *name = pickle_at(m, *pickle_stack_at(m, 1)),
                       *with = pickle_at(m, *pickle_stack_at(m, 0));
    const pickle_value *first = item_of(m, with, 0), *second = item_of(m, with, 1);
    pickle_value made = {.kind = PICKLE_NONE};
    if (name->kind != PICKLE_NAME || !first)
        return pickle_fail(m, "a call of no known function");
    if (name->text[0] == 'd' && (says(first, "f4") || says(first, "f8"))) {
        made = (pickle_value){.kind = PICKLE_DTYPE, .number = first->text[1] - '0'};
    } else if (name->text[0] == 's' && first->kind == PICKLE_DTYPE && second &&
               second->kind == PICKLE_BYTES && second->length == (size_t)first->number) {
        made.kind = PICKLE_NUMBER;
        made.number = pickle_load_double((const unsigned char *)second->text,
                                         (unsigned)second->length, first->big);
    } else {
        return pickle_fail(m, "a number that is neither float32 nor float64");
    }
    m->stack.count -= 2;
    return pickle_push_new(m, made);
}

/* The state of a dtype, of which the second item is the byte order. */
lts_status pickle_build(pickle_machine *m)
{
    if (m->stack.count < 2 || pickle_at(m, *pickle_stack_at(m, 1))->kind != PICKLE_DTYPE)
        return pickle_fail(m, "a state of no known object");
    const pickle_value *order = item_of(m, pickle_at(m, *pickle_stack_at(m, 0)), 1);
    pickle_value_at(m, *pickle_stack_at(m, 1))->big = order && says(order, ">");
    m->stack.count--;
    return LTS_OK;
}
