/* The settings of models as one table: it drives model files, resumption, configuration and
 * default.ini. */
#include "model/arch/settings.h"

#include <string.h>

enum { MOST_BINS = 1 << 20, MOST_DIMENSIONS = 65536, MOST_UNITS = 262144, MOST_DIVIDER = 16 };

static const char *const outputs[] = {"linear", "relu", "sigmoid", NULL};
static const char *const compressions[] = {"none", "power", "log", NULL};

#define ANY        ~0u
#define VAE2       (1u << LTS_MODEL_VAE2)
#define AT(member) .offset = offsetof(lts_model_config, member)

static const lts_model_setting table[] = {
    {"bins", NULL, NULL, LTS_SETTING_SIZE, AT(bins), "384", 1, MOST_BINS, .types = ANY},
    {"latent", "VAE", "latent_dim", LTS_SETTING_SIZE, AT(latent), "256", 1, MOST_DIMENSIONS,
     .types = ANY, .help = "dimensions of the latent space"},
    {"units", "VAE", "n_units", LTS_SETTING_SIZE, AT(units), "2048", 1, MOST_UNITS, .types = ANY,
     .help = "units of the (first) hidden layer"},
    {"layers", "VAE", "num_layers", LTS_SETTING_SIZE, AT(layers), "2", 0, MODEL_MAX_LAYERS,
     .types = VAE2, .help = "vae2: hidden layers after the first, on either side"},
    {"units_divider", "VAE", "n_units_divider", LTS_SETTING_SIZE, AT(units_divider), "2", 1,
     MOST_DIVIDER, .types = VAE2,
     .help = "vae2: each has 2^(n_units_divider - 1) times fewer units than the one before"},
    {"batch_norm", "VAE", "batch_norm", LTS_SETTING_FLAG, AT(batch_norm), "False", .types = VAE2,
     .help = "vae2: batch normalisation in them"},
    {"output", "VAE", "output_activation", LTS_SETTING_CHOICE, AT(output), "relu",
     .choices = outputs, .types = ANY, .help = "what the decoder ends in"},
    {"compression", "training", "compression", LTS_SETTING_CHOICE, AT(compression), "none",
     .choices = compressions, .types = ANY,
     .help = "how the network sees magnitudes; power and log let it learn quiet sounds too"},
};
enum { COUNT = sizeof table / sizeof *table };

const lts_model_setting *lts_model_setting_at(size_t index)
{
    return index < COUNT ? &table[index] : NULL;
}

bool lts_model_setting_applies(const lts_model_setting *setting, int type)
{
    return (unsigned)type < 32 && (setting->types >> type & 1u) != 0;
}

/* The value as a number: a size, 0 or 1, or the index of a choice. */
static size_t value_of(const lts_model_setting *setting, const lts_model_config *config)
{
    const void *place = (const char *)config + setting->offset;
    switch (setting->kind) {
    case LTS_SETTING_SIZE: return *(const size_t *)place;
    case LTS_SETTING_FLAG: return *(const bool *)place;
    default: return *(const unsigned *)place;
    }
}

static void set_value(const lts_model_setting *setting, lts_model_config *config, size_t value)
{
    void *place = (char *)config + setting->offset;
    switch (setting->kind) {
    case LTS_SETTING_SIZE: *(size_t *)place = value; break;
    case LTS_SETTING_FLAG: *(bool *)place = value != 0; break;
    default: *(unsigned *)place = (unsigned)value; break;
    }
}

void model_setting_write(const lts_model_setting *setting, const lts_model_config *config,
                         char text[MODEL_SETTING_TEXT])
{
    const size_t value = value_of(setting, config);
    if (setting->kind == LTS_SETTING_SIZE)
        snprintf(text, MODEL_SETTING_TEXT, "%zu", value);
    else if (setting->kind == LTS_SETTING_FLAG)
        snprintf(text, MODEL_SETTING_TEXT, "%s", value ? "true" : "false");
    else
        snprintf(text, MODEL_SETTING_TEXT, "%s", setting->choices[value]);
}

/* The index of `text` among the choices; their number when it is none of them. */
static size_t choice_of(const lts_model_setting *setting, const char *text)
{
    size_t c = 0;
    while (setting->choices[c] && strcmp(setting->choices[c], text) != 0)
        c++;
    return c;
}

lts_status model_setting_read(const lts_model_setting *setting, const char *text,
                              lts_model_config *config, const char *place, lts_error *err)
{
    int64_t number = 0;
    if (setting->kind == LTS_SETTING_SIZE) {
        if (!lts_parse_int(text, &number) || number < 0)
            return lts_fail(err, LTS_ERR_FORMAT,
                            "%s: metadata: model.%s is '%s', expected a whole number", place,
                            setting->name, text);
    } else if (setting->kind == LTS_SETTING_FLAG) {
        number = strcmp(text, "true") == 0;
        if (!number && strcmp(text, "false") != 0)
            return lts_fail(err, LTS_ERR_FORMAT,
                            "%s: metadata: model.%s is '%s', which this version does not know",
                            place, setting->name, text);
    } else {
        number = (int64_t)choice_of(setting, text);
        if (!setting->choices[number])
            return lts_fail(err, LTS_ERR_FORMAT,
                            "%s: metadata: model.%s is '%s', which this version does not know",
                            place, setting->name, text);
    }
    set_value(setting, config, (size_t)number);
    return LTS_OK;
}

static bool is_legal(const lts_model_setting *setting, size_t value)
{
    if (setting->kind == LTS_SETTING_SIZE)
        return value >= setting->minimum && value <= setting->maximum;
    size_t choices = 2;
    if (setting->kind == LTS_SETTING_CHOICE)
        for (choices = 0; setting->choices[choices];)
            choices++;
    return value < choices;
}

lts_status model_settings_check(const lts_model_config *config, const char *place, lts_error *err)
{
    for (size_t s = 0; s < COUNT; s++) {
        const lts_model_setting *setting = &table[s];
        const size_t value = value_of(setting, config);
        const char *key = setting->key ? setting->key : setting->name;
        if (!lts_model_setting_applies(setting, (int)config->type) || is_legal(setting, value))
            continue;
        if (setting->kind == LTS_SETTING_SIZE)
            return lts_fail(err, LTS_ERR_ARGUMENT, "%s: %s is %zu, expected %zu to %zu", place, key,
                            value, setting->minimum, setting->maximum);
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: no such %s: %zu", place, key, value);
    }
    return LTS_OK;
}

const lts_model_setting *lts_model_settings_differ(const lts_model_config *a,
                                                   const lts_model_config *b)
{
    for (size_t s = 0; s < COUNT; s++)
        if (lts_model_setting_applies(&table[s], (int)a->type) &&
            value_of(&table[s], a) != value_of(&table[s], b))
            return &table[s];
    return NULL;
}

lts_model_config lts_model_defaults(void)
{
    lts_model_config config = {0};
    for (size_t s = 0; s < COUNT; s++) {
        int64_t number = 0;
        if (table[s].kind == LTS_SETTING_CHOICE)
            number = (int64_t)choice_of(&table[s], table[s].standard);
        else if (table[s].kind == LTS_SETTING_SIZE)
            lts_parse_int(table[s].standard, &number);
        set_value(&table[s], &config, (size_t)number);
    }
    return config;
}
