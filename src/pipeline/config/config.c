#include "pipeline/config/config.h"

#include <string.h>
#include <strings.h>

/* A piece of a longer text. */
typedef struct piece {
    const char *text;
    size_t length;
} piece;

static bool is_word(piece p, const char *word)
{
    return word && strlen(word) == p.length && strncasecmp(p.text, word, p.length) == 0;
}

static const config_row *find(piece section, piece key)
{
    for (size_t r = 0; r < config_count; r++) {
        const config_row *row = &config_table[r];
        if (is_word(section, row->section) && (is_word(key, row->key) || is_word(key, row->alias)))
            return row;
    }
    return NULL;
}

const config_row *config_find(const char *section, const char *key)
{
    return find((piece){section, strlen(section)}, (piece){key, strlen(key)});
}

/* "section.key" or "section.key = value"; false when it has no such form. */
static bool take_apart(const char *name, piece *section, piece *key)
{
    size_t end = strcspn(name, "="), dot = strcspn(name, ".");
    while (end > 0 && (name[end - 1] == ' ' || name[end - 1] == '\t'))
        end--;
    if (dot == 0 || dot + 1 >= end)
        return false;
    *section = (piece){name, dot};
    *key = (piece){name + dot + 1, end - dot - 1};
    return true;
}

const config_row *config_find_name(const char *name)
{
    piece section, key;
    return take_apart(name, &section, &key) ? find(section, key) : NULL;
}

const char *config_given(const lts_config *config, const config_row *row)
{
    const char *value = lts_ini_get(config->source, row->section, row->key);
    if (!value && row->alias)
        value = lts_ini_get(config->source, row->section, row->alias);
    return value;
}

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
    piece section, key;
    if (!take_apart(name, &section, &key)) {
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
