/* JSON and protocol buffers take UTF-8 alone, while paths and remarks may hold any bytes. */
#ifndef LTS_FORMATS_UTF8_H
#define LTS_FORMATS_UTF8_H

#include <stdbool.h>

bool is_utf8(const char *text);

/* A copy, for lts_free, with U+FFFD for every byte that is no UTF-8; NULL when memory is short. */
char *to_utf8(const char *text);

#endif
