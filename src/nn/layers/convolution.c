/* Convolutions, and transposed ones, which lead the other way between two images tied by windows.
 */
#include "nn/layers/layer.h"
#include "nn/windows/indirect_products.h"

#include <string.h>

enum {
    MOST_FLOATS = 1 << 24,  /* of a window */
    REGION_POSITIONS = 192, /* of a region of rows, where the batch has as many */
    INDIRECT_POSITIONS = 1024,
    GRAIN = 16
};

static bool is_transposed(const nn_layer *layer)
{
    return layer->kind == NN_TRANSPOSED_CONVOLUTION;
}

/* The larger of both images, and the smaller. */
static nn_shape image_of(const nn_layer *layer)
{
    return is_transposed(layer) ? layer->out : layer->in;
}

static nn_shape small_of(const nn_layer *layer)
{
    return is_transposed(layer) ? layer->in : layer->out;
}

static window_layer windows_of(const nn_layer *layer)
{
    return window_layer_of(image_of(layer), small_of(layer).channels, layer->kernel, layer->stride);
}

/* Rows of the matrix of weights. */
static size_t window_floats(const nn_layer *layer)
{
    return layer->kernel.height * layer->kernel.width * image_of(layer).channels;
}

static size_t weights_of(const nn_layer *layer)
{
    return window_floats(layer) * small_of(layer).channels;
}

static bool shapes_fit(const nn_layer *layer)
{
    const nn_shape image = image_of(layer), small = small_of(layer);
    const nn_extent kernel = layer->kernel, stride = layer->stride;
    if (kernel.height < 1 || kernel.width < 1 || stride.height < 1 || stride.width < 1 ||
        kernel.height > NN_MAX_KERNEL || kernel.width > NN_MAX_KERNEL ||
        window_floats(layer) > MOST_FLOATS)
        return false;
    return small.height == im2col_same(image.height, stride.height) &&
           small.width == im2col_same(image.width, stride.width);
}

static void declare(const nn_layer *layer, parameter_list *list)
{
    declare_parameter(list, layer->name, "weight",
                      (dimensions){{layer->kernel.height, layer->kernel.width,
                                    image_of(layer).channels, small_of(layer).channels}},
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
    const size_t channels = layer->out.channels;
    return channels > WINDOW_WORKSPACE ? channels : WINDOW_WORKSPACE;
}

/* One output of a position is made of K1 K2 I inputs. */
static void init(const nn_layer *layer, lts_rng *rng, float *trained, float *statistics)
{
    const size_t taps = layer->kernel.height * layer->kernel.width;
    (void)statistics;
    init_weights(layer, taps * layer->in.channels, weights_of(layer), layer->out.channels, rng,
                 trained);
}

/* Of a product by pointers any rows will do that begin at a whole group of them: as many as each
 * worker's share divides into, so that a region is large but what it reads stays in a cache. */
static size_t indirect_region_rows(const window_layer *windows, size_t positions,
                                   const nn_pass *pass)
{
    const size_t group = indirect_group(windows), workers = pass->activations->workers;
    const size_t share = (pass->batch + workers - 1) / workers;
    const size_t parts = (share * positions + INDIRECT_POSITIONS - 1) / INDIRECT_POSITIONS;
    const size_t rows = (share + parts - 1) / parts;
    return (rows + group - 1) / group * group;
}

/* Enough rows for an efficient product, but not so many that workers find none. */
static size_t region_rows(const nn_layer *layer, const nn_pass *pass)
{
    const window_layer windows = windows_of(layer);
    const nn_shape small = small_of(layer);
    const size_t positions = small.height * small.width;
    const size_t shards = pass_shards(pass);
    const size_t wanted = (REGION_POSITIONS + positions - 1) / positions;
    const size_t most = (pass->batch + shards - 1) / shards;
    if (indirect_fits(&windows))
        return indirect_region_rows(&windows, positions, pass);
    return wanted < most ? wanted : most;
}

static void forward(const layer_call *call, region of)
{
    const window_layer windows = windows_of(call->layer);
    windows_to_small(&windows, call->x, call->trained, call->trained + weights_of(call->layer),
                     of.rows, call->workspace, call->y);
}

static void backward(const layer_call *call, region of)
{
    const window_layer windows = windows_of(call->layer);
    const size_t inputs = nn_inputs(call->layer);
    if (!call->gx)
        return;
    memset(call->gx + of.rows.first * inputs, 0, of.rows.count * inputs * sizeof *call->gx);
    windows_to_image(&windows, call->gy, call->trained, of.rows, call->workspace, call->gx);
}

static void forward_transposed(const layer_call *call, region of)
{
    const window_layer windows = windows_of(call->layer);
    const size_t channels = call->layer->out.channels, outputs = nn_outputs(call->layer);
    const float *bias = call->trained + weights_of(call->layer);
    float *y = call->y + of.rows.first * outputs;
    for (size_t at = 0; at < of.rows.count * outputs; at += channels)
        memcpy(y + at, bias, channels * sizeof *y);
    windows_to_image(&windows, call->x, call->trained, of.rows, call->workspace, call->y);
}

static void backward_transposed(const layer_call *call, region of)
{
    const window_layer windows = windows_of(call->layer);
    if (call->gx)
        windows_to_small(&windows, call->gy, call->trained, NULL, of.rows, call->workspace,
                         call->gx);
}

/* Rows of W in a block of the gradient: an even number of blocks for the workers to share, few
 * enough that the product seldom lays out the smaller image anew, each small enough for a cache.
 * The last block is the bias. */
static size_t block_rows(const nn_layer *layer, size_t shards)
{
    enum { PAIR_ROWS = 768 };
    const size_t floats = window_floats(layer);
    const size_t most = weight_block_rows(small_of(layer).channels, floats);
    const size_t pairs = (floats + PAIR_ROWS - 1) / PAIR_ROWS;
    const size_t parts = 4 * pairs > shards ? 2 * pairs : shards / 2;
    const size_t wanted = (floats + parts * GRAIN - 1) / (parts * GRAIN) * GRAIN;
    return wanted < most ? wanted : most;
}

static size_t block_count(const nn_layer *layer, size_t shards)
{
    const size_t rows = block_rows(layer, shards);
    return (window_floats(layer) + rows - 1) / rows + 1;
}

static nn_range block(const nn_layer *layer, size_t shards, size_t index)
{
    const size_t small = small_of(layer).channels, rows = block_rows(layer, shards);
    if (index + 1 == block_count(layer, shards))
        return (nn_range){weights_of(layer), layer->out.channels};
    const size_t left = window_floats(layer) - index * rows;
    return (nn_range){index * rows * small, (left < rows ? left : rows) * small};
}

/* gb += sum over positions of gy, summed row by row first: there may be very many of them. */
static void bias_gradient(const layer_call *call, float *g)
{
    const size_t channels = call->layer->out.channels, outputs = nn_outputs(call->layer);
    for (size_t b = 0; b < call->batch; b++) {
        memset(call->workspace, 0, channels * sizeof *g);
        for (size_t at = 0; at < outputs; at += channels)
            vector_add(call->gy + b * outputs + at, call->workspace, channels);
        vector_add(call->workspace, g, channels);
    }
}

static void gradient(const layer_call *call, size_t index, float *g)
{
    const window_layer windows = windows_of(call->layer);
    const nn_range range = block(call->layer, call->shards, index);
    const bool transposed = is_transposed(call->layer);
    if (index + 1 == block_count(call->layer, call->shards))
        bias_gradient(call, g);
    else
        windows_gradient(&windows, transposed ? call->gy : call->x, transposed ? call->x : call->gy,
                         call->batch,
                         (nn_range){range.first / windows.small, range.count / windows.small},
                         call->workspace, g);
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

const layer_kind layer_transposed_convolution = {
    .text = "transposed convolution",
    .region_rows = region_rows,
    .workspace_floats = workspace_floats,
    .shapes_fit = shapes_fit,
    .declare = declare,
    .cache_floats = no_cache,
    .init = init,
    .forward = forward_transposed,
    .backward = backward_transposed,
    .block_count = block_count,
    .block = block,
    .gradient = gradient,
};
