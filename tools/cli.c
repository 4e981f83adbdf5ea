#include "cli_private.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* A signal handler has nothing but a global to write to; jobs look at it from several threads. */
static atomic_bool stop_asked;

static void ask_to_stop(int number)
{
    (void)number;
    atomic_store(&stop_asked, true);
}

static bool is_cancelled(void *user)
{
    (void)user;
    return atomic_load(&stop_asked);
}

static void watch_signals(void)
{
    /* SA_RESETHAND: the second signal finds the default action, which kills. */
    struct sigaction action = {.sa_handler = ask_to_stop, .sa_flags = SA_RESETHAND | SA_RESTART};
    struct sigaction before;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    /* The terminal is gone; nohup(1) has this ignored. */
    if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction(SIGHUP, &action, NULL);
    /* A closed pipe and a limit on file sizes become errors of the write, to be reported. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

static void release(cli_session *cli)
{
    cli_parse_end(cli);
    for (size_t r = 0; r < cli->row_count; r++)
        if (cli->rows[r].kind == CLI_LIST) {
            cli_list *list = cli->rows[r].value;
            lts_free(list->item);
            *list = (cli_list){0};
        }
    for (size_t t = 0; t < cli->text_count; t++)
        free(cli->texts[t]);
    lts_free(cli->texts);
    lts_free(cli->operands.item);
    lts_free(cli->rows);
    lts_free(cli);
}

void cli_misuse(const cli_session *cli, const char *format, ...)
{
    char text[900], line[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    snprintf(line, sizeof line, "%s; try %s --help", text, cli->program->name);
    cli_print_error((cli_session *)cli, LTS_ERR_ARGUMENT, line);
    fflush(cli->results);
    release((cli_session *)cli);
    exit(CLI_MISUSE);
}

static const char *const shells[CLI_SHELLS + 1] = {
    [CLI_BASH] = "bash", [CLI_ZSH] = "zsh", [CLI_FISH] = "fish"};

static void make_rows(cli_session *cli)
{
    const cli_option common[] = {
        CLI_OPTION(CLI_INT, "threads", 0, &cli->threads, "N", "threads to use", .minimum = 1,
                   .maximum = 1024, .standard = "all processors", .given = &cli->threads_given),
        CLI_OPTION(CLI_INT, "seed", 0, &cli->seed, "N", "seed of everything random", .minimum = 0,
                   .maximum = 9007199254740992.0, .standard = "", .given = &cli->seed_given),
        CLI_OPTION(CLI_FLAG, "quiet", 'q', &cli->quiet, NULL, "print errors only"),
        CLI_OPTION(CLI_FLAG, "verbose", 'v', &cli->verbose, NULL, "print details too"),
        CLI_OPTION(CLI_FLAG, "json", 0, &cli->json, NULL, "print JSON, one object a line"),
        CLI_OPTION(CLI_CHOICE, "completion", 0, &cli->shell, NULL,
                   "print completions for this shell", .choices = shells, .standard = "",
                   .given = &cli->completion),
        CLI_OPTION(CLI_FLAG, "help", 'h', &cli->help, NULL, "print this help"),
        CLI_OPTION(CLI_FLAG, "version", 0, &cli->version, NULL,
                   "print the version; with --verbose, the optional parts of this build too"),
    };
    const size_t shared = sizeof common / sizeof *common;
    size_t own = 0;
    while (cli->program->options[own].name)
        own++;
    cli->row_count = own + shared;
    cli->rows = cli_need(lts_alloc(cli->row_count, sizeof *cli->rows));
    memcpy(cli->rows, cli->program->options, own * sizeof *cli->rows);
    memcpy(cli->rows + own, common, sizeof common);
}

static void check_words(const cli_session *cli)
{
    const cli_program *program = cli->program;
    for (size_t r = 0; r < cli->row_count; r++) {
        const cli_option *row = &cli->rows[r];
        bool missing = row->required && row->kind == CLI_TEXT && !*(const char **)row->value;
        if (missing || (row->required && row->kind == CLI_LIST && !((cli_list *)row->value)->count))
            cli_misuse(cli, "--%s %s is missing", row->name, row->argument);
    }
    if (cli->operands.count < program->operands_min)
        cli_misuse(cli, "too few arguments: %s %.*s", program->name,
                   (int)strcspn(program->usage, "\n"), program->usage);
    if (cli->operands.count > program->operands_max)
        cli_misuse(cli, "%s: one argument too many", cli->operands.item[program->operands_max]);
}

cli_session *cli_start(const cli_program *program, int argc, char **argv)
{
    cli_session *cli = cli_need(lts_alloc(1, sizeof *cli));
    cli->program = program;
    cli->results = stdout;
    cli->threads = lts_processor_count();
    cli_reporter_start(cli);
    cli->reporter.cancelled = is_cancelled;
    make_rows(cli);
    cli_parse(cli, argc, argv);
    if (cli->help || cli->version || cli->completion) {
        if (cli->completion)
            cli_print_completion(cli);
        else if (cli->help)
            cli_print_help(cli);
        else
            cli_print_version(cli);
        release(cli);
        exit(fflush(stdout) == 0 ? CLI_DONE : CLI_FAILED);
    }
    check_words(cli);
    cli_check_files(cli);
    watch_signals();
    return cli;
}

int cli_finish(cli_session *cli, lts_status status, const lts_error *err)
{
    int code = status == LTS_ERR_ARGUMENT ? CLI_MISUSE
               : status != LTS_OK         ? CLI_FAILED
               : cli->some_failed         ? CLI_SOME_FAILED
                                          : CLI_DONE;
    cli_wipe_bar(cli);
    if (status != LTS_OK)
        cli_print_error(cli, status, err->text[0] ? err->text : lts_strerror(status));
    bool broken = ferror(stdout) || fflush(stdout) != 0;
    if (broken && code == CLI_DONE && errno != EPIPE) {
        fprintf(stderr, "%s: standard output: %s\n", cli->program->name, strerror(errno));
        code = CLI_FAILED;
    }
    release(cli);
    return code;
}

void cli_some_failed(cli_session *cli)
{
    cli->some_failed = true;
}

lts_status cli_load_config(cli_session *cli, const char *path, const cli_list *sets,
                           lts_config *config, lts_error *err)
{
    const char *beside = "default.ini";
    if (!path && lts_is_file(beside))
        path = beside;
    lts_message(&cli->reporter, LTS_LEVEL_DETAIL, "settings: %s", path ? path : "built-in");
    return lts_config_load(path, sets->item, sets->count, config, &cli->reporter, err);
}

const lts_reporter *cli_reporter(const cli_session *cli)
{
    return &cli->reporter;
}

size_t cli_operands(const cli_session *cli)
{
    return cli->operands.count;
}

const char *cli_operand(const cli_session *cli, size_t index)
{
    return index < cli->operands.count ? cli->operands.item[index] : NULL;
}

int cli_command(const cli_session *cli, const char *what)
{
    const char *const *names = cli->program->commands;
    const char *word = cli->operands.item[0];
    char all[256] = "";
    size_t count = 0, used = 0;
    for (; names[count]; count++)
        if (strcmp(word, names[count]) == 0)
            return (int)count;
    const size_t near = lts_nearest(word, names, count);
    if (near < count)
        cli_misuse(cli, "%s: no such %s (did you mean %s?)", word, what, names[near]);
    for (size_t i = 0; i < count && used < sizeof all; i++)
        used += (size_t)snprintf(all + used, sizeof all - used, "%s%s",
                                 i == 0          ? ""
                                 : i + 1 < count ? ", "
                                                 : " or ",
                                 names[i]);
    cli_misuse(cli, "%s: which %s? %s", word, what, all);
}

unsigned cli_threads(const cli_session *cli)
{
    return (unsigned)cli->threads;
}

bool cli_threads_given(const cli_session *cli)
{
    return cli->threads_given;
}

bool cli_seed_given(const cli_session *cli)
{
    return cli->seed_given;
}

uint64_t cli_seed(const cli_session *cli, uint64_t otherwise)
{
    return cli->seed_given ? (uint64_t)cli->seed : otherwise;
}
