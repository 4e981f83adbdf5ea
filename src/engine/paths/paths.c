#include "engine/paths/paths_private.h"

#include <string.h>

static bool is_separator(char c)
{
    return c == '/' || c == '\\';
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool has_drive(const char *path)
{
    return is_letter(path[0]) && path[1] == ':';
}

/* "D:..." or "\\\\SERVER...": backslashes separate. */
static bool is_windows(const char *path)
{
    return has_drive(path) || path[0] == '\\';
}

lts_status path_map_parse(const char *text, path_map *map, lts_error *err)
{
    const char *equals = strchr(text, '=');
    *map = (path_map){0};
    if (!equals || equals == text || !equals[1])
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: no path map: give FROM=TO, such as D:/=/mnt/d/",
                        text);
    map->from = lts_format("%.*s", (int)(equals - text), text);
    map->to = lts_strdup(equals + 1);
    if (map->from && map->to)
        return LTS_OK;
    path_map_free(map);
    return lts_no_memory(text, err);
}

void path_map_free(path_map *map)
{
    lts_free((char *)map->from);
    lts_free((char *)map->to);
    *map = (path_map){0};
}

/* What follows `from` in `path`, which begins with it and goes on with another component; NULL
 * otherwise. Drive letters are the same in either case. */
static const char *after(const char *path, const char *from)
{
    const bool drive = has_drive(path);
    size_t i = 0;
    if (!from[0])
        return NULL;
    for (; from[i]; i++) {
        bool same = path[i] == from[i] || (is_separator(path[i]) && is_separator(from[i])) ||
                    (i == 0 && drive && is_letter(from[0]) && ((path[0] ^ from[0]) & ~0x20) == 0);
        if (!same)
            return NULL;
    }
    bool whole = is_separator(from[i - 1]) || from[i - 1] == ':' || is_separator(path[i]) ||
                 path[i] == ':' || path[i] == '\0';
    return whole ? path + i : NULL;
}

/* `to` and, as components below it, `rest`. A rest that colons separate is a classic Mac path. */
static char *join(const char *to, const char *rest, bool windows, bool classic)
{
    size_t length = strlen(to);
    while (length > 1 && to[length - 1] == '/')
        length--;
    while (is_separator(*rest) || (classic && *rest == ':'))
        rest++;
    const char *between = *rest && !(length == 1 && to[0] == '/') ? "/" : "";
    char *joined = lts_format("%.*s%s%s", (int)length, to, between, rest);
    for (char *c = joined ? joined + length : NULL; c && *c; c++)
        if ((windows && *c == '\\') || (classic && *c == ':'))
            *c = '/';
    return joined;
}

static char *apply_maps(const path_rules *rules, const char *sent)
{
    for (size_t m = 0; m < rules->map_count; m++) {
        const path_map *map = &rules->maps[m];
        const char *rest = after(sent, map->from);
        if (rest)
            return join(map->to, rest, is_windows(sent), !strpbrk(sent, "/\\"));
    }
    return lts_strdup(sent);
}

/* Slashes for backslashes, and no volume: in place. */
static void to_posix(char *path)
{
    if (has_drive(path))
        for (char *c = path; *c; c++)
            if (*c == '\\')
                *c = '/';
    size_t volume = strcspn(path, ":/");
    if (volume > 0 && path[volume] == ':' && path[volume + 1] == '/')
        memmove(path, path + volume + 1, strlen(path + volume + 1) + 1);
}

lts_status path_translate(const path_rules *rules, const char *sent, char **out, lts_error *err)
{
    *out = NULL;
    if (!sent[0])
        return lts_fail(err, LTS_ERR_ARGUMENT, "empty path: name a file or folder");
    if (strlen(sent) >= PATH_LONGEST)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%.60s...: a path of %zu bytes; at most %d", sent,
                        strlen(sent), PATH_LONGEST - 1);
    for (const char *c = sent; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return lts_fail(err, LTS_ERR_ARGUMENT,
                            "%.*s: the path goes on with a control character", (int)(c - sent),
                            sent);
    char *path = apply_maps(rules, sent);
    if (!path)
        return lts_no_memory(sent, err);
    to_posix(path);
    *out = path;
    return LTS_OK;
}

void path_drop_slashes(char *path)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        path[--length] = '\0';
}

const char *path_last(const char *sent)
{
    const char *last = sent, *separators = is_windows(sent) || !strchr(sent, '/') ? "/\\" : "/";
    if (!strpbrk(sent, separators))
        separators = ":";
    for (const char *c = sent; *c; c++)
        if (strchr(separators, *c))
            last = c + 1;
    return last;
}
