#include "pipeline/plot/evaluation/score_table.h"

#include "formats/csv_lines.h"

#include <math.h>
#include <string.h>

enum { LARGEST_FILE = 64 << 20 };

static const char *const column_name[SCORE_COLUMNS] = {
    [SCORE_PERCENTILE] = "mean_percentile_rank",
    [SCORE_TOP] = "top_1",
    [SCORE_TOP + 1] = "top_2",
    [SCORE_TOP + 2] = "top_3",
    [SCORE_TOP + 3] = "top_4",
    [SCORE_TOP + 4] = "top_5",
    [SCORE_PUBLISHED] = "published_percentile_rank",
    [SCORE_STFT] = "stft_correlation",
    [SCORE_FT] = "ft_correlation",
};

/* Where the columns are, -1 where they are not. */
typedef struct header {
    int name, place[SCORE_COLUMNS];
} header;

static lts_status read_header(char *line, const char *path, header *h, lts_error *err)
{
    char *cell[CSV_CELLS];
    const size_t cells = line ? csv_split(line, cell) : 0;
    h->name = -1;
    for (int c = 0; c < SCORE_COLUMNS; c++)
        h->place[c] = -1;
    for (size_t i = 0; i < cells; i++) {
        if (strcmp(cell[i], "parameter") == 0)
            h->name = (int)i;
        for (int c = 0; c < SCORE_COLUMNS; c++)
            if (strcmp(cell[i], column_name[c]) == 0)
                h->place[c] = (int)i;
    }
    const bool scores = h->name >= 0 && h->place[SCORE_PERCENTILE] >= 0;
    if (!scores && (h->place[SCORE_STFT] < 0 || h->place[SCORE_FT] < 0))
        return lts_fail(err, LTS_ERR_FORMAT,
                        "%s: line 1: neither scores nor resyntheses: expected what lts-match "
                        "--evaluate writes by --report or --sounds",
                        path);
    if (!scores)
        h->name = -1;
    return LTS_OK;
}

static lts_status read_row(char *const *cell, size_t cells, const header *h, const char *path,
                           size_t line, double row[SCORE_COLUMNS], lts_error *err)
{
    for (int c = 0; c < SCORE_COLUMNS; c++) {
        const bool there = h->place[c] >= 0 && (size_t)h->place[c] < cells;
        if (!csv_number(there ? cell[h->place[c]] : "", &row[c]))
            return lts_fail(err, LTS_ERR_FORMAT, "%s: line %zu: %s is '%.40s', not a number", path,
                            line, column_name[c], cell[h->place[c]]);
    }
    return LTS_OK;
}

static lts_status read_rows(char *text, score_table *table, lts_error *err)
{
    header h;
    char *cell[CSV_CELLS], *line = csv_line(&text);
    lts_status status = read_header(line, table->path, &h, err);
    if (h.name < 0) {
        lts_free(table->name);
        table->name = NULL;
    }
    bool has_mean = false;
    if (status != LTS_OK)
        return status;
    for (size_t number = 2; (line = csv_line(&text)); number++) {
        const size_t cells = csv_split(line, cell);
        if (cells == 1 && *cell[0] == '\0')
            continue;
        const char *name = h.name >= 0 && (size_t)h.name < cells ? cell[h.name] : "";
        const bool mean = h.name >= 0 && strcmp(name, "mean") == 0;
        status = read_row(cell, cells, &h, table->path, number,
                          mean ? table->mean : table->row[table->count], err);
        if (status != LTS_OK)
            return status;
        has_mean = has_mean || mean;
        if (mean)
            continue;
        if (h.name >= 0)
            table->name[table->count] = name;
        table->count++;
    }
    if (table->count == 0)
        return lts_fail(err, LTS_ERR_FORMAT, "%s: no row after the first line: nothing to draw",
                        table->path);
    for (int c = 0; !has_mean && c < SCORE_COLUMNS; c++) {
        table->mean[c] = 0;
        for (size_t i = 0; i < table->count; i++)
            table->mean[c] += table->row[i][c] / (double)table->count;
    }
    return LTS_OK;
}

lts_status score_table_read(const char *path, score_table *table, lts_error *err)
{
    size_t size, lines = 1;
    *table = (score_table){.path = path};
    lts_status status = lts_read_file(path, LARGEST_FILE, &table->text, &size, err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < size; i++)
        lines += table->text[i] == '\n';
    status = lts_alloc_checked(&table->row, lines, sizeof *table->row, path, err);
    if (status != LTS_OK)
        goto done;
    if ((status = lts_alloc_checked(&table->name, lines, sizeof *table->name, path, err)) != LTS_OK)
        goto done;
    status = read_rows(table->text, table, err);
done:
    if (status != LTS_OK)
        score_table_free(table);
    return status;
}

void score_table_free(score_table *table)
{
    lts_free(table->name);
    lts_free(table->row);
    lts_free(table->text);
    *table = (score_table){0};
}

const char *score_table_group(const score_table *table, size_t index)
{
    const char *mark = strrchr(table->name[index], '_');
    for (size_t i = 0; mark && i < table->count; i++) {
        const char *other = strrchr(table->name[i], '_');
        if (i != index && other && strcmp(mark, other) == 0)
            return mark + 1;
    }
    return table->name[index];
}
