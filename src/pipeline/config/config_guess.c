#include "pipeline/config/config_table.h"

#include <string.h>
#include <strings.h>

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

const config_row *config_guess(const char *section, const char *key)
{
    const config_row *row, *best = NULL;
    size_t nearest = 2 + strlen(key) / 5;
    for (size_t r = 0; (row = config_row_at(r)); r++) {
        size_t apart = lts_edit_distance(key, row->key, nearest);
        if (row->alias)
            apart = least(apart, lts_edit_distance(key, row->alias, nearest));
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
