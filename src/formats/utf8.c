#include "formats/utf8.h"

#include "lts/base.h"

#include <string.h>

/* Bytes of the UTF-8 character `text` begins with; 0 when it is none (RFC 3629). */
static size_t utf8_length(const unsigned char *text)
{
    const unsigned char first = text[0];
    size_t length = first < 0x80                    ? 1
                    : first >= 0xc2 && first < 0xe0 ? 2
                    : first >= 0xe0 && first < 0xf0 ? 3
                    : first >= 0xf0 && first < 0xf5 ? 4
                                                    : 0;
    for (size_t i = 1; i < length; i++)
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    bool too_long = (first == 0xe0 && text[1] < 0xa0) || (first == 0xf0 && text[1] < 0x90);
    bool no_character = (first == 0xed && text[1] >= 0xa0) || (first == 0xf4 && text[1] >= 0x90);
    return too_long || no_character ? 0 : length;
}

bool is_utf8(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t length;
    while (*at) {
        if ((length = utf8_length(at)) == 0)
            return false;
        at += length;
    }
    return true;
}

char *to_utf8(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    char *copy = lts_alloc(3 * strlen(text) + 1, 1), *to = copy;
    while (copy && *at) {
        size_t length = utf8_length(at);
        memcpy(to, length ? (const char *)at : "\xef\xbf\xbd", length ? length : 3);
        to += length ? length : 3;
        at += length ? length : 1;
    }
    return copy;
}
