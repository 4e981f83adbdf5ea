/* What lts-interp makes of its options. */
#ifndef LTS_BETWEEN_H
#define LTS_BETWEEN_H

#include "interp_options.h"

/* The mixture of excerpts of sounds, or one for each alpha of a range. `audio`: where sounds go by
 * their names. */
lts_status interp_sounds(cli_session *cli, const interp_options *o, const lts_model *model,
                         const lts_config *config, const char *audio,
                         const lts_render_config *render, lts_error *err);

/* Of a run of notes: from the note --a to the note --b, or --a with descriptors added to it. */
lts_status interp_notes(cli_session *cli, const interp_options *o, const lts_model *model,
                        const lts_config *config, const char *audio, const lts_phase_config *phase,
                        lts_error *err);

#endif
