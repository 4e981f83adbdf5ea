#include "pipeline/latent_map/map_parts.h"

static const char *const columns[MAP_LABELS] = {"descriptor", "magnitude", "pitch"};

/* place[i] = the number of column i. */
static lts_status find_columns(const csv_table *table, size_t place[MAP_LABELS], lts_error *err)
{
    for (int i = 0; i < MAP_LABELS; i++) {
        place[i] = csv_column(table, columns[i]);
        if (place[i] == SIZE_MAX)
            return lts_fail(err, LTS_ERR_FORMAT,
                            "%s: line 1: no column %s: name the columns descriptor, magnitude and "
                            "pitch",
                            table->path, columns[i]);
    }
    return LTS_OK;
}

/* Reads the table's next row, whose index is labels->n. */
static lts_status read_row(const size_t place[MAP_LABELS], point_labels *labels, lts_error *err)
{
    const csv_table *table = &labels->table;
    const size_t row = labels->n, cells = csv_cells(table, row);
    for (int i = 0; i < MAP_LABELS; i++) {
        if (place[i] >= cells)
            return lts_fail(err, LTS_ERR_FORMAT, "%s: line %zu: %zu fields, no %s", table->path,
                            table->line[row], cells, columns[i]);
        labels->text[i][row] = csv_at(table, row, place[i]);
    }
    const char *magnitude = labels->text[LTS_MAP_MAGNITUDE][row];
    if (!lts_parse_double(magnitude, &labels->magnitude[row]))
        return lts_fail(err, LTS_ERR_FORMAT, "%s: line %zu: magnitude '%.40s': expected a number",
                        table->path, table->line[row], magnitude);
    labels->n++;
    return LTS_OK;
}

lts_status point_labels_load(const char *path, point_labels *labels, lts_error *err)
{
    size_t place[MAP_LABELS];
    *labels = (point_labels){0};
    lts_status status = csv_load(path, CSV_LOOSE | CSV_PIPE, &labels->table, err);
    if (status != LTS_OK)
        goto done;
    status = find_columns(&labels->table, place, err);
    if (status != LTS_OK)
        goto done;
    const size_t rows = labels->table.rows;
    for (int i = 0; i < MAP_LABELS; i++) {
        status = lts_alloc_checked(&labels->text[i], rows, sizeof *labels->text[i], path, err);
        if (status != LTS_OK)
            goto done;
    }
    status = lts_alloc_checked(&labels->magnitude, rows, sizeof(double), path, err);
    if (status != LTS_OK)
        goto done;
    while (labels->n < rows)
        if ((status = read_row(place, labels, err)) != LTS_OK)
            goto done;
done:
    if (status != LTS_OK)
        point_labels_free(labels);
    return status;
}

void point_labels_keep(point_labels *labels, const size_t *index, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (int l = 0; l < MAP_LABELS; l++)
            labels->text[l][i] = labels->text[l][index[i]];
        labels->magnitude[i] = labels->magnitude[index[i]];
    }
    labels->n = count;
}

void point_labels_free(point_labels *labels)
{
    for (int i = 0; i < MAP_LABELS; i++)
        lts_free(labels->text[i]);
    lts_free(labels->magnitude);
    lts_free(labels->bytes);
    csv_free(&labels->table);
    *labels = (point_labels){0};
}
