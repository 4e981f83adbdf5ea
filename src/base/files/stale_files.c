#include "base/files/outfile.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

/* Hosts that share a folder do not see each other's processes. A file that another host writes is
 * younger than this. */
static const double least_age = 60; /* s */

/* A hexadecimal number as "%lx" writes it, up to `end`. */
static bool read_hex(const char *text, char end, const char **after, unsigned long *value)
{
    const size_t length = strspn(text, "0123456789abcdef");
    if (length == 0 || length > 2 * sizeof *value || text[length] != end)
        return false;
    *value = strtoul(text, NULL, 16);
    *after = text + length + (end != '\0');
    return true;
}

bool lts_is_stale_temporary(const char *name, size_t *length)
{
    static const char mark[] = ".tmp-";
    const char *at = NULL, *rest;
    unsigned long process, moment;
    for (const char *next = name; (next = strstr(next, mark)); next++)
        at = next;
    if (!at || at == name || !read_hex(at + strlen(mark), '-', &rest, &process) ||
        !read_hex(rest, '\0', &rest, &moment))
        return false;
    *length = (size_t)(at - name);
    const pid_t id = (pid_t)process;
    return id > 0 && (unsigned long)id == process && kill(id, 0) != 0 && errno == ESRCH;
}

static bool remove_old(const char *folder, const char *name)
{
    struct stat info;
    char *path = lts_path_join(folder, name);
    bool gone = path && lstat(path, &info) == 0 && S_ISREG(info.st_mode) &&
                difftime(time(NULL), info.st_mtime) > least_age && unlink(path) == 0;
    lts_free(path);
    return gone;
}

static size_t remove_in_folder(const char *begins)
{
    const char *slash = strrchr(begins, '/'), *name = slash ? slash + 1 : begins;
    const size_t start = strlen(name);
    char *folder = slash == begins ? lts_strdup("/")
                                   : lts_format("%.*s", slash ? (int)(slash - begins) : 1,
                                                slash ? begins : ".");
    size_t removed = 0, length;
    DIR *stream = folder ? opendir(folder) : NULL;
    for (struct dirent *entry; stream && (entry = readdir(stream));)
        if (strncmp(entry->d_name, name, start) == 0 &&
            lts_is_stale_temporary(entry->d_name, &length) && length >= start)
            removed += remove_old(folder, entry->d_name);
    if (stream)
        closedir(stream);
    lts_free(folder);
    return removed;
}

/* The temporary files of a link lie in the folder it leads to. */
size_t lts_remove_stale_temporaries(const char *begins)
{
    char *target = NULL;
    size_t removed = remove_in_folder(begins);
    if (path_follow(begins, &target, NULL) == LTS_OK && strcmp(target, begins) != 0)
        removed += remove_in_folder(target);
    lts_free(target);
    return removed;
}
