/* Sounds between the notes of a run of notes, or one note with descriptors added to it. */
#include "between.h"

#include "lts/generate.h"
#include "lts/prior_file.h"

lts_status interp_notes(cli_session *cli, const interp_options *o, const lts_model *model,
                        const lts_config *config, const char *audio, const lts_phase_config *phase,
                        lts_error *err)
{
    char *arrays = lts_run_arrays(o->run, o->dataset, config);
    lts_prior prior = {0};
    lts_status status = arrays ? lts_run_prior(o->run, model, &prior, cli_reporter(cli), err)
                               : lts_no_memory(o->run, err);
    if (status != LTS_OK)
        goto done;
    const lts_generate_between between = {.prior = &prior,
                                          .arrays = arrays,
                                          .audio = audio,
                                          .pattern = config->labels.pattern,
                                          .ends = {o->a, o->b},
                                          .steps = (size_t)o->steps,
                                          .threads = cli_threads(cli),
                                          .phase = *phase,
                                          .output = o->sound.output};
    const lts_generate_change change = {.prior = &prior,
                                        .arrays = arrays,
                                        .audio = audio,
                                        .pattern = config->labels.pattern,
                                        .note = o->a,
                                        .offset = o->add.offset,
                                        .part = o->add.part,
                                        .parts = o->add.part ? o->add.list.count : 0,
                                        .text = o->add.text,
                                        .threads = cli_threads(cli),
                                        .phase = *phase,
                                        .output = o->sound.output};
    if (o->steps)
        status = lts_generate_path(model, &between, o->out, cli_reporter(cli), err);
    else if (o->b)
        status = lts_fail(err, LTS_ERR_ARGUMENT,
                          "--add changes one note of a run of notes: leave out --b");
    else
        status = lts_generate_changed(model, &change, o->out, cli_reporter(cli), err);
done:
    lts_prior_free(&prior);
    lts_free(arrays);
    return status;
}
