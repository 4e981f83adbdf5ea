/* A plugin's controls as the parameters of a space. */
#include "lts/lv2.h"

#include "synth/lv2/controls.h"
#include "synth/lv2/process.h"
#include "synth/synthesizer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int compare_numbers(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Leaves the numbers that rise; how many. */
static size_t keep_rising(double *level, size_t count)
{
    size_t kept = 0;
    for (size_t l = 0; l < count; l++)
        if (kept == 0 || level[l] > level[kept - 1])
            level[kept++] = level[l];
    return kept;
}

/* The values of a list, those in the range, in rising order. */
static size_t read_points(const lv2_control *control, double level[LTS_SYNTH_LEVELS])
{
    char word[64];
    size_t count = 0;
    for (const char *text = control->points; *text && count < LTS_SYNTH_LEVELS;) {
        const size_t length = strcspn(text, " ");
        snprintf(word, sizeof word, "%.*s", (int)length, text);
        if (lts_parse_double(word, &level[count]) && level[count] >= control->least &&
            level[count] <= control->most)
            count++;
        text += length + (text[length] == ' ');
    }
    qsort(level, count, sizeof *level, compare_numbers);
    return keep_rising(level, count);
}

/* `levels` values over the range, or fewer; 1 when it takes no other. */
static size_t spread(const lv2_control *control, size_t levels, double level[LTS_SYNTH_LEVELS])
{
    const double least = control->least, most = control->most;
    if (strcmp(control->kind, "points") == 0) {
        const size_t count = read_points(control, level);
        if (count > 1)
            return count;
    }
    const bool whole = strcmp(control->kind, "integer") == 0;
    const bool geometric = strcmp(control->kind, "logarithmic") == 0 && least > 0;
    const size_t count = strcmp(control->kind, "toggled") == 0 ? 2 : levels;
    for (size_t l = 0; l < count; l++) {
        const double part = (double)l / (double)(count - 1);
        level[l] = l == 0           ? least
                   : l + 1 == count ? most
                   : geometric      ? least * pow(most / least, part)
                                    : least + (most - least) * part;
        if (whole)
            level[l] = round(level[l]);
    }
    return keep_rising(level, count);
}

static lts_status add_control(lts_synth_space *space, const lv2_control *control, size_t levels,
                              lts_error *err)
{
    double level[LTS_SYNTH_LEVELS];
    char text[3][LTS_NUMBER_TEXT];
    size_t count = levels > 0 ? spread(control, levels, level) : 1;
    if (count < 2) {
        count = 1;
        level[0] = control->standard;
    }
    if (space->count == LTS_SYNTH_PARAMETERS)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: has more than %d controls",
                        space->settings.lv2.plugin, LTS_SYNTH_PARAMETERS);
    lts_status status = synth_space_add(space, control->symbol, level, count, err);
    if (status != LTS_OK)
        return status;
    synth_parameter *parameter = &space->parameter[space->count - 1];
    parameter->legal.least = control->least;
    parameter->legal.most = control->most;
    lts_number_text(text[0], control->least);
    lts_number_text(text[1], control->most);
    lts_number_text(text[2], control->standard);
    snprintf(parameter->note, sizeof parameter->note, "%.300s: %s to %s, default %s%s",
             control->name, text[0], text[1], text[2],
             strcmp(control->kind, "real") == 0 || strcmp(control->kind, "points") == 0 ? ""
             : strcmp(control->kind, "integer") == 0 ? ", a whole number"
             : strcmp(control->kind, "toggled") == 0 ? ", off or on"
                                                     : ", logarithmic");
    return LTS_OK;
}

static lts_status describe(const char *uri, double sample_rate, lv2_controls *controls,
                           lts_error *err)
{
    char rate[LTS_NUMBER_TEXT], *text;
    lts_number_text(rate, sample_rate);
    lts_status status = host_ask((const char *const[]){"describe", uri, rate, NULL}, &text, err);
    if (status != LTS_OK)
        return status;
    return lv2_controls_read(controls, text, uri, err);
}

lts_status lts_lv2_space(const char *uri, double sample_rate, size_t levels, lts_synth_space **out,
                         lts_error *err)
{
    lts_synth_space *space = NULL;
    lv2_controls controls = {0};
    *out = NULL;
    if (levels == 1 || levels > LTS_SYNTH_LEVELS)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%zu levels: must be 2 to %d, or 0", levels,
                        LTS_SYNTH_LEVELS);
    if (strlen(uri) >= LTS_SYNTH_URI)
        return lts_fail(err, LTS_ERR_ARGUMENT, "a URI of %zu bytes: %d are the most", strlen(uri),
                        LTS_SYNTH_URI - 1);
    lts_status status = lts_alloc_checked(&space, 1, sizeof *space, uri, err);
    if (status != LTS_OK)
        return status;
    space->settings = synth_settings_defaults();
    space->settings.source = LTS_SYNTH_LV2;
    space->settings.sample_rate = sample_rate;
    synth_lv2.defaults(&space->settings);
    snprintf(space->settings.lv2.plugin, sizeof space->settings.lv2.plugin, "%s", uri);
    status = synth_settings_check(&space->settings, "", err);
    if (status != LTS_OK)
        goto done;
    if ((status = describe(uri, sample_rate, &controls, err)) != LTS_OK)
        goto done;
    for (size_t c = 0; c < controls.count; c++) {
        if (strlen(controls.item[c].symbol) < LTS_SYNTH_NAME)
            status = add_control(space, &controls.item[c], levels, err);
        if (status != LTS_OK)
            goto done;
    }
    status = synth_space_bind(space, NULL, err);
    if (status != LTS_OK)
        goto done;
    *out = space;
    space = NULL;
done:
    lv2_controls_free(&controls);
    lts_synth_space_destroy(space);
    return status;
}
