#include "engine/paths/paths_private.h"

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
    return *out ? LTS_OK : lts_no_memory(path, err);
}

/* An absolute path without links, "." and "..", as it grows component by component. */
typedef struct real_path {
    char *text;
    size_t length, room;
    size_t there; /* bytes of it that exist; below what is not there nothing else is */
} real_path;

static lts_status put(real_path *at, size_t keep, const char *name, size_t length, lts_error *err)
{
    const size_t wanted = keep + length + 1;
    if (wanted > at->room) {
        char *larger = lts_alloc(2 * wanted, 1);
        if (!larger)
            return lts_no_memory("a path", err);
        if (keep > 0)
            memcpy(larger, at->text, keep);
        lts_free(at->text);
        at->text = larger;
        at->room = 2 * wanted;
    }
    memcpy(at->text + keep, name, length);
    at->text[at->length = keep + length] = '\0';
    return LTS_OK;
}

/* The last component is a link: what it leads to takes its place. */
static lts_status follow(real_path *at, lts_error *err)
{
    int reason;
    char *real;
    lts_status status = resolve_links(at->text, &real, &reason, err);
    if (status != LTS_OK)
        return status;
    if (reason == ENOENT)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: a link that leads nowhere", at->text);
    if (reason)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: %s", at->text, strerror(reason));
    status = put(at, 0, real, strlen(real), err);
    lts_free(real);
    return status;
}

/* One component further. What is not there yet has no links either. */
static lts_status step(real_path *at, const char *name, size_t length, lts_error *err)
{
    struct stat info;
    if (length == 1 && name[0] == '.')
        return LTS_OK;
    if (length == 2 && name[0] == '.' && name[1] == '.') {
        while (at->length > 0 && at->text[--at->length] != '/')
            ;
        at->text[at->length] = '\0';
        at->there = at->there < at->length ? at->there : at->length;
        return LTS_OK;
    }
    const bool known = at->there == at->length;
    lts_status status =
        at->length == 1 && at->text[0] == '/' ? LTS_OK : put(at, at->length, "/", 1, err);
    if (status != LTS_OK)
        return status;
    status = put(at, at->length, name, length, err);
    if (status != LTS_OK || !known)
        return status;
    if (lstat(at->text, &info) != 0)
        return errno == ENOENT
                   ? LTS_OK
                   : lts_fail(err, LTS_ERR_ARGUMENT, "%s: %s", at->text, strerror(errno));
    if (S_ISLNK(info.st_mode))
        status = follow(at, err);
    at->there = at->length;
    return status;
}

/* `path`, absolute, without links, "." and ".."; new. */
static lts_status walk(const char *path, char **out, lts_error *err)
{
    real_path at = {0};
    lts_status status = put(&at, 0, "", 0, err);
    if (status != LTS_OK)
        goto done;
    while (*(path += strspn(path, "/"))) {
        size_t length = strcspn(path, "/");
        status = step(&at, path, length, err);
        if (status != LTS_OK)
            goto done;
        path += length;
    }
    if (at.length == 0)
        status = put(&at, 0, "/", 1, err);
    if (status != LTS_OK)
        goto done;
    *out = at.text;
    at.text = NULL;
done:
    lts_free(at.text);
    return status;
}

lts_status path_real_root(const char *root, char **out, lts_error *err)
{
    int reason;
    lts_status status = resolve_links(root, out, &reason, err);
    if (status != LTS_OK)
        return status;
    if (reason)
        return lts_fail(err, reason == ENOENT ? LTS_ERR_NOT_FOUND : LTS_ERR_IO, "%s: %s", root,
                        strerror(reason));
    return LTS_OK;
}

/* Takes *path, absolute or not, and puts the one without links in its place. */
static lts_status confine(const char *root, char **path, lts_error *err)
{
    char *real = NULL, *whole = NULL, *top;
    lts_status status = path_real_root(root, &top, err);
    if (status != LTS_OK)
        return status;
    whole = lts_format("%s%s%s", **path == '/' ? "" : top, **path == '/' ? "" : "/", *path);
    if (!whole) {
        status = lts_no_memory(*path, err);
        goto done;
    }
    status = walk(whole, &real, err);
    if (status != LTS_OK)
        goto done;
    if (!path_is_below(top, real)) {
        status = lts_fail(err, LTS_ERR_ARGUMENT, "%s: lies outside of %s", *path, root);
        goto done;
    }
    lts_free(*path);
    *path = real;
    real = NULL;
done:
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
        return lts_no_memory(folder, err);
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
