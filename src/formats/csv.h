/* Tables of comma-separated values (RFC 4180), with a line of column names. */
#ifndef FORMATS_CSV_H
#define FORMATS_CSV_H

#include "lts/base.h"

typedef struct csv_table {
    char *bytes;    /* of the file, taken apart in place */
    char **cell;    /* (rows,columns), those of the names first */
    size_t rows;    /* below the names */
    size_t columns; /* >= 1 */
    size_t *line;   /* (rows) where each begins, from 1 */
    const char *path;
} csv_table;

/* The whole file, at most 1 GiB; `path` must outlive the table. LTS_ERR_FORMAT names the line that
 * has another number of cells than the first, or an open quote. A byte order mark and any line ends
 * are accepted, and empty lines passed over. */
lts_status csv_load(const char *path, csv_table *table, lts_error *err);
void csv_free(csv_table *table); /* a zeroed one is allowed */

/* The column of a name, in any case; SIZE_MAX: none. */
size_t csv_column(const csv_table *table, const char *name);
/* "" in a column SIZE_MAX. */
const char *csv_at(const csv_table *table, size_t row, size_t column);

/* One cell, in quotes where need be, after a comma where it is not the first; false: not written.
 */
bool csv_write(FILE *stream, const char *cell, bool first);

#endif
