/* Where the rows of windows lie in an image: row k of a window is a run of K2 C floats of a row of
 * the image. */
#ifndef NN_WINDOWS_WINDOW_RUNS_H
#define NN_WINDOWS_WINDOW_RUNS_H

#include "nn/windows/im2col.h"

enum { WINDOW_RUNS = 240 };

/* A run that reaches over the side of the image. */
typedef struct clipped_run {
    size_t index;        /* in the list */
    size_t first, count; /* of its floats, those inside the image */
    size_t at;           /* of the first of them in the image */
} clipped_run;

typedef struct window_run_list {
    size_t count;
    size_t position[WINDOW_RUNS];
    size_t at[WINDOW_RUNS]; /* floats from the image to the run; 0 where it is clipped */
    size_t clipped_count;
    clipped_run clipped[WINDOW_RUNS];
} window_run_list;

/* Row k of the windows at these positions, at most WINDOW_RUNS. Those above and below the image are
 * left out, or clipped to nothing where `every` position is to be listed. */
void window_runs_find(const im2col *w, nn_range positions, size_t k, bool every,
                      window_run_list *list);

#endif
