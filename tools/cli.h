/* The command line that every tool shares: options, help, messages, progress, records, signals and
 * exit status. A tool is a table of options and a main of this form:
 *
 *     static const char examples[] = "lts-wash voice.wav -o clean.wav\n";
 *
 *     int main(int argc, char **argv)
 *     {
 *         const char *config_path = NULL, *out = NULL;
 *         cli_list sets = {0};
 *         int64_t passes = 4;
 *         const cli_option options[] = {
 *             CLI_CONFIG_OPTIONS(&config_path, &sets),
 *             CLI_OPTION(CLI_TEXT, "output", 'o', &out, "FILE", "where to write", .required =
 * true), CLI_OPTION(CLI_INT, "passes", 0, &passes, "N", "how often", .minimum = 1, .maximum = 64),
 *             {0},
 *         };
 *         const cli_program program = {.name = "lts-wash",
 *                                      .summary = "clean a sound",
 *                                      .usage = "[OPTION...] AUDIO -o FILE",
 *                                      .options = options,
 *                                      .examples = examples,
 *                                      .operands_min = 1,
 *                                      .operands_max = 1};
 *         lts_error err = {0};
 *         lts_config config = {0};
 *         cli_session *cli = cli_start(&program, argc, argv);
 *         lts_status status = cli_load_config(cli, config_path, &sets, &config, &err);
 *         if (status != LTS_OK)
 *             goto done;
 *         status = lts_wash(cli_operand(cli, 0), out, passes, cli_reporter(cli), &err);
 *     done:
 *         lts_config_free(&config);
 *         return cli_finish(cli, status, &err);
 *     }
 *
 * Messages and progress go to standard error, results to standard output. With --json standard
 * output carries one object a line and nothing else:
 * {"event":"warning"|"note"|"detail","text":...},
 * {"event":"progress",...}, every record under its own event, and {"event":"error",...} at the end
 * of what failed. When a file is written to standard output, nothing else is: all this then goes to
 * standard error. */
#ifndef LTS_CLI_H
#define LTS_CLI_H

#include "lts/base.h"
#include "lts/config.h"

enum { CLI_DONE = 0, CLI_FAILED = 1, CLI_MISUSE = 2, CLI_SOME_FAILED = 3 };

typedef enum cli_kind {
    CLI_FLAG,   /* bool *: true when given */
    CLI_TEXT,   /* const char ** */
    CLI_LIST,   /* cli_list *: may be given several times */
    CLI_INT,    /* int64_t * */
    CLI_REAL,   /* double * */
    CLI_CHOICE, /* int *: index of the word among `choices` */
    CLI_PARSED  /* anything *: `parse` reads it, `legal` says what it accepts */
} cli_kind;

/* What the user gave for an option or operand; the texts live until cli_finish. */
typedef struct cli_list {
    const char **item;
    size_t count;
} cli_list;

typedef struct cli_option {
    cli_kind kind;
    const char *name;
    char letter; /* 0: none; one letter stands for one name in all the tools */
    void *value; /* set only when the option is given: before, it holds the default */
    /* Its name in the help, NULL for CLI_FLAG. Completion goes by it: files for FILE..., OUT and
     * ....npy, folders for RUN, DATASET and DIR. */
    const char *argument;
    const char *help;
    /* What follows may be left out. */
    double minimum, maximum;    /* of CLI_INT and CLI_REAL; equal: no limits */
    const char *const *choices; /* of CLI_CHOICE, and what completes a CLI_PARSED; ends in NULL */
    bool (*parse)(const char *text, void *value); /* of CLI_PARSED */
    const char *legal;
    /* The default as the help shows it, such as lts_config_standard("audio.n_iter"). NULL: the
     * value itself, when it is a number, a choice (none below 0) or a text; "": nothing. */
    const char *standard;
    bool *given; /* when not NULL: becomes true when the option is given */
    bool required;
    /* Of CLI_TEXT and CLI_LIST: names a file to read, or one to write. "-" is standard input or
     * output, for one file each; what is written must be none of what is read. */
    bool reads, writes;
} cli_option;

/* A row of the table; the optional members come last, as .member = value. */
#define CLI_OPTION(kind_, name_, letter_, value_, argument_, help_, ...)                           \
    {                                                                                              \
        .kind = kind_, .name = name_, .letter = letter_, .value = value_, .argument = argument_,   \
        .help = help_, __VA_ARGS__                                                                 \
    }

#define CLI_SET_OPTION(sets)                                                                       \
    CLI_OPTION(CLI_LIST, "set", 's', sets, "SECTION.KEY=VALUE",                                    \
               "one setting over the file's; repeatable", .required = false)

/* Two rows for a tool that reads settings; cli_load_config takes what they give. */
#define CLI_CONFIG_OPTIONS(path, sets)                                                             \
    CLI_OPTION(CLI_TEXT, "config", 'c', path, "FILE",                                              \
               "settings; without it default.ini of this folder when there is one, else the "      \
               "built-in ones",                                                                    \
               .reads = true),                                                                     \
        CLI_SET_OPTION(sets)

typedef struct cli_session cli_session;

typedef struct cli_program {
    const char *name, *summary;
    const char *usage;           /* a line for each form of the command, without the name */
    const cli_option *options;   /* ends in an empty row */
    const char *examples;        /* lines */
    const char *operand;         /* as an option's `argument`: FILE, RUN, DATASET; or NULL */
    const char *const *commands; /* what the first operand must be one of, ends in NULL; or NULL */
    size_t operands_min, operands_max;
    bool reads_operands; /* as the `reads` of an option */
    /* How a record looks on standard output without --json and --quiet; NULL: "event: name value,
     * ...". */
    void (*show)(cli_session *cli, const char *event, const lts_field *fields, size_t count);
} cli_program;

/* Parses the command line and watches for SIGINT, SIGTERM and SIGHUP: the first makes the
 * reporter's cancelled() true, the second kills. --help, --version, --completion and wrong use do
 * not return. */
cli_session *cli_start(const cli_program *program, int argc, char **argv);

/* Prints the error, when there is one, frees the lot and gives the exit status: CLI_DONE;
 * CLI_MISUSE for LTS_ERR_ARGUMENT, which settings that are wrong are too, wherever they come from;
 * CLI_FAILED for any other error; CLI_SOME_FAILED when all went well but cli_some_failed was
 * called. */
int cli_finish(cli_session *cli, lts_status status, const lts_error *err);
void cli_some_failed(cli_session *cli);

/* For what the table cannot say: one line on standard error, and exit with CLI_MISUSE. */
#if defined(__GNUC__)
__attribute__((noreturn))
#endif
void cli_misuse(const cli_session *cli, const char *format, ...) LTS_PRINTF(2, 3);

/* --config and --set: `path` NULL means ./default.ini or, without one, the built-in defaults. */
lts_status cli_load_config(cli_session *cli, const char *path, const cli_list *sets,
                           lts_config *config, lts_error *err);

const lts_reporter *cli_reporter(const cli_session *cli);
size_t cli_operands(const cli_session *cli);
const char *cli_operand(const cli_session *cli, size_t index); /* NULL past the last */
/* The index of the first operand among the program's commands. Another is misuse, with the one that
 * was likely meant or all of them; `what` they are called: "picture". */
int cli_command(const cli_session *cli, const char *what);
unsigned cli_threads(const cli_session *cli);                  /* --threads, else all processors */
uint64_t cli_seed(const cli_session *cli, uint64_t otherwise); /* --seed, else the other */
bool cli_threads_given(const cli_session *cli);
bool cli_seed_given(const cli_session *cli);

/* A line for people on standard output: nothing with --quiet or --json. */
void cli_print(cli_session *cli, const char *format, ...) LTS_PRINTF(2, 3);
/* The field of that name, or NULL. */
const lts_field *cli_field(const lts_field *fields, size_t count, const char *name);

#endif
