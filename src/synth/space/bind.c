/* Which of the synthesizer's parameters each of a space is, and whether its values are legal. */
#include "synth/synthesizer.h"

#include <string.h>

/* "file:12: [parameters] sin_f" */
static void name_place(const synth_parameter *parameter, const char *file, const char *section,
                       char *place, size_t size)
{
    char line[32] = "";
    if (parameter->line > 0)
        snprintf(line, sizeof line, ":%zu", parameter->line);
    snprintf(place, size, "%s%s%s[%s] %s", file ? file : "", file ? line : "", file ? ": " : "",
             section, parameter->name);
}

static lts_status check_value(const char *place, const synth_slot *legal, double value,
                              lts_error *err)
{
    char text[3][LTS_NUMBER_TEXT];
    if (value >= legal->least && value <= legal->most)
        return LTS_OK;
    lts_number_text(text[0], value);
    lts_number_text(text[1], legal->least);
    lts_number_text(text[2], legal->most);
    return lts_fail(err, LTS_ERR_ARGUMENT, "%s = %s: must be %s to %s%s%s", place, text[0], text[1],
                    text[2], legal->unit[0] ? " " : "", legal->unit);
}

lts_status synth_levels_check(const synth_parameter *parameter, const char *place, lts_error *err)
{
    const size_t count = parameter->levels > 0 ? parameter->levels : 1;
    const double *level = parameter->levels > 0 ? parameter->level : &parameter->value;
    for (size_t l = 0; l < count; l++) {
        lts_status status = check_value(place, &parameter->legal, level[l], err);
        if (status != LTS_OK)
            return status;
        if (l > 0 && !(level[l] > level[l - 1]))
            return lts_fail(err, LTS_ERR_ARGUMENT,
                            "%s: level %zu, %g, is not above the one before it: levels must rise",
                            place, l + 1, level[l]);
    }
    return LTS_OK;
}

/* No such parameter: which there are, or which one was meant. */
static lts_status refuse_name(const synth_kind *kind, const lts_synth_settings *settings,
                              const char *name, const char *place, lts_error *err)
{
    const char *nearest = NULL;
    size_t least = strlen(name) / 3 + 1; /* as far as a slip goes */
    synth_slot slot, best = {.unit = ""};
    for (size_t s = 0; s < kind->slots(settings); s++) {
        kind->slot(settings, s, &slot);
        size_t distance = lts_edit_distance(name, slot.name, least);
        if (distance < least) {
            least = distance;
            best = slot;
            nearest = best.name;
        }
    }
    return lts_fail(err, LTS_ERR_ARGUMENT,
                    "%s: is no parameter of this synthesizer as [synth] sets it%s%s%s", place,
                    nearest ? " (did you mean " : ": remove it", nearest ? nearest : "",
                    nearest ? "?)" : "");
}

const char *synth_section(bool patch)
{
    return patch ? "patch" : "parameters";
}

/* Of a kind that lists no slots: the parameters are its slots as they are. */
static lts_status bind_as_listed(lts_synth_space *space, const char *file, lts_error *err)
{
    char place[1024];
    lts_status status = LTS_OK;
    for (size_t p = 0; p < space->count; p++) {
        synth_parameter *parameter = &space->parameter[p];
        parameter->slot = p;
        name_place(parameter, file, synth_section(space->patch), place, sizeof place);
        if ((status = synth_levels_check(parameter, place, err)) != LTS_OK)
            return status;
    }
    return status;
}

lts_status synth_space_bind(lts_synth_space *space, const char *file, lts_error *err)
{
    const char *section = synth_section(space->patch);
    const synth_kind *kind = synth_kind_of(space->settings.source);
    if (!kind->slots)
        return bind_as_listed(space, file, err);
    const size_t slots = kind->slots(&space->settings);
    char place[1024];
    bool taken[LTS_SYNTH_PARAMETERS] = {false};
    for (size_t p = 0; p < space->count; p++) {
        synth_parameter *parameter = &space->parameter[p];
        name_place(parameter, file, section, place, sizeof place);
        parameter->slot = SIZE_MAX;
        for (size_t s = 0; s < slots && parameter->slot == SIZE_MAX; s++) {
            kind->slot(&space->settings, s, &parameter->legal);
            if (strcmp(parameter->legal.name, parameter->name) == 0)
                parameter->slot = s;
        }
        if (parameter->slot == SIZE_MAX)
            return refuse_name(kind, &space->settings, parameter->name, place, err);
        taken[parameter->slot] = true;
        const lts_status status = synth_levels_check(parameter, place, err);
        if (status != LTS_OK)
            return status;
    }
    for (size_t s = 0; s < slots; s++) {
        synth_parameter missing = {0};
        synth_slot slot;
        if (taken[s])
            continue;
        kind->slot(&space->settings, s, &slot);
        memcpy(missing.name, slot.name, sizeof missing.name);
        name_place(&missing, file, section, place, sizeof place);
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: is missing: give it a value", place);
    }
    return LTS_OK;
}

lts_status synth_values_check(const lts_synth_space *space, const double *values, lts_error *err)
{
    for (size_t p = 0; p < space->count; p++) {
        const synth_parameter *parameter = &space->parameter[p];
        lts_status status = check_value(parameter->name, &parameter->legal, values[p], err);
        if (status != LTS_OK)
            return status;
    }
    return LTS_OK;
}
