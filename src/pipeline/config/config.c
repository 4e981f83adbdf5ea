#include "pipeline/config/config_table.h"

#include <string.h>

const char *lts_config_standard(const char *name)
{
    const config_row *row = config_find_name(name);
    return row ? row->standard : NULL;
}

bool lts_config_given(const lts_config *config, const char *name)
{
    const config_row *row = config_find_name(name);
    const char *value = row ? config_given(config, row) : NULL;
    return value && value[0];
}

char *lts_config_get(const lts_config *config, const char *name)
{
    const config_row *row = config_find_name(name);
    return row ? config_write(row, config) : NULL;
}

static lts_status no_setting(const char *name, lts_error *err)
{
    char words[2][64];
    config_word section, key;
    if (!config_split(name, &section, &key)) {
        snprintf(words[1], sizeof words[1], "%.*s", (int)strcspn(name, "="), name);
        const config_row *meant = config_guess("", words[1]);
        if (meant)
            return lts_fail(err, LTS_ERR_ARGUMENT,
                            "%s: name a setting as section.key; did you mean %s.%s?", name,
                            meant->section, meant->key);
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: name a setting as section.key", name);
    }
    snprintf(words[0], sizeof words[0], "%.*s", (int)section.length, section.text);
    snprintf(words[1], sizeof words[1], "%.*s", (int)key.length, key.text);
    const config_row *near = config_guess(words[0], words[1]);
    if (near)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: no such setting; did you mean %s.%s?", name,
                        near->section, near->key);
    return lts_fail(err, LTS_ERR_ARGUMENT, "%s: no such setting: default.ini lists them", name);
}

lts_status lts_config_set(lts_config *config, const char *name, const char *value, lts_error *err)
{
    lts_error reason = {0};
    const config_row *row = config_find_name(name);
    if (!row)
        return no_setting(name, err);
    lts_status status = config_read(row, value, config, &reason);
    if (status != LTS_OK)
        return lts_fail(err, status, "%s.%s = %s: %s%s", row->section, row->key, value,
                        status == LTS_ERR_ARGUMENT ? "must be " : "", reason.text);
    bool other = row->alias && lts_ini_get(config->source, row->section, row->alias);
    return lts_ini_set(config->source, row->section, other ? row->alias : row->key, value, err);
}

lts_status lts_config_set_number(lts_config *config, const char *name, double value, lts_error *err)
{
    char text[LTS_NUMBER_TEXT];
    lts_number_text(text, value);
    return lts_config_set(config, name, text, err);
}

void lts_config_free(lts_config *config)
{
    const config_row *row;
    for (size_t r = 0; (row = config_row_at(r)); r++)
        if (row->kind == CONFIG_TEXT || row->kind == CONFIG_PITCH || row->kind == CONFIG_NAME)
            lts_free(*(char **)((char *)config + row->offset));
    lts_free(config->path);
    lts_ini_destroy(config->source);
    memset(config, 0, sizeof *config);
}
