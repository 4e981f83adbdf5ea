/* Spaces of parameters, with the settings that options change. */
#ifndef LTS_OPEN_SPACE_H
#define LTS_OPEN_SPACE_H

#include "lts/synth.h"
#include "synth_options.h"

/* What the options say over the settings of a file; `name` is said where they are wrong. */
lts_status change_settings(const synth_options *o, const char *name, lts_synth_space *space,
                           lts_error *err);

/* A space by its name or its file, with what the options say over its settings. The caller destroys
 * it. */
lts_status open_space(const synth_options *o, const char *name, lts_synth_space **space,
                      lts_error *err);

#endif
