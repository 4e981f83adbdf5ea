#include "align/time/time.h"

#include <math.h>
#include <string.h>

/* How a cell is reached. */
enum { BEGIN, BOTH, TWO_OF_B, TWO_OF_A };

/* The rows that the recursion looks at. A row is a step i of a; its column q is step j = i + q -
 * radius of b, so that (1,1) stays in the column. A border of two columns on each side is never
 * reached. */
enum { BORDER = 2 };

typedef struct warp {
    const time_profile *a, *b;
    size_t radius, width; /* columns, borders included */
    float *distance[2];   /* (width) d of row i and of row i - 1 */
    double *cost[3];      /* (width) of rows i, i - 1 and i - 2 */
    uint8_t *from;        /* (a->steps,width) */
} warp;

static size_t step_of_b(const warp *w, size_t i, size_t q)
{
    return i + q - (w->radius + BORDER);
}

static void swap_rows(warp *w)
{
    float *distance = w->distance[1];
    double *cost = w->cost[2];
    w->distance[1] = w->distance[0];
    w->distance[0] = distance;
    w->cost[2] = w->cost[1];
    w->cost[1] = w->cost[0];
    w->cost[0] = cost;
}

/* distance[q] += |a - b[q]| for count columns. */
LTS_CLONES static void add_band(float a, const float *restrict b, size_t count,
                                float *restrict distance)
{
    for (size_t q = 0; q < count; q++)
        distance[q] += fabsf(a - b[q]);
}

/* Row i: columns from *begin to before *end are steps of b; d of each. */
static void set_distances(warp *w, size_t i, size_t *begin, size_t *end)
{
    const size_t middle = w->radius + BORDER;
    *begin = i + BORDER < middle ? middle - i : BORDER;
    *end = w->width - BORDER;
    if (i + *end > w->b->steps + middle)
        *end = w->b->steps + middle > i ? w->b->steps + middle - i : 0;
    if (*end <= *begin) {
        *end = *begin;
        return;
    }
    memset(w->distance[0] + *begin, 0, (*end - *begin) * sizeof(float));
    const size_t first = i + *begin - middle;
    for (size_t k = 0; k < w->a->bands; k++)
        add_band(w->a->feature[k * w->a->steps + i], w->b->feature + k * w->b->steps + first,
                 *end - *begin, w->distance[0] + *begin);
}

static void set_costs(warp *w, size_t i, size_t begin, size_t end)
{
    const float *now = w->distance[0], *before = w->distance[1];
    uint8_t *from = w->from + i * w->width;
    for (size_t q = 0; q < w->width; q++)
        w->cost[0][q] = INFINITY;
    for (size_t q = begin; q < end; q++) {
        const double both = w->cost[1][q] + 2 * now[q];
        const double two_of_b = w->cost[1][q - 1] + 1.5 * (now[q - 1] + now[q]);
        const double two_of_a = w->cost[2][q + 1] + 1.5 * (before[q + 1] + now[q]);
        double least = both;
        from[q] = BOTH;
        if (two_of_b < least) {
            least = two_of_b;
            from[q] = TWO_OF_B;
        }
        if (two_of_a < least) {
            least = two_of_a;
            from[q] = TWO_OF_A;
        }
        w->cost[0][q] = least;
    }
}

/* A path may begin in any cell of the first row or column. The silence before it costs twice what
 * it costs after the path: of equal beats the first ones meet. */
static void allow_begin(warp *w, size_t i, size_t q, double skipped)
{
    const double cost = 2 * skipped + 2 * w->distance[0][q];
    if (!(cost < w->cost[0][q]))
        return;
    w->cost[0][q] = cost;
    w->from[i * w->width + q] = BEGIN;
}

/* A path may end in any cell of the last row or column. */
static void allow_end(const warp *w, size_t i, size_t q, double skipped, time_cell *last,
                      double *least)
{
    if (!(w->cost[0][q] + skipped < *least))
        return;
    *least = w->cost[0][q] + skipped;
    *last = (time_cell){i, step_of_b(w, i, q)};
}

/* Runs through all rows; the cell where the best path ends, and its cost. */
static time_cell run_rows(warp *w, double *least)
{
    const time_profile *a = w->a, *b = w->b;
    time_cell last = {0, 0};
    size_t begin = 0, end = 0;
    double before = 0, after = 0; /* distance from silence of the steps before and after one */
    *least = INFINITY;
    for (size_t i = 0; i < a->steps; i++)
        after += a->silence[i];
    for (size_t i = 0; i < a->steps; i++) {
        swap_rows(w);
        set_distances(w, i, &begin, &end);
        set_costs(w, i, begin, end);
        if (begin < end && step_of_b(w, i, begin) == 0)
            allow_begin(w, i, begin, before);
        before += a->silence[i];
        after -= a->silence[i];
        double before_b = 0;
        for (size_t q = begin; i == 0 && q < end; q++) {
            allow_begin(w, i, q, before_b);
            before_b += b->silence[step_of_b(w, i, q)];
        }
        if (begin < end && step_of_b(w, i, end - 1) + 1 == b->steps)
            allow_end(w, i, end - 1, after, &last, least);
    }
    if (begin == end)
        return last;
    after = 0;
    for (size_t j = b->steps; j-- > step_of_b(w, a->steps - 1, end);)
        after += b->silence[j];
    for (size_t q = end; q-- > begin;) {
        allow_end(w, a->steps - 1, q, after, &last, least);
        after += b->silence[step_of_b(w, a->steps - 1, q)];
    }
    return last;
}

/* From the last cell back to the first, then turned round. */
static size_t trace(const warp *w, time_cell last, time_cell *path)
{
    size_t count = 0;
    for (;;) {
        path[count++] = last;
        const size_t q = last.b + w->radius + BORDER - last.a;
        const uint8_t from = w->from[last.a * w->width + q];
        if (from == BEGIN)
            break;
        last.a -= from == TWO_OF_A ? 2 : 1;
        last.b -= from == TWO_OF_B ? 2 : 1;
    }
    for (size_t i = 0; i < count / 2; i++) {
        const time_cell cell = path[i];
        path[i] = path[count - 1 - i];
        path[count - 1 - i] = cell;
    }
    return count;
}

lts_status time_warp(const time_profile *a, const time_profile *b, size_t radius, time_cell **path,
                     size_t *count, double *cost, lts_error *err)
{
    const char *what = "dynamic time warping";
    warp w = {.a = a, .b = b, .radius = radius, .width = 2 * (radius + BORDER) + 1};
    const size_t shorter = a->steps < b->steps ? a->steps : b->steps;
    lts_status status = lts_alloc_checked(&w.from, a->steps, w.width, what, err);
    *path = NULL;
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < 2; i++) {
        status = lts_alloc_checked(&w.distance[i], w.width, sizeof(float), what, err);
        if (status != LTS_OK)
            goto done;
    }
    for (size_t i = 0; i < 3; i++) {
        status = lts_alloc_checked(&w.cost[i], w.width, sizeof(double), what, err);
        if (status != LTS_OK)
            goto done;
        for (size_t q = 0; q < w.width; q++)
            w.cost[i][q] = INFINITY;
    }
    status = lts_alloc_checked(path, shorter, sizeof **path, what, err);
    if (status != LTS_OK)
        goto done;
    double least;
    const time_cell last = run_rows(&w, &least);
    *count = trace(&w, last, *path);
    if (cost)
        *cost = least;
done:
    for (size_t i = 0; i < 2; i++)
        lts_free(w.distance[i]);
    for (size_t i = 0; i < 3; i++)
        lts_free(w.cost[i]);
    lts_free(w.from);
    return status;
}
