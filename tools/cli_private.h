/* What the parts of the command line share. */
#ifndef LTS_CLI_PRIVATE_H
#define LTS_CLI_PRIVATE_H

#include "cli.h"

enum { CLI_BASH, CLI_ZSH, CLI_FISH, CLI_SHELLS };

struct cli_session {
    const cli_program *program;
    lts_reporter reporter;
    FILE *results;    /* standard output, or standard error when a file goes there */
    cli_option *rows; /* the tool's options, then the common ones */
    size_t row_count;
    cli_list operands;
    struct poptContext_s *popt; /* while the words are parsed, by this table */
    struct poptOption *popt_table;
    char **texts; /* what popt handed out, to be freed */
    size_t text_count;
    int64_t threads, seed;
    bool threads_given, seed_given;
    bool quiet, verbose, json, help, version;
    bool completion; /* is to be printed */
    int shell;       /* for which */
    bool some_failed;
    bool terminal;      /* progress is drawn as a bar */
    bool bar_drawn;     /* and must be wiped before anything else is printed */
    bool progress_told; /* of a task that has not ended yet */
    double next_draw;   /* when progress may be shown again, lts_now */
};

/* `memory`, unless it is NULL: then the program ends. */
void *cli_need(void *memory);
/* Puts the words of the command line where the rows and `operands` want them; does not return from
 * a wrong one. */
void cli_parse(cli_session *cli, int argc, char **argv);
void cli_parse_end(cli_session *cli); /* frees what cli_parse left when it did not return */
void cli_print_help(const cli_session *cli);
/* A script that completes the tool's command line, all of it from the table of options. */
void cli_print_completion(const cli_session *cli);
/* With --verbose also the optional parts of this build. */
void cli_print_version(const cli_session *cli);
void cli_reporter_start(cli_session *cli);
/* "lts-name: text" on standard error and, with --json, an error object. */
void cli_print_error(cli_session *cli, lts_status status, const char *text);
void cli_wipe_bar(cli_session *cli);
/* What the files named in the options mean for each other and for `results`. */
void cli_check_files(cli_session *cli);

#endif
