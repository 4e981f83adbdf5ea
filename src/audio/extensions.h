/* Which file names promise sound, and who reads it. */
#ifndef LTS_AUDIO_EXTENSIONS_H
#define LTS_AUDIO_EXTENSIONS_H

#include "lts/base.h"

enum { EXTENSION_LIMIT = 96 };

typedef struct extension_list {
    const char *item[EXTENSION_LIMIT];
    size_t count;
} extension_list;

/* Those that this build reads. */
void extension_list_fill(extension_list *list);
bool extension_list_matches(const extension_list *list, const char *path);

/* The formats that FFmpeg may look for in a file, with commas between. */
extern const char audio_demuxers[];

#endif
