/* Which row a name means, and what was given for it. */
#include "pipeline/config/config_table.h"

#include <string.h>
#include <strings.h>

static bool is_word(config_word p, const char *word)
{
    return word && strlen(word) == p.length && strncasecmp(p.text, word, p.length) == 0;
}

static const config_row *find(config_word section, config_word key)
{
    const config_row *row;
    for (size_t r = 0; (row = config_row_at(r)); r++)
        if (is_word(section, row->section) && (is_word(key, row->key) || is_word(key, row->alias)))
            return row;
    return NULL;
}

const config_row *config_find(const char *section, const char *key)
{
    return find((config_word){section, strlen(section)}, (config_word){key, strlen(key)});
}

bool config_split(const char *name, config_word *section, config_word *key)
{
    size_t end = strcspn(name, "="), dot = strcspn(name, ".");
    while (end > 0 && (name[end - 1] == ' ' || name[end - 1] == '\t'))
        end--;
    if (dot == 0 || dot + 1 >= end)
        return false;
    *section = (config_word){name, dot};
    *key = (config_word){name + dot + 1, end - dot - 1};
    return true;
}

const config_row *config_find_name(const char *name)
{
    config_word section, key;
    return config_split(name, &section, &key) ? find(section, key) : NULL;
}

const char *config_given(const lts_config *config, const config_row *row)
{
    const char *value = lts_ini_get(config->source, row->section, row->key);
    if (!value && row->alias)
        value = lts_ini_get(config->source, row->section, row->alias);
    return value;
}
