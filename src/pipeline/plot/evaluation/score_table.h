/* The tables of an evaluation as the numbers of a picture. */
#ifndef PIPELINE_PLOT_EVALUATION_SCORE_TABLE_H
#define PIPELINE_PLOT_EVALUATION_SCORE_TABLE_H

#include "formats/csv.h"

/* Columns of a table of scores, which names parameters, then those of one of resyntheses. */
enum score_column {
    SCORE_PERCENTILE,
    SCORE_TOP, /* the first of SCORE_TOPS: the share, in percent, among the k = 1 .. most probable
                */
    SCORE_TOPS = 5,
    SCORE_PUBLISHED = SCORE_TOP + SCORE_TOPS,
    SCORE_STFT,
    SCORE_FT,
    SCORE_COLUMNS
};

typedef struct score_table {
    const char *path;             /* of the caller */
    csv_table csv;                /* of the file, which the names lie in */
    const char **name;            /* (count) parameters; NULL: a table of resyntheses */
    double (*row)[SCORE_COLUMNS]; /* (count); NaN where the file has no number */
    double mean[SCORE_COLUMNS];   /* of its line "mean", or of the rows */
    size_t count;                 /* 1 or more; without the mean */
} score_table;

/* LTS_ERR_FORMAT for a file of other columns, a cell that is no number, or no row. */
lts_status score_table_read(const char *path, score_table *table, lts_error *err);
void score_table_free(score_table *table); /* a zeroed one is allowed */

/* The part of a parameter's name that says what it is, after its last '_': "f" of "sin_f"; the
 * whole where another parameter of the table does not end so too. */
const char *score_table_group(const score_table *table, size_t index);

#endif
