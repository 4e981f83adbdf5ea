/* history.csv as the numbers of a picture. */
#ifndef PIPELINE_PLOT_PLOT_HISTORY_H
#define PIPELINE_PLOT_PLOT_HISTORY_H

#include "lts/base.h"

enum plot_column {
    PLOT_EPOCH,
    PLOT_LOSS,
    PLOT_KL,
    PLOT_VALIDATION,
    PLOT_VALIDATION_KL,
    PLOT_COLUMNS
};

typedef struct plot_history {
    char *name;                  /* of the run: its last two folders */
    double (*row)[PLOT_COLUMNS]; /* count rows; NaN where the file has no number */
    size_t count;                /* >= 1 */
    double low[PLOT_COLUMNS];    /* the smallest and the largest number of each column, */
    double high[PLOT_COLUMNS];   /* NaN when it has none */
    enum plot_column criterion;  /* the column the best epoch is chosen by */
    size_t best;                 /* its row */
} plot_history;

/* RUN/history.csv, or the file itself. A file cut off in its last line, as one still being written
 * may be, gives the lines before. */
lts_status plot_history_read(const char *run, plot_history *history, lts_error *err);
/* Those of `count` runs that can be read, at the front of `history` (count); `count` becomes their
 * number. Each other is warned about unless it is the only run. When none is left the first one's
 * error is returned. */
lts_status plot_histories_read(const char *const *runs, plot_history *history, size_t *count,
                               const lts_reporter *reporter, lts_error *err);
void plot_history_free(plot_history *history);

#endif
