#include "audio/source_backend.h"

#include <stdio.h>
#include <string.h>

void source_copy_reason(char reason[SOURCE_REASON], const char *said)
{
    snprintf(reason, SOURCE_REASON, "%s", said);
    for (char *c = reason; *c; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
    size_t length = strlen(reason);
    while (length > 0 && strchr(". ", reason[length - 1]))
        reason[--length] = '\0';
}
