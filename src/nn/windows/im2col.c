#include "nn/windows/im2col.h"

#include <string.h>

static size_t padding_before(size_t in, size_t kernel, size_t stride)
{
    const size_t reach = (im2col_same(in, stride) - 1) * stride + kernel;
    return reach > in ? (reach - in) / 2 : 0;
}

im2col im2col_windows(nn_shape image, nn_extent kernel, nn_extent stride)
{
    return (im2col){
        .image = image,
        .positions = {im2col_same(image.height, stride.height),
                      im2col_same(image.width, stride.width)},
        .kernel = kernel,
        .stride = stride,
        .padding = {padding_before(image.height, kernel.height, stride.height),
                    padding_before(image.width, kernel.width, stride.width)},
    };
}

/* One row of a window is a run of an image's row; `line` is how positions of one row p see the
 * image's row i that window row k falls on. */
typedef struct line {
    const im2col *w;
    size_t image;        /* floats from x to the image's row; SIZE_MAX when it is padding */
    size_t first, count; /* positions q */
    nn_range run;        /* of the K2 C floats of a window's row */
    size_t stride;       /* floats from one position to the next in the matrix */
} line;

/* Copies n floats from each of `count` places of x to each of `to`. */
LTS_CLONES static void copy_runs(const float *restrict x, size_t step, float *restrict to,
                                 size_t stride, size_t n, size_t count)
{
    if (n >= 8) {
        for (size_t q = 0; q < count; q++)
            memcpy(to + q * stride, x + q * step, n * sizeof *to);
        return;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t q = 0; q < count; q++)
            to[q * stride + i] = x[q * step + i];
}

LTS_CLONES static void add_runs(const float *restrict from, size_t stride, float *restrict x,
                                size_t step, size_t n, size_t count)
{
    for (size_t q = 0; q < count; q++)
#pragma omp simd
        for (size_t i = 0; i < n; i++)
            x[q * step + i] += from[q * stride + i];
}

/* The part of a run at position q that lies inside the image's row: floats first .. first+count-1
 * of the run, of which the first is float `at` of the row. */
typedef struct clip {
    size_t first, count, at;
} clip;

static clip clip_run(const line *l, size_t q)
{
    const size_t channels = l->w->image.channels, row = l->w->image.width * channels;
    const size_t left = l->w->padding.width * channels; /* the run begins so far before the row */
    const size_t start = q * l->w->stride.width * channels + l->run.first;
    const size_t end = start + l->run.count;
    const size_t from = start > left ? start : left, to = end < left + row ? end : left + row;
    return from < to ? (clip){from - start, to - from, from - left} : (clip){0, 0, 0};
}

/* The positions whose runs lie wholly inside the row: from the first up to the second. */
static nn_range inside(const line *l)
{
    nn_range whole = {l->first, 0};
    while (whole.first < l->first + l->count && clip_run(l, whole.first).count < l->run.count)
        whole.first++;
    whole.count = l->first + l->count - whole.first;
    while (whole.count > 0 && clip_run(l, whole.first + whole.count - 1).count < l->run.count)
        whole.count--;
    return whole;
}

static void gather_clipped(const line *l, const float *x, size_t first, size_t end, float *to)
{
    for (size_t q = first; q < end; q++) {
        const clip part = clip_run(l, q);
        float *run = to + (q - l->first) * l->stride;
        memset(run, 0, l->run.count * sizeof *run);
        memcpy(run + part.first, x + l->image + part.at, part.count * sizeof *run);
    }
}

static void gather_line(const line *l, const float *x, float *to)
{
    if (l->image == SIZE_MAX) {
        for (size_t q = 0; q < l->count; q++)
            memset(to + q * l->stride, 0, l->run.count * sizeof *to);
        return;
    }
    const nn_range whole = inside(l);
    const size_t end = whole.first + whole.count;
    gather_clipped(l, x, l->first, whole.first, to);
    if (whole.count > 0)
        copy_runs(x + l->image + clip_run(l, whole.first).at,
                  l->w->stride.width * l->w->image.channels,
                  to + (whole.first - l->first) * l->stride, l->stride, l->run.count, whole.count);
    gather_clipped(l, x, end, l->first + l->count, to);
}

static void scatter_clipped(const line *l, const float *from, size_t first, size_t end, float *x)
{
    for (size_t q = first; q < end; q++) {
        const clip part = clip_run(l, q);
        add_runs(from + (q - l->first) * l->stride + part.first, 0, x + l->image + part.at, 0,
                 part.count, 1);
    }
}

static void scatter_line(const line *l, const float *from, float *x)
{
    if (l->image == SIZE_MAX)
        return;
    const nn_range whole = inside(l);
    const size_t end = whole.first + whole.count;
    scatter_clipped(l, from, l->first, whole.first, x);
    if (whole.count > 0)
        add_runs(from + (whole.first - l->first) * l->stride, l->stride,
                 x + l->image + clip_run(l, whole.first).at,
                 l->w->stride.width * l->w->image.channels, l->run.count, whole.count);
    scatter_clipped(l, from, end, l->first + l->count, x);
}

/* The positions from `at` to the end of their row p, at most `left`, with window row k. */
static line line_of(const im2col *w, size_t at, size_t left, size_t k, nn_range columns)
{
    const size_t width = w->positions.width, row = w->kernel.width * w->image.channels;
    const size_t q = at % width, p = at / width % w->positions.height;
    const size_t b = at / width / w->positions.height;
    const size_t begin = columns.first > k * row ? columns.first : k * row;
    const size_t last = columns.first + columns.count;
    const size_t end = last < (k + 1) * row ? last : (k + 1) * row;
    const size_t i = p * w->stride.height + k - w->padding.height; /* wraps where it is above */
    return (line){
        .w = w,
        .image = i < w->image.height
                     ? (b * w->image.height + i) * w->image.width * w->image.channels
                     : SIZE_MAX,
        .first = q,
        .count = width - q < left ? width - q : left,
        .run = {begin - k * row, end - begin},
        .stride = columns.count,
    };
}

void im2col_gather(const im2col *w, const float *x, nn_range positions, nn_range columns, float *to)
{
    const size_t row = w->kernel.width * w->image.channels;
    const size_t first = columns.first / row, last = (columns.first + columns.count - 1) / row;
    for (size_t done = 0, count; done < positions.count; done += count) {
        float *place = to + done * columns.count;
        count = 0;
        for (size_t k = first; k <= last; k++) {
            const line l = line_of(w, positions.first + done, positions.count - done, k, columns);
            gather_line(&l, x, place);
            place += l.run.count;
            count = l.count;
        }
    }
}

void im2col_scatter(const im2col *w, const float *from, nn_range positions, nn_range columns,
                    float *x)
{
    const size_t row = w->kernel.width * w->image.channels;
    const size_t first = columns.first / row, last = (columns.first + columns.count - 1) / row;
    for (size_t done = 0, count; done < positions.count; done += count) {
        const float *place = from + done * columns.count;
        count = 0;
        for (size_t k = first; k <= last; k++) {
            const line l = line_of(w, positions.first + done, positions.count - done, k, columns);
            scatter_line(&l, place, x);
            place += l.run.count;
            count = l.count;
        }
    }
}
