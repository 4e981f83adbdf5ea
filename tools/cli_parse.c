#include "cli_private.h"

#include <popt.h>
#include <stdlib.h>
#include <string.h>

void *cli_need(void *memory)
{
    if (!memory) {
        fputs("out of memory\n", stderr);
        exit(CLI_FAILED);
    }
    return memory;
}

static void list_add(cli_list *list, const char *text)
{
    const char **larger = cli_need(lts_alloc(list->count + 1, sizeof *larger));
    for (size_t i = 0; i < list->count; i++)
        larger[i] = list->item[i];
    larger[list->count] = text;
    lts_free(list->item);
    list->item = larger;
    list->count++;
}

static void bad_value(const cli_session *cli, const cli_option *row, const char *text,
                      const char *kind)
{
    if (row->minimum < row->maximum)
        cli_misuse(cli, "--%s=%s: must be %s, %.15g to %.15g", row->name, text, kind, row->minimum,
                   row->maximum);
    cli_misuse(cli, "--%s=%s: must be %s", row->name, text, kind);
}

static bool in_range(const cli_option *row, double value)
{
    return row->minimum == row->maximum || (value >= row->minimum && value <= row->maximum);
}

static void set_choice(const cli_session *cli, const cli_option *row, const char *text)
{
    char words[256] = "";
    for (int c = 0; row->choices[c]; c++) {
        if (strcmp(text, row->choices[c]) == 0) {
            *(int *)row->value = c;
            return;
        }
        size_t used = strlen(words);
        snprintf(words + used, sizeof words - used, "%s%s", c ? ", " : "", row->choices[c]);
    }
    cli_misuse(cli, "--%s=%s: must be one of %s", row->name, text, words);
}

static void set_option(cli_session *cli, const cli_option *row, const char *text)
{
    int64_t whole;
    double real;
    if (row->given)
        *row->given = true;
    switch (row->kind) {
    case CLI_FLAG: *(bool *)row->value = true; break;
    case CLI_TEXT: *(const char **)row->value = text; break;
    case CLI_LIST: list_add(row->value, text); break;
    case CLI_INT:
        if (!lts_parse_int(text, &whole) || !in_range(row, (double)whole))
            bad_value(cli, row, text, "a whole number");
        *(int64_t *)row->value = whole;
        break;
    case CLI_REAL:
        if (!lts_parse_double(text, &real) || !in_range(row, real))
            bad_value(cli, row, text, "a number");
        *(double *)row->value = real;
        break;
    case CLI_CHOICE: set_choice(cli, row, text); break;
    case CLI_PARSED:
        if (!row->parse(text, row->value))
            bad_value(cli, row, text, row->legal);
        break;
    }
}

static char *keep(cli_session *cli, char *text)
{
    char **larger = cli_need(lts_alloc(cli->text_count + 1, sizeof *larger));
    for (size_t t = 0; t < cli->text_count; t++)
        larger[t] = cli->texts[t];
    lts_free(cli->texts);
    cli->texts = larger;
    cli->texts[cli->text_count++] = cli_need(text);
    return text;
}

/* An option that popt does not know: "--name" or "--name=value", "-x" or "-xyz". */
static void unknown_option(cli_session *cli, const char *word)
{
    const char **names = cli_need(lts_alloc(cli->row_count, sizeof *names));
    char name[256];
    for (size_t r = 0; r < cli->row_count; r++)
        names[r] = cli->rows[r].name;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
    bool is_long = strncmp(name, "--", 2) == 0;
    size_t near = is_long ? lts_nearest(name + 2, names, cli->row_count) : cli->row_count;
    lts_free(names);
    if (near < cli->row_count)
        cli_misuse(cli, "%s: no such option (did you mean --%s?)", name, cli->rows[near].name);
    cli_misuse(cli, "%s: no such option", word);
}

static void parse_words(cli_session *cli)
{
    poptContext context = cli->popt;
    for (int row; (row = poptGetNextOpt(context)) != -1;) {
        const char *bad = row < -1 ? poptBadOption(context, POPT_BADOPTION_NOALIAS) : NULL;
        if (row == POPT_ERROR_BADOPT)
            unknown_option(cli, bad);
        if (row < -1)
            cli_misuse(cli, "%s: %s", bad, poptStrerror(row));
        const cli_option *option = &cli->rows[row - 1];
        char *text = option->kind == CLI_FLAG ? NULL : keep(cli, poptGetOptArg(context));
        set_option(cli, option, text);
    }
    for (const char *word; (word = poptGetArg(context));)
        list_add(&cli->operands, keep(cli, strdup(word)));
}

void cli_parse_end(cli_session *cli)
{
    if (cli->popt)
        poptFreeContext(cli->popt);
    cli->popt = NULL;
    lts_free(cli->popt_table);
    cli->popt_table = NULL;
}

void cli_parse(cli_session *cli, int argc, char **argv)
{
    struct poptOption *table = cli_need(lts_alloc(cli->row_count + 1, sizeof *table));
    cli->popt_table = table;
    for (size_t r = 0; r < cli->row_count; r++) {
        const cli_option *row = &cli->rows[r];
        table[r] = (struct poptOption){
            .longName = row->name,
            .shortName = row->letter,
            .argInfo = row->kind == CLI_FLAG ? POPT_ARG_NONE : POPT_ARG_STRING,
            .val = (int)r + 1,
        };
    }
    /* An error among the options is printed as JSON wherever --json stands. */
    for (int a = 1; a < argc && strcmp(argv[a], "--") != 0; a++)
        cli->json = cli->json || strcmp(argv[a], "--json") == 0;
    cli->popt =
        cli_need(poptGetContext(cli->program->name, argc, (const char **)argv, cli->popt_table, 0));
    parse_words(cli);
    cli_parse_end(cli);
}
