/* The whole table of settings: the rows of config_table.c and, at their marks, those that models
 * bring. */
#include "lts/latent.h"
#include "pipeline/config/config_table.h"

#include <pthread.h>
#include <string.h>
#include <strings.h>

enum { MODEL_ROWS = 128 };

/* Written once, by compose. */
static config_row rows[CONFIG_STATIC_ROWS + MODEL_ROWS];
static size_t row_count;

static bool is_key(const char *section, const char *key, const lts_model_setting *setting)
{
    return setting->key && strcasecmp(section, setting->section) == 0 &&
           (!key || strcasecmp(key, setting->key) == 0);
}

static bool is_models(const config_row *row)
{
    const lts_model_setting *setting;
    for (size_t s = 0; row->kind == CONFIG_KEPT && (setting = lts_model_setting_at(s)); s++)
        if (is_key(row->section, row->key, setting))
            return true;
    return false;
}

size_t config_store(const lts_model_setting *setting)
{
    static const struct {
        const char *section;
        size_t offset;
    } own[] = {{"CVAE", offsetof(lts_config, cvae.model)},
               {"semantic", offsetof(lts_config, semantic.model)}};
    for (size_t s = 0; setting->section && s < sizeof own / sizeof *own; s++)
        if (strcmp(own[s].section, setting->section) == 0)
            return own[s].offset;
    return offsetof(lts_config, model);
}

static void add_setting(const lts_model_setting *setting)
{
    static const config_kind kinds[] = {
        [LTS_SETTING_SIZE] = CONFIG_SIZE,  [LTS_SETTING_REAL] = CONFIG_REAL,
        [LTS_SETTING_FLAG] = CONFIG_FLAG,  [LTS_SETTING_CHOICE] = CONFIG_CHOICE,
        [LTS_SETTING_TEXT] = CONFIG_CHARS,
    };
    rows[row_count++] = (config_row){
        .section = setting->section,
        .key = setting->key,
        .alias = setting->alias,
        .kind = kinds[setting->kind],
        .offset = config_store(setting) + setting->offset,
        .standard = setting->standard,
        .minimum = setting->minimum,
        .maximum = setting->maximum,
        .choices = setting->choices,
        .help = setting->help,
        .types = setting->types,
    };
}

/* Adds the settings of `section`, or of every section where it is NULL, that have no place yet, up
 * to the key `last` where that is one of them. */
static void add_settings(const char *section, const char *last, bool placed[MODEL_ROWS])
{
    const lts_model_setting *setting;
    for (size_t s = 0; s < MODEL_ROWS && (setting = lts_model_setting_at(s)); s++) {
        if (placed[s] || !setting->key || (section && !is_key(section, NULL, setting)))
            continue;
        placed[s] = true;
        add_setting(setting);
        if (last && is_key(section, last, setting))
            return;
    }
}

static void compose(void)
{
    bool placed[MODEL_ROWS] = {false};
    size_t types = 0;
    config_types[types++] = "auto";
    for (int t = 0; types < CONFIG_NAMES && lts_model_type_text(t); t++)
        config_types[types++] = lts_model_type_text(t);
    for (int l = 0; l < CONFIG_NAMES && lts_loss_text(l); l++)
        config_losses[l] = lts_loss_text(l);
    for (int k = 0; k < CONFIG_NAMES && lts_feature_kind_text(k); k++)
        config_features[k] = lts_feature_kind_text(k);
    config_presets[0] = "auto";
    for (int p = 0; p + 1 < CONFIG_NAMES && lts_config_preset(p, NULL); p++)
        config_presets[p + 1] = lts_config_preset(p, NULL);
    for (int l = 0; l < CONFIG_NAMES && lts_level_law_text(l); l++)
        config_levels[l] = lts_level_law_text(l);
    config_alignments[0] = "default";
    for (int a = 0; a + 1 < CONFIG_NAMES && lts_alignment_text(a); a++)
        config_alignments[a + 1] = lts_alignment_text(a);
    for (size_t r = 0; r < config_static_count; r++)
        if (config_static[r].kind == CONFIG_MODEL)
            add_settings(config_static[r].section, config_static[r].key, placed);
        else if (!is_models(&config_static[r]))
            rows[row_count++] = config_static[r];
    add_settings(NULL, NULL, placed);
}

const config_row *config_row_at(size_t index)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, compose);
    return index < row_count ? &rows[index] : NULL;
}

bool config_applies(const config_row *row, int architecture)
{
    return !row->types || (row->types >> architecture & 1u) != 0;
}
