#include "match/range/axis.h"

#include <math.h>
#include <string.h>

/* Of the built-in synthesizer. A span of 1 is about as wide as the paper's levels. */
static const struct {
    const char *name;
    range_scale scale;
    double least, most, power, span;
} known[] = {
    {"_f", RANGE_LOG, 27.5, 8000, 1, 6.5},    {"_v", RANGE_LOG, 0.1, 1000, 1, 4},
    {"_A", RANGE_POWER, 0, 4, 2, 2},          {"_B", RANGE_POWER, 0, 6000, 2, 2},
    {"attack", RANGE_LOG, 0.0005, 2, 1, 1.5}, {"decay", RANGE_LOG, 0.001, 10, 1, 2},
    {"sustain", RANGE_POWER, 0, 1, 1.5, 1},   {"release", RANGE_LOG, 0.001, 10, 1, 2},
    {"f_cut", RANGE_LOG, 30, 20000, 1, 2},    {"q", RANGE_LOG, 0.05, 50, 1, 1.5},
    {"f_gate", RANGE_POWER, 0, 100, 4, 1.5},
};
enum { KNOWN = sizeof known / sizeof *known };
static const double most_relative = 20; /* of B as a share of f */

bool range_is_named(const char *name, const char *end)
{
    const size_t length = strlen(name), tail = strlen(end);
    if (*end != '_')
        return strcmp(name, end) == 0;
    return length > tail && strcmp(name + length - tail, end) == 0;
}

range_axis range_axis_of(const lts_synth_space *space, size_t free, bool wide)
{
    const size_t p = lts_synth_space_free_at(space, free);
    const lts_synth_parameter parameter = lts_synth_space_at(space, p);
    const lts_synth_settings *settings = lts_synth_space_settings(space);
    range_axis axis = {.parameter = p,
                       .scale = RANGE_LEVELS,
                       .least = parameter.level[0],
                       .most = parameter.level[parameter.levels - 1],
                       .power = 1,
                       .span = 1};
    double legal_least, legal_most;
    size_t k = 0;
    while (k < KNOWN && !range_is_named(parameter.name, known[k].name))
        k++;
    if (!wide || settings->source != LTS_SYNTH_FM || k == KNOWN)
        return axis;
    lts_synth_space_limits(space, p, &legal_least, &legal_most);
    const bool relative = strcmp(known[k].name, "_B") == 0 && settings->fm.relative;
    const double most = relative ? most_relative : known[k].most;
    axis.least = fmax(legal_least, fmin(axis.least, known[k].least));
    axis.most = fmin(legal_most, fmax(axis.most, most));
    axis.span = known[k].span;
    axis.scale = known[k].scale;
    axis.power = known[k].power;
    /* 0 has no logarithm. */
    if (axis.scale == RANGE_LOG && axis.least <= 0) {
        axis.scale = RANGE_POWER;
        axis.power = 3;
    }
    return axis;
}

/* Mirrored at 0 and 1. */
static double mirror(double u)
{
    const double turn = fabs(u) - 2 * floor(fabs(u) / 2);
    return turn > 1 ? 2 - turn : turn;
}

double range_value(const lts_synth_space *space, const range_axis *axis, double u)
{
    const double at = mirror(u / axis->span);
    if (axis->scale == RANGE_LOG)
        return fmin(fmax(axis->least * pow(axis->most / axis->least, at), axis->least), axis->most);
    if (axis->scale == RANGE_POWER)
        return fmin(axis->least + (axis->most - axis->least) * pow(at, axis->power), axis->most);
    const lts_synth_parameter parameter = lts_synth_space_at(space, axis->parameter);
    const double place = at * (double)(parameter.levels - 1);
    const size_t below = (size_t)fmin(floor(place), (double)(parameter.levels - 2));
    const double *level = parameter.level + below;
    return level[0] + (place - (double)below) * (level[1] - level[0]);
}

static double place_among_levels(const lts_synth_parameter *parameter, double value)
{
    const double *level = parameter->level;
    const size_t last = parameter->levels - 1;
    for (size_t i = 0; i < last; i++)
        if (value <= level[i + 1])
            return ((double)i + (value - level[i]) / (level[i + 1] - level[i])) / (double)last;
    return 1;
}

double range_place(const lts_synth_space *space, const range_axis *axis, double value)
{
    if (!(value > axis->least))
        return 0;
    if (value >= axis->most)
        return axis->span;
    if (axis->scale == RANGE_LOG)
        return axis->span * log(value / axis->least) / log(axis->most / axis->least);
    if (axis->scale == RANGE_POWER)
        return axis->span *
               pow((value - axis->least) / (axis->most - axis->least), 1 / axis->power);
    const lts_synth_parameter parameter = lts_synth_space_at(space, axis->parameter);
    return place_among_levels(&parameter, value);
}
