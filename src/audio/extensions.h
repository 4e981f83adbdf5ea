/* Which file names promise sound. */
#ifndef LTS_AUDIO_EXTENSIONS_H
#define LTS_AUDIO_EXTENSIONS_H

#include "lts/base.h"

enum { EXTENSION_LIMIT = 64 };

typedef struct extension_list {
    const char *item[EXTENSION_LIMIT];
    size_t count;
} extension_list;

void extension_list_fill(extension_list *list);
bool extension_list_matches(const extension_list *list, const char *path);

#endif
