/* Data sets of sounds, drawn, complete or recorded. */
#include "commands.h"
#include "open_space.h"

#include "lts/synth_data.h"

lts_status write_data(cli_session *cli, const synth_options *o, bool complete, lts_error *err)
{
    lts_synth_space *space = NULL;
    uint64_t dropped = 0;
    lts_status status = open_space(o, o->space, &space, err);
    if (status != LTS_OK)
        goto done;
    if (o->lv2 && lts_synth_space_settings(space)->source != LTS_SYNTH_LV2) {
        status = lts_fail(err, LTS_ERR_ARGUMENT,
                          "%s: is of no LV2 instrument: write one by lts-synth lv2-params, or use "
                          "--space",
                          o->lv2);
        goto done;
    }
    status = lts_synth_data_make(&(lts_synth_data){.space = space,
                                                   .folder = o->out,
                                                   .complete = complete,
                                                   .count = (uint64_t)o->count,
                                                   .seed = cli_seed(cli, 0),
                                                   .wav = o->wav,
                                                   .bits = o->bits,
                                                   .threads = cli_threads(cli),
                                                   .dropped = &dropped},
                                 cli_reporter(cli), err);
done:
    if (dropped > 0)
        cli_some_failed(cli);
    lts_synth_space_destroy(space);
    return status;
}

lts_status write_array(cli_session *cli, const synth_options *o, lts_error *err)
{
    return lts_sound_array_make(&(lts_sound_array){.folder = cli_operand(cli, 1),
                                                   .path = o->out,
                                                   .sample_rate = o->rate,
                                                   .duration = o->duration,
                                                   .threads = cli_threads(cli)},
                                cli_reporter(cli), err);
}
