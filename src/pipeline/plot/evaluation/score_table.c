#include "pipeline/plot/evaluation/score_table.h"

#include <math.h>
#include <string.h>

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

/* Where the columns are, SIZE_MAX where they are not. */
typedef struct header {
    size_t name, place[SCORE_COLUMNS];
} header;

static lts_status read_header(const csv_table *csv, header *h, lts_error *err)
{
    h->name = csv_column(csv, "parameter");
    for (int c = 0; c < SCORE_COLUMNS; c++)
        h->place[c] = csv_column(csv, column_name[c]);
    const bool scores = h->name != SIZE_MAX && h->place[SCORE_PERCENTILE] != SIZE_MAX;
    if (!scores && (h->place[SCORE_STFT] == SIZE_MAX || h->place[SCORE_FT] == SIZE_MAX))
        return lts_fail(err, LTS_ERR_FORMAT,
                        "%s: line 1: neither scores nor resyntheses: expected what lts-match "
                        "--evaluate writes by --report or --sounds",
                        csv->path);
    if (!scores)
        h->name = SIZE_MAX;
    return LTS_OK;
}

static lts_status read_row(const csv_table *csv, size_t index, const header *h,
                           double row[SCORE_COLUMNS], lts_error *err)
{
    for (int c = 0; c < SCORE_COLUMNS; c++) {
        const char *cell = csv_at(csv, index, h->place[c]);
        if (!csv_number(cell, &row[c]))
            return lts_fail(err, LTS_ERR_FORMAT, "%s: line %zu: %s is '%.40s', not a number",
                            csv->path, csv->line[index], column_name[c], cell);
    }
    return LTS_OK;
}

static lts_status read_rows(score_table *table, const header *h, lts_error *err)
{
    bool has_mean = false;
    for (size_t r = 0; r < table->csv.rows; r++) {
        const char *name = csv_at(&table->csv, r, h->name);
        const bool mean = strcmp(name, "mean") == 0;
        lts_status status =
            read_row(&table->csv, r, h, mean ? table->mean : table->row[table->count], err);
        if (status != LTS_OK)
            return status;
        has_mean = has_mean || mean;
        if (mean)
            continue;
        if (table->name)
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
    header h;
    *table = (score_table){.path = path};
    lts_status status = csv_load(path, CSV_LOOSE | CSV_GROWING | CSV_PIPE, &table->csv, err);
    if (status != LTS_OK)
        goto done;
    status = read_header(&table->csv, &h, err);
    if (status != LTS_OK)
        goto done;
    const size_t rows = table->csv.rows;
    status = lts_alloc_checked(&table->row, rows, sizeof *table->row, path, err);
    if (status != LTS_OK)
        goto done;
    if (h.name != SIZE_MAX)
        status = lts_alloc_checked(&table->name, rows, sizeof *table->name, path, err);
    if (status != LTS_OK)
        goto done;
    status = read_rows(table, &h, err);
done:
    if (status != LTS_OK)
        score_table_free(table);
    return status;
}

void score_table_free(score_table *table)
{
    lts_free(table->name);
    lts_free(table->row);
    csv_free(&table->csv);
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
