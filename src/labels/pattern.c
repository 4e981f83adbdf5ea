/* Labels from the names of files. */
#include "lts/labels.h"

#include <math.h>
#include <string.h>

typedef enum field { GROUP, DESCRIPTOR, MAGNITUDE, PITCH, ANYTHING, FIELDS } field;
static const char *const field_name[FIELDS] = {"group", "descriptor", "magnitude", "pitch", "*"};

/* What a match may take: a pattern could else be tried in more ways than anyone can wait for. */
enum { MOST_STEPS = 100000 };

/* The field that begins at '{'; FIELDS when there is none of this name. *end is behind its '}'. */
static field take_field(const char *at, const char **end)
{
    const char *close = strchr(at, '}');
    *end = close ? close + 1 : at + strlen(at);
    for (int f = 0; close && f < FIELDS; f++)
        if (strlen(field_name[f]) == (size_t)(close - at - 1) &&
            strncmp(field_name[f], at + 1, strlen(field_name[f])) == 0)
            return (field)f;
    return FIELDS;
}

lts_status lts_label_check_pattern(const char *pattern, lts_error *err)
{
    static const char names[] = "{group}, {descriptor}, {magnitude}, {pitch} or {*}";
    bool seen[FIELDS] = {false};
    const char *end = NULL;
    if (pattern[0] == '/' || strstr(pattern, "//"))
        return lts_fail(err, LTS_ERR_ARGUMENT, "%.200s: a folder without a name", pattern);
    for (const char *at = pattern; *at;) {
        if (*at != '{') {
            at++;
            continue;
        }
        if (at == end)
            return lts_fail(err, LTS_ERR_ARGUMENT,
                            "%.200s: %.40s follows another field: put a text between them", pattern,
                            at);
        const field f = take_field(at, &end);
        if (f == FIELDS)
            return lts_fail(err, LTS_ERR_ARGUMENT, "%.200s: %.*s is no field: must be %s", pattern,
                            (int)(end - at < 40 ? end - at : 40), at, names);
        if (seen[f] && f != ANYTHING)
            return lts_fail(err, LTS_ERR_ARGUMENT, "%.200s: {%s} is there twice", pattern,
                            field_name[f]);
        seen[f] = true;
        at = end;
    }
    if (!seen[GROUP] && !seen[DESCRIPTOR] && !seen[MAGNITUDE] && !seen[PITCH])
        return lts_fail(err, LTS_ERR_ARGUMENT, "%.200s: no field in it: %s", pattern, names);
    return LTS_OK;
}

static bool take_text(const char *text, size_t length, char to[LTS_LABEL_TEXT])
{
    if (length >= LTS_LABEL_TEXT)
        return false;
    memcpy(to, text, length);
    to[length] = '\0';
    return true;
}

/* What `length` bytes of a name say of a field; false: they cannot. */
static bool take_value(field f, const char *text, size_t length, lts_label *label)
{
    char word[LTS_LABEL_TEXT];
    switch (f) {
    case GROUP: return take_text(text, length, label->group);
    case DESCRIPTOR: return take_text(text, length, label->descriptor);
    case MAGNITUDE:
        return take_text(text, length, word) && lts_parse_double(word, &label->magnitude) &&
               label->magnitude >= 0;
    case PITCH: return take_text(text, length, word) && lts_label_parse_key(word, &label->key);
    default: return true;
    }
}

/* The longest text that a field can take is tried first. */
static bool match(const char *pattern, const char *text, lts_label *label, size_t *steps)
{
    for (; *pattern && *pattern != '{'; pattern++, text++)
        if (*pattern != *text)
            return false;
    if (!*pattern)
        return !*text;
    const char *rest;
    const field f = take_field(pattern, &rest);
    for (size_t length = strcspn(text, "/"); length > 0; length--) {
        if (++*steps > MOST_STEPS)
            return false;
        if (take_value(f, text, length, label) && match(rest, text + length, label, steps))
            return true;
    }
    return false;
}

/* The path's end, of as many components as the pattern; NULL when it has fewer. */
static const char *tail_of(const char *pattern, const char *path)
{
    const char *tail = path + strlen(path);
    size_t slashes = 0;
    for (const char *at = pattern; (at = strchr(at, '/')); at++)
        slashes++;
    for (; tail > path; tail--)
        if (tail[-1] == '/' && slashes-- == 0)
            return tail;
    return slashes == 0 ? path : NULL;
}

bool lts_label_parse(const char *pattern, const char *path, lts_label *label)
{
    const lts_label nothing = {.magnitude = (double)NAN, .key = -1};
    const char *tail = tail_of(pattern, path);
    size_t steps = 0;
    *label = nothing;
    if (tail && match(pattern, tail, label, &steps))
        return true;
    *label = nothing;
    return false;
}
