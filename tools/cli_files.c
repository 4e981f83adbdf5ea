#include "cli_private.h"

#include <string.h>

/* The files that the words of a row name; a list of operands is given as one. */
typedef struct named_files {
    const char *option; /* NULL: operands */
    const char *const *item;
    size_t count;
} named_files;

/* "-", or an excerpt of it, "-@SEC". */
static bool is_standard_input(const char *text)
{
    return text[0] == '-' && (text[1] == '\0' || text[1] == '@');
}

static named_files files_of(const cli_option *row)
{
    named_files files = {.option = row->name};
    const cli_list *list = row->value;
    const char *const *text = row->value;
    if (row->kind == CLI_LIST)
        return (named_files){row->name, list->item, list->count};
    if (row->kind == CLI_TEXT && *text)
        return (named_files){row->name, text, 1};
    return files;
}

static named_files operands_of(const cli_session *cli)
{
    return (named_files){NULL, cli->operands.item, cli->operands.count};
}

static void count_standard_input(const cli_session *cli, named_files files, size_t *count)
{
    for (size_t f = 0; f < files.count; f++)
        *count += is_standard_input(files.item[f]);
    if (*count > 1)
        cli_misuse(cli, "- is named for two files to read: standard input can be one of them");
}

static void refuse_overwriting(const cli_session *cli, const char *output, named_files files)
{
    lts_error err;
    for (size_t f = 0; f < files.count; f++)
        if (lts_check_distinct(output, files.item[f], &err) != LTS_OK)
            cli_misuse(cli, "%s", err.text);
}

/* What is read of a run. */
static void refuse_run_files(const cli_session *cli, const char *output, const char *run)
{
    static const char *const names[] = {"config.ini", "history.csv", "model/best.safetensors",
                                        "model/last.safetensors"};
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        char *path = lts_path_join(run, names[n]);
        if (path)
            refuse_overwriting(cli, output, (named_files){NULL, (const char *const *)&path, 1});
        lts_free(path);
    }
}

static void check_output(const cli_session *cli, const char *output)
{
    for (size_t r = 0; r < cli->row_count; r++)
        if (cli->rows[r].reads)
            refuse_overwriting(cli, output, files_of(&cli->rows[r]));
    for (size_t r = 0; r < cli->row_count; r++) {
        const named_files files = files_of(&cli->rows[r]);
        const char *argument = cli->rows[r].argument;
        for (size_t f = 0; f < files.count && argument && strcmp(argument, "RUN") == 0; f++)
            refuse_run_files(cli, output, files.item[f]);
    }
    if (cli->program->reads_operands)
        refuse_overwriting(cli, output, operands_of(cli));
}

void cli_check_files(cli_session *cli)
{
    size_t inputs = 0, outputs = 0;
    for (size_t r = 0; r < cli->row_count; r++) {
        named_files files = files_of(&cli->rows[r]);
        for (size_t f = 0; cli->rows[r].writes && f < files.count; f++)
            outputs += lts_is_standard_output(files.item[f]);
    }
    if (outputs > 0)
        cli->results = stderr;
    if (outputs > 1)
        cli_misuse(cli, "- is named for two files to write: standard output can be one of them");
    for (size_t r = 0; r < cli->row_count; r++)
        if (cli->rows[r].reads)
            count_standard_input(cli, files_of(&cli->rows[r]), &inputs);
    if (cli->program->reads_operands)
        count_standard_input(cli, operands_of(cli), &inputs);
    for (size_t r = 0; r < cli->row_count; r++) {
        named_files files = files_of(&cli->rows[r]);
        for (size_t f = 0; cli->rows[r].writes && f < files.count; f++)
            check_output(cli, files.item[f]);
    }
}
