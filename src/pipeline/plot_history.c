#include "pipeline/plot_history.h"

#include "pipeline/plot.h"

#include <math.h>
#include <string.h>
#include <strings.h>

enum { LARGEST_FILE = 64 << 20, MOST_CELLS = 256 };

static const char *const column_name[PLOT_COLUMNS] = {
    [PLOT_EPOCH] = "epoch",
    [PLOT_LOSS] = "loss",
    [PLOT_KL] = "kl",
    [PLOT_VALIDATION] = "validation_loss",
    [PLOT_VALIDATION_KL] = "validation_kl",
};

/* Cuts `line` at its commas; returns the number of cells. Blanks and quotes around one are left
 * out. */
static size_t split(char *line, char *cell[MOST_CELLS])
{
    size_t count = 0;
    for (char *next = line; next && count < MOST_CELLS;) {
        char *start = next + strspn(next, " \t\"");
        next = strchr(start, ',');
        if (next)
            *next++ = '\0';
        size_t length = strlen(start);
        while (length > 0 && strchr(" \t\r\"", start[length - 1]))
            start[--length] = '\0';
        cell[count++] = start;
    }
    return count;
}

static bool read_cell(const char *cell, double *value)
{
    *value = NAN;
    if (*cell == '\0' || lts_parse_double(cell, value))
        return true;
    const char *word = cell + strspn(cell, "+-");
    return strcasecmp(word, "nan") == 0 || strncasecmp(word, "inf", 3) == 0;
}

/* The next line, ended by a 0; NULL when there is none, or only one without its newline. */
static char *take_line(char **cursor)
{
    char *line = *cursor, *end = strchr(line, '\n');
    if (!end)
        return NULL;
    *end = '\0';
    *cursor = end + 1;
    return line;
}

static lts_status read_rows(char *text, const char *path, plot_history *history, lts_error *err)
{
    char *cell[MOST_CELLS], *line = take_line(&text);
    int place[PLOT_COLUMNS] = {-1, -1, -1, -1, -1};
    size_t cells = line ? split(line, cell) : 0;
    for (size_t i = 0; i < cells; i++)
        for (int c = 0; c < PLOT_COLUMNS; c++)
            if (strcasecmp(cell[i], column_name[c]) == 0)
                place[c] = (int)i;
    if (place[PLOT_LOSS] < 0)
        return lts_fail(err, LTS_ERR_FORMAT,
                        "%s: line 1: no column named loss: expected the history.csv of lts-train",
                        path);
    for (size_t number = 2; (line = take_line(&text)); number++) {
        double *row = history->row[history->count];
        cells = split(line, cell);
        if (cells == 1 && *cell[0] == '\0')
            continue;
        for (int c = 0; c < PLOT_COLUMNS; c++) {
            bool there = place[c] >= 0 && (size_t)place[c] < cells;
            if (!read_cell(there ? cell[place[c]] : "", &row[c]))
                return lts_fail(err, LTS_ERR_FORMAT, "%s: line %zu: %s is '%.40s', not a number",
                                path, number, column_name[c], cell[place[c]]);
        }
        if (isnan(row[PLOT_EPOCH]))
            row[PLOT_EPOCH] = (double)history->count + 1;
        history->count++;
    }
    return LTS_OK;
}

static void find_ranges(plot_history *history)
{
    for (int c = 0; c < PLOT_COLUMNS; c++) {
        history->low[c] = history->high[c] = NAN;
        for (size_t i = 0; i < history->count; i++) {
            history->low[c] = fmin(history->low[c], history->row[i][c]);
            history->high[c] = fmax(history->high[c], history->row[i][c]);
        }
    }
    history->judged = isnan(history->low[PLOT_VALIDATION]) ? PLOT_LOSS : PLOT_VALIDATION;
    for (size_t i = history->count; i-- > 0;)
        if (history->row[i][history->judged] == history->low[history->judged])
            history->best = i;
}

lts_status plot_history_read(const char *run, plot_history *history, lts_error *err)
{
    *history = (plot_history){0};
    char *path = lts_is_file(run) ? lts_strdup(run) : lts_path_join(run, "history.csv");
    char *text = NULL;
    size_t size, lines = 0;
    lts_status status = LTS_OK;
    history->name = plot_run_name(run);
    if (!path || !history->name)
        status = lts_fail(err, LTS_ERR_MEMORY, "%s: out of memory", run);
    else if (!lts_is_file(path))
        status = lts_fail(err, LTS_ERR_NOT_FOUND,
                          "%s: no such file: give a run that lts-train has made, after its first "
                          "epoch",
                          path);
    if (status == LTS_OK)
        status = lts_read_file(path, LARGEST_FILE, &text, &size, err);
    for (size_t i = 0; status == LTS_OK && i < size; i++)
        lines += text[i] == '\n';
    if (status == LTS_OK)
        status = lts_alloc_checked(&history->row, lines, sizeof *history->row, "a history", err);
    if (status == LTS_OK)
        status = read_rows(text, path, history, err);
    if (status == LTS_OK) {
        find_ranges(history);
        if (isnan(history->low[PLOT_LOSS]))
            status = lts_fail(err, LTS_ERR_FORMAT,
                              "%s: no epoch with a finite loss: nothing to draw yet", path);
    }
    lts_free(text);
    lts_free(path);
    if (status != LTS_OK)
        plot_history_free(history);
    return status;
}

void plot_history_free(plot_history *history)
{
    lts_free(history->name);
    lts_free(history->row);
    *history = (plot_history){0};
}
