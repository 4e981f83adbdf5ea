#include "pipeline/config.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { LONGEST = 40 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Insertions, deletions, replacements that turn a into b (Levenshtein 1966), letters in any case;
 * SIZE_MAX when there are `limit` of them or more, or for words too long to be a setting's. */
static size_t distance(const char *a, const char *b, size_t limit)
{
    size_t row[LONGEST + 1], length = strlen(b), other = strlen(a);
    if (other > LONGEST || length > LONGEST)
        return SIZE_MAX;
    if ((other > length ? other - length : length - other) >= limit)
        return SIZE_MAX;
    for (size_t j = 0; j <= length; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        size_t diagonal = row[0];
        size_t smallest = row[0] = i + 1;
        for (size_t j = 0; j < length; j++) {
            bool same = tolower((unsigned char)a[i]) == tolower((unsigned char)b[j]);
            size_t replaced = diagonal + !same;
            diagonal = row[j + 1];
            row[j + 1] = least(replaced, least(row[j], row[j + 1]) + 1);
            smallest = least(smallest, row[j + 1]);
        }
        if (smallest >= limit)
            return SIZE_MAX;
    }
    return row[length];
}

const config_row *config_guess(const char *section, const char *key)
{
    const config_row *best = NULL;
    size_t nearest = 2 + strlen(key) / 5;
    for (size_t r = 0; r < config_count; r++) {
        const config_row *row = &config_table[r];
        size_t apart = distance(key, row->key, nearest);
        if (row->alias)
            apart = least(apart, distance(key, row->alias, nearest));
        if (apart == SIZE_MAX)
            continue;
        apart += strcasecmp(section, row->section) != 0;
        if (apart < nearest) {
            nearest = apart;
            best = row;
        }
    }
    return best;
}
