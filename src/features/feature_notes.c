#include "features/kinds.h"

#include <stdio.h>
#include <string.h>

static const char kind_key[] = "feature.kind";

static void note_key(char key[LTS_NUMBER_TEXT], const lts_feature_setting *setting)
{
    snprintf(key, LTS_NUMBER_TEXT, "audio.%s", setting->name);
}

enum { KNOWN_TEXT = 128 };

static void list_kinds(char text[KNOWN_TEXT])
{
    size_t used = 0;
    for (int kind = 0; feature_kind_at(kind) && used < KNOWN_TEXT; kind++)
        used += (size_t)snprintf(text + used, KNOWN_TEXT - used, "%s%s", kind ? ", " : "",
                                 feature_kind_at(kind)->name);
}

/* The kind that a note names; files of version 0.1.0 have none. */
static lts_status read_kind(lts_feature_lookup *lookup, const void *user, lts_feature_kind *kind,
                            lts_error *err)
{
    const char *text = lookup(user, kind_key);
    int found = LTS_FEATURE_CQT;
    if (text)
        for (found = 0; feature_kind_at(found); found++)
            if (strcmp(feature_kind_at(found)->name, text) == 0)
                break;
    if (!feature_kind_at(found)) {
        char known[KNOWN_TEXT];
        list_kinds(known);
        return lts_fail(err, LTS_ERR_FORMAT,
                        "model: note %s = %.80s: this version knows %s: use the version that "
                        "trained the model, or a later one",
                        kind_key, text, known);
    }
    *kind = (lts_feature_kind)found;
    return LTS_OK;
}

static lts_status read_setting(lts_feature_lookup *lookup, const void *user,
                               const lts_feature_setting *setting, lts_feature *feature,
                               lts_error *err)
{
    char key[LTS_NUMBER_TEXT];
    double value;
    note_key(key, setting);
    const char *text = lookup(user, key);
    if (!text)
        return lts_fail(err, LTS_ERR_NOT_FOUND,
                        "model: its notes have no %s: train it with lts-train", key);
    if (!lts_parse_double(text, &value))
        return lts_fail(err, LTS_ERR_FORMAT, "model: note %s = %s: expected a number", key, text);
    if (lts_feature_set(feature, setting, value, NULL) != LTS_OK)
        return lts_fail(err, LTS_ERR_FORMAT, "model: note %s = %g: expected a whole number", key,
                        value);
    return LTS_OK;
}

lts_status lts_feature_from_notes(lts_feature_lookup *lookup, const void *user,
                                  lts_feature *feature, lts_error *err)
{
    const lts_feature_setting *setting;
    lts_feature_kind kind = LTS_FEATURE_CQT;
    lts_status status = read_kind(lookup, user, &kind, err);
    if (status != LTS_OK)
        return status;
    *feature = lts_feature_defaults(kind);
    for (size_t i = 0; (setting = lts_feature_setting_at(kind, i)); i++) {
        status = read_setting(lookup, user, setting, feature, err);
        if (status != LTS_OK)
            return status;
    }
    return lts_feature_check(feature, err);
}

size_t lts_feature_notes(const lts_feature *feature, lts_feature_note note[LTS_FEATURE_NOTES])
{
    const lts_feature_setting *setting;
    size_t count = 1;
    snprintf(note[0].key, sizeof note[0].key, "%s", kind_key);
    snprintf(note[0].value, sizeof note[0].value, "%s", lts_feature_kind_text((int)feature->kind));
    for (size_t i = 0;
         count < LTS_FEATURE_NOTES && (setting = lts_feature_setting_at(feature->kind, i));
         i++, count++) {
        note_key(note[count].key, setting);
        lts_number_text(note[count].value, lts_feature_get(feature, setting));
    }
    return count;
}
