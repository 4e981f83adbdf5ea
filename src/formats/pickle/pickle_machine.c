#include "formats/pickle/pickle_machine.h"

#include "formats/bytes.h"

#include <string.h>

static const size_t none = SIZE_MAX;

lts_status pickle_fail(const pickle_machine *m, const char *what)
{
    return lts_fail(m->err, LTS_ERR_FORMAT, "%s: byte %zu: %s", m->path, m->at, what);
}

const pickle_value *pickle_at(const pickle_machine *m, size_t value)
{
    return (const pickle_value *)m->value.at + value;
}

const pickle_item *pickle_item_at(const pickle_machine *m, size_t item)
{
    return (const pickle_item *)m->item.at + item;
}

pickle_value *pickle_value_at(const pickle_machine *m, size_t value)
{
    return (pickle_value *)m->value.at + value;
}

static lts_status append(const pickle_machine *m, pickle_list *list, const void *item, size_t size)
{
    if (list->count == list->room) {
        void *more = NULL;
        const size_t room = list->room ? 2 * list->room : 64;
        lts_status status = lts_alloc_checked(&more, room, size, m->path, m->err);
        if (status != LTS_OK)
            return status;
        if (list->count > 0)
            memcpy(more, list->at, list->count * size);
        lts_free(list->at);
        *list = (pickle_list){more, list->count, room};
    }
    memcpy((char *)list->at + list->count++ * size, item, size);
    return LTS_OK;
}

static lts_status push(pickle_machine *m, size_t value)
{
    return append(m, &m->stack, &value, sizeof value);
}

lts_status pickle_push_new(pickle_machine *m, pickle_value value)
{
    value.first = value.last = none;
    lts_status status = append(m, &m->value, &value, sizeof value);
    if (status != LTS_OK)
        return status;
    return push(m, m->value.count - 1);
}

size_t *pickle_stack_at(const pickle_machine *m, size_t depth)
{
    return (size_t *)m->stack.at + m->stack.count - 1 - depth;
}

/* Bytes of the program; false past its end. */
static bool take(pickle_machine *m, size_t count, const unsigned char **bytes)
{
    if (count > m->size - m->at)
        return false;
    *bytes = m->bytes + m->at;
    m->at += count;
    return true;
}

static bool take_number(pickle_machine *m, unsigned bytes, uint64_t *number)
{
    const unsigned char *at;
    if (!take(m, bytes, &at))
        return false;
    *number = load_little(at, bytes);
    return true;
}

const char pickle_ends[] = "the pickle ends within a value: it is cut short";

static lts_status push_text(pickle_machine *m, pickle_kind kind, unsigned bytes)
{
    uint64_t length;
    const unsigned char *at;
    if (!take_number(m, bytes, &length) || length > m->size || !take(m, (size_t)length, &at))
        return pickle_fail(m, pickle_ends);
    return pickle_push_new(
        m, (pickle_value){.kind = kind, .text = (const char *)at, .length = (size_t)length});
}

static lts_status push_integer(pickle_machine *m, unsigned bytes)
{
    uint64_t number;
    if (!take_number(m, bytes, &number))
        return pickle_fail(m, pickle_ends);
    const double value = bytes == 4 ? (double)(int32_t)(uint32_t)number : (double)number;
    return pickle_push_new(m, (pickle_value){.kind = PICKLE_NUMBER, .number = value});
}

static lts_status push_float(pickle_machine *m)
{
    const unsigned char *at;
    if (!take(m, 8, &at))
        return pickle_fail(m, pickle_ends);
    return pickle_push_new(
        m, (pickle_value){.kind = PICKLE_NUMBER, .number = pickle_load_double(at, 8, true)});
}

/* How many values lie above the topmost mark. */
static bool above_mark(const pickle_machine *m, size_t *count)
{
    for (*count = 0; *count < m->stack.count; ++*count)
        if (pickle_at(m, *pickle_stack_at(m, *count))->kind == PICKLE_MARK)
            return true;
    return false;
}

static lts_status add_item(pickle_machine *m, size_t to, size_t value)
{
    const pickle_item item = {value, none};
    lts_status status = append(m, &m->item, &item, sizeof item);
    if (status != LTS_OK)
        return status;
    const size_t index = m->item.count - 1;
    pickle_value *of = pickle_value_at(m, to);
    if (of->last == none)
        of->first = index;
    else
        ((pickle_item *)m->item.at)[of->last].next = index;
    of->last = index;
    return LTS_OK;
}

/* The topmost `count` values become items of `to`. */
static lts_status move_items(pickle_machine *m, size_t to, size_t count)
{
    lts_status status = LTS_OK;
    for (size_t i = count; status == LTS_OK && i > 0; i--)
        status = add_item(m, to, *pickle_stack_at(m, i - 1));
    m->stack.count -= count;
    return status;
}

static lts_status make_tuple(pickle_machine *m, size_t count, bool mark)
{
    if (m->stack.count < count + mark)
        return pickle_fail(m, "a tuple of more than there is");
    lts_status status = pickle_push_new(m, (pickle_value){.kind = PICKLE_TUPLE});
    if (status != LTS_OK)
        return status;
    const size_t tuple = *pickle_stack_at(m, 0);
    m->stack.count--;
    status = move_items(m, tuple, count);
    m->stack.count -= mark;
    if (status != LTS_OK)
        return status;
    return push(m, tuple);
}

static lts_status set_items(pickle_machine *m, size_t count, bool mark)
{
    if (count % 2 != 0 || m->stack.count < count + mark + 1 ||
        pickle_at(m, *pickle_stack_at(m, count + mark))->kind != PICKLE_DICT)
        return pickle_fail(m, "items that belong to no dictionary");
    lts_status status = move_items(m, *pickle_stack_at(m, count + mark), count);
    m->stack.count -= mark;
    return status;
}

static lts_status remember(pickle_machine *m, size_t place)
{
    if (m->stack.count == 0 || place > m->memo.count)
        return pickle_fail(m, "a reference out of order");
    if (place < m->memo.count) {
        ((size_t *)m->memo.at)[place] = *pickle_stack_at(m, 0);
        return LTS_OK;
    }
    return append(m, &m->memo, pickle_stack_at(m, 0), sizeof(size_t));
}

static lts_status remember_at(pickle_machine *m, unsigned bytes)
{
    uint64_t place;
    return take_number(m, bytes, &place) ? remember(m, (size_t)place) : pickle_fail(m, pickle_ends);
}

static lts_status recall(pickle_machine *m, unsigned bytes)
{
    uint64_t place;
    if (!take_number(m, bytes, &place) || place >= m->memo.count)
        return pickle_fail(m, "a reference to nothing");
    return push(m, ((size_t *)m->memo.at)[place]);
}

static lts_status skip(pickle_machine *m, size_t count)
{
    const unsigned char *bytes;
    return take(m, count, &bytes) ? LTS_OK : pickle_fail(m, pickle_ends);
}

static lts_status step(pickle_machine *m, unsigned char code)
{
    size_t count = 0;
    const bool marked = strchr("tu", code) && above_mark(m, &count);
    switch (code) {
    case 0x80: return skip(m, 1); /* PROTO */
    case 0x95: return skip(m, 8); /* FRAME */
    case '(': return pickle_push_new(m, (pickle_value){.kind = PICKLE_MARK});
    case 'N':
    case 0x88: /* True and False */
    case 0x89: return pickle_push_new(m, (pickle_value){.kind = PICKLE_NONE});
    case 'K': return push_integer(m, 1);
    case 'M': return push_integer(m, 2);
    case 'J': return push_integer(m, 4);
    case 'G': return push_float(m);
    case 0x8c: return push_text(m, PICKLE_TEXT, 1);
    case 'X': return push_text(m, PICKLE_TEXT, 4);
    case 0x8d: return push_text(m, PICKLE_TEXT, 8);
    case 'C': return push_text(m, PICKLE_BYTES, 1);
    case 'B': return push_text(m, PICKLE_BYTES, 4);
    case 0x8e: return push_text(m, PICKLE_BYTES, 8);
    case '}': return pickle_push_new(m, (pickle_value){.kind = PICKLE_DICT});
    case ')': return make_tuple(m, 0, false);
    case 0x85: return make_tuple(m, 1, false);
    case 0x86: return make_tuple(m, 2, false);
    case 0x87: return make_tuple(m, 3, false);
    case 't': return marked ? make_tuple(m, count, true) : pickle_fail(m, "no mark");
    case 's': return set_items(m, 2, false);
    case 'u': return marked ? set_items(m, count, true) : pickle_fail(m, "no mark");
    case 'c': return pickle_push_name_lines(m);
    case 0x93: return pickle_push_name(m);
    case 'R': return pickle_reduce(m);
    case 'b': return pickle_build(m);
    case 0x94: return remember(m, m->memo.count);
    case 'q': return remember_at(m, 1);
    case 'r': return remember_at(m, 4);
    case 'h': return recall(m, 1);
    case 'j': return recall(m, 4);
    default:
        return pickle_fail(m, "no pickle of dictionaries and numbers of protocol 3 to 5: save "
                              "pickle.dump({file: {\"min\": float(a), \"max\": float(b)}}, f)");
    }
}

lts_status pickle_run(pickle_machine *m, size_t *result)
{
    while (m->at < m->size) {
        const unsigned char code = m->bytes[m->at];
        if (code == '.') {
            if (m->stack.count != 1)
                return pickle_fail(m, "it ends in the middle of a value");
            *result = *pickle_stack_at(m, 0);
            return LTS_OK;
        }
        m->at++;
        lts_status status = step(m, code);
        if (status != LTS_OK)
            return status;
    }
    return pickle_fail(m, pickle_ends);
}

void pickle_machine_free(pickle_machine *m)
{
    lts_free(m->value.at);
    lts_free(m->item.at);
    lts_free(m->stack.at);
    lts_free(m->memo.at);
}
