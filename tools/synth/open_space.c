#include "open_space.h"

#include <string.h>

lts_status change_settings(const synth_options *o, const char *name, lts_synth_space *space,
                           lts_error *err)
{
    lts_error reason = {0};
    lts_synth_settings settings = *lts_synth_space_settings(space);
    if (o->quality >= 0 && settings.source != LTS_SYNTH_FM)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: --oscillators has no meaning for a plugin",
                        name);
    if (o->rate_given)
        settings.sample_rate = o->rate;
    if (o->duration_given)
        settings.duration = o->duration;
    if (o->gate_given)
        settings.gate = o->gate;
    if (o->quality >= 0)
        settings.fm.quality = (lts_synth_quality)o->quality;
    if (o->normalize)
        settings.normalize = true;
    lts_status status = lts_synth_space_set_settings(space, &settings, &reason);
    if (status != LTS_OK)
        return lts_fail(err, status, "%s: %.900s", name, reason.text);
    return LTS_OK;
}

lts_status open_space(const synth_options *o, const char *name, lts_synth_space **space,
                      lts_error *err)
{
    bool builtin = false, file = strcmp(name, "-") == 0 || strpbrk(name, "./") || lts_is_file(name);
    for (size_t s = 0; lts_synth_space_name(s); s++)
        builtin = builtin || strcmp(name, lts_synth_space_name(s)) == 0;
    lts_status status = builtin || !file ? lts_synth_space_builtin(name, space, err)
                                         : lts_synth_space_load(name, space, err);
    if (status != LTS_OK)
        return status;
    return change_settings(o, name, *space, err);
}
