#include "engine/paths_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool path_is_below(const char *root, const char *path)
{
    size_t length = strlen(root);
    if (length == 1) /* "/" */
        return true;
    return strncmp(root, path, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/* realpath in memory of ours, whose failure is one. */
static lts_status resolve_links(const char *path, char **out, int *reason, lts_error *err)
{
    *reason = 0;
    *out = NULL;
    errno = 0;
    char *real = realpath(path, NULL);
    if (!real) {
        *reason = errno;
        return LTS_OK;
    }
    *out = lts_strdup(real);
    free(real);
    return *out ? LTS_OK : lts_fail(err, LTS_ERR_MEMORY, "%s: out of memory", path);
}

/* One component further from *at, a path without links, to another such. What is not there yet has
 * no links either. */
static lts_status step(char **at, const char *name, size_t length, lts_error *err)
{
    struct stat info;
    int reason;
    char *next, *real;
    if (length == 1 && name[0] == '.')
        return LTS_OK;
    if (length == 2 && name[0] == '.' && name[1] == '.') {
        char *slash = strrchr(*at, '/');
        slash[slash == *at] = '\0';
        return LTS_OK;
    }
    next = lts_format("%s/%.*s", strcmp(*at, "/") == 0 ? "" : *at, (int)length, name);
    if (!next)
        return lts_fail(err, LTS_ERR_MEMORY, "%s: out of memory", name);
    lts_status status = resolve_links(next, &real, &reason, err);
    if (status == LTS_OK && reason == ENOENT && lstat(next, &info) == 0)
        status = lts_fail(err, LTS_ERR_ARGUMENT, "%s: a link that leads nowhere", next);
    else if (status == LTS_OK && reason && reason != ENOENT)
        status = lts_fail(err, LTS_ERR_ARGUMENT, "%s: %s", next, strerror(reason));
    if (status != LTS_OK) {
        lts_free(next);
        return status;
    }
    lts_free(*at);
    *at = real ? real : next;
    if (real)
        lts_free(next);
    return LTS_OK;
}

/* `path`, absolute, without links, "." and ".."; new. */
static lts_status walk(const char *path, char **out, lts_error *err)
{
    char *at = lts_strdup("/");
    lts_status status = LTS_OK;
    if (!at)
        return lts_fail(err, LTS_ERR_MEMORY, "%s: out of memory", path);
    while (status == LTS_OK && *(path += strspn(path, "/"))) {
        size_t length = strcspn(path, "/");
        status = step(&at, path, length, err);
        path += length;
    }
    if (status == LTS_OK)
        *out = at;
    else
        lts_free(at);
    return status;
}

lts_status path_real_root(const char *root, char **out, lts_error *err)
{
    int reason;
    lts_status status = resolve_links(root, out, &reason, err);
    if (status == LTS_OK && reason)
        return lts_fail(err, reason == ENOENT ? LTS_ERR_NOT_FOUND : LTS_ERR_IO, "%s: %s", root,
                        strerror(reason));
    return status;
}

/* Takes *path, absolute or not, and puts the one without links in its place. */
static lts_status confine(const char *root, char **path, lts_error *err)
{
    char *real = NULL, *whole = NULL, *top;
    lts_status status = path_real_root(root, &top, err);
    if (status != LTS_OK)
        return status;
    whole = lts_format("%s%s%s", **path == '/' ? "" : top, **path == '/' ? "" : "/", *path);
    if (!whole)
        status = lts_fail(err, LTS_ERR_MEMORY, "%s: out of memory", *path);
    if (status == LTS_OK)
        status = walk(whole, &real, err);
    if (status == LTS_OK && !path_is_below(top, real))
        status = lts_fail(err, LTS_ERR_ARGUMENT, "%s: lies outside of %s", *path, root);
    if (status == LTS_OK) {
        lts_free(*path);
        *path = real;
        real = NULL;
    }
    lts_free(real);
    lts_free(whole);
    lts_free(top);
    return status;
}

lts_status path_below(const path_rules *rules, const char *folder, const char *name, char **out,
                      lts_error *err)
{
    *out = name[0] ? lts_path_join(folder, name) : lts_strdup(folder);
    if (!*out)
        return lts_fail(err, LTS_ERR_MEMORY, "%s: out of memory", folder);
    lts_status status = rules->root ? confine(rules->root, out, err) : LTS_OK;
    if (status != LTS_OK) {
        lts_free(*out);
        *out = NULL;
    }
    return status;
}

lts_status path_resolve(const path_rules *rules, const char *sent, char **out, lts_error *err)
{
    lts_status status = path_translate(rules, sent, out, err);
    if (status != LTS_OK)
        return status;
    if (rules->root)
        status = confine(rules->root, out, err);
    else if (**out != '/')
        status = lts_fail(err, LTS_ERR_ARGUMENT, "%s: give the whole path, or map it (--path-map)",
                          sent);
    if (status != LTS_OK) {
        lts_free(*out);
        *out = NULL;
    }
    return status;
}
