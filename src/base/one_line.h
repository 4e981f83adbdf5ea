/* Names and texts of files stand in messages; a line end or an escape sequence in them must not. */
#ifndef BASE_ONE_LINE_H
#define BASE_ONE_LINE_H

/* Control characters of ASCII become '?'; UTF-8 stays as it is. */
static inline void keep_one_line(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
}

#endif
