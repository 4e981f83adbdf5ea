#include "pipeline/config/config_table.h"

#include <string.h>

/* Settings without effect, and results not there yet, are written only when they were given. */
static bool is_written(const lts_config *config, const config_row *row)
{
    if (config_given(config, row))
        return true;
    if (!config_applies(row, config_architecture(config)))
        return false;
    return row->kind != CONFIG_KEPT && (row->help || row->kind != CONFIG_TEXT);
}

lts_status lts_config_save(const lts_config *config, const char *path, lts_error *err)
{
    lts_ini *ini;
    lts_ini_entry entry;
    const config_row *row;
    lts_status status = lts_ini_create(&ini, err);
    if (status != LTS_OK)
        return status;
    for (size_t r = 0; (row = config_row_at(r)); r++) {
        if (!is_written(config, row))
            continue;
        bool other = row->alias && lts_ini_get(config->source, row->section, row->alias);
        char *value = config_write(row, config);
        status = value ? lts_ini_set(ini, row->section, other ? row->alias : row->key, value, err)
                       : lts_no_memory(path, err);
        lts_free(value);
        if (status != LTS_OK)
            goto done;
    }
    for (size_t e = 0; lts_ini_at(config->source, e, &entry); e++) {
        if (!config_find(entry.section, entry.key))
            status = lts_ini_set(ini, entry.section, entry.key, entry.value, err);
        if (status != LTS_OK)
            goto done;
    }
    status = lts_ini_save(ini, path, err);
done:
    lts_ini_destroy(ini);
    return status;
}

static char *append(char *text, char *more)
{
    char *joined = text && more ? lts_format("%s%s", text, more) : NULL;
    lts_free(text);
    lts_free(more);
    return joined;
}

static char *heading(const char *section)
{
    return lts_format("\n[%s]\n", section);
}

static char *entry_text(const config_row *row, const char *value, int architecture)
{
    char range[320] = "", legal[256];
    if (row->kind == CONFIG_CHOICE) {
        config_legal(row, legal, sizeof legal);
        snprintf(range, sizeof range, "%s(%s)",
                 strlen(row->help) + strlen(legal) > 94 ? "\n# " : " ", legal);
    }
    if (row->help[0])
        return lts_format("\n# %s%s\n%s%s =%s%s\n", row->help, range,
                          config_applies(row, architecture) ? "" : "# ", row->key,
                          value[0] ? " " : "", value);
    return lts_format("%s =%s%s\n", row->key, value[0] ? " " : "", value);
}

char *lts_config_listing(const lts_config *config)
{
    const config_row *row;
    const char *section = "";
    const int architecture = config ? config_architecture(config) : (int)lts_model_defaults().type;
    char *text =
        lts_format("# Settings of latent-timbre%s. Every line may be left out; tools take\n"
                   "# single settings as --set section.key=value.\n",
                   config ? "" : " and their defaults");
    for (size_t r = 0; (row = config_row_at(r)); r++) {
        if (!row->help)
            continue;
        if (strcmp(section, row->section) != 0)
            text = append(text, heading(row->section));
        section = row->section;
        char *value = config ? config_write(row, config) : lts_strdup(row->standard);
        text = append(text, value ? entry_text(row, value, architecture) : NULL);
        lts_free(value);
    }
    return text;
}
