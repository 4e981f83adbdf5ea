#include "synth/synthesizer.h"

#include <math.h>

lts_status lts_synth_values(const lts_synth_space *space, const int32_t *classes, double *values,
                            lts_error *err)
{
    size_t free = 0;
    for (size_t p = 0; p < space->count; p++) {
        const synth_parameter *parameter = &space->parameter[p];
        values[p] = parameter->value;
        if (parameter->levels == 0)
            continue;
        const int32_t class = classes[free++];
        if (class < 0 || (size_t) class >= parameter->levels)
            return lts_fail(err, LTS_ERR_ARGUMENT, "%s: class %d: must be 0 to %zu",
                            parameter->name, class, parameter->levels - 1);
        values[p] = parameter->level[class];
    }
    return LTS_OK;
}

void lts_synth_classes(const lts_synth_space *space, const double *values, int32_t *classes)
{
    size_t free = 0;
    for (size_t p = 0; p < space->count; p++) {
        const synth_parameter *parameter = &space->parameter[p];
        size_t nearest = 0;
        if (parameter->levels == 0)
            continue;
        for (size_t l = 1; l < parameter->levels; l++)
            if (fabs(parameter->level[l] - values[p]) < fabs(parameter->level[nearest] - values[p]))
                nearest = l;
        classes[free++] = (int32_t)nearest;
    }
}

void lts_synth_space_values(const lts_synth_space *space, double *values)
{
    for (size_t p = 0; p < space->count; p++)
        values[p] = space->parameter[p].value;
}

void lts_synth_draw(const lts_synth_space *space, uint64_t seed, uint64_t index, int32_t *classes)
{
    lts_rng rng;
    size_t free = 0;
    lts_rng_seed(&rng, seed, index);
    for (size_t p = 0; p < space->count; p++)
        if (space->parameter[p].levels > 0)
            classes[free++] = (int32_t)lts_rng_below(&rng, space->parameter[p].levels);
}

double lts_synth_space_size(const lts_synth_space *space)
{
    double size = 1;
    for (size_t p = 0; p < space->count; p++)
        if (space->parameter[p].levels > 0)
            size *= (double)space->parameter[p].levels;
    return size;
}

void lts_synth_enumerate(const lts_synth_space *space, uint64_t index, int32_t *classes)
{
    size_t free = space->free;
    for (size_t p = space->count; p-- > 0;)
        if (space->parameter[p].levels > 0) {
            classes[--free] = (int32_t)(index % space->parameter[p].levels);
            index /= space->parameter[p].levels;
        }
}
