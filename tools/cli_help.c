#include "cli_private.h"

#include <string.h>

enum { INDENT = 30, WIDTH = 80 };

static void print_default(const cli_option *row, char *text, size_t size)
{
    text[0] = '\0';
    if (row->standard && row->standard[0])
        snprintf(text, size, " (default: %s)", row->standard);
    else if (row->standard)
        return;
    else if (row->kind == CLI_INT)
        snprintf(text, size, " (default: %lld)", (long long)*(int64_t *)row->value);
    else if (row->kind == CLI_REAL)
        snprintf(text, size, " (default: %g)", *(double *)row->value);
    else if (row->kind == CLI_CHOICE && *(int *)row->value >= 0)
        snprintf(text, size, " (default: %s)", row->choices[*(int *)row->value]);
    else if (row->kind == CLI_TEXT && *(const char **)row->value)
        snprintf(text, size, " (default: %s)", *(const char **)row->value);
}

/* Words of `text` from column INDENT to WIDTH. */
static void print_wrapped(const char *text, size_t column)
{
    if (column + 2 > INDENT) {
        putchar('\n');
        column = 0;
    }
    printf("%*s", (int)(INDENT - column), "");
    column = INDENT;
    while (*text) {
        size_t length = strcspn(text, " ");
        if (column > INDENT && column + 1 + length > WIDTH) {
            printf("\n%*s", INDENT, "");
            column = INDENT;
        } else if (column > INDENT) {
            putchar(' ');
            column++;
        }
        printf("%.*s", (int)length, text);
        column += length;
        text += length;
        text += strspn(text, " ");
    }
    putchar('\n');
}

static void print_row(const cli_option *row)
{
    char left[128], standard[160], help[512];
    int used = row->letter ? snprintf(left, sizeof left, "  -%c, --%s", row->letter, row->name)
                           : snprintf(left, sizeof left, "      --%s", row->name);
    if (row->kind == CLI_CHOICE && !row->argument) {
        for (int c = 0; row->choices[c] && (size_t)used < sizeof left; c++)
            used += snprintf(left + used, sizeof left - (size_t)used, "%c%s", c ? '|' : '=',
                             row->choices[c]);
    } else if (row->argument) {
        snprintf(left + used, sizeof left - (size_t)used, "=%s", row->argument);
    }
    print_default(row, standard, sizeof standard);
    snprintf(help, sizeof help, "%s%s", row->help, standard);
    fputs(left, stdout);
    print_wrapped(help, strlen(left));
}

/* A line for each form of the command. */
static void print_usage(const cli_program *program)
{
    const char *lead = "Usage:";
    for (const char *form = program->usage; *form; lead = "      ") {
        size_t length = strcspn(form, "\n");
        printf("%s %s %.*s\n", lead, program->name, (int)length, form);
        form += length + (form[length] == '\n');
    }
}

void cli_print_help(const cli_session *cli)
{
    const cli_program *program = cli->program;
    print_usage(program);
    printf("%s: %s\n\nOptions:\n", program->name, program->summary);
    for (size_t r = 0; r < cli->row_count; r++)
        print_row(&cli->rows[r]);
    if (program->examples) {
        puts("\nExamples:");
        for (const char *line = program->examples; *line;) {
            size_t length = strcspn(line, "\n");
            printf("  %.*s\n", (int)length, line);
            line += length + (line[length] == '\n');
        }
    }
    puts("\nExit status: 0 done, 1 failed while working, 2 wrong use, 3 some inputs failed.");
}
