/* Any bytes as a table: every cell read, written and read again. */
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

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    lts_error err = {0};
    csv_table table, again;
    if (csv_load(scratch_file(bytes, size), &table, &err) != LTS_OK) {
        if (err.status == LTS_OK || !err.text[0] || strchr(err.text, '\n'))
            abort();
        return 0;
    }
    for (size_t r = 0; r < table.rows; r++)
        if (table.line[r] < 1 || csv_at(&table, r, SIZE_MAX)[0])
            abort();
    if (csv_column(&table, table.cell[0]) >= table.columns)
        abort();
    size_t length;
    char *text = write_table(&table, &length);
    const lts_status status = csv_load(scratch_file((const uint8_t *)text, length), &again, &err);
    /* An empty cell alone in its row is an empty line, which is passed over. */
    if (table.columns > 1) {
        if (status != LTS_OK || again.rows != table.rows || again.columns != table.columns)
            abort();
        for (size_t i = 0; i < (table.rows + 1) * table.columns; i++)
            if (strcmp(table.cell[i], again.cell[i]) != 0)
                abort();
    }
    free(text);
    csv_free(&table);
    csv_free(&again);
    return 0;
}
