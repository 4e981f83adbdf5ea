/* The dialect of Python's configparser with its defaults: "key = value" or "key: value", comments
 * on lines of their own, values continued on lines indented deeper than their key, "%%" for '%'
 * (its basic interpolation). Four liberties: blanks around a section's name are dropped, a section
 * may be opened again, a value wholly in quotes is taken without them, as people write paths, and a
 * '%' that stands alone, which configparser refuses, means itself; so does "%(name)s". */
#include "formats/ini/ini.h"
#include "formats/shown.h"

#include <string.h>

static const char blanks[] = " \t\f\v";

typedef struct reader {
    const char *name;
    lts_ini *ini;
    lts_error *err;
    size_t line;
    bool in_section;
    size_t section; /* index of the open one */
    /* The entry being read, which a deeper indented line may continue. */
    const char *key; /* NULL: none */
    size_t key_line, indent, empty_lines;
    char *value;
    size_t length;
} reader;

static char *trim(char *text)
{
    text += strspn(text, blanks);
    size_t length = strlen(text);
    while (length > 0 && strchr(blanks, text[length - 1]))
        text[--length] = '\0';
    return text;
}

/* Puts file and line before what a lower function said of a name. */
static lts_status place(reader *r, size_t line, lts_status status)
{
    lts_error inner;
    if (status == LTS_OK || !r->err)
        return status;
    inner = *r->err;
    return lts_fail(r->err, status == LTS_ERR_ARGUMENT ? LTS_ERR_FORMAT : status,
                    "%s: line %zu: %.*s", r->name, line, (int)sizeof inner.text - 300, inner.text);
}

static void append(reader *r, const char *text)
{
    size_t length = strlen(text);
    memcpy(r->value + r->length, text, length + 1);
    r->length += length;
}

/* "a" or 'a', and no such quote inside. */
static void unquote(reader *r)
{
    char *v = r->value, quote = v[0];
    if (r->length < 2 || (quote != '"' && quote != '\'') ||
        strchr(v + 1, quote) != v + r->length - 1)
        return;
    r->length -= 2;
    memmove(v, v + 1, r->length);
    v[r->length] = '\0';
}

static void undouble_percents(char *text)
{
    char *to = text;
    for (const char *from = text; *from; *to++ = *from++)
        if (from[0] == '%' && from[1] == '%')
            from++;
    *to = '\0';
}

static lts_status finish_entry(reader *r)
{
    if (!r->key)
        return LTS_OK;
    const char *key = r->key, *section = r->ini->sections[r->section];
    char buffer[SHOWN_SIZE];
    r->key = NULL;
    unquote(r);
    undouble_percents(r->value);
    size_t earlier = ini_find(r->ini, section, key);
    if (earlier != SIZE_MAX)
        return lts_fail(r->err, LTS_ERR_FORMAT,
                        "%s: line %zu: '%s' stands in [%s] already, in line %zu: remove one",
                        r->name, r->key_line, shown(key, buffer), section,
                        r->ini->entries[earlier].line);
    return place(r, r->key_line, ini_put(r->ini, r->section, key, r->value, r->key_line, r->err));
}

static lts_status read_section(reader *r, char *text)
{
    char buffer[SHOWN_SIZE], *end = strchr(text, ']');
    const char *after = end ? end + 1 + strspn(end + 1, blanks) : "";
    if (!end || (*after && *after != '#' && *after != ';'))
        return lts_fail(r->err, LTS_ERR_FORMAT, "%s: line %zu: '%s': expected [section]", r->name,
                        r->line, shown(text, buffer));
    *end = '\0';
    r->in_section = true;
    return place(r, r->line, ini_add_section(r->ini, trim(text + 1), &r->section, r->err));
}

static lts_status read_entry(reader *r, char *text)
{
    char buffer[SHOWN_SIZE], *delimiter = text + strcspn(text, "=:");
    if (!r->in_section)
        return lts_fail(r->err, LTS_ERR_FORMAT,
                        "%s: line %zu: '%s': stands before the first [section]", r->name, r->line,
                        shown(text, buffer));
    /* A key without a value is one word; anything longer is a slip. */
    if (delimiter == text || (!*delimiter && text[strcspn(text, blanks)]))
        return lts_fail(r->err, LTS_ERR_FORMAT,
                        "%s: line %zu: '%s': expected key = value, [section] or # comment", r->name,
                        r->line, shown(text, buffer));
    const char *value = *delimiter ? trim(delimiter + 1) : "";
    *delimiter = '\0';
    r->key = trim(text);
    r->key_line = r->line;
    r->empty_lines = r->length = 0;
    append(r, value);
    return LTS_OK;
}

static lts_status read_line(reader *r, char *line)
{
    size_t indent = strspn(line, blanks);
    char *text = trim(line);
    if (!*text) {
        r->empty_lines++;
        return LTS_OK;
    }
    if (*text == '#' || *text == ';')
        return LTS_OK;
    if (r->key && indent > r->indent) {
        for (r->empty_lines++; r->empty_lines > 0; r->empty_lines--)
            append(r, "\n");
        append(r, text);
        return LTS_OK;
    }
    lts_status status = finish_entry(r);
    r->indent = indent;
    if (status != LTS_OK)
        return status;
    return *text == '[' ? read_section(r, text) : read_entry(r, text);
}

lts_status ini_parse(char *text, size_t size, const char *name, lts_ini *ini, lts_error *err)
{
    /* Several messages are built from an earlier one: there must be a place for it. */
    lts_error own;
    reader r = {.name = name, .ini = ini, .err = err ? err : &own};
    if (strlen(text) != size)
        return lts_fail(err, LTS_ERR_FORMAT, "%s: byte %zu: a zero byte: save the file as UTF-8",
                        name, strlen(text));
    lts_status status = lts_alloc_checked(&r.value, size + 1, 1, name, err);
    if (status != LTS_OK)
        return status;
    if (memcmp(text, "\xef\xbb\xbf", size < 3 ? size : 3) == 0 && size >= 3)
        text += 3; /* byte order mark, as Windows editors write it */
    while (*text) {
        char *end = text + strcspn(text, "\r\n");
        char *next = end + (end[0] == '\r' && end[1] == '\n') + (end[0] != '\0');
        *end = '\0';
        r.line++;
        status = read_line(&r, text);
        if (status != LTS_OK)
            goto done;
        text = next;
    }
    status = finish_entry(&r);
done:
    lts_free(r.value);
    return status;
}

/* Parses `text`, which it changes. */
static lts_status create_parsed(char *text, size_t size, const char *name, lts_ini **out,
                                lts_error *err)
{
    lts_ini *ini = NULL;
    lts_status status = lts_ini_create(&ini, err);
    if (status != LTS_OK)
        goto done;
    status = ini_parse(text, size, name, ini, err);
    if (status != LTS_OK)
        goto done;
    *out = ini;
    ini = NULL;
done:
    lts_ini_destroy(ini);
    return status;
}

lts_status lts_ini_load(const char *path, lts_ini **out, lts_error *err)
{
    char *text;
    size_t size;
    *out = NULL;
    lts_status status = lts_read_file(path, INI_FILE_LIMIT, &text, &size, err);
    if (status != LTS_OK)
        return status;
    status = create_parsed(text, size, path, out, err);
    lts_free(text);
    return status;
}

lts_status lts_ini_parse(const char *text, size_t size, const char *name, lts_ini **out,
                         lts_error *err)
{
    char *copy;
    *out = NULL;
    if (size > INI_FILE_LIMIT)
        return lts_fail(err, LTS_ERR_FORMAT, "%s: %zu bytes, more than any settings have", name,
                        size);
    lts_status status = lts_alloc_checked(&copy, size + 1, 1, name, err);
    if (status != LTS_OK)
        return status;
    memcpy(copy, text, size);
    status = create_parsed(copy, size, name, out, err);
    lts_free(copy);
    return status;
}
