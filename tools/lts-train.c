#include "cli.h"

#include "lts/train.h"

#include <inttypes.h>

static const char examples[] =
    "lts-train DATASET\n"
    "lts-train --config my.ini --set training.epochs=500 --set training.compression=log\n"
    "lts-train --resume DATASET/timbre/run-000 --set training.epochs=1000\n";

/* The notes on standard error tell the story; standard output gets the run for scripts. */
static void show(cli_session *cli, const char *event, const lts_field *fields, size_t count)
{
    const lts_field *run = cli_field(fields, count, "run");
    if (run && run->text && event[0] == 'd')
        cli_print(cli, "%s", run->text);
}

int main(int argc, char **argv)
{
    const char *config_path = NULL, *resume = NULL, *from = NULL;
    cli_list sets = {0};
    lts_train_options options = lts_train_defaults();
    const cli_option table[] = {
        CLI_CONFIG_OPTIONS(&config_path, &sets),
        CLI_OPTION(CLI_TEXT, "resume", 'R', &resume, "RUN",
                   "go on with this run, by its own config.ini"),
        CLI_OPTION(CLI_TEXT, "from", 0, &from, "NAME",
                   "with --resume: go on from RUN/model/NAME.safetensors (last, best or a numbered "
                   "checkpoint) instead of the checkpoint"),
        CLI_OPTION(CLI_REAL, "checkpoint-every", 0, &options.checkpoint_seconds, "SEC",
                   "seconds of training from one checkpoint to the next", .minimum = 0,
                   .maximum = 86400),
        {0},
    };
    const cli_program program = {.name = "lts-train",
                                 .summary = "train a model on the arrays of a data set",
                                 .usage = "[OPTION...] [DATASET]",
                                 .options = table,
                                 .examples = examples,
                                 .operands_max = 1,
                                 .operand = "DATASET",
                                 .show = show};
    lts_error err = {0};
    lts_config config = {0};
    char *run = NULL;
    cli_session *cli = cli_start(&program, argc, argv);
    lts_status status;
    if (resume && config_path)
        cli_misuse(cli, "--config and --resume: a run goes on by its own config.ini; use --set");
    if (!resume) {
        status = cli_load_config(cli, config_path, &sets, &config, &err);
        if (status != LTS_OK)
            goto done;
    }
    status = lts_train_config(&config, resume, cli_operand(cli, 0), sets.item, sets.count, &run,
                              cli_reporter(cli), &err);
    if (status != LTS_OK)
        goto done;
    status = lts_config_set_number(&config, "training.seed",
                                   (double)cli_seed(cli, (uint64_t)config.training.seed), &err);
    if (status != LTS_OK)
        goto done;
    if (from && !run)
        cli_misuse(cli, "--from names a model of the run to go on with: give --resume too");
    options.resume = run;
    options.from = from;
    if (cli_threads_given(cli))
        options.threads = cli_threads(cli);
    status = lts_train(&config, &options, cli_reporter(cli), &err);
done:
    lts_config_free(&config);
    lts_free(run);
    return cli_finish(cli, status, &err);
}
