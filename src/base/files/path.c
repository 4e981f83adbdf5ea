#include "lts/base.h"

#include <string.h>

char *lts_path_join(const char *folder, const char *name)
{
    size_t length = strlen(folder);
    bool slash = length > 0 && folder[length - 1] != '/';
    return lts_format("%s%s%s", folder, slash ? "/" : "", name);
}

char *lts_path_name(const char *path)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    size_t start = length;
    while (start > 0 && (path[start - 1] != '/' || length == 1))
        start--;
    return lts_format("%.*s", (int)(length - start), path + start);
}

char *lts_path_stem(const char *path)
{
    char *name = lts_path_name(path);
    char *dot = name ? strrchr(name, '.') : NULL;
    if (dot && dot != name)
        *dot = '\0';
    return name;
}
