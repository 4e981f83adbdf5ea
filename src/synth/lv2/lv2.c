/* LV2 instruments as a row of the table: their settings. */
#include "synth/lv2/instrument.h"

#include <string.h>

static const char *const keys[] = {"plugin", "note", "velocity", "timeout", NULL};

static void set_defaults(lts_synth_settings *settings)
{
    settings->lv2 = (lts_synth_lv2){.note = 60, .velocity = 100, .timeout = 10};
}

static lts_status read_whole(const char *value, int *number, lts_error *reason)
{
    int64_t whole;
    if (!lts_parse_int(value, &whole) || whole < 0 || whole > 127)
        return lts_fail(reason, LTS_ERR_ARGUMENT, "a whole number, at most 127");
    *number = (int)whole;
    return LTS_OK;
}

static lts_status read_key(lts_synth_settings *settings, const char *key, const char *value,
                           lts_error *reason)
{
    lts_synth_lv2 *lv2 = &settings->lv2;
    if (strcmp(key, "note") == 0)
        return read_whole(value, &lv2->note, reason);
    if (strcmp(key, "velocity") == 0)
        return read_whole(value, &lv2->velocity, reason);
    if (strcmp(key, "timeout") == 0)
        return lts_parse_double(value, &lv2->timeout)
                   ? LTS_OK
                   : lts_fail(reason, LTS_ERR_ARGUMENT, "a number of seconds");
    const size_t length = strlen(value);
    if (length == 0 || length >= sizeof lv2->plugin)
        return lts_fail(reason, LTS_ERR_ARGUMENT, "a URI of 1 to %zu bytes",
                        sizeof lv2->plugin - 1);
    memcpy(lv2->plugin, value, length + 1);
    return LTS_OK;
}

static void write_keys(const lts_synth_settings *settings, FILE *text)
{
    const lts_synth_lv2 *lv2 = &settings->lv2;
    char number[LTS_NUMBER_TEXT];
    lts_number_text(number, lv2->timeout);
    fprintf(text,
            "plugin = %s\n# MIDI: 60 is middle C; velocity 1 to 127\nnote = %d\nvelocity = %d\n"
            "# seconds that one sound may take before it is given up\ntimeout = %s\n",
            lv2->plugin, lv2->note, lv2->velocity, number);
}

static lts_status check(const lts_synth_settings *settings, lts_error *err)
{
    const lts_synth_lv2 *lv2 = &settings->lv2;
    if (!lv2->plugin[0])
        return lts_fail(err, LTS_ERR_ARGUMENT, "plugin: is missing: name its URI");
    if (strpbrk(lv2->plugin, "\n\r"))
        return lts_fail(err, LTS_ERR_ARGUMENT, "plugin: a URI has one line");
    if (lv2->note < 0 || lv2->note > 127)
        return lts_fail(err, LTS_ERR_ARGUMENT, "note = %d: must be 0 to 127", lv2->note);
    if (lv2->velocity < 1 || lv2->velocity > 127)
        return lts_fail(err, LTS_ERR_ARGUMENT, "velocity = %d: must be 1 to 127", lv2->velocity);
    if (!(lv2->timeout >= 0.1 && lv2->timeout <= 3600))
        return lts_fail(err, LTS_ERR_ARGUMENT, "timeout = %g: must be 0.1 to 3600 s", lv2->timeout);
    return LTS_OK;
}

static lts_status compare(const lts_synth_settings *a, const lts_synth_settings *b,
                          lts_error *reason)
{
    return strcmp(a->lv2.plugin, b->lv2.plugin) == 0
               ? LTS_OK
               : lts_fail(reason, LTS_ERR_SHAPE, "[synth] plugin differs");
}

const synth_kind synth_lv2 = {.name = "lv2",
                              .keys = keys,
                              .read = read_key,
                              .write = write_keys,
                              .check = check,
                              .defaults = set_defaults,
                              .compare = compare,
                              .create = lv2_renderer_create,
                              .render = lv2_renderer_render,
                              .destroy = lv2_renderer_destroy};
