#include "engine/osc/osc_parse.h"

#include <string.h>

enum {
    FEW_ARGS = 64,      /* up to here no memory is asked for */
    BUNDLE_HEADER = 16, /* "#bundle", a 0 and the time tag */
    SHOWN_PATH = 48     /* bytes of a path in an error */
};

/* Bytes that are still to be read. */
typedef struct cursor {
    const uint8_t *at;
    size_t left;
} cursor;

static uint32_t read_32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint64_t read_64(const uint8_t *at)
{
    return (uint64_t)read_32(at) << 32 | read_32(at + 4);
}

/* The next `size` bytes and what fills them up to four; NULL when there are not as many, or when
 * the filling is not zeros. */
static const uint8_t *next_bytes(cursor *c, size_t size)
{
    const uint8_t *from = c->at;
    if (size > c->left)
        return NULL;
    size_t padded = (size + 3) / 4 * 4;
    if (padded > c->left)
        return NULL;
    for (size_t i = size; i < padded; i++)
        if (from[i] != 0)
            return NULL;
    c->at += padded;
    c->left -= padded;
    return from;
}

/* A text with its final 0, or NULL. */
static const char *next_text(cursor *c)
{
    const uint8_t *end = c->left ? memchr(c->at, 0, c->left) : NULL;
    return end ? (const char *)next_bytes(c, (size_t)(end - c->at) + 1) : NULL;
}

static bool next_32(cursor *c, uint32_t *bits)
{
    const uint8_t *from = next_bytes(c, 4);
    if (from)
        *bits = read_32(from);
    return from;
}

static bool next_64(cursor *c, uint64_t *bits)
{
    const uint8_t *from = next_bytes(c, 8);
    if (from)
        *bits = read_64(from);
    return from;
}

/* One argument after its type tag (Wright 2002, "Open Sound Control 1.0"); false when its bytes are
 * not all there. */
static bool next_arg(cursor *c, char type, control_arg *arg)
{
    uint32_t bits = 0;
    uint64_t more = 0;
    float single;
    bool there = true;
    *arg = (control_arg){.type = type};
    switch (type) {
    case 'i':
        there = next_32(c, &bits);
        arg->number = (int32_t)bits;
        break;
    case 'f':
        there = next_32(c, &bits);
        memcpy(&single, &bits, sizeof single);
        arg->number = (double)single;
        break;
    case 'h':
        there = next_64(c, &more);
        arg->integer = (int64_t)more;
        arg->number = (double)arg->integer;
        break;
    case 'd':
        there = next_64(c, &more);
        memcpy(&arg->number, &more, sizeof more);
        break;
    case 's':
    case 'S': arg->text = next_text(c); return arg->text != NULL;
    case 'b': return next_32(c, &bits) && next_bytes(c, bits);
    case 't': return next_bytes(c, 8);
    case 'c':
    case 'm':
    case 'r': return next_bytes(c, 4);
    case 'T': arg->number = 1; break;
    default: /* F, N and I have no bytes */ break;
    }
    return there;
}

static lts_status read_args(const char *path, const char *types, size_t count, cursor *c,
                            control_arg *args, lts_error *err)
{
    size_t read = 0;
    for (; *types; types++) {
        /* The numbers of an array are as good as any. */
        if (*types == '[' || *types == ']')
            continue;
        if (!strchr("ihfdsStTFNImcbr", *types))
            return lts_fail(err, LTS_ERR_FORMAT, "%.*s: argument %zu has an unknown type, %#x",
                            SHOWN_PATH, path, read + 1, (unsigned)(unsigned char)*types);
        if (!next_arg(c, *types, &args[read]))
            return lts_fail(err, LTS_ERR_FORMAT,
                            "%.*s: argument %zu of %zu is cut short or badly padded", SHOWN_PATH,
                            path, read + 1, count);
        read++;
    }
    if (c->left)
        return lts_fail(err, LTS_ERR_FORMAT, "%.*s: %zu bytes follow the last argument", SHOWN_PATH,
                        path, c->left);
    return LTS_OK;
}

static size_t count_args(const char *types)
{
    size_t count = 0;
    for (; *types; types++)
        count += *types != '[' && *types != ']';
    return count;
}

static bool is_path(const char *text)
{
    if (*text != '/')
        return false;
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            return false;
    return true;
}

static lts_status parse_message(cursor c, message_handler *handler, void *user, lts_error *err)
{
    control_arg few[FEW_ARGS], *many = NULL;
    const char *path = next_text(&c);
    if (path && !path[0])
        return lts_fail(err, LTS_ERR_FORMAT,
                        "a message without an address: give one, such as /sound/stop");
    if (!path || !is_path(path))
        return lts_fail(err, LTS_ERR_FORMAT,
                        "not an OSC message: it does not begin with a path such as /sound/stop");
    /* Senders from before type tags leave them out when there is nothing to tag. */
    const char *types = c.left ? next_text(&c) : ",";
    if (!types || *types++ != ',')
        return lts_fail(err, LTS_ERR_FORMAT, "%.*s: no type tags", SHOWN_PATH, path);
    size_t count = count_args(types);
    if (count > OSC_MAX_ARGS)
        return lts_fail(err, LTS_ERR_FORMAT, "%.*s: %zu arguments; at most %d", SHOWN_PATH, path,
                        count, OSC_MAX_ARGS);
    lts_status status = LTS_OK;
    if (count > FEW_ARGS)
        status = lts_alloc_checked(&many, count, sizeof *many, "a message's arguments", err);
    if (status != LTS_OK)
        return status;
    control_arg *args = count > FEW_ARGS ? many : few;
    status = read_args(path, types, count, &c, args, err);
    if (status != LTS_OK)
        goto done;
    handler(user, &(control_message){.address = path, .args = args, .count = count});
done:
    lts_free(many);
    return status;
}

static lts_status parse(cursor c, unsigned depth, message_handler *handler, void *user,
                        lts_error *err)
{
    if (c.left < 8 || memcmp(c.at, "#bundle", 8) != 0)
        return parse_message(c, handler, user, err);
    if (depth >= OSC_MAX_DEPTH)
        return lts_fail(err, LTS_ERR_FORMAT, "OSC bundles in bundles, more than %d deep",
                        OSC_MAX_DEPTH);
    if (!next_bytes(&c, BUNDLE_HEADER))
        return lts_fail(err, LTS_ERR_FORMAT, "OSC bundle: its time tag is cut short");
    for (size_t element = 1; c.left; element++) {
        uint32_t size;
        const uint8_t *at = next_32(&c, &size) && size % 4 == 0 ? next_bytes(&c, size) : NULL;
        if (!at)
            return lts_fail(err, LTS_ERR_FORMAT,
                            "OSC bundle: the size of element %zu is not a multiple of 4 within it",
                            element);
        lts_status status = parse((cursor){at, size}, depth + 1, handler, user, err);
        if (status != LTS_OK)
            return status;
    }
    return LTS_OK;
}

lts_status osc_parse(const void *data, size_t size, message_handler *handler, void *user,
                     lts_error *err)
{
    if (size == 0 || size % 4 != 0)
        return lts_fail(err, LTS_ERR_FORMAT, "not an OSC message: %zu bytes, not a multiple of 4",
                        size);
    return parse((cursor){data, size}, 0, handler, user, err);
}
