#include "pipeline/config/config_table.h"

#include <string.h>
#include <strings.h>

static lts_status set_defaults(lts_config *config, lts_error *err)
{
    lts_status status = LTS_OK;
    lts_error reason = {0};
    const config_row *row;
    config->model = lts_model_defaults();
    for (size_t r = 0; (row = config_row_at(r)); r++)
        if (row->kind != CONFIG_KEPT && (status = config_read(row, "", config, &reason)) != LTS_OK)
            goto done;
done:
    if (status != LTS_OK)
        return lts_fail(err, status, "settings: %s", reason.text);
    return LTS_OK;
}

/* Whether one of the sets replaces this row, so that what the file says does not matter. */
static bool replaced(const config_row *row, const char *const *sets, size_t count)
{
    for (size_t s = 0; s < count; s++)
        if (config_find_name(sets[s]) == row)
            return true;
    return false;
}

static void warn_unknown(const char *path, const lts_ini_entry *entry, const lts_reporter *reporter)
{
    const config_row *near = config_guess(entry->section, entry->key);
    if (near)
        lts_message(reporter, LTS_LEVEL_WARNING,
                    "%s:%zu: [%s] %s is not a setting; did you mean [%s] %s? It has no effect",
                    path, entry->line, entry->section, entry->key, near->section, near->key);
    else
        lts_message(reporter, LTS_LEVEL_WARNING,
                    "%s:%zu: [%s] %s is not a setting: it has no effect", path, entry->line,
                    entry->section, entry->key);
}

static lts_status set_entry(lts_config *config, const lts_ini_entry *entry, const config_row *row,
                            lts_error *err)
{
    lts_error reason = {0};
    lts_status status = config_read(row, entry->value, config, &reason);
    if (status == LTS_ERR_ARGUMENT)
        return lts_fail(err, status, "%s:%zu: [%s] %s = %s: must be %s", config->path, entry->line,
                        entry->section, entry->key, entry->value, reason.text);
    if (status != LTS_OK)
        return lts_fail(err, status, "%s: %s", config->path, reason.text);
    const char *first = lts_ini_get(config->source, row->section, row->key);
    const char *second = row->alias ? lts_ini_get(config->source, row->section, row->alias) : NULL;
    if (first && second && strcmp(first, second) != 0)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s:%zu: [%s] %s = %s and %s = %s are one setting: remove one of them",
                        config->path, entry->line, row->section, row->key, first, row->alias,
                        second);
    return LTS_OK;
}

static lts_status set_entries(lts_config *config, const char *const *sets, size_t count,
                              const lts_reporter *reporter, lts_error *err)
{
    lts_ini_entry entry;
    for (size_t e = 0; lts_ini_at(config->source, e, &entry); e++) {
        const config_row *row = config_find(entry.section, entry.key);
        lts_status status = LTS_OK;
        if (!row)
            warn_unknown(config->path, &entry, reporter);
        else if (row->kind != CONFIG_KEPT && entry.value[0] && !replaced(row, sets, count))
            status = set_entry(config, &entry, row, err);
        if (status != LTS_OK)
            return status;
    }
    return LTS_OK;
}

static lts_status set_override(lts_config *config, const char *set, lts_error *err)
{
    const char *equals = strchr(set, '=');
    if (!equals)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: write it as section.key=value", set);
    return lts_config_set(config, set, equals + 1 + strspn(equals + 1, " 	"), err);
}

static const char *last_set(const char *const *sets, size_t count, const config_row *row)
{
    const char *value = NULL;
    for (size_t s = 0; s < count; s++)
        if (config_find_name(sets[s]) == row && strchr(sets[s], '='))
            value = strchr(sets[s], '=') + 1 + strspn(strchr(sets[s], '=') + 1, " \t");
    return value;
}

/* By the sets, else by the file, else as the file's keys tell. Where the sets name it its values
 * come again over the file's: see lts_config_load. */
static lts_status set_preset(lts_config *config, const char *const *sets, size_t count,
                             const lts_reporter *reporter, lts_error *err)
{
    const config_row *row = config_find("model", "preset");
    const char *name = last_set(sets, count, row);
    lts_error reason = {0};
    if (!name)
        name = lts_ini_get(config->source, row->section, row->key);
    /* A name that is none is refused where its line or its set is read. */
    if (!name || !name[0] || config_read(row, name, config, &reason) != LTS_OK)
        config->preset = 0;
    return config_apply_preset(config, config_presets[config->preset], reporter, err);
}

/* One of epochs and minutes, given alone and above 0, is the whole budget. */
static lts_status set_budget(lts_config *config, const char *const *sets, size_t count,
                             lts_error *err)
{
    const config_row *epochs = config_find("training", "epochs");
    const config_row *minutes = config_find("training", "minutes");
    const bool preset = replaced(config_find("model", "preset"), sets, count);
    bool by_epochs = replaced(epochs, sets, count), by_minutes = replaced(minutes, sets, count);
    if (!by_epochs && !by_minutes && preset) {
        by_epochs = config_preset_has(config, epochs);
        by_minutes = config_preset_has(config, minutes);
    }
    if (!by_epochs && !by_minutes) {
        by_epochs = lts_config_given(config, "training.epochs");
        by_minutes = lts_config_given(config, "training.minutes");
    }
    if (by_epochs && !by_minutes && config->training.epochs > 0)
        config->training.minutes = 0;
    if (by_minutes && !by_epochs && config->training.minutes > 0)
        config->training.epochs = 0;
    if (config->training.epochs > 0 || config->training.minutes > 0)
        return LTS_OK;
    return lts_fail(err, LTS_ERR_ARGUMENT,
                    "%s%s[training] epochs and minutes are both 0: give one of them", config->path,
                    config->path[0] ? ": " : "");
}

lts_status config_read_file(const char *path, lts_ini **ini, lts_error *err)
{
    lts_error reason = {0};
    lts_status status = lts_ini_load(path, ini, &reason);
    if (status != LTS_OK)
        return lts_fail(err, status == LTS_ERR_FORMAT ? LTS_ERR_ARGUMENT : status, "%s",
                        reason.text);
    return LTS_OK;
}

static lts_status set_overrides(lts_config *config, const char *const *sets, size_t count,
                                lts_error *err)
{
    lts_status status = LTS_OK;
    for (size_t s = 0; s < count; s++)
        if ((status = set_override(config, sets[s], err)) != LTS_OK)
            return status;
    return status;
}

lts_status lts_config_load(const char *path, const char *const *sets, size_t set_count,
                           lts_config *config, const lts_reporter *reporter, lts_error *err)
{
    memset(config, 0, sizeof *config);
    config->path = lts_strdup(path ? path : "");
    lts_status status = config->path ? LTS_OK : lts_no_memory("settings", err);
    if (status != LTS_OK)
        goto done;
    status =
        path ? config_read_file(path, &config->source, err) : lts_ini_create(&config->source, err);
    if (status != LTS_OK)
        goto done;
    config->origin = config_origin(config->source);
    status = set_defaults(config, err);
    if (status != LTS_OK)
        goto done;
    status = set_preset(config, sets, set_count, reporter, err);
    if (status != LTS_OK)
        goto done;
    const int preset = config->preset; /* where the file says auto */
    status = set_entries(config, sets, set_count, reporter, err);
    if (status != LTS_OK)
        goto done;
    config->preset = preset;
    if (replaced(config_find("model", "preset"), sets, set_count))
        status = config_preset_values(config, err);
    if (status != LTS_OK)
        goto done;
    status = set_overrides(config, sets, set_count, err);
    if (status != LTS_OK)
        goto done;
    status = set_budget(config, sets, set_count, err);
    if (status != LTS_OK)
        goto done;
    status = config_resolve(config, reporter, err);
done:
    if (status != LTS_OK)
        lts_config_free(config);
    return status;
}
