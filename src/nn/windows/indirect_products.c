#include "nn/windows/indirect_products.h"

#include "nn/windows/indirect.h"
#include "nn/windows/window_runs.h"

#include <string.h>

/* The workspace holds packed weights, or the small images' values for a gradient; from CLIPPED on,
 * copies of clipped runs; from UNWANTED on, a row for what nobody wants. */
enum {
    INNER = 128,            /* floats of a run in one product, whose weights so stay in a cache */
    MOST_COLUMNS = 512,     /* of a run, on the way back */
    MOST_WEIGHTS = 1 << 16, /* packed at once */
    MOST_SMALL = MOST_WEIGHTS / 64, /* channels of the small image */
    CLIPPED = MOST_WEIGHTS + MOST_SMALL * INDIRECT_LANES,
    UNWANTED = CLIPPED + WINDOW_RUNS * MOST_COLUMNS,
    GROUP_POSITIONS = 48,
    GRADIENT_POSITIONS = 64, /* summed before they are added to the gradient */
};

_Static_assert((int)UNWANTED + (int)MOST_SMALL <= (int)WINDOW_WORKSPACE,
               "the workspace holds them all");

static size_t run_floats(const window_layer *of)
{
    return of->windows.kernel.width * of->windows.image.channels;
}

static size_t positions_of(const window_layer *of)
{
    return of->windows.positions.height * of->windows.positions.width;
}

bool indirect_fits(const window_layer *of)
{
    return run_floats(of) >= INDIRECT_LANES && of->small >= INDIRECT_LANES &&
           of->small <= MOST_SMALL;
}

size_t indirect_group(const window_layer *of)
{
    return (GROUP_POSITIONS + positions_of(of) - 1) / positions_of(of);
}

/* Pointers to the rows of a product. */
typedef struct product_rows {
    const float *in[WINDOW_RUNS];
    float *out[WINDOW_RUNS];
    size_t count;
} product_rows;

/* Fills the last tile: its rows beyond the last are computed to no purpose. */
static void fill_tile(product_rows *rows, size_t count, float *unwanted)
{
    rows->count = (count + INDIRECT_TILE - 1) / INDIRECT_TILE * INDIRECT_TILE;
    for (size_t i = count; i < rows->count; i++) {
        rows->in[i] = rows->in[0];
        rows->out[i] = unwanted;
    }
}

/* The floats of `clip` inside `part` of its run: from the first up to the second, of the run. */
static nn_range inside(const clipped_run *clip, nn_range part)
{
    const size_t end = clip->first + clip->count, last = part.first + part.count;
    const size_t from = clip->first > part.first ? clip->first : part.first;
    const size_t to = end < last ? end : last;
    return (nn_range){from, to > from ? to - from : 0};
}

/* in[i]: `part` of each listed run, a copy with zeros where it is clipped. */
static void read_runs(const window_run_list *list, const float *image, nn_range part, float *copies,
                      const float **in)
{
    for (size_t i = 0; i < list->count; i++)
        in[i] = image + list->at[i] + part.first;
    for (size_t c = 0; c < list->clipped_count; c++, copies += part.count) {
        const clipped_run *clip = &list->clipped[c];
        const nn_range kept = inside(clip, part);
        memset(copies, 0, part.count * sizeof *copies);
        memcpy(copies + (kept.first - part.first), image + clip->at + (kept.first - clip->first),
               kept.count * sizeof *copies);
        in[clip->index] = copies;
    }
}

/* One list's part of `small += windows W`, of `part` of their rows. */
static void add_to_small(const window_layer *of, const window_run_list *list, const float *image,
                         nn_range part, float *workspace, float *small)
{
    product_rows rows;
    read_runs(list, image, part, workspace + CLIPPED, rows.in);
    for (size_t i = 0; i < list->count; i++)
        rows.out[i] = small + list->position[i] * of->small;
    fill_tile(&rows, list->count, workspace + UNWANTED);
    indirect_kernels_best()->multiply(rows.in, part.count, workspace, of->small, rows.out,
                                      rows.count);
}

static void pack_weights(const window_layer *of, const float *w, size_t inner, float *to)
{
    const float *rows[INNER];
    for (size_t j = 0; j < inner; j++)
        rows[j] = w + j * of->small;
    indirect_kernels_best()->pack_rows(rows, inner, of->small, to);
}

static void set_bias(const window_layer *of, const float *bias, nn_range positions, float *small)
{
    const size_t bytes = of->small * sizeof *small;
    float *at = small + positions.first * of->small;
    if (!bias)
        memset(at, 0, positions.count * bytes);
    for (size_t p = 0; bias && p < positions.count; p++, at += of->small)
        memcpy(at, bias, bytes);
}

void indirect_to_small(const window_layer *of, const float *image, const float *w,
                       const float *bias, nn_range rows, float *workspace, float *small)
{
    const nn_range all = {rows.first * positions_of(of), rows.count * positions_of(of)};
    const size_t run = run_floats(of), inner = MOST_WEIGHTS / of->small < INNER
                                                   ? MOST_WEIGHTS / of->small
                                                   : (size_t)INNER;
    window_run_list list;
    set_bias(of, bias, all, small);
    for (size_t k = 0; k < of->windows.kernel.height; k++)
        for (nn_range part = {0, 0}; part.first < run; part.first += part.count) {
            part.count = run - part.first < inner ? run - part.first : inner;
            pack_weights(of, w + (k * run + part.first) * of->small, part.count, workspace);
            for (size_t done = 0, count; done < all.count; done += count) {
                count = all.count - done < WINDOW_RUNS ? all.count - done : WINDOW_RUNS;
                window_runs_find(&of->windows, (nn_range){all.first + done, count}, k, false,
                                 &list);
                add_to_small(of, &list, image, part, workspace, small);
            }
        }
}

/* The next part of a run: whole tiles of columns, none of them too narrow for a product. */
static nn_range next_part(const window_layer *of, size_t done)
{
    const size_t most =
        MOST_WEIGHTS / of->small < MOST_COLUMNS ? MOST_WEIGHTS / of->small : (size_t)MOST_COLUMNS;
    const size_t left = run_floats(of) - done, parts = (left + most - 1) / most;
    const size_t even = (left / parts + INDIRECT_LANES - 1) / INDIRECT_LANES * INDIRECT_LANES;
    return (nn_range){done, parts == 1 ? left : even < most ? even : most};
}

/* One list's part of `image += small W'`. */
static void add_to_image(const window_layer *of, const window_run_list *list, const float *small,
                         nn_range part, float *workspace, float *image)
{
    float *clipped = workspace + CLIPPED;
    product_rows rows;
    for (size_t i = 0; i < list->count; i++) {
        rows.in[i] = small + list->position[i] * of->small;
        rows.out[i] = image + list->at[i] + part.first;
    }
    for (size_t c = 0; c < list->clipped_count; c++)
        rows.out[list->clipped[c].index] = clipped + c * part.count;
    memset(clipped, 0, list->clipped_count * part.count * sizeof *clipped);
    fill_tile(&rows, list->count, workspace + UNWANTED);
    indirect_kernels_best()->multiply(rows.in, of->small, workspace, part.count, rows.out,
                                      rows.count);
    for (size_t c = 0; c < list->clipped_count; c++, clipped += part.count) {
        const clipped_run *clip = &list->clipped[c];
        const nn_range kept = inside(clip, part);
        float *to = image + clip->at + (kept.first - clip->first);
        for (size_t i = 0; i < kept.count; i++)
            to[i] += clipped[kept.first - part.first + i];
    }
}

/* The next positions up to `end`, which do not reach into the next group. */
static nn_range next_positions(const window_layer *of, size_t at, size_t end)
{
    const size_t group = indirect_group(of) * positions_of(of), in_group = group - at % group;
    const size_t most = in_group < WINDOW_RUNS ? in_group : WINDOW_RUNS;
    return (nn_range){at, end - at < most ? end - at : most};
}

void indirect_to_image(const window_layer *of, const float *small, const float *w, nn_range rows,
                       float *workspace, float *image)
{
    const size_t first = rows.first * positions_of(of), end = first + rows.count * positions_of(of);
    const size_t run = run_floats(of);
    window_run_list list;
    for (size_t k = 0; k < of->windows.kernel.height; k++)
        for (nn_range part = {0, 0}; part.first < run; part.first += part.count) {
            part = next_part(of, part.first);
            indirect_kernels_best()->pack_columns(w + (k * run + part.first) * of->small, of->small,
                                                  of->small, part.count, workspace);
            for (nn_range at = {first, 0}; at.first < end; at.first += at.count) {
                at = next_positions(of, at.first, end);
                window_runs_find(&of->windows, at, k, false, &list);
                add_to_image(of, &list, small, part, workspace, image);
            }
        }
}

/* One list's part of the gradient of `part` of a window's row, from the small images' values at all
 * listed positions, packed. */
static void add_to_gradient(const window_layer *of, const window_run_list *list, const float *image,
                            nn_range part, float *workspace, float *g)
{
    /* A product reads at least a tile. */
    const size_t before = part.count < INDIRECT_TILE && part.first > 0
                              ? part.first < INDIRECT_TILE ? part.first : (size_t)INDIRECT_TILE
                              : 0;
    const size_t wanted = before + part.count;
    const nn_range read = {part.first - before, wanted > INDIRECT_TILE ? wanted : INDIRECT_TILE};
    const float *in[WINDOW_RUNS];
    read_runs(list, image, read, workspace + CLIPPED, in);
    indirect_kernels_best()->gradient(in, (nn_range){before, part.count}, workspace, of->small, g,
                                      list->count);
}

static void pack_values(const window_layer *of, const float *small, nn_range positions, float *to)
{
    const float *rows[GRADIENT_POSITIONS];
    for (size_t i = 0; i < positions.count; i++)
        rows[i] = small + (positions.first + i) * of->small;
    indirect_kernels_best()->pack_rows(rows, positions.count, of->small, to);
}

void indirect_gradient(const window_layer *of, const float *image, const float *small, size_t batch,
                       nn_range columns, float *workspace, float *g)
{
    const size_t all = batch * positions_of(of), run = run_floats(of);
    const size_t end = columns.first + columns.count;
    window_run_list list;
    for (size_t at = 0; at < all; at += GRADIENT_POSITIONS) {
        const size_t left = all - at;
        const nn_range positions = {at, left < GRADIENT_POSITIONS ? left : GRADIENT_POSITIONS};
        pack_values(of, small, positions, workspace);
        for (size_t k = columns.first / run; k * run < end; k++) {
            const size_t from = columns.first > k * run ? columns.first : k * run;
            const size_t to = end < (k + 1) * run ? end : (k + 1) * run;
            window_runs_find(&of->windows, positions, k, true, &list);
            for (size_t done = from, count; done < to; done += count) {
                count = to - done < MOST_COLUMNS ? to - done : MOST_COLUMNS;
                add_to_gradient(of, &list, image, (nn_range){done - k * run, count}, workspace,
                                g + (done - columns.first) * of->small);
            }
        }
    }
}
