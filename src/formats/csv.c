#include "formats/csv.h"

#include <math.h>
#include <string.h>
#include <strings.h>

enum { MOST_BYTES = 1 << 30 };

static const char blanks[] = " \t";

/* The byte order mark: left out where a file begins, unless it is in quotes. */
static const char mark[] = "\xef\xbb\xbf";

typedef struct reader {
    csv_table *table;
    char *at;
    size_t line, room, cells;
    bool loose;
    lts_error *err;
} reader;

/* Appends a cell to the row; NULL ends the row. */
static lts_status keep(reader *r, char *cell)
{
    csv_table *table = r->table;
    if (r->cells == r->room) {
        char **more = NULL;
        const size_t room = r->room ? 2 * r->room : 256;
        lts_status status = lts_alloc_checked(&more, room, sizeof *more, table->path, r->err);
        if (status != LTS_OK)
            return status;
        if (r->cells > 0)
            memcpy(more, table->cell, r->cells * sizeof *more);
        lts_free(table->cell);
        table->cell = more;
        r->room = room;
    }
    table->cell[r->cells++] = cell;
    return LTS_OK;
}

/* The quotation at r->at, unquoted in place; false when it is not closed. */
static bool take_quotation(reader *r, char **end)
{
    char *to = r->at++;
    for (; *r->at && (r->at[0] != '"' || r->at[1] == '"'); r->at++) {
        r->at += *r->at == '"';
        r->line += *r->at == '\n';
        *to++ = *r->at;
    }
    *end = to;
    if (*r->at != '"')
        return false;
    r->at++;
    return true;
}

/* The cell at r->at, ended by a 0 in place; *end is what followed it: ',', '\n' or 0. */
static lts_status take_cell(reader *r, char *end)
{
    const size_t began = r->line;
    r->at += r->loose ? strspn(r->at, blanks) : 0;
    const bool quoted = *r->at == '"';
    char *cell = r->at, *to = cell;
    bool good = !quoted || take_quotation(r, &to);
    if (quoted) {
        r->at += r->loose ? strspn(r->at, blanks) : 0;
        good = good && (!*r->at || strchr(",\r\n", *r->at));
    } else {
        to = r->at += strcspn(r->at, ",\r\n");
        while (r->loose && to > cell && strchr(blanks, to[-1]))
            to--;
    }
    if (!good)
        return lts_fail(r->err, LTS_ERR_FORMAT,
                        "%s: line %zu: a quotation does not end at its field's end: close it, and "
                        "double the quotes within",
                        r->table->path, began);
    if (*r->at == '\r')
        r->at += r->at[1] == '\n';
    *end = *r->at == '\r' ? '\n' : *r->at;
    r->at += *end != '\0';
    r->line += *end == '\n';
    *to = '\0';
    return keep(r, cell);
}

/* A line's cells; *count 0 for an empty line. */
static lts_status take_line(reader *r, size_t *count)
{
    const size_t before = r->cells;
    char end = ',';
    while (end == ',') {
        lts_status status = take_cell(r, &end);
        if (status != LTS_OK)
            return status;
    }
    *count = r->cells - before;
    if (*count == 1 && !r->table->cell[before][0]) {
        r->cells = before;
        *count = 0;
    }
    return LTS_OK;
}

/* A row's `count` cells become as many as there are columns. */
static lts_status even_out(reader *r, size_t count, size_t line)
{
    const size_t columns = r->table->columns;
    if (count != columns && !r->loose)
        return lts_fail(r->err, LTS_ERR_FORMAT, "%s: line %zu: %zu cells, expected %zu",
                        r->table->path, line, count, columns);
    if (count > columns)
        r->cells -= count - columns;
    for (; count < columns; count++) {
        lts_status status = keep(r, NULL);
        if (status != LTS_OK)
            return status;
    }
    return LTS_OK;
}

static lts_status take_lines(reader *r)
{
    csv_table *table = r->table;
    while (*r->at) {
        size_t count;
        const size_t line = r->line;
        lts_status status = take_line(r, &count);
        if (status != LTS_OK)
            return status;
        if (count == 0)
            continue;
        if (table->columns == 0)
            table->columns = count;
        else
            table->line[table->rows++] = line;
        if ((status = even_out(r, count, line)) != LTS_OK)
            return status;
    }
    if (table->columns == 0 && !r->loose)
        return lts_fail(r->err, LTS_ERR_FORMAT, "%s: empty: a line of column names expected",
                        table->path);
    return LTS_OK;
}

lts_status csv_load(const char *path, unsigned how, csv_table *table, lts_error *err)
{
    size_t size, lines = 1;
    *table = (csv_table){.path = path};
    lts_status status = (how & CSV_PIPE ? lts_read_pipe : lts_read_file)(path, MOST_BYTES,
                                                                         &table->bytes, &size, err);
    if (status != LTS_OK)
        return status;
    reader r = {
        .table = table, .at = table->bytes, .line = 1, .loose = how & CSV_LOOSE, .err = err};
    if (strlen(table->bytes) != size) {
        status =
            lts_fail(err, LTS_ERR_FORMAT, "%s: byte %zu is 0: no table in text: save it as UTF-8",
                     path, strlen(table->bytes));
        goto done;
    }
    char *last = strrchr(r.at, '\n');
    if (how & CSV_GROWING)
        *(last ? last + 1 : r.at) = '\0';
    r.at += strncmp(r.at, mark, strlen(mark)) == 0 ? strlen(mark) : 0;
    for (const char *c = r.at; *c; c++)
        lines += *c == '\n' || *c == '\r';
    status = lts_alloc_checked(&table->line, lines, sizeof *table->line, path, err);
    if (status != LTS_OK)
        goto done;
    status = take_lines(&r);
done:
    if (status != LTS_OK)
        csv_free(table);
    return status;
}

void csv_free(csv_table *table)
{
    lts_free(table->bytes);
    lts_free(table->cell);
    lts_free(table->line);
    *table = (csv_table){0};
}

size_t csv_column(const csv_table *table, const char *name)
{
    for (size_t c = 0; c < table->columns; c++)
        if (strcasecmp(table->cell[c], name) == 0)
            return c;
    return SIZE_MAX;
}

const char *csv_at(const csv_table *table, size_t row, size_t column)
{
    const char *cell =
        column < table->columns ? table->cell[(row + 1) * table->columns + column] : NULL;
    return cell ? cell : "";
}

size_t csv_cells(const csv_table *table, size_t row)
{
    size_t count = 0;
    while (count < table->columns && table->cell[(row + 1) * table->columns + count])
        count++;
    return count;
}

bool csv_number(const char *cell, double *value)
{
    *value = (double)NAN;
    if (*cell == '\0' || lts_parse_double(cell, value))
        return true;
    const char *word = cell + strspn(cell, "+-");
    return strcasecmp(word, "nan") == 0 || strncasecmp(word, "inf", 3) == 0;
}

bool csv_write(FILE *stream, const char *cell, bool first)
{
    if (!first && putc(',', stream) == EOF)
        return false;
    const bool marked = strncmp(cell, mark, strlen(mark)) == 0;
    if (!marked && !cell[strcspn(cell, ",\"\r\n")])
        return fputs(cell, stream) != EOF;
    bool good = putc('"', stream) != EOF;
    for (; good && *cell; cell++)
        good = (*cell != '"' || putc('"', stream) != EOF) && putc(*cell, stream) != EOF;
    return good && putc('"', stream) != EOF;
}
