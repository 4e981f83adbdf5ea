/* The commands of lts-synth. */
#ifndef LTS_SYNTH_COMMANDS_H
#define LTS_SYNTH_COMMANDS_H

#include "synth_options.h"

/* The sound of a patch. */
lts_status write_sound(cli_session *cli, const synth_options *o, lts_error *err);

/* A data set of drawn sounds, or of all that a space has; a folder of sounds as one array. */
lts_status write_data(cli_session *cli, const synth_options *o, bool complete, lts_error *err);
lts_status write_array(cli_session *cli, const synth_options *o, lts_error *err);

/* Files of parameters: a patch, a space, the space of a plugin. */
lts_status write_patch(cli_session *cli, const synth_options *o, lts_error *err);
lts_status write_space(cli_session *cli, const synth_options *o, lts_error *err);
lts_status write_plugin(cli_session *cli, const synth_options *o, lts_error *err);

/* The plugins that are installed. */
lts_status list_plugins(cli_session *cli, lts_error *err);

#endif
