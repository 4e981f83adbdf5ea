/* NumPy Enhancement Proposal 1: "\x93NUMPY", version, length, and a Python dictionary in plain
 * text: {'descr': '<f4', 'fortran_order': False, 'shape': (7, 5), }. */
#include "formats/npy/npy.h"

#include "formats/bytes.h"

#include <ctype.h>

enum { MAX_RANK = 2, QUOTED = 48 };

typedef struct cursor {
    const char *path;
    const char *text; /* the whole file */
    size_t at, end;   /* of the dictionary */
    lts_error *err;
} cursor;

typedef struct fields {
    bool has_descr, has_order, has_shape, fortran;
    char descr[QUOTED];
    size_t shape[MAX_RANK];
    unsigned rank;
} fields;

static lts_status refuse(const cursor *c, const char *what)
{
    return lts_fail(c->err, LTS_ERR_FORMAT, "%s: byte %zu: %s", c->path, c->at, what);
}

static void skip_blanks(cursor *c)
{
    while (c->at < c->end && isspace((unsigned char)c->text[c->at]))
        c->at++;
}

static bool next_is(cursor *c, char wanted)
{
    skip_blanks(c);
    return c->at < c->end && c->text[c->at] == wanted;
}

static bool take(cursor *c, char wanted)
{
    bool found = next_is(c, wanted);
    c->at += found;
    return found;
}

static bool take_word(cursor *c, const char *word)
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
static bool take_string(cursor *c, char text[QUOTED])
{
    size_t length = 0;
    if (!next_is(c, '\'') && !next_is(c, '"'))
        return false;
    char quote = c->text[c->at++];
    for (; c->at < c->end && c->text[c->at] != quote; c->at++) {
        unsigned char letter = (unsigned char)c->text[c->at];
        if (length < QUOTED - 1)
            text[length++] = letter < 127 && isprint(letter) ? (char)letter : '?';
    }
    text[length] = '\0';
    return take(c, quote);
}

static lts_status parse_dimension(cursor *c, size_t *dimension)
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

static lts_status parse_shape(cursor *c, fields *f)
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
        if (f->rank == MAX_RANK)
            return refuse(c, "'shape' has more than 2 dimensions, expected (frames, bins): "
                             "reshape the array and save it again");
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

static lts_status parse_order(cursor *c, fields *f)
{
    f->fortran = take_word(c, "True");
    if (!f->fortran && !take_word(c, "False"))
        return refuse(c, "'fortran_order' must be True or False");
    return LTS_OK;
}

static lts_status parse_descr(cursor *c, fields *f)
{
    if (next_is(c, '['))
        return refuse(c, "'descr' is a structured type, expected '<f4' or '<f8': "
                         "save array.astype('float32')");
    if (!take_string(c, f->descr))
        return refuse(c, "'descr' must be a quoted type, such as '<f4'");
    return LTS_OK;
}

static lts_status parse_entry(cursor *c, fields *f)
{
    static const struct {
        const char *key;
        size_t seen;
        lts_status (*parse)(cursor *c, fields *f);
    } entries[] = {{"descr", offsetof(fields, has_descr), parse_descr},
                   {"fortran_order", offsetof(fields, has_order), parse_order},
                   {"shape", offsetof(fields, has_shape), parse_shape}};
    char key[QUOTED];
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

static lts_status parse_dictionary(cursor *c, fields *f)
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

static lts_status understand(const cursor *c, const fields *f, npy_header *header)
{
    const char *descr = f->descr;
    header->big_endian = descr[0] == '>' || (descr[0] == '=' && !host_is_little_endian());
    header->fortran = f->fortran;
    header->rows = f->rank == 2 ? f->shape[0] : 1;
    header->columns = f->shape[f->rank - 1];
    header->data = c->end;
    header->item = strcmp(descr + (descr[0] != '\0'), "f8") == 0 ? 8 : 4;
    if (!strchr("<>=", descr[0]) || !descr[0] ||
        strcmp(descr + 1, header->item == 8 ? "f8" : "f4") != 0)
        return lts_fail(c->err, LTS_ERR_FORMAT,
                        "%s: header: 'descr' is '%s', expected '<f4' or '<f8': "
                        "save array.astype('float32')",
                        c->path, descr);
    if (header->columns == 0)
        return lts_fail(c->err, LTS_ERR_FORMAT, "%s: header: 'shape' has no columns", c->path);
    return LTS_OK;
}

lts_status npy_header_parse(const char *path, const file_map *map, npy_header *header,
                            lts_error *err)
{
    static const unsigned char magic[6] = {0x93, 'N', 'U', 'M', 'P', 'Y'};
    const unsigned char *bytes = map->bytes;
    if (map->size == 0)
        return lts_fail(err, LTS_ERR_FORMAT, "%s: byte 0: the file is empty", path);
    if (map->size < sizeof magic || memcmp(bytes, magic, sizeof magic) != 0)
        return lts_fail(err, LTS_ERR_FORMAT, "%s: byte 0: not a .npy file: '\\x93NUMPY' expected",
                        path);
    if (map->size < 10)
        return lts_fail(err, LTS_ERR_FORMAT, "%s: byte %zu: the file ends within its header", path,
                        map->size);
    if (bytes[6] < 1 || bytes[6] > 3 || bytes[7] != 0)
        return lts_fail(err, LTS_ERR_FORMAT, "%s: byte 6: version %u.%u, expected 1.0, 2.0 or 3.0",
                        path, bytes[6], bytes[7]);
    size_t start = bytes[6] == 1 ? 10 : 12;
    uint64_t length =
        map->size < start ? UINT64_MAX : load_little(bytes + 8, bytes[6] == 1 ? 2 : 4);
    if (map->size < start || length > map->size - start)
        return lts_fail(err, LTS_ERR_FORMAT, "%s: byte %zu: the file ends within its header", path,
                        map->size);
    cursor c = {.path = path,
                .text = (const char *)bytes,
                .at = start,
                .end = start + (size_t)length,
                .err = err};
    fields f = {0};
    lts_status status = parse_dictionary(&c, &f);
    if (status == LTS_OK)
        status = understand(&c, &f, header);
    if (status != LTS_OK)
        return status;
    size_t present = (map->size - header->data) / header->item;
    if (header->rows > present / header->columns)
        return lts_fail(err, LTS_ERR_FORMAT,
                        "%s: byte %zu: the file ends within its data: 'shape' asks for %zu x %zu "
                        "numbers of %u bytes, %zu bytes follow the header",
                        path, map->size, header->rows, header->columns, header->item,
                        map->size - header->data);
    return LTS_OK;
}
