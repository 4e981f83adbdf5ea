/* LV2: instruments of others as synthesizers, through lilv, each in a process of its own.
 *
 * A space of LTS_SYNTH_LV2 (lts/synth.h) plays one plugin; here is which there are and what they
 * take. Plugins are found where lilv looks for them, LV2_PATH. The process is lts-lv2-host, which
 * lies beside the program, in its ../libexec/latent-timbre, or where LTS_LV2_HOST says. All of it
 * is thread-safe. */
#ifndef LTS_LV2_H
#define LTS_LV2_H

#include "lts/synth.h"

LTS_BEGIN_DECLS

/* The version of lilv that this build was made with, "lilv 0.24.14"; NULL when it has no LV2. */
const char *lts_lv2_version(void);

/* An instrument: a plugin that takes MIDI notes and has audio outputs, and no audio inputs unless
 * it calls itself an instrument. */
typedef struct lts_lv2_plugin {
    const char *uri, *name;
    size_t controls, outputs; /* control inputs, audio outputs */
} lts_lv2_plugin;

typedef struct lts_lv2_plugins {
    lts_lv2_plugin *item;
    size_t count;
    char *text; /* of the items */
} lts_lv2_plugins;

/* The instruments in the order of their URIs; none at all is no error. LTS_ERR_ARGUMENT in a build
 * without LV2, LTS_ERR_NOT_FOUND without its host, LTS_ERR_PLUGIN when looking for them takes a
 * minute. Free with lts_lv2_plugins_free. */
lts_status lts_lv2_list(lts_lv2_plugins *plugins, lts_error *err);
void lts_lv2_plugins_free(lts_lv2_plugins *plugins); /* zeroed ones are allowed */

/* A space of the plugin with all its control inputs in its order, named by their symbols; what they
 * take may depend on sample_rate, in Hz. levels 0: each fixed at its default; else 2 ..
 * LTS_SYNTH_LEVELS: each with that many levels over its range, even ones or, of those that ask for
 * it, geometric ones; fewer of whole numbers and switches; the values of a list as they are. A
 * control whose symbol has LTS_SYNTH_NAME bytes or more is left out and keeps its default. Errors
 * as lts_synth_create's. Free with lts_synth_space_destroy. */
lts_status lts_lv2_space(const char *uri, double sample_rate, size_t levels, lts_synth_space **out,
                         lts_error *err);

LTS_END_DECLS

#endif
