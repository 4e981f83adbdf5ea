#include "pipeline/config.h"

#include <string.h>
#include <strings.h>

const config_row *config_find(const char *section, const char *key)
{
    for (size_t r = 0; r < config_count; r++) {
        const config_row *row = &config_table[r];
        if (strcasecmp(section, row->section) == 0 &&
            (strcasecmp(key, row->key) == 0 || (row->alias && strcasecmp(key, row->alias) == 0)))
            return row;
    }
    return NULL;
}

const char *config_given(const lts_config *config, const config_row *row)
{
    const char *value = lts_ini_get(config->source, row->section, row->key);
    if (!value && row->alias)
        value = lts_ini_get(config->source, row->section, row->alias);
    return value;
}

bool config_split(const char *name, char **section, char **key)
{
    const char *dot = strchr(name, '.');
    size_t end = strcspn(name, "=");
    *section = *key = NULL;
    if (!dot || dot == name || (size_t)(dot - name) + 1 >= end)
        return false;
    while (end > 0 && (name[end - 1] == ' ' || name[end - 1] == '\t'))
        end--;
    *section = lts_format("%.*s", (int)(dot - name), name);
    *key = lts_format("%.*s", (int)(end - (size_t)(dot - name) - 1), dot + 1);
    return true;
}

static const config_row *find_name(const char *name)
{
    char *section, *key;
    const config_row *row = NULL;
    if (config_split(name, &section, &key) && section && key)
        row = config_find(section, key);
    lts_free(section);
    lts_free(key);
    return row;
}

const char *lts_config_standard(const char *name)
{
    const config_row *row = find_name(name);
    return row ? row->standard : NULL;
}

bool lts_config_given(const lts_config *config, const char *name)
{
    const config_row *row = find_name(name);
    const char *value = row ? config_given(config, row) : NULL;
    return value && value[0];
}

char *lts_config_get(const lts_config *config, const char *name)
{
    const config_row *row = find_name(name);
    return row ? config_write(row, config) : NULL;
}

static lts_status no_setting(const char *name, const char *section, const char *key, lts_error *err)
{
    const config_row *near = config_guess(section, key);
    if (near)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: no such setting; did you mean %s.%s?", name,
                        near->section, near->key);
    return lts_fail(err, LTS_ERR_ARGUMENT, "%s: no such setting: default.ini lists them", name);
}

lts_status lts_config_set(lts_config *config, const char *name, const char *value, lts_error *err)
{
    char *section, *key;
    lts_error reason = {0};
    lts_status status = LTS_OK;
    const config_row *row = NULL;
    if (!config_split(name, &section, &key))
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: name a setting as section.key", name);
    if (!section || !key)
        status = lts_fail(err, LTS_ERR_MEMORY, "%s: out of memory", name);
    else if (!(row = config_find(section, key)))
        status = no_setting(name, section, key, err);
    if (status == LTS_OK) {
        status = config_read(row, value, config, &reason);
        if (status != LTS_OK)
            lts_fail(err, status, "%s.%s = %s: %s%s", row->section, row->key, value,
                     status == LTS_ERR_ARGUMENT ? "must be " : "", reason.text);
    }
    if (status == LTS_OK) {
        bool other = row->alias && lts_ini_get(config->source, row->section, row->alias);
        status =
            lts_ini_set(config->source, row->section, other ? row->alias : row->key, value, err);
    }
    lts_free(section);
    lts_free(key);
    return status;
}

lts_status lts_config_set_number(lts_config *config, const char *name, double value, lts_error *err)
{
    char text[CONFIG_NUMBER];
    config_number(text, value);
    return lts_config_set(config, name, text, err);
}

void lts_config_free(lts_config *config)
{
    for (size_t r = 0; r < config_count; r++) {
        const config_row *row = &config_table[r];
        if (row->kind == CONFIG_TEXT || row->kind == CONFIG_PITCH || row->kind == CONFIG_NAME)
            lts_free(*(char **)((char *)config + row->offset));
    }
    lts_free(config->path);
    lts_ini_destroy(config->source);
    memset(config, 0, sizeof *config);
}
