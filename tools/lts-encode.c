/* lts-encode: a sound's path through the latent space as a NumPy array. */
#include "cli.h"
#include "lts/codec.h"

static const char examples[] =
    "lts-encode --run RUN voice.wav -o z.npy\n"
    "python3 -c \"import numpy as np; np.save('z2.npy', np.load('z.npy')[::-1] * 1.2)\"\n"
    "lts-decode --run RUN z2.npy -o backwards.wav\n";

int main(int argc, char **argv)
{
    const char *run = NULL, *out = NULL, *log_variance = NULL;
    double duration = -1;
    const cli_option options[] = {
        CLI_OPTION(CLI_TEXT, "run", 'r', &run, "RUN", "trained run, a folder of lts-train",
                   .required = true),
        CLI_OPTION(CLI_TEXT, "output", 'o', &out, "FILE",
                   "array of means to write: (T,Z), or (T,Z+1) with levels", .required = true,
                   .writes = true),
        CLI_OPTION(CLI_TEXT, "logvar", 0, &log_variance, "FILE", "write the log-variances too",
                   .writes = true),
        CLI_OPTION(CLI_REAL, "duration", 'd', &duration, "SEC", "length of the excerpt",
                   .minimum = 0, .maximum = 1e6, .standard = "all that is left"),
        {0},
    };
    const cli_program program = {.name = "lts-encode",
                                 .summary = "write a sound's latent path as a NumPy array",
                                 .usage = "--run RUN [OPTION...] SOUND[@TIME] -o z.npy",
                                 .options = options,
                                 .examples = examples,
                                 .operands_min = 1,
                                 .operands_max = 1,
                                 .operand = "FILE",
                                 .reads_operands = true};
    lts_error err = {0};
    lts_model *model = NULL;
    lts_source source = {0};
    lts_config config = {0};
    char *audio = NULL;
    cli_session *cli = cli_start(&program, argc, argv);
    lts_status status = lts_run_model(run, &model, &err);
    if (status != LTS_OK)
        goto done;
    status = lts_run_config(run, &config, &err);
    if (status != LTS_OK)
        goto done;
    audio = lts_run_audio(run, NULL, &config);
    if (!audio) {
        status = lts_no_memory(run, &err);
        goto done;
    }
    status = lts_source_find(cli_operand(cli, 0), audio, &source, &err);
    if (status != LTS_OK)
        goto done;
    status = lts_encode_file(model, &source, duration, cli_threads(cli), out, log_variance,
                             cli_reporter(cli), &err);
done:
    lts_model_destroy(model);
    lts_free(source.path);
    lts_free(audio);
    lts_config_free(&config);
    return cli_finish(cli, status, &err);
}
