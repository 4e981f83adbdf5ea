#define _GNU_SOURCE /* O_PATH */
#include "engine/paths/paths_private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder need not be listed to be passed through or written to. */
#if !defined(O_PATH)
#define O_PATH O_RDONLY
#endif
enum { FOLDER = O_PATH | O_DIRECTORY | O_CLOEXEC };

/* Why `name` in the folder `at` could not be opened; `shown` names it in the message. */
static lts_status refuse(int at, const char *name, int shown, const char *path, int reason,
                         lts_error *err)
{
    struct stat info;
    if (fstatat(at, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(info.st_mode))
        return lts_fail(err, LTS_ERR_ARGUMENT, "%.*s: has become a link: name the folder again",
                        shown, path);
    return lts_fail(err, reason == ENOENT ? LTS_ERR_NOT_FOUND : LTS_ERR_IO, "%.*s: %s", shown, path,
                    reason == ENOENT ? "no such folder" : strerror(reason));
}

/* One component further from the folder *at, which is closed. */
static lts_status enter(int *at, const char *name, size_t length, const char *path, lts_error *err)
{
    char component[PATH_LONGEST];
    if (length >= sizeof component)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: too long", path);
    if (length == 2 && name[0] == '.' && name[1] == '.')
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: not a resolved path", path);
    memcpy(component, name, length);
    component[length] = '\0';
    int next = openat(*at, component, FOLDER | O_NOFOLLOW);
    if (next < 0)
        return refuse(*at, component, (int)(name - path + (ptrdiff_t)length), path, errno, err);
    close(*at);
    *at = next;
    return LTS_OK;
}

static lts_status open_plain(const char *folder, int *descriptor, lts_error *err)
{
    *descriptor = open(folder, FOLDER);
    if (*descriptor >= 0)
        return LTS_OK;
    return lts_fail(err, errno == ENOENT ? LTS_ERR_NOT_FOUND : LTS_ERR_IO, "%s: %s", folder,
                    errno == ENOENT ? "no such folder" : strerror(errno));
}

/* From the folder *at, which is closed, along `rest`, the end of `path`. */
static lts_status descend(int *at, const char *rest, const char *path, lts_error *err)
{
    lts_status status = LTS_OK;
    for (; *(rest += strspn(rest, "/")); rest += strcspn(rest, "/"))
        if ((status = enter(at, rest, strcspn(rest, "/"), path, err)) != LTS_OK)
            return status;
    return status;
}

bool path_lies_in_root(const path_rules *rules, const char *path)
{
    char *top = NULL;
    const bool lies = rules->root && path_real_root(rules->root, &top, NULL) == LTS_OK &&
                      path_is_below(top, path);
    lts_free(top);
    return lies;
}

lts_status path_open_folder(const path_rules *rules, const char *folder, int *descriptor,
                            lts_error *err)
{
    char *top = NULL;
    int at = -1;
    *descriptor = -1;
    if (!rules->root)
        return open_plain(folder, descriptor, err);
    lts_status status = path_real_root(rules->root, &top, err);
    if (status != LTS_OK)
        return status;
    if (!path_is_below(top, folder)) {
        status = lts_fail(err, LTS_ERR_ARGUMENT, "%s: lies outside of %s", folder, rules->root);
        goto done;
    }
    status = open_plain(top, &at, err);
    if (status != LTS_OK)
        goto done;
    status = descend(&at, folder + strlen(top), folder, err);
    if (status != LTS_OK)
        goto done;
    *descriptor = at;
    at = -1;
done:
    if (at >= 0)
        close(at);
    lts_free(top);
    return status;
}
