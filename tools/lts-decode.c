/* lts-decode: sound from a latent array, or from constant-Q magnitudes with no model. */
#include "lts/codec.h"
#include "sound_options.h"

#include <string.h>

static const char examples[] =
    "lts-decode --run RUN z.npy -o out.wav\n"
    "lts-decode --run RUN z.npy --magnitudes decoded.npy\n"
    "lts-decode --features DATASET/npy/voice.npy --phase-iter 64 -o voice.wav\n";

/* The configuration named, or the one beside the array, or the defaults. Beside standard input
 * there is nothing. */
static lts_status features_config(const char *path, const cli_list *sets, const char *features,
                                  lts_config *config, const lts_reporter *reporter, lts_error *err)
{
    const char *slash = strrchr(features, '/');
    char *folder =
        slash ? lts_format("%.*s", slash == features ? 1 : (int)(slash - features), features)
              : lts_strdup(".");
    char *beside = folder ? lts_path_join(folder, "config.ini") : NULL;
    const bool described = strcmp(features, "-") != 0 && folder && lts_config_described(folder);
    bool originals;
    lts_status status = LTS_OK;
    if (!beside) {
        status = lts_no_memory(features, err);
        goto done;
    }
    if (!path && described && lts_is_file(beside))
        path = beside;
    status = lts_config_load(path, sets->item, sets->count, config, reporter, err);
    if (status != LTS_OK)
        goto done;
    status = lts_config_arrays(config, described ? folder : NULL, &originals, reporter, err);
done:
    lts_free(beside);
    lts_free(folder);
    return status;
}

int main(int argc, char **argv)
{
    const char *run = NULL, *out = NULL, *features = NULL, *config_path = NULL;
    const char *magnitudes = NULL;
    cli_list sets = {0};
    double limit = 0;
    sound_options sound = SOUND_OPTIONS_DEFAULTS;
    const cli_option options[] = {
        CLI_OPTION(CLI_TEXT, "run", 'r', &run, "RUN", "trained run, a folder of lts-train",
                   .reads = true),
        CLI_OPTION(CLI_TEXT, "features", 'F', &features, "C.npy",
                   "invert this array (T,K) of magnitudes instead", .reads = true),
        CLI_OPTION(CLI_TEXT, "config", 'c', &config_path, "FILE",
                   "audio settings of the magnitudes",
                   .standard = "config.ini beside them, else the built-in ones", .reads = true),
        CLI_SET_OPTION(&sets),
        CLI_OPTION(CLI_TEXT, "output", 'o', &out, "FILE", "WAV to write", .writes = true),
        CLI_OPTION(CLI_TEXT, "magnitudes", 0, &magnitudes, "OUT.npy",
                   "write what the run decodes, magnitudes (T,K), besides or instead",
                   .writes = true),
        DISTANCE_OPTION(&limit),
        SOUND_OPTIONS(&sound),
        {0},
    };
    const cli_program program = {.name = "lts-decode",
                                 .summary = "play a latent array or an array of magnitudes",
                                 .usage = "--run RUN z.npy -o OUT.wav\n"
                                          "--run RUN z.npy --magnitudes OUT.npy\n"
                                          "--features C.npy -o OUT.wav",
                                 .options = options,
                                 .examples = examples,
                                 .operands_min = 0,
                                 .operands_max = 1,
                                 .operand = "FILE",
                                 .reads_operands = true};
    lts_error err = {0};
    lts_model *model = NULL;
    lts_config config = {0};
    lts_distance distance = {0};
    lts_feature feature;
    lts_status status;
    cli_session *cli = cli_start(&program, argc, argv);
    if (!!features == (cli_operands(cli) == 1) || !!features == !!run)
        cli_misuse(cli, "give either --run RUN and an array, or --features C.npy");
    if (run && (config_path || sets.count > 0))
        cli_misuse(cli, "--%s goes with --features; a run knows its own settings",
                   config_path ? "config" : "set");
    if (features && limit > 0)
        cli_misuse(cli, "--limit goes with --run: magnitudes have no distance");
    if (features && magnitudes)
        cli_misuse(cli, "--magnitudes goes with --run: what --features names is magnitudes");
    if (!out && !magnitudes)
        cli_misuse(cli, "%s",
                   run ? "give -o, the file to write, or --magnitudes"
                       : "give -o, the file to write");
    if (out)
        sound_check_name(cli, out);
    if (features) {
        status = features_config(config_path, &sets, features, &config, cli_reporter(cli), &err);
        if (status != LTS_OK)
            goto done;
        status = lts_config_feature(&config, &feature, &err);
        if (status != LTS_OK)
            goto done;
        lts_phase_config phase = sound_phase(&sound, &config, cli_seed(cli, 0));
        status = lts_decode_features(&feature, features, &phase, &sound.output, out,
                                     cli_reporter(cli), &err);
    } else {
        status = lts_run_model(run, &model, &err);
        if (status != LTS_OK)
            goto done;
        status = lts_run_config(run, &config, &err);
        if (status != LTS_OK)
            goto done;
        lts_render_config render = {.phase = sound_phase(&sound, &config, cli_seed(cli, 0))};
        status = sound_distance(cli, run, model, limit, &distance, &render, &err);
        if (status != LTS_OK)
            goto done;
        status = lts_decode_latent(model, cli_operand(cli, 0), cli_threads(cli), &render,
                                   &sound.output, out, magnitudes, cli_reporter(cli), &err);
    }
done:
    lts_distance_free(&distance);
    lts_config_free(&config);
    lts_model_destroy(model);
    return cli_finish(cli, status, &err);
}
