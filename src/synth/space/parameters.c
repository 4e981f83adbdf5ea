#include "synth/synthesizer.h"

#include <string.h>

const lts_synth_settings *lts_synth_space_settings(const lts_synth_space *space)
{
    return &space->settings;
}

size_t lts_synth_space_count(const lts_synth_space *space)
{
    return space->count;
}

size_t lts_synth_space_free(const lts_synth_space *space)
{
    return space->free;
}

size_t lts_synth_space_levels(const lts_synth_space *space)
{
    size_t levels = 0;
    for (size_t p = 0; p < space->count; p++)
        levels += space->parameter[p].levels;
    return levels;
}

size_t lts_synth_space_samples(const lts_synth_space *space)
{
    return synth_settings_samples(&space->settings);
}

lts_synth_parameter lts_synth_space_at(const lts_synth_space *space, size_t index)
{
    const synth_parameter *parameter = &space->parameter[index];
    return (lts_synth_parameter){.name = parameter->name,
                                 .unit = parameter->legal.unit,
                                 .levels = parameter->levels,
                                 .level = parameter->level,
                                 .value = parameter->value};
}

size_t lts_synth_space_free_at(const lts_synth_space *space, size_t free)
{
    size_t p = 0;
    for (; p < space->count; p++)
        if (space->parameter[p].levels > 0 && free-- == 0)
            break;
    return p;
}

size_t lts_synth_space_find(const lts_synth_space *space, const char *name)
{
    size_t p = 0;
    while (p < space->count && strcmp(space->parameter[p].name, name) != 0)
        p++;
    return p;
}

void lts_synth_space_limits(const lts_synth_space *space, size_t index, double *least, double *most)
{
    *least = space->parameter[index].legal.least;
    *most = space->parameter[index].legal.most;
}

lts_status lts_synth_space_compare(const lts_synth_space *a, const char *a_name,
                                   const lts_synth_space *b, const char *b_name, lts_error *err)
{
    lts_error reason = {0};
    if (a->settings.source != b->settings.source)
        return lts_fail(err, LTS_ERR_SHAPE, "%s: is of synthesizer %s, %s of %s", a_name,
                        synth_kind_of(a->settings.source)->name, b_name,
                        synth_kind_of(b->settings.source)->name);
    if (synth_kind_of(a->settings.source)->compare(&a->settings, &b->settings, &reason) != LTS_OK)
        return lts_fail(err, LTS_ERR_SHAPE, "%s and %s: %s", a_name, b_name, reason.text);
    if (a->free != b->free)
        return lts_fail(err, LTS_ERR_SHAPE, "%s: has %zu free parameters, %s has %zu", a_name,
                        a->free, b_name, b->free);
    for (size_t f = 0; f < a->free; f++) {
        const synth_parameter *x = &a->parameter[lts_synth_space_free_at(a, f)];
        const synth_parameter *y = &b->parameter[lts_synth_space_free_at(b, f)];
        if (strcmp(x->name, y->name) != 0)
            return lts_fail(err, LTS_ERR_SHAPE, "%s: free parameter %zu is %s, in %s it is %s",
                            a_name, f + 1, x->name, b_name, y->name);
        if (x->levels != y->levels)
            return lts_fail(err, LTS_ERR_SHAPE, "%s: %s has %zu levels, in %s %zu", a_name, x->name,
                            x->levels, b_name, y->levels);
        for (size_t l = 0; l < x->levels; l++)
            if (x->level[l] != y->level[l])
                return lts_fail(err, LTS_ERR_SHAPE, "%s: level %zu of %s is %g, in %s %g", a_name,
                                l + 1, x->name, x->level[l], b_name, y->level[l]);
    }
    return LTS_OK;
}
