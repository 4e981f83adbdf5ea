#include "synth/synthesizer.h"

#include <math.h>
#include <string.h>

/* The paper's: one second at 16,384 Hz, of which the note is held for 0.6. */
lts_synth_settings synth_settings_defaults(void)
{
    lts_synth_settings settings = {
        .source = LTS_SYNTH_FM, .sample_rate = 16384, .duration = 1, .gate = 0.6};
    synth_kind_of(settings.source)->defaults(&settings);
    return settings;
}

size_t synth_settings_samples(const lts_synth_settings *settings)
{
    return (size_t)llround(settings->duration * settings->sample_rate);
}

lts_status synth_settings_check(const lts_synth_settings *settings, const char *place,
                                lts_error *err)
{
    lts_error reason = {0};
    if (!synth_kind_of(settings->source))
        return lts_fail(err, LTS_ERR_ARGUMENT, "%ssource: no such synthesizer", place);
    if (!(settings->sample_rate >= 1000 && settings->sample_rate <= 384000))
        return lts_fail(err, LTS_ERR_ARGUMENT, "%ssample_rate = %g: must be 1000 to 384000 Hz",
                        place, settings->sample_rate);
    if (!(settings->duration > 0 && settings->duration <= 600) ||
        synth_settings_samples(settings) == 0)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%sduration = %g: must be above 0, a sample at least, and at most 600 s",
                        place, settings->duration);
    if (!(settings->gate >= 0 && settings->gate <= 600))
        return lts_fail(err, LTS_ERR_ARGUMENT, "%sgate = %g: must be 0 to 600 s", place,
                        settings->gate);
    if (synth_kind_of(settings->source)->check(settings, &reason) != LTS_OK)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s%s", place, reason.text);
    return LTS_OK;
}

static lts_status set_levels(synth_parameter *parameter, const double *level, size_t count,
                             lts_error *err)
{
    double *copy = NULL;
    if (count > 1) {
        lts_status status =
            lts_alloc_checked(&copy, count, sizeof *copy, "a parameter's levels", err);
        if (status != LTS_OK)
            return status;
        memcpy(copy, level, count * sizeof *copy);
    }
    lts_free(parameter->level);
    parameter->level = copy;
    parameter->levels = count > 1 ? count : 0;
    parameter->value = level[0];
    return LTS_OK;
}

static void count_free(lts_synth_space *space)
{
    space->free = 0;
    for (size_t p = 0; p < space->count; p++)
        space->free += space->parameter[p].levels > 0;
}

lts_status synth_space_add(lts_synth_space *space, const char *name, const double *level,
                           size_t count, lts_error *err)
{
    if (space->count == space->capacity) {
        size_t capacity = space->capacity ? 2 * space->capacity : 32;
        synth_parameter *more;
        lts_status status = lts_alloc_checked(&more, capacity, sizeof *more, "parameters", err);
        if (status != LTS_OK)
            return status;
        if (space->count > 0)
            memcpy(more, space->parameter, space->count * sizeof *more);
        lts_free(space->parameter);
        space->parameter = more;
        space->capacity = capacity;
    }
    synth_parameter *parameter = &space->parameter[space->count];
    *parameter = (synth_parameter){.slot = SIZE_MAX,
                                   .legal = {.unit = "", .least = -SYNTH_ANY, .most = SYNTH_ANY}};
    snprintf(parameter->name, sizeof parameter->name, "%s", name);
    snprintf(parameter->legal.name, sizeof parameter->legal.name, "%s", name);
    lts_status status = set_levels(parameter, level, count, err);
    if (status == LTS_OK)
        space->count++;
    count_free(space);
    return status;
}

lts_status lts_synth_space_copy(const lts_synth_space *space, lts_synth_space **out, lts_error *err)
{
    lts_synth_space *copy = NULL;
    *out = NULL;
    lts_status status = lts_alloc_checked(&copy, 1, sizeof *copy, "parameters", err);
    if (status != LTS_OK)
        return status;
    copy->settings = space->settings;
    copy->patch = space->patch;
    for (size_t p = 0; p < space->count; p++) {
        const synth_parameter *from = &space->parameter[p];
        status = synth_space_add(copy, from->name, from->levels ? from->level : &from->value,
                                 from->levels ? from->levels : 1, err);
        if (status != LTS_OK)
            goto done;
        copy->parameter[p].legal = from->legal;
        memcpy(copy->parameter[p].note, from->note, sizeof from->note);
    }
    status = synth_space_bind(copy, NULL, err);
    if (status != LTS_OK)
        goto done;
    *out = copy;
    copy = NULL;
done:
    lts_synth_space_destroy(copy);
    return status;
}

void lts_synth_space_destroy(lts_synth_space *space)
{
    if (!space)
        return;
    for (size_t p = 0; p < space->count; p++)
        lts_free(space->parameter[p].level);
    lts_free(space->parameter);
    lts_free(space);
}

lts_status lts_synth_space_set_settings(lts_synth_space *space, const lts_synth_settings *settings,
                                        lts_error *err)
{
    const lts_synth_settings before = space->settings;
    lts_status status = synth_settings_check(settings, "", err);
    if (status != LTS_OK)
        return status;
    space->settings = *settings;
    status = synth_space_bind(space, NULL, err);
    if (status != LTS_OK) {
        space->settings = before;
        synth_space_bind(space, NULL, NULL);
    }
    return status;
}

lts_status lts_synth_space_set_levels(lts_synth_space *space, size_t index, const double *level,
                                      size_t count, lts_error *err)
{
    synth_parameter *parameter = &space->parameter[index], trial = *parameter;
    if (count < 1 || count > LTS_SYNTH_LEVELS)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: %zu levels: must be 1 to %d", parameter->name,
                        count, LTS_SYNTH_LEVELS);
    trial.level = NULL;
    lts_status status = set_levels(&trial, level, count, err);
    if (status != LTS_OK)
        goto done;
    status = synth_levels_check(&trial, parameter->name, err);
    if (status != LTS_OK)
        goto done;
    lts_free(parameter->level);
    *parameter = trial;
    trial.level = NULL;
    count_free(space);
done:
    lts_free(trial.level);
    return status;
}
