#include "features/kinds.h"

#include <stdio.h>
#include <string.h>

const lts_feature_setting *lts_feature_setting_at(lts_feature_kind kind, size_t index)
{
    const lts_feature_setting *setting = feature_kind_at((int)kind)->settings;
    for (size_t i = 0; setting->name && i < index; i++)
        setting++;
    return setting->name ? setting : NULL;
}

double lts_feature_get(const lts_feature *feature, const lts_feature_setting *setting)
{
    const char *place = (const char *)feature + setting->offset;
    int whole;
    double real;
    if (setting->whole) {
        memcpy(&whole, place, sizeof whole);
        return whole;
    }
    memcpy(&real, place, sizeof real);
    return real;
}

lts_status lts_feature_set(lts_feature *feature, const lts_feature_setting *setting, double value,
                           lts_error *err)
{
    char *place = (char *)feature + setting->offset;
    if (setting->whole) {
        if (!(value >= 1 && value <= LTS_SEGMENT_SAMPLES) || value != (int)value)
            return lts_fail(err, LTS_ERR_FORMAT, "%s = %g: expected a whole number", setting->name,
                            value);
        memcpy(place, &(int){(int)value}, sizeof(int));
    } else {
        memcpy(place, &value, sizeof value);
    }
    return LTS_OK;
}

bool lts_feature_equal(const lts_feature *a, const lts_feature *b)
{
    const lts_feature_setting *setting;
    bool equal = a->kind == b->kind;
    for (size_t i = 0; equal && (setting = lts_feature_setting_at(a->kind, i)); i++)
        equal = lts_feature_get(a, setting) == lts_feature_get(b, setting);
    return equal;
}

void lts_feature_describe(const lts_feature *feature, char text[LTS_FEATURE_TEXT])
{
    const feature_kind *kind = feature_kind_at((int)feature->kind);
    const lts_feature_setting *setting;
    size_t used = (size_t)snprintf(text, LTS_FEATURE_TEXT, "%s %d", kind->name, kind->version);
    for (size_t i = 0;
         used < LTS_FEATURE_TEXT && (setting = lts_feature_setting_at(feature->kind, i)); i++) {
        char number[LTS_NUMBER_TEXT];
        lts_number_text(number, lts_feature_get(feature, setting));
        used += (size_t)snprintf(text + used, LTS_FEATURE_TEXT - used, ", %s %s", setting->name,
                                 number);
    }
}
