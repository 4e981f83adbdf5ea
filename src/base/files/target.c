#include "base/files/outfile.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_LINKS = 40, LONGEST_LINK = 4096 };

char *path_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    return !slash          ? lts_strdup(".")
           : slash == path ? lts_strdup("/")
                           : lts_format("%.*s", (int)(slash - path), path);
}

lts_status path_follow(const char *path, char **target, lts_error *err)
{
    char *at = lts_strdup(path);
    for (int links = 0; at; links++) {
        char to[LONGEST_LINK];
        ssize_t length = readlink(at, to, sizeof to);
        if (length < 0) {
            *target = at;
            return LTS_OK;
        }
        if (links == MOST_LINKS || length == sizeof to) {
            lts_free(at);
            return lts_fail(err, LTS_ERR_IO, "%s: %s", path,
                            strerror(links == MOST_LINKS ? ELOOP : ENAMETOOLONG));
        }
        const char *slash = strrchr(at, '/');
        size_t folder = slash && to[0] != '/' ? (size_t)(slash - at) + 1 : 0;
        char *next = lts_format("%.*s%.*s", (int)folder, at, (int)length, to);
        lts_free(at);
        at = next;
    }
    return lts_no_memory(path, err);
}

int path_descriptor(const char *path)
{
    static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
    int64_t number;
    if (strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0)
        return STDOUT_FILENO;
    if (strcmp(path, "/dev/stderr") == 0)
        return STDERR_FILENO;
    for (size_t f = 0; f < sizeof folders / sizeof *folders; f++) {
        size_t length = strlen(folders[f]);
        if (strncmp(path, folders[f], length) == 0 && lts_parse_int(path + length, &number) &&
            number >= 0 && number <= INT_MAX)
            return (int)number;
    }
    return -1;
}

bool lts_is_standard_output(const char *path)
{
    return path_descriptor(path) == STDOUT_FILENO;
}

/* Neither is there: one file when they lead to one name in one folder. */
static bool same_place(const char *a, const char *b)
{
    struct stat first, second;
    char *path[2] = {0}, *folder[2] = {0}, *name[2] = {0};
    bool known =
        path_follow(a, &path[0], NULL) == LTS_OK && path_follow(b, &path[1], NULL) == LTS_OK;
    for (int i = 0; known && i < 2; i++) {
        folder[i] = path_folder(path[i]);
        name[i] = lts_path_name(path[i]);
    }
    known = known && folder[0] && folder[1] && name[0] && name[1];
    bool same = known ? strcmp(name[0], name[1]) == 0 && stat(folder[0], &first) == 0 &&
                            stat(folder[1], &second) == 0 && first.st_dev == second.st_dev &&
                            first.st_ino == second.st_ino
                      : strcmp(a, b) == 0;
    for (int i = 0; i < 2; i++) {
        lts_free(path[i]);
        lts_free(folder[i]);
        lts_free(name[i]);
    }
    return same;
}

bool lts_same_file(const char *a, const char *b)
{
    struct stat first, second;
    if (path_descriptor(a) >= 0 || path_descriptor(b) >= 0)
        return false;
    bool is_first = stat(a, &first) == 0, is_second = stat(b, &second) == 0;
    if (is_first != is_second)
        return false;
    if (!is_first)
        return same_place(a, b);
    return S_ISREG(first.st_mode) && first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

lts_status lts_check_distinct(const char *output, const char *input, lts_error *err)
{
    return lts_same_file(output, input)
               ? lts_fail(err, LTS_ERR_ARGUMENT,
                          "%s: is read and would be overwritten: name another output", output)
               : LTS_OK;
}
