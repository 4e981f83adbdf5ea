/* Lines of a table that may still be written, such as a history of a training: cells between
 * commas, their names in the first line. formats/csv.h reads a finished one whole. */
#ifndef FORMATS_CSV_LINES_H
#define FORMATS_CSV_LINES_H

#include <stdbool.h>
#include <stddef.h>

enum { CSV_CELLS = 256 };

/* The next line, ended by a 0; NULL when there is none, or only one without its newline, as a file
 * that is still being written may end. */
char *csv_line(char **cursor);
/* Cuts `line` at its commas; returns the number of cells, at most CSV_CELLS. Blanks and quotes
 * around one are left out. */
size_t csv_split(char *line, char *cell[CSV_CELLS]);
/* Whether the cell is a number; it is NaN for an empty one, "nan" and "inf". */
bool csv_number(const char *cell, double *value);

#endif
