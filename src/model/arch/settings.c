/* What each setting of the table does: its values, their text, what is legal, the defaults. */
#include "model/arch/settings.h"
#include "model/model_parts.h"

#include <math.h>
#include <string.h>

bool lts_model_setting_applies(const lts_model_setting *setting, int type)
{
    return (unsigned)type < 32 && (setting->types >> type & 1u) != 0;
}

static const char *text_of(const lts_model_setting *setting, const lts_model_config *config)
{
    return (const char *)config + setting->offset;
}

/* The value as a number: a size or a real, 0 or 1, or the index of a choice; 0 for a text. */
static double value_of(const lts_model_setting *setting, const lts_model_config *config)
{
    const void *place = (const char *)config + setting->offset;
    switch (setting->kind) {
    case LTS_SETTING_SIZE: return (double)*(const size_t *)place;
    case LTS_SETTING_REAL: return *(const double *)place;
    case LTS_SETTING_FLAG: return *(const bool *)place;
    case LTS_SETTING_TEXT: return 0;
    default: return *(const unsigned *)place;
    }
}

static void set_value(const lts_model_setting *setting, lts_model_config *config, double value)
{
    void *place = (char *)config + setting->offset;
    switch (setting->kind) {
    case LTS_SETTING_SIZE: *(size_t *)place = (size_t)value; break;
    case LTS_SETTING_REAL: *(double *)place = value; break;
    case LTS_SETTING_FLAG: *(bool *)place = value > 0; break;
    case LTS_SETTING_TEXT: *(char *)place = '\0'; break;
    default: *(unsigned *)place = (unsigned)value; break;
    }
}

void lts_model_setting_copy(const lts_model_setting *setting, const lts_model_config *from,
                            lts_model_config *to)
{
    if (setting->kind == LTS_SETTING_TEXT)
        memcpy((char *)to + setting->offset, (const char *)from + setting->offset, LTS_MODEL_TEXT);
    else
        set_value(setting, to, value_of(setting, from));
}

void model_setting_write(const lts_model_setting *setting, const lts_model_config *config,
                         char text[MODEL_SETTING_TEXT])
{
    const double value = value_of(setting, config);
    switch (setting->kind) {
    case LTS_SETTING_SIZE: snprintf(text, MODEL_SETTING_TEXT, "%zu", (size_t)value); break;
    case LTS_SETTING_REAL: lts_number_text(text, value); break;
    case LTS_SETTING_FLAG:
        snprintf(text, MODEL_SETTING_TEXT, "%s", value > 0 ? "true" : "false");
        break;
    case LTS_SETTING_CHOICE:
        snprintf(text, MODEL_SETTING_TEXT, "%s", setting->choices[(size_t)value]);
        break;
    case LTS_SETTING_TEXT:
        snprintf(text, MODEL_SETTING_TEXT, "%s", text_of(setting, config));
        break;
    }
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
    if (setting->kind == LTS_SETTING_TEXT) {
        if (strlen(text) >= LTS_MODEL_TEXT)
            return lts_fail(err, LTS_ERR_FORMAT, "%s: metadata: model.%s is longer than %d bytes",
                            place, setting->name, LTS_MODEL_TEXT - 1);
        snprintf((char *)config + setting->offset, LTS_MODEL_TEXT, "%s", text);
        return LTS_OK;
    }
    if (setting->kind == LTS_SETTING_REAL) {
        double real;
        if (!lts_parse_double(text, &real))
            return lts_fail(err, LTS_ERR_FORMAT,
                            "%s: metadata: model.%s is '%s', expected a number", place,
                            setting->name, text);
        set_value(setting, config, real);
        return LTS_OK;
    }
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
    set_value(setting, config, (double)number);
    return LTS_OK;
}

static bool is_legal(const lts_model_setting *setting, double value)
{
    if (setting->kind == LTS_SETTING_SIZE || setting->kind == LTS_SETTING_REAL)
        return value >= setting->minimum && value <= setting->maximum;
    size_t choices = 2; /* of a flag */
    if (setting->kind == LTS_SETTING_TEXT)
        return true;
    if (setting->kind == LTS_SETTING_CHOICE)
        for (choices = 0; setting->choices[choices];)
            choices++;
    return value < (double)choices;
}

static lts_status out_of_range(const lts_model_setting *setting, double value, const char *place,
                               lts_error *err)
{
    char found[LTS_NUMBER_TEXT], least[LTS_NUMBER_TEXT], most[LTS_NUMBER_TEXT];
    lts_number_text(found, value);
    lts_number_text(least, setting->minimum);
    lts_number_text(most, setting->maximum);
    return lts_fail(err, LTS_ERR_ARGUMENT, "%s: %s is %s, expected %s to %s", place,
                    setting->key ? setting->key : setting->name, found, least, most);
}

lts_status model_settings_check(const lts_model_config *config, const char *place, lts_error *err)
{
    const lts_model_setting *setting;
    for (size_t s = 0; (setting = lts_model_setting_at(s)); s++) {
        const double value = value_of(setting, config);
        const char *key = setting->key ? setting->key : setting->name;
        if (!lts_model_setting_applies(setting, (int)config->type) || is_legal(setting, value))
            continue;
        if (setting->kind == LTS_SETTING_SIZE || setting->kind == LTS_SETTING_REAL)
            return out_of_range(setting, value, place, err);
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: no such %s: %g", place, key, value);
    }
    return LTS_OK;
}

static bool are_equal(const lts_model_setting *setting, const lts_model_config *a,
                      const lts_model_config *b)
{
    if (setting->kind == LTS_SETTING_TEXT)
        return strcmp(text_of(setting, a), text_of(setting, b)) == 0;
    return !(fabs(value_of(setting, a) - value_of(setting, b)) > 0);
}

void model_settings_clear_unread(lts_model_config *config)
{
    lts_model_config read = {.type = config->type};
    const lts_model_setting *setting;
    for (size_t s = 0; (setting = lts_model_setting_at(s)); s++)
        if (lts_model_setting_applies(setting, (int)config->type))
            lts_model_setting_copy(setting, config, &read);
    *config = read;
}

const lts_model_setting *lts_model_settings_differ(const lts_model_config *a,
                                                   const lts_model_config *b)
{
    const lts_model_setting *setting;
    for (size_t s = 0; (setting = lts_model_setting_at(s)); s++)
        if (lts_model_setting_applies(setting, (int)a->type) && !are_equal(setting, a, b))
            return setting;
    return NULL;
}

static void set_standard(const lts_model_setting *setting, lts_model_config *config)
{
    double number = 0;
    if (setting->kind == LTS_SETTING_CHOICE)
        number = (double)choice_of(setting, setting->standard);
    else if (setting->kind == LTS_SETTING_FLAG)
        number = strcmp(setting->standard, "True") == 0;
    else if (setting->kind != LTS_SETTING_TEXT)
        lts_parse_double(setting->standard, &number);
    set_value(setting, config, number);
    if (setting->kind == LTS_SETTING_TEXT)
        snprintf((char *)config + setting->offset, LTS_MODEL_TEXT, "%s", setting->standard);
}

lts_model_config lts_model_type_defaults(lts_model_type type)
{
    lts_model_config config = {0};
    size_t count = 0;
    while (lts_model_setting_at(count))
        count++;
    /* Backwards, so that a member that this type has no row of gets the default of its first. */
    for (size_t s = count; s-- > 0;)
        set_standard(lts_model_setting_at(s), &config);
    for (size_t s = 0; s < count; s++)
        if (lts_model_setting_applies(lts_model_setting_at(s), (int)type))
            set_standard(lts_model_setting_at(s), &config);
    config.type = type;
    return config;
}

lts_model_config lts_model_defaults(void)
{
    return lts_model_type_defaults(LTS_MODEL_VAE);
}
