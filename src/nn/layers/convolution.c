/* Convolutions as products with the matrix of their windows, a block of it at a time. */
#include "nn/layers/im2col.h"
#include "nn/layers/layer.h"
#include "nn/layers/short_windows.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

enum {
    BLOCK_FLOATS = 256 * 1024, /* of the matrix: about a second-level cache */
    LEAST_POSITIONS = 16,      /* in a block, also where windows are long */
    MOST_FLOATS = 1 << 24,     /* of a window */
    REGION_POSITIONS = 192,    /* of a region of rows, where the batch has as many */
    GRAIN = 16
};

static im2col windows_of(const nn_layer *layer)
{
    return im2col_windows(layer->in, layer->kernel, layer->stride);
}

static size_t window_floats(const nn_layer *layer)
{
    return layer->kernel.height * layer->kernel.width * layer->in.channels;
}

static bool shapes_fit(const nn_layer *layer)
{
    const nn_extent kernel = layer->kernel, stride = layer->stride;
    if (kernel.height < 1 || kernel.width < 1 || stride.height < 1 || stride.width < 1 ||
        kernel.height > NN_MAX_KERNEL || kernel.width > NN_MAX_KERNEL ||
        window_floats(layer) > MOST_FLOATS)
        return false;
    return layer->out.height == im2col_same(layer->in.height, stride.height) &&
           layer->out.width == im2col_same(layer->in.width, stride.width);
}

static void declare(const nn_layer *layer, parameter_list *list)
{
    declare_parameter(list, layer->name, "weight",
                      (dimensions){{layer->kernel.height, layer->kernel.width, layer->in.channels,
                                    layer->out.channels}},
                      true);
    declare_parameter(list, layer->name, "bias", (dimensions){{layer->out.channels}}, true);
}

static size_t no_cache(const nn_layer *layer, size_t batch)
{
    (void)layer, (void)batch;
    return 0;
}

/* Also enough for one position of the output, which the bias's gradient needs. */
static size_t workspace_floats(const nn_layer *layer)
{
    const size_t window = window_floats(layer), outputs = layer->out.channels;
    const size_t least = LEAST_POSITIONS * (window > outputs ? window : outputs);
    return least > BLOCK_FLOATS ? least : BLOCK_FLOATS;
}

/* As PyTorch's convolutions: uniform in +-1/sqrt(floats of a window). */
static void init(const nn_layer *layer, lts_rng *rng, float *trained, float *statistics)
{
    const size_t window = window_floats(layer);
    const double bound = 1 / sqrt((double)window);
    (void)statistics;
    for (size_t i = 0; i < (window + 1) * layer->out.channels; i++)
        trained[i] = (float)(bound * (2 * lts_rng_uniform(rng) - 1));
}

/* Enough rows for an efficient product, but not so many that workers find none. */
static size_t region_rows(const nn_layer *layer, const nn_pass *pass)
{
    const size_t positions = layer->out.height * layer->out.width;
    const size_t shards = pass->shards ? pass->shards : 1;
    const size_t wanted = (REGION_POSITIONS + positions - 1) / positions;
    const size_t most = (pass->batch + shards - 1) / shards;
    return wanted < most ? wanted : most;
}

/* The next block of `positions`, whose windows have so many floats: whole blocks of one size. */
static nn_range next_block(nn_range positions, size_t done, size_t floats)
{
    const size_t fit = BLOCK_FLOATS / floats;
    const size_t most = fit > LEAST_POSITIONS ? fit : LEAST_POSITIONS;
    const size_t left = positions.count - done;
    return (nn_range){positions.first + done, left < most ? left : most};
}

static nn_range positions_of(const nn_layer *layer, nn_range rows)
{
    const size_t positions = layer->out.height * layer->out.width;
    return (nn_range){rows.first * positions, rows.count * positions};
}

/* y = windows W + b of a block, a long product written over the biases. */
static void multiply(const float *windows, size_t floats, const float *w, size_t outputs,
                     nn_range block, float *y)
{
    const float *bias = w + floats * outputs;
    if (floats <= SHORT_WINDOW) {
        short_windows_product(windows, floats, w, bias, outputs, y, block.count);
        return;
    }
    for (size_t p = 0; p < block.count; p++)
        memcpy(y + p * outputs, bias, outputs * sizeof *y);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)block.count, (int)outputs,
                (int)floats, 1, windows, (int)floats, w, (int)outputs, 1, y, (int)outputs);
}

static void forward(const layer_call *call, region of)
{
    const im2col windows = windows_of(call->layer);
    const size_t floats = im2col_floats(&windows), outputs = call->layer->out.channels;
    const nn_range all = positions_of(call->layer, of.rows);
    for (size_t done = 0; done < all.count;) {
        const nn_range block = next_block(all, done, floats);
        im2col_gather(&windows, call->x, block, (nn_range){0, floats}, call->workspace);
        multiply(call->workspace, floats, call->trained, outputs, block,
                 call->y + block.first * outputs);
        done += block.count;
    }
}

/* Windows of gx += gy W' */
static void backward(const layer_call *call, region of)
{
    const im2col windows = windows_of(call->layer);
    const size_t floats = im2col_floats(&windows), outputs = call->layer->out.channels;
    const size_t inputs = nn_inputs(call->layer);
    const nn_range all = positions_of(call->layer, of.rows);
    if (!call->gx)
        return;
    if (!call->adds_to_gx)
        memset(call->gx + of.rows.first * inputs, 0, of.rows.count * inputs * sizeof *call->gx);
    for (size_t done = 0; done < all.count;) {
        const nn_range block = next_block(all, done, floats);
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)block.count, (int)floats,
                    (int)outputs, 1, call->gy + block.first * outputs, (int)outputs, call->trained,
                    (int)outputs, 0, call->workspace, (int)floats);
        im2col_scatter(&windows, call->workspace, block, call->gx);
        done += block.count;
    }
}

/* Floats of a window, rows of W, in a block of the gradient: an even number of blocks for the
 * workers to share, few enough that the product seldom lays out gy anew, each small enough for a
 * cache. The last block is the bias. */
static size_t block_rows(const nn_layer *layer)
{
    enum { PAIR_ROWS = 384 };
    const size_t floats = window_floats(layer);
    const size_t most = weight_block_rows(layer->out.channels, floats);
    const size_t parts = 2 * ((floats + PAIR_ROWS - 1) / PAIR_ROWS);
    const size_t wanted = (floats + parts * GRAIN - 1) / (parts * GRAIN) * GRAIN;
    return wanted < most ? wanted : most;
}

static size_t block_count(const nn_layer *layer)
{
    const size_t rows = block_rows(layer);
    return (window_floats(layer) + rows - 1) / rows + 1;
}

static nn_range block(const nn_layer *layer, size_t index)
{
    const size_t floats = window_floats(layer), outputs = layer->out.channels;
    const size_t rows = block_rows(layer);
    if (index + 1 == block_count(layer))
        return (nn_range){floats * outputs, outputs};
    const size_t left = floats - index * rows;
    return (nn_range){index * rows * outputs, (left < rows ? left : rows) * outputs};
}

/* gb += sum over positions of gy, summed row by row first: there may be very many of them. */
static void bias_gradient(const layer_call *call, float *g)
{
    const size_t outputs = call->layer->out.channels;
    const size_t positions = call->layer->out.height * call->layer->out.width;
    for (size_t b = 0; b < call->batch; b++) {
        memset(call->workspace, 0, outputs * sizeof *g);
        for (size_t p = 0; p < positions; p++)
            vector_add(call->gy + (b * positions + p) * outputs, call->workspace, outputs);
        vector_add(call->workspace, g, outputs);
    }
}

/* gW += windows' gy, of these columns of the windows. */
static void gradient(const layer_call *call, size_t index, float *g)
{
    const im2col windows = windows_of(call->layer);
    const size_t outputs = call->layer->out.channels;
    const nn_range range = block(call->layer, index);
    const nn_range all = positions_of(call->layer, (nn_range){0, call->batch});
    if (index + 1 == block_count(call->layer)) {
        bias_gradient(call, g);
        return;
    }
    const nn_range columns = {range.first / outputs, range.count / outputs};
    for (size_t done = 0; done < all.count;) {
        const nn_range part = next_block(all, done, columns.count);
        const float *gy = call->gy + part.first * outputs;
        im2col_gather(&windows, call->x, part, columns, call->workspace);
        if (im2col_floats(&windows) <= SHORT_WINDOW)
            short_windows_gradient(call->workspace, columns.count, gy, outputs, g, part.count);
        else
            cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)columns.count, (int)outputs,
                        (int)part.count, 1, call->workspace, (int)columns.count, gy, (int)outputs,
                        1, g, (int)outputs);
        done += part.count;
    }
}

const layer_kind layer_convolution = {
    .text = "convolution",
    .region_rows = region_rows,
    .workspace_floats = workspace_floats,
    .shapes_fit = shapes_fit,
    .declare = declare,
    .cache_floats = no_cache,
    .init = init,
    .forward = forward,
    .backward = backward,
    .block_count = block_count,
    .block = block,
    .gradient = gradient,
};
