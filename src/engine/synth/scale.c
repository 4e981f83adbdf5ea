#include "engine/synth/scale.h"

#include <math.h>
#include <string.h>

static const double same_ratio = 1e-6;

static bool is_frequency(const char *name)
{
    const size_t length = strlen(name);
    return strcmp(name, "f_cut") == 0 || (length > 2 && strcmp(name + length - 2, "_f") == 0);
}

static bool has_one_ratio(const lts_synth_parameter *p)
{
    if (p->levels < 3 || !(p->level[0] > 0))
        return false;
    const double ratio = p->level[1] / p->level[0];
    for (size_t l = 2; l < p->levels; l++)
        if (!(fabs(p->level[l] / p->level[l - 1] / ratio - 1) < same_ratio))
            return false;
    return true;
}

synth_scale scale_of(const lts_synth_space *space, size_t index)
{
    const lts_synth_parameter p = lts_synth_space_at(space, index);
    synth_scale s = {.octaves = is_frequency(p.name) || has_one_ratio(&p)};
    lts_synth_space_limits(space, index, &s.least, &s.most);
    s.low = p.levels > 0 ? p.level[0] : s.least;
    s.high = p.levels > 0 ? p.level[p.levels - 1] : s.most;
    return s;
}

double scale_mix(const synth_scale *s, double a, double b, double share)
{
    /* The ends are met exactly. */
    double value = share == 1 ? a : share == 0 ? b : b + share * (a - b);
    if (s->octaves && a > 0 && b > 0 && share != 0 && share != 1)
        value = b * pow(a / b, share);
    return fmin(fmax(value, s->least), s->most);
}
