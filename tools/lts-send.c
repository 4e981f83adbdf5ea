/* lts-send: one message to a running lts-server, and its answers. */
#include "cli.h"
#include "lts/osc.h"

#include <string.h>

static const char examples[] =
    "lts-send /load/model \"$PWD/run-000\" --wait 'loaded successfully' --fail 'Could not'\n"
    "lts-send /interpolate_two/generate 2 0 0.5 --wait playing --fail 'Error|length|not set|No "
    "model'\n"
    "lts-send /sound/interpolate_two/save --wait 'Saved the last' --print\n"
    "lts-send /set_alfa 1 0 -1\n"
    "lts-send /state/send --print --timeout 0.5\n";

enum { NO_TIMEOUT = -1 };

static void show(cli_session *cli, const char *event, const lts_field *fields, size_t count)
{
    (void)event;
    cli_print(cli, "%s %s", cli_field(fields, count, "address")->text,
              cli_field(fields, count, "values")->text);
}

/* Values below zero are no options: "--" goes before the first one that follows the address. */
static char **shield_numbers(int *argc, char **argv)
{
    bool addressed = false;
    int at = 1;
    for (; at < *argc; at++) {
        const char *word = argv[at];
        if (strcmp(word, "--") == 0)
            return argv;
        if (addressed && word[0] == '-' && word[1] && strchr("0123456789.", word[1]))
            break;
        addressed = addressed || word[0] == '/';
    }
    char **shielded = at < *argc ? lts_alloc((size_t)*argc + 2, sizeof *shielded) : NULL;
    if (!shielded)
        return argv;
    memcpy(shielded, argv, (size_t)at * sizeof *argv);
    shielded[at] = (char *)"--";
    memcpy(shielded + at + 1, argv + at, (size_t)(*argc - at) * sizeof *argv);
    ++*argc;
    return shielded;
}

int main(int argc, char **argv)
{
    lts_osc_request request = {.to = "127.0.0.1:7020"};
    int64_t port = 7021;
    double timeout = NO_TIMEOUT;
    const cli_option options[] = {
        CLI_OPTION(CLI_TEXT, "to", 't', &request.to, "HOST:PORT", "where lts-server listens",
                   .required = false),
        CLI_OPTION(CLI_TEXT, "types", 0, &request.types, "TYPES",
                   "a letter for each value, of i h f d s; T and F take none",
                   .standard = "by their looks"),
        CLI_OPTION(CLI_TEXT, "wait", 'w', &request.until, "PATTERN",
                   "wait for an answer that matches: \"ADDRESS VALUE...\"", .required = false),
        CLI_OPTION(CLI_TEXT, "fail", 'x', &request.fail, "PATTERN",
                   "stop waiting at an answer that matches, and fail", .required = false),
        CLI_OPTION(CLI_FLAG, "print", 'p', &request.tell, NULL, "print the answers",
                   .required = false),
        CLI_OPTION(CLI_REAL, "timeout", 0, &timeout, "SEC", "how long to listen at most",
                   .minimum = 0, .maximum = 1e6, .standard = "60 with --wait, 1 without"),
        CLI_OPTION(CLI_INT, "listen", 'l', &port, "PORT", "UDP port that lts-server answers to",
                   .minimum = 1, .maximum = 65535),
        {0},
    };
    const cli_program program = {.name = "lts-send",
                                 .summary = "send an OSC message to lts-server",
                                 .usage = "[OPTION...] ADDRESS [VALUE...]",
                                 .options = options,
                                 .examples = examples,
                                 .operands_min = 1,
                                 .operands_max = SIZE_MAX,
                                 .show = show};
    lts_error err = {0};
    char **words = shield_numbers(&argc, argv);
    cli_session *cli = cli_start(&program, argc, words);
    const char **values;
    lts_status status =
        lts_alloc_checked(&values, cli_operands(cli), sizeof *values, "values", &err);
    if (request.fail && !request.until)
        cli_misuse(cli, "--fail needs --wait");
    if (status != LTS_OK)
        goto done;
    for (size_t i = 1; i < cli_operands(cli); i++)
        values[i - 1] = cli_operand(cli, i);
    request.path = cli_operand(cli, 0);
    request.values = values;
    request.count = cli_operands(cli) - 1;
    request.listen = (int)port;
    request.timeout = timeout >= 0 ? timeout : request.until ? 60 : 1;
    status = lts_osc_send(&request, cli_reporter(cli), &err);
done:;
    int code = cli_finish(cli, status, &err);
    lts_free(values);
    if (words != argv)
        lts_free(words);
    return code;
}
