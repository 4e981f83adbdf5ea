#include "cli.h"

#include "lts/train.h"

#include <inttypes.h>
#include <string.h>

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

/* "one of default (what it is), ..." */
enum { PRESET_HELP = 1024 };
static void list_presets(char text[PRESET_HELP])
{
    const char *name, *help;
    size_t used = (size_t)snprintf(text, PRESET_HELP, "values of settings that are left out:");
    for (int p = 0; (name = lts_config_preset(p, &help)) && used < PRESET_HELP; p++)
        used += (size_t)snprintf(text + used, PRESET_HELP - used, "%s %s (%s)", p ? "," : "", name,
                                 help);
}

/* The sets with the preset as the last of them; item and last are to be freed. */
static lts_status add_preset(cli_list *sets, const char *preset, char **set, lts_error *err)
{
    const char **item = lts_alloc(sets->count + 1, sizeof *item);
    *set = lts_format("model.preset=%s", preset);
    if (!item || !*set) {
        lts_free(item);
        return lts_no_memory("lts-train", err);
    }
    for (size_t s = 0; s < sets->count; s++)
        item[s] = sets->item[s];
    item[sets->count] = *set;
    *sets = (cli_list){item, sets->count + 1};
    return LTS_OK;
}

static lts_status print_settings(cli_session *cli, const lts_config *config, lts_error *err)
{
    char *text = lts_config_listing(config);
    if (!text)
        return lts_no_memory("lts-train", err);
    for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1)
        cli_print(cli, "%.*s", (int)(end - line), line);
    lts_free(text);
    return LTS_OK;
}

int main(int argc, char **argv)
{
    const char *config_path = NULL, *resume = NULL, *from = NULL, *preset = NULL;
    char *preset_set = NULL, preset_help[PRESET_HELP] = "";
    bool print = false;
    cli_list sets = {0}, all;
    lts_train_options options = lts_train_defaults();
    const cli_option table[] = {
        CLI_CONFIG_OPTIONS(&config_path, &sets),
        CLI_OPTION(CLI_TEXT, "preset", 0, &preset, "NAME", preset_help),
        CLI_OPTION(CLI_FLAG, "print-settings", 0, &print, NULL,
                   "write the settings as an INI file to standard output, and do nothing else"),
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
    list_presets(preset_help);
    cli_session *cli = cli_start(&program, argc, argv);
    lts_status status = LTS_OK;
    all = sets; /* which cli_finish releases */
    if (preset)
        status = add_preset(&all, preset, &preset_set, &err);
    if (status != LTS_OK)
        goto done;
    if (resume && config_path)
        cli_misuse(cli, "--config and --resume: a run goes on by its own config.ini; use --set");
    if (resume && (preset || print))
        cli_misuse(cli, "--resume: a run goes on by its own config.ini: leave out --preset and "
                        "--print-settings");
    if (!resume)
        status = cli_load_config(cli, config_path, &all, &config, &err);
    if (status != LTS_OK)
        goto done;
    if (print) {
        status = print_settings(cli, &config, &err);
        goto done;
    }
    status = lts_train_config(&config, resume, cli_operand(cli, 0), all.item, all.count, &run,
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
    if (preset_set)
        lts_free(all.item);
    lts_free(preset_set);
    lts_free(run);
    return cli_finish(cli, status, &err);
}
