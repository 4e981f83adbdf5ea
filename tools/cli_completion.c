#include "cli_private.h"

#include <string.h>

/* What follows a word of the command line. */
typedef enum offer { NOTHING, WORDS, FILES, FOLDERS, SETTINGS } offer;

/* By the name the help gives an argument. */
static offer offer_of(const char *argument, const char *const *choices)
{
    static const char *const folders[] = {"RUN", "DATASET", "DIR"};
    if (choices)
        return WORDS;
    if (!argument)
        return NOTHING;
    for (size_t f = 0; f < sizeof folders / sizeof *folders; f++)
        if (strcmp(argument, folders[f]) == 0)
            return FOLDERS;
    if (strcmp(argument, "SECTION.KEY=VALUE") == 0)
        return SETTINGS;
    size_t length = strlen(argument);
    bool is_array = length > 4 && strcmp(argument + length - 4, ".npy") == 0;
    bool is_file = strncmp(argument, "FILE", 4) == 0 || strncmp(argument, "SOUND", 5) == 0 ||
                   strcmp(argument, "OUT") == 0;
    return is_array || is_file ? FILES : NOTHING;
}

/* `text`, with `mark` before each of the `special` letters. */
static void put_marked(const char *text, const char *special, const char *mark)
{
    for (; *text; text++)
        printf("%s%c", strchr(special, *text) ? mark : "", *text);
}

static void put_words(const char *const *words)
{
    for (size_t w = 0; words[w]; w++)
        printf("%s%s", w ? " " : "", words[w]);
}

/* The names of all settings, each followed by `end`. */
static void put_settings(const char *end)
{
    char *listing = lts_config_listing(NULL), section[64] = "", key[64];
    size_t count = 0;
    for (const char *line = listing; line && *line;) {
        size_t length = strcspn(line, "\n");
        if (sscanf(line, "[%63[a-zA-Z0-9_]]", section) != 1 && line[0] != '#' &&
            sscanf(line, "%63[a-zA-Z0-9_] =", key) == 1)
            printf("%s%s.%s%s", count++ ? " " : "", section, key, end);
        line += length + (line[length] == '\n');
    }
    lts_free(listing);
}

/* lts-plot -> lts_plot, as shell functions are called. */
static void put_function(const char *name)
{
    for (; *name; name++)
        putchar(*name == '-' ? '_' : *name);
}

static void put_bash_offer(const char *argument, const char *const *choices)
{
    switch (offer_of(argument, choices)) {
    case NOTHING: printf("return ;;\n"); break;
    case FILES: printf("offer=(-f) ;;\n"); break;
    case FOLDERS: printf("offer=(-d) ;;\n"); break;
    case SETTINGS:
        printf("offer=(-W '");
        put_settings("=");
        printf("') ;;\n");
        break;
    case WORDS:
        printf("offer=(-W '");
        put_words(choices);
        printf("') ;;\n");
        break;
    }
}

static void print_bash(const cli_session *cli)
{
    const cli_program *program = cli->program;
    printf("_");
    put_function(program->name);
    printf("()\n{\n"
           "    local IFS=$' \\t\\n' word=${COMP_WORDS[COMP_CWORD]} start= reply offer\n"
           "    local before=${COMP_WORDS[COMP_CWORD - 1]}\n"
           "    COMPREPLY=()\n"
           "    # Bash parts words at \"=\", \"@\" and \":\", unless COMP_WORDBREAKS was changed.\n"
           "    if [[ $word == --*=* ]]; then\n"
           "        before=${word%%%%=*} word=${word#*=} start=$before=\n"
           "    elif [[ $word == = && $before == -* ]]; then\n"
           "        word=\n"
           "    elif [[ $before == = && ${COMP_WORDS[COMP_CWORD - 2]} == -* ]]; then\n"
           "        before=${COMP_WORDS[COMP_CWORD - 2]}\n"
           "    elif [[ $word == [=@:] || $before == [=@:] ]]; then\n"
           "        return\n"
           "    fi\n"
           "    case $before in\n");
    for (size_t r = 0; r < cli->row_count; r++) {
        const cli_option *row = &cli->rows[r];
        if (row->kind == CLI_FLAG)
            continue;
        printf("    ");
        if (row->letter)
            printf("-%c | ", row->letter);
        printf("--%s) ", row->name);
        put_bash_offer(row->argument, row->choices);
    }
    printf("    *)\n        case $word in\n        -*) offer=(-W '");
    for (size_t r = 0; r < cli->row_count; r++)
        printf("%s--%s", r ? " " : "", cli->rows[r].name);
    printf("') ;;\n        *)");
    if (program->commands) {
        printf("\n            offer=(-W '");
        put_words(program->commands);
        printf("')\n            for reply in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
               "                case $reply in ");
        for (size_t c = 0; program->commands[c]; c++)
            printf("%s%s", c ? " | " : "", program->commands[c]);
        printf(") offer=(-f) ;; esac\n            done\n            ;;\n");
    } else {
        printf(" ");
        put_bash_offer(program->operand, NULL);
    }
    printf("        esac\n        ;;\n    esac\n"
           "    [[ ${offer[0]} == -W ]] || compopt -o filenames 2>/dev/null\n"
           "    while IFS= read -r reply; do\n"
           "        [[ $reply != *= ]] || compopt -o nospace 2>/dev/null\n"
           "        COMPREPLY+=(\"$start$reply\")\n"
           "    done < <(compgen \"${offer[@]}\" -- \"$word\")\n"
           "}\n"
           "complete -F _");
    put_function(program->name);
    printf(" %s\n", program->name);
}

static void put_zsh_offer(const char *argument, const char *const *choices)
{
    switch (offer_of(argument, choices)) {
    case NOTHING: printf(" "); break;
    case FILES: printf("_files"); break;
    case FOLDERS: printf("_files -/"); break;
    case SETTINGS:
        printf(" compadd -S= -- ");
        put_settings("");
        break;
    case WORDS:
        printf("(");
        put_words(choices);
        printf(")");
        break;
    }
}

static void print_zsh(const cli_session *cli)
{
    const cli_program *program = cli->program;
    printf("#compdef %s\n\n_arguments -s -S", program->name);
    for (size_t r = 0; r < cli->row_count; r++) {
        const cli_option *row = &cli->rows[r];
        bool flag = row->kind == CLI_FLAG;
        printf(" \\\n    ");
        if (row->letter && row->kind == CLI_LIST)
            printf("'*'{-%c+,--%s=}'", row->letter, row->name);
        else if (row->letter)
            printf("'(-%c --%s)'{-%c%s,--%s%s}'", row->letter, row->name, row->letter,
                   flag ? "" : "+", row->name, flag ? "" : "=");
        else
            printf("'%s--%s%s", row->kind == CLI_LIST ? "*" : "", row->name, flag ? "" : "=");
        printf("[");
        for (const char *letter = row->help; *letter; letter++)
            printf(*letter == '\'' ? "'\\'%c" : strchr("[]:\\", *letter) ? "\\%c" : "%c", *letter);
        printf("]");
        if (!flag) {
            printf(":");
            put_marked(row->argument ? row->argument : row->name, ":", "\\");
            printf(":");
            put_zsh_offer(row->argument, row->choices);
        }
        printf("'");
    }
    if (program->commands) {
        printf(" \\\n    '1:command:(");
        put_words(program->commands);
        printf(")'");
    }
    if (program->operand) {
        printf(" \\\n    '*:%s:", program->operand);
        put_zsh_offer(program->operand, NULL);
        printf("'");
    }
    printf("\n");
}

/* The arguments of fish's `complete` for what follows an option or stands alone. */
static void put_fish_offer(const char *argument, const char *const *choices)
{
    switch (offer_of(argument, choices)) {
    case NOTHING: break;
    case FILES: printf(" -F"); break;
    case FOLDERS: printf(" -a '(__fish_complete_directories)'"); break;
    case SETTINGS:
        printf(" -a '");
        put_settings("=");
        printf("'");
        break;
    case WORDS:
        printf(" -a '");
        put_words(choices);
        printf("'");
        break;
    }
}

static void print_fish(const cli_session *cli)
{
    const cli_program *program = cli->program;
    printf("complete -c %s -f\n", program->name);
    for (size_t r = 0; r < cli->row_count; r++) {
        const cli_option *row = &cli->rows[r];
        printf("complete -c %s", program->name);
        if (row->letter)
            printf(" -s %c", row->letter);
        printf(" -l %s -d '", row->name);
        put_marked(row->help, "'\\", "\\");
        printf("'");
        if (row->kind != CLI_FLAG) {
            printf(offer_of(row->argument, row->choices) == FILES ? " -r" : " -x");
            put_fish_offer(row->argument, row->choices);
        }
        printf("\n");
    }
    if (program->commands) {
        printf("complete -c %s -n '__fish_is_first_arg' -a '", program->name);
        put_words(program->commands);
        printf("'\n");
    }
    if (offer_of(program->operand, NULL) != NOTHING) {
        printf("complete -c %s%s", program->name,
               program->commands ? " -n 'not __fish_is_first_arg'" : "");
        put_fish_offer(program->operand, NULL);
        printf("\n");
    }
}

void cli_print_completion(const cli_session *cli)
{
    static void (*const print[CLI_SHELLS])(const cli_session *) = {
        [CLI_BASH] = print_bash, [CLI_ZSH] = print_zsh, [CLI_FISH] = print_fish};
    const char *name = cli->program->name;
    if (cli->shell != CLI_ZSH) /* whose first line must be its own */
        printf("# Completions of %s, printed by %s --completion.\n", name, name);
    print[cli->shell](cli);
}
