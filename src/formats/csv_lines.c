#include "formats/csv_lines.h"

#include "lts/base.h"

#include <math.h>
#include <string.h>
#include <strings.h>

char *csv_line(char **cursor)
{
    char *line = *cursor, *end = strchr(line, '\n');
    if (!end)
        return NULL;
    *end = '\0';
    *cursor = end + 1;
    return line;
}

size_t csv_split(char *line, char *cell[CSV_CELLS])
{
    size_t count = 0;
    for (char *next = line; next && count < CSV_CELLS;) {
        char *start = next + strspn(next, " \t\"");
        next = strchr(start, ',');
        if (next)
            *next++ = '\0';
        size_t length = strlen(start);
        while (length > 0 && strchr(" \t\r\"", start[length - 1]))
            start[--length] = '\0';
        cell[count++] = start;
    }
    return count;
}

bool csv_number(const char *cell, double *value)
{
    *value = (double)NAN;
    if (*cell == '\0' || lts_parse_double(cell, value))
        return true;
    const char *word = cell + strspn(cell, "+-");
    return strcasecmp(word, "nan") == 0 || strncasecmp(word, "inf", 3) == 0;
}
