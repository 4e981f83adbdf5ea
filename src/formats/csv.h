/* Tables of comma-separated values (RFC 4180), with a line of column names. */
#ifndef FORMATS_CSV_H
#define FORMATS_CSV_H

#include "lts/base.h"

typedef struct csv_table {
    char *bytes;    /* of the file, taken apart in place */
    char **cell;    /* (rows,columns), those of the names first; NULL: the row ends before it */
    size_t rows;    /* below the names */
    size_t columns; /* >= 1; 0 in an empty loose table */
    size_t *line;   /* (rows) where each begins, from 1 */
    const char *path;
} csv_table;

/* How a table is read, beyond RFC 4180. */
enum {
    /* People write it: a row may have more cells than there are names, which are left out, or
     * fewer, blanks around a cell are left out, and there may be nothing at all. */
    CSV_LOOSE = 1,
    /* It may still be written: a last line without its end is left out. */
    CSV_GROWING = 2,
    /* A pipe is read as well, to its end: see lts_read_pipe. */
    CSV_PIPE = 4
};

/* The whole file, at most 1 GiB, or standard input ("-"); `how` is 0 or the sum of some of those;
 * `path` must outlive the table. LTS_ERR_FORMAT names the line whose quotation does not end where
 * its cell does, or that has another number of cells than the first. A byte order mark and any line
 * ends are accepted, and empty lines passed over. */
lts_status csv_load(const char *path, unsigned how, csv_table *table, lts_error *err);
void csv_free(csv_table *table); /* a zeroed one is allowed */

/* The column of a name, in any case; SIZE_MAX: none. */
size_t csv_column(const csv_table *table, const char *name);
/* "" in a column SIZE_MAX, and where the row ends before the column. */
const char *csv_at(const csv_table *table, size_t row, size_t column);
/* How many cells the row has, at most as many as there are columns. */
size_t csv_cells(const csv_table *table, size_t row);
/* Whether the cell is a number; it is NaN for an empty one, "nan" and "inf". */
bool csv_number(const char *cell, double *value);

/* One cell, in quotes where need be, after a comma where it is not the first; false: not written.
 */
bool csv_write(FILE *stream, const char *cell, bool first);

#endif
