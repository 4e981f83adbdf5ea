#include "formats/npy/npy_dictionary.h"

#include <ctype.h>
#include <string.h>

static lts_status refuse(const npy_cursor *c, const char *what)
{
    return lts_fail(c->err, LTS_ERR_FORMAT, "%s: byte %zu: %s", c->path, c->at, what);
}

static void skip_blanks(npy_cursor *c)
{
    while (c->at < c->end && isspace((unsigned char)c->text[c->at]))
        c->at++;
}

static bool next_is(npy_cursor *c, char wanted)
{
    skip_blanks(c);
    return c->at < c->end && c->text[c->at] == wanted;
}

static bool take(npy_cursor *c, char wanted)
{
    bool found = next_is(c, wanted);
    c->at += found;
    return found;
}

static bool take_word(npy_cursor *c, const char *word)
{
    size_t length = strlen(word);
    skip_blanks(c);
    if (c->end - c->at < length || memcmp(c->text + c->at, word, length) != 0)
        return false;
    c->at += length;
    return true;
}

/* A quoted string without escapes; longer ones are cut, which no valid value is. What cannot be
 * printed becomes '?', so that messages stay one clean line. */
static bool take_string(npy_cursor *c, char text[NPY_QUOTED])
{
    size_t length = 0;
    if (!next_is(c, '\'') && !next_is(c, '"'))
        return false;
    char quote = c->text[c->at++];
    for (; c->at < c->end && c->text[c->at] != quote; c->at++) {
        unsigned char letter = (unsigned char)c->text[c->at];
        if (length < NPY_QUOTED - 1)
            text[length++] = letter < 127 && isprint(letter) ? (char)letter : '?';
    }
    text[length] = '\0';
    return take(c, quote);
}

static lts_status parse_dimension(npy_cursor *c, size_t *dimension)
{
    skip_blanks(c);
    if (next_is(c, '-'))
        return refuse(c, "'shape' is negative: the file is damaged");
    size_t start = c->at;
    *dimension = 0;
    for (; c->at < c->end && isdigit((unsigned char)c->text[c->at]); c->at++) {
        unsigned digit = (unsigned)(c->text[c->at] - '0');
        if (*dimension > (SIZE_MAX - digit) / 10)
            return refuse(c, "'shape' is larger than any file: the file is damaged");
        *dimension = *dimension * 10 + digit;
    }
    if (c->at == start)
        return refuse(c, "'shape' must be a tuple of whole numbers, such as (7, 5)");
    if (c->at < c->end && c->text[c->at] == 'L') /* as Python 2 wrote long integers */
        c->at++;
    return LTS_OK;
}

static lts_status parse_shape(npy_cursor *c, npy_fields *f)
{
    bool comma = true;
    if (!take(c, '('))
        return refuse(c, "'shape' must be a tuple, such as (7, 5)");
    while (!next_is(c, ')')) {
        size_t dimension = 0;
        if (!comma)
            return refuse(c, "',' or ')' expected in 'shape'");
        lts_status status = parse_dimension(c, &dimension);
        if (status != LTS_OK)
            return status;
        if (f->rank == NPY_MAX_RANK)
            return refuse(c, "'shape' has more than 3 dimensions, expected (frames, bins), "
                             "(examples, rows, columns) or (sounds, channels, samples): reshape "
                             "the array and save it again");
        f->shape[f->rank++] = dimension;
        comma = take(c, ',');
    }
    if (f->rank == 0)
        return refuse(c, "'shape' is (), a single number; expected (frames, bins)");
    if (f->rank == 1 && !comma)
        return refuse(c, "'shape' must be a tuple, such as (5,)");
    c->at++;
    return LTS_OK;
}

static lts_status parse_order(npy_cursor *c, npy_fields *f)
{
    f->fortran = take_word(c, "True");
    if (!f->fortran && !take_word(c, "False"))
        return refuse(c, "'fortran_order' must be True or False");
    return LTS_OK;
}

static lts_status parse_descr(npy_cursor *c, npy_fields *f)
{
    if (next_is(c, '['))
        return refuse(c, "'descr' is a structured type, expected '<f4' or '<f8': "
                         "save array.astype('float32')");
    if (!take_string(c, f->descr))
        return refuse(c, "'descr' must be a quoted type, such as '<f4'");
    return LTS_OK;
}

static lts_status parse_entry(npy_cursor *c, npy_fields *f)
{
    static const struct {
        const char *key;
        size_t seen;
        lts_status (*parse)(npy_cursor *c, npy_fields *f);
    } entries[] = {{"descr", offsetof(npy_fields, has_descr), parse_descr},
                   {"fortran_order", offsetof(npy_fields, has_order), parse_order},
                   {"shape", offsetof(npy_fields, has_shape), parse_shape}};
    char key[NPY_QUOTED];
    size_t start = c->at;
    if (!take_string(c, key))
        return refuse(c, "a quoted key expected");
    for (size_t e = 0; e < sizeof entries / sizeof *entries; e++) {
        bool *seen = (bool *)((char *)f + entries[e].seen);
        if (strcmp(key, entries[e].key) != 0)
            continue;
        if (*seen)
            return lts_fail(c->err, LTS_ERR_FORMAT, "%s: byte %zu: '%s' is given twice", c->path,
                            start, key);
        if (!take(c, ':'))
            return refuse(c, "':' expected after a key");
        *seen = true;
        return entries[e].parse(c, f);
    }
    return lts_fail(c->err, LTS_ERR_FORMAT,
                    "%s: byte %zu: unknown key '%s', expected 'descr', 'fortran_order', 'shape'",
                    c->path, start, key);
}

lts_status npy_dictionary_parse(npy_cursor *c, npy_fields *f)
{
    bool comma = true;
    if (!take(c, '{'))
        return refuse(c, "'{' expected: the header is no dictionary");
    while (!take(c, '}')) {
        if (!comma)
            return refuse(c, "',' or '}' expected");
        lts_status status = parse_entry(c, f);
        if (status != LTS_OK)
            return status;
        comma = take(c, ',');
    }
    skip_blanks(c);
    if (c->at < c->end)
        return refuse(c, "nothing expected after the header's '}'");
    const char *missing = !f->has_descr   ? "descr"
                          : !f->has_order ? "fortran_order"
                          : !f->has_shape ? "shape"
                                          : NULL;
    if (missing)
        return lts_fail(c->err, LTS_ERR_FORMAT, "%s: header: '%s' is missing", c->path, missing);
    return LTS_OK;
}
