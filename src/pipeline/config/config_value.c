#include "pipeline/config/config_table.h"

#include <math.h>
#include <string.h>
#include <strings.h>

void config_names(const char *const *names, size_t count, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t n = 0; n < count && names[n] && used < size; n++) {
        const bool last = n + 1 == count || !names[n + 1];
        used += (size_t)snprintf(text + used, size - used, "%s%s",
                                 n == 0 ? ""
                                 : last ? " or "
                                        : ", ",
                                 names[n]);
    }
}

void config_legal(const config_row *row, char *text, size_t size)
{
    char low[LTS_NUMBER_TEXT], high[LTS_NUMBER_TEXT];
    switch (row->kind) {
    case CONFIG_INT:
    case CONFIG_SIZE:
    case CONFIG_REAL:
        lts_number_text(low, row->minimum);
        lts_number_text(high, row->maximum);
        snprintf(text, size, "a %snumber, %s to %s", row->kind == CONFIG_REAL ? "" : "whole ", low,
                 high);
        break;
    case CONFIG_FLAG: snprintf(text, size, "True or False (yes or no, on or off, 1 or 0)"); break;
    case CONFIG_CHOICE: config_names(row->choices, SIZE_MAX, text, size); break;
    case CONFIG_PITCH:
        snprintf(text, size, "a note such as C1 or A#2, or a frequency in Hz");
        break;
    case CONFIG_NAME: snprintf(text, size, "the name of one folder, without slash"); break;
    case CONFIG_CHARS: snprintf(text, size, "at most %d bytes", LTS_MODEL_TEXT - 1); break;
    default: snprintf(text, size, "any text"); break;
    }
}

/* As Python's configparser reads them. */
static bool read_flag(const char *text, bool *value)
{
    static const char *const words[2][4] = {{"0", "no", "false", "off"},
                                            {"1", "yes", "true", "on"}};
    for (int truth = 0; truth < 2; truth++)
        for (int w = 0; w < 4; w++)
            if (strcasecmp(text, words[truth][w]) == 0) {
                *value = truth;
                return true;
            }
    return false;
}

static bool read_choice(const char *const *choices, const char *text, int *value)
{
    for (int c = 0; choices[c]; c++)
        if (strcasecmp(text, choices[c]) == 0) {
            *value = c;
            return true;
        }
    return false;
}

static bool is_name(const char *text)
{
    return text[0] && !strchr(text, '/') && strcmp(text, ".") != 0 && strcmp(text, "..") != 0;
}

lts_status config_read(const config_row *row, const char *text, lts_config *config, lts_error *err)
{
    void *place = (char *)config + row->offset;
    const char *value = text[0] ? text : row->standard;
    char legal[256];
    int64_t whole;
    double real;
    bool good = true;
    switch (row->kind) {
    case CONFIG_INT:
    case CONFIG_SIZE:
        good = lts_parse_int(value, &whole) && (double)whole >= row->minimum &&
               (double)whole <= row->maximum;
        if (good && row->kind == CONFIG_INT)
            memcpy(place, &whole, sizeof whole);
        else if (good)
            *(size_t *)place = (size_t)whole;
        break;
    case CONFIG_REAL:
        good = lts_parse_double(value, &real) && real >= row->minimum && real <= row->maximum;
        if (good)
            memcpy(place, &real, sizeof real);
        break;
    case CONFIG_FLAG: good = read_flag(value, place); break;
    case CONFIG_CHOICE: good = read_choice(row->choices, value, place); break;
    case CONFIG_PITCH: good = lts_parse_pitch(value, &real); break;
    case CONFIG_NAME: good = is_name(value); break;
    case CONFIG_CHARS:
        good = strlen(value) < LTS_MODEL_TEXT;
        if (good)
            snprintf(place, LTS_MODEL_TEXT, "%s", value);
        break;
    default: break;
    }
    if (!good) {
        config_legal(row, legal, sizeof legal);
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s", legal);
    }
    if (row->kind == CONFIG_TEXT || row->kind == CONFIG_PITCH || row->kind == CONFIG_NAME) {
        char **kept = place, *copy = lts_strdup(value);
        if (!copy)
            return lts_no_memory(row->key, err);
        lts_free(*kept);
        *kept = copy;
    }
    return LTS_OK;
}

char *config_write(const config_row *row, const lts_config *config)
{
    const void *place = (const char *)config + row->offset;
    char number[LTS_NUMBER_TEXT];
    switch (row->kind) {
    case CONFIG_INT: return lts_format("%lld", (long long)*(const int64_t *)place);
    case CONFIG_SIZE: return lts_format("%zu", *(const size_t *)place);
    case CONFIG_REAL: lts_number_text(number, *(const double *)place); return lts_strdup(number);
    case CONFIG_FLAG: return lts_strdup(*(const bool *)place ? "True" : "False");
    case CONFIG_CHOICE: return lts_strdup(row->choices[*(const int *)place]);
    case CONFIG_CHARS: return lts_strdup(place);
    case CONFIG_KEPT: {
        const char *given = config_given(config, row);
        return lts_strdup(given ? given : "");
    }
    default: return lts_strdup(*(char *const *)place);
    }
}
