#include "pipeline/plot/plot_history.h"

#include "formats/csv.h"
#include "pipeline/plot/plot_figure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const column_name[PLOT_COLUMNS] = {
    [PLOT_EPOCH] = "epoch",
    [PLOT_LOSS] = "loss",
    [PLOT_KL] = "kl",
    [PLOT_VALIDATION] = "validation_loss",
    [PLOT_VALIDATION_KL] = "validation_kl",
};

static lts_status read_rows(const csv_table *table, plot_history *history, lts_error *err)
{
    size_t place[PLOT_COLUMNS];
    for (int c = 0; c < PLOT_COLUMNS; c++)
        place[c] = csv_column(table, column_name[c]);
    if (place[PLOT_LOSS] == SIZE_MAX)
        return lts_fail(err, LTS_ERR_FORMAT,
                        "%s: line 1: no column named loss: expected the history.csv of lts-train",
                        table->path);
    for (; history->count < table->rows; history->count++) {
        double *row = history->row[history->count];
        for (int c = 0; c < PLOT_COLUMNS; c++) {
            const char *cell = csv_at(table, history->count, place[c]);
            if (!csv_number(cell, &row[c]))
                return lts_fail(err, LTS_ERR_FORMAT, "%s: line %zu: %s is '%.40s', not a number",
                                table->path, table->line[history->count], column_name[c], cell);
        }
        if (isnan(row[PLOT_EPOCH]))
            row[PLOT_EPOCH] = (double)history->count + 1;
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
    history->criterion = isnan(history->low[PLOT_VALIDATION]) ? PLOT_LOSS : PLOT_VALIDATION;
    for (size_t i = history->count; i-- > 0;)
        if (history->row[i][history->criterion] == history->low[history->criterion])
            history->best = i;
}

char *plot_run_name(const char *run)
{
    char *path = realpath(run, NULL);
    if (!path)
        return lts_strdup(run);
    char *slash = strrchr(path, '/');
    if (lts_is_file(path)) {
        *slash = '\0';
        slash = strrchr(path, '/');
        if (slash && strcmp(slash, "/model") == 0)
            *slash = '\0';
    }
    slash = strrchr(path, '/');
    while (slash && slash > path && slash[-1] != '/')
        slash--;
    char *name = lts_strdup(slash && *slash ? slash : path);
    free(path);
    return name;
}

lts_status plot_history_read(const char *run, plot_history *history, lts_error *err)
{
    *history = (plot_history){0};
    char *path = lts_is_file(run) ? lts_strdup(run) : lts_path_join(run, "history.csv");
    csv_table table = {0};
    lts_status status = LTS_OK;
    history->name = plot_run_name(run);
    if (!path || !history->name)
        status = lts_no_memory(run, err);
    else if (!lts_is_file(path))
        status = lts_fail(err, LTS_ERR_NOT_FOUND,
                          "%s: no such file: give a run that lts-train has made, after its first "
                          "epoch",
                          path);
    if (status != LTS_OK)
        goto done;
    status = csv_load(path, CSV_LOOSE | CSV_GROWING, &table, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&history->row, table.rows, sizeof *history->row, path, err);
    if (status != LTS_OK)
        goto done;
    status = read_rows(&table, history, err);
    if (status != LTS_OK)
        goto done;
    find_ranges(history);
    if (isnan(history->low[PLOT_LOSS]))
        status = lts_fail(err, LTS_ERR_FORMAT,
                          "%s: no epoch with a finite loss: nothing to draw yet", path);
done:
    csv_free(&table);
    lts_free(path);
    if (status != LTS_OK)
        plot_history_free(history);
    return status;
}

lts_status plot_histories_read(const char *const *runs, plot_history *history, size_t *count,
                               const lts_reporter *reporter, lts_error *err)
{
    lts_error reason, first = {0};
    lts_status status, first_status = LTS_OK;
    size_t given = *count;
    *count = 0;
    for (size_t i = 0; i < given; i++) {
        status = plot_history_read(runs[i], &history[*count], &reason);
        *count += status == LTS_OK;
        if (status == LTS_ERR_MEMORY) {
            *err = reason;
            return status;
        }
        if (status != LTS_OK && first_status == LTS_OK) {
            first_status = status;
            first = reason;
        }
        if (status != LTS_OK && given > 1)
            lts_message(reporter, LTS_LEVEL_WARNING, "left out: %s", reason.text);
    }
    if (*count > 0)
        return LTS_OK;
    *err = first;
    return first_status;
}

void plot_history_free(plot_history *history)
{
    lts_free(history->name);
    lts_free(history->row);
    *history = (plot_history){0};
}
