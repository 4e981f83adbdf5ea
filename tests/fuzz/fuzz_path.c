/* Any bytes as a path from elsewhere: refused, or a path below the root that stays where it is when
 * it is resolved once more. The folder has links to itself, out of itself and to nowhere. */
#include "engine/paths/paths.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static char *root; /* without links */

static const char *const things[] = {"l", "o", "n", "s", "d/e", "d"};

static char *inside(const char *name)
{
    return lts_path_join(root, name);
}

static void make_link(const char *target, const char *name)
{
    char *path = inside(name);
    if (!path || symlink(target, path) != 0)
        abort();
    lts_free(path);
}

static void remove_folder(void)
{
    for (size_t i = 0; i < sizeof things / sizeof *things; i++) {
        char *path = inside(things[i]);
        if (path)
            remove(path);
        lts_free(path);
    }
    rmdir(root);
    free(root);
}

static void make_folder(void)
{
    const char *folder = getenv("TMPDIR");
    char *made = lts_format("%s/lts-fuzz-path-XXXXXX", folder ? folder : "/tmp");
    if (!made || !mkdtemp(made) || !(root = realpath(made, NULL)))
        abort();
    lts_free(made);
    atexit(remove_folder);
    char *deep = inside("d/e");
    if (!deep || lts_make_folder(deep, NULL) != LTS_OK)
        abort();
    lts_free(deep);
    make_link("d", "l");
    make_link("..", "o");
    make_link("d/nowhere", "n");
    make_link("s", "s");
}

static void check(const char *path)
{
    const size_t length = strlen(root);
    const path_rules plain = {.root = root};
    lts_error err;
    char *again;
    if (strncmp(path, root, length) != 0 || (path[length] && path[length] != '/') ||
        strstr(path, "/../") || strstr(path, "//") || strstr(path, "/./"))
        abort();
    if (path_resolve(&plain, path, &again, &err) == LTS_OK && strcmp(path, again) != 0)
        abort();
    lts_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    lts_error err;
    char *path;
    if (!root)
        make_folder();
    const path_map maps[] = {{"D:/", root}, {"\\\\host\\share", root}, {"HD:", "/"}};
    const path_rules anywhere = {.maps = maps, .map_count = 3},
                     below = {.root = root, .maps = maps, .map_count = 3};
    char *sent = lts_alloc(size + 1, 1);
    if (!sent)
        return 0;
    memcpy(sent, bytes, size);
    const char *last = path_last(sent);
    if (last < sent || last > sent + strlen(sent) || strchr(last, '/'))
        abort();
    if (path_resolve(&below, sent, &path, &err) == LTS_OK)
        check(path);
    lts_free(path);
    if (path_resolve(&anywhere, sent, &path, &err) == LTS_OK && path[0] != '/')
        abort();
    lts_free(path);
    lts_free(sent);
    return 0;
}
