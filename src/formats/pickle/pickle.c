#include "formats/pickle/pickle.h"

#include "formats/pickle/pickle_machine.h"

#include <string.h>

enum { MOST_BYTES = 1 << 30, LONGEST = 4096 };

/* A text as a C string, its middle cut where it is too long. */
static bool copy_text(const pickle_value *value, char text[LONGEST])
{
    if (value->kind != PICKLE_TEXT || value->length >= LONGEST ||
        memchr(value->text, '\0', value->length))
        return false;
    memcpy(text, value->text, value->length);
    text[value->length] = '\0';
    return true;
}

static lts_status give_inner(const pickle_machine *m, const char *key, const pickle_value *inner,
                             const pickle_reader *reader)
{
    char name[LONGEST];
    for (size_t i = inner->first; i != SIZE_MAX;) {
        const pickle_item *of_key = pickle_item_at(m, i);
        const pickle_item *of_value = pickle_item_at(m, of_key->next);
        const pickle_value *value = pickle_at(m, of_value->value);
        if (value->kind != PICKLE_NUMBER || !copy_text(pickle_at(m, of_key->value), name))
            return lts_fail(m->err, LTS_ERR_FORMAT, "%s: %.200s: texts and numbers expected",
                            m->path, key);
        lts_status status = reader->take(reader->user, key, name, value->number, m->err);
        if (status != LTS_OK)
            return status;
        i = of_value->next;
    }
    return LTS_OK;
}

static lts_status give(const pickle_machine *m, size_t result, const pickle_reader *reader)
{
    const pickle_value *outer = pickle_at(m, result);
    char key[LONGEST];
    if (outer->kind != PICKLE_DICT)
        return lts_fail(m->err, LTS_ERR_FORMAT, "%s: not a dictionary", m->path);
    for (size_t i = outer->first; i != SIZE_MAX;) {
        const pickle_item *of_key = pickle_item_at(m, i);
        const pickle_item *of_value = pickle_item_at(m, of_key->next);
        const pickle_value *inner = pickle_at(m, of_value->value);
        if (inner->kind != PICKLE_DICT || !copy_text(pickle_at(m, of_key->value), key))
            return lts_fail(m->err, LTS_ERR_FORMAT, "%s: a dictionary for each file expected",
                            m->path);
        lts_status status = give_inner(m, key, inner, reader);
        if (status != LTS_OK)
            return status;
        i = of_value->next;
    }
    return LTS_OK;
}

lts_status pickle_read(const char *path, const pickle_reader *reader, lts_error *err)
{
    char *bytes = NULL;
    size_t size, result;
    lts_status status = lts_read_file(path, MOST_BYTES, &bytes, &size, err);
    if (status != LTS_OK)
        return status;
    pickle_machine m = {
        .path = path, .bytes = (const unsigned char *)bytes, .size = size, .err = err};
    status = pickle_run(&m, &result);
    if (status != LTS_OK)
        goto done;
    status = give(&m, result, reader);
done:
    pickle_machine_free(&m);
    lts_free(bytes);
    return status;
}
