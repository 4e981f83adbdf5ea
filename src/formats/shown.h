/* What stands in a file, made safe for one line of a message: control characters become '?', long
 * texts are cut. */
#ifndef LTS_FORMATS_SHOWN_H
#define LTS_FORMATS_SHOWN_H

#include <string.h>

enum { SHOWN_SIZE = 48, SHOWN_LENGTH = 40 };

static inline const char *shown(const char *text, char buffer[SHOWN_SIZE])
{
    size_t n = 0;
    for (; text[n] && n < SHOWN_LENGTH; n++)
        buffer[n] = (unsigned char)text[n] < ' ' || text[n] == 127 ? '?' : text[n];
    memcpy(buffer + n, text[n] ? "..." : "", text[n] ? 4 : 1);
    return buffer;
}

#endif
