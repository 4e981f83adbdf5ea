/* Any bytes as a table, in each way of reading: every cell read, written and read again. */
#include "scratch_file.h"

#include "formats/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* The table as csv_write writes it: new bytes, freed with free. */
static char *write_table(const csv_table *table, size_t *size)
{
    char *text = NULL;
    FILE *stream = open_memstream(&text, size);
    if (!stream)
        abort();
    for (size_t r = 0; r <= table->rows; r++) {
        for (size_t c = 0; c < table->columns; c++)
            if (!csv_write(stream, table->cell[r * table->columns + c], c == 0))
                abort();
        fputc('\n', stream);
    }
    if (fclose(stream) != 0)
        abort();
    return text;
}

static void check_reason(const lts_error *err)
{
    if (err->status == LTS_OK || !err->text[0] || strchr(err->text, '\n'))
        abort();
}

static void read_cells(const csv_table *table)
{
    double value;
    for (size_t r = 0; r < table->rows; r++) {
        const size_t cells = csv_cells(table, r);
        if (table->line[r] < 1 || cells < 1 || csv_at(table, r, SIZE_MAX)[0])
            abort();
        for (size_t c = 0; c < table->columns; c++) {
            const char *cell = csv_at(table, r, c);
            if (c >= cells && cell[0])
                abort();
            csv_number(cell, &value);
        }
    }
    if (table->columns > 0 && csv_column(table, table->cell[0]) >= table->columns)
        abort();
}

/* What a strict reading takes is written and read again. */
static void check_strict(const csv_table *table)
{
    lts_error err = {0};
    csv_table again;
    size_t length;
    for (size_t r = 0; r < table->rows; r++)
        if (csv_cells(table, r) != table->columns)
            abort();
    char *text = write_table(table, &length);
    const lts_status status =
        csv_load(scratch_file((const uint8_t *)text, length), 0, &again, &err);
    /* An empty cell alone in its row is an empty line, which is passed over. */
    if (table->columns > 1) {
        if (status != LTS_OK || again.rows != table->rows || again.columns != table->columns)
            abort();
        for (size_t i = 0; i < (table->rows + 1) * table->columns; i++)
            if (strcmp(table->cell[i], again.cell[i]) != 0)
                abort();
    }
    free(text);
    csv_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    for (unsigned how = 0; how <= (CSV_LOOSE | CSV_GROWING | CSV_PIPE); how++) {
        lts_error err = {0};
        csv_table table;
        if (csv_load(scratch_file(bytes, size), how, &table, &err) != LTS_OK) {
            check_reason(&err);
            continue;
        }
        read_cells(&table);
        if (how == 0)
            check_strict(&table);
        csv_free(&table);
    }
    return 0;
}
