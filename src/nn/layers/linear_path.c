/* A linear path around layers, which learns at once what of them is linear; they learn the rest
 * (He et al. 2016, section 3.2: shortcuts with projections). */
#include "nn/layers/layer.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

static bool same_size(const nn_layer *layer)
{
    return nn_inputs(layer) == nn_outputs(layer) && layer->reach >= 1 &&
           layer->reach <= nn_outputs(layer) && nn_size(layer->source) >= 1;
}

static void declare(const nn_layer *layer, parameter_list *list)
{
    declare_parameter(list, layer->name, "weight",
                      (dimensions){{layer->reach, nn_size(layer->source)}}, true);
}

static size_t no_cache(const nn_layer *layer, size_t batch)
{
    (void)layer, (void)batch;
    return 0;
}

/* As PyTorch's Linear: uniform in +-1/sqrt(S). */
static void init(const nn_layer *layer, lts_rng *rng, float *trained, float *statistics)
{
    const size_t inputs = nn_size(layer->source);
    const double bound = 1 / sqrt((double)inputs);
    (void)statistics;
    for (size_t i = 0; i < inputs * layer->reach; i++)
        trained[i] = (float)(bound * (2 * lts_rng_uniform(rng) - 1));
}

/* y = x, already there where both are one array; then the path is added to its columns. */
static void forward(const layer_call *call, region of)
{
    const nn_layer *layer = call->layer;
    const size_t width = nn_outputs(layer), inputs = nn_size(layer->source);
    const size_t first = of.columns.first, last = first + of.columns.count;
    const size_t end = last < layer->reach ? last : layer->reach;
    for (size_t b = of.rows.first; call->y != call->x && b < of.rows.first + of.rows.count; b++)
        memcpy(call->y + b * width + first, call->x + b * width + first,
               of.columns.count * sizeof *call->y);
    if (end > first && call->source)
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)of.rows.count, (int)(end - first),
                    (int)inputs, 1, call->source + of.rows.first * inputs, (int)inputs,
                    call->trained + first * inputs, (int)inputs, 1,
                    call->y + of.rows.first * width + first, (int)width);
}

/* gx = gy */
static void backward(const layer_call *call, region of)
{
    const size_t width = nn_outputs(call->layer);
    if (!call->gx || call->gx == call->gy)
        return;
    for (size_t b = of.rows.first; b < of.rows.first + of.rows.count; b++)
        memcpy(call->gx + b * width + of.columns.first, call->gy + b * width + of.columns.first,
               of.columns.count * sizeof *call->gx);
}

/* gs = gy W, of gy's first P columns */
static void backward_source(const layer_call *call, region of)
{
    const nn_layer *layer = call->layer;
    const size_t width = nn_outputs(layer), inputs = nn_size(layer->source);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)of.rows.count,
                (int)of.columns.count, (int)layer->reach, 1, call->gy + of.rows.first * width,
                (int)width, call->trained + of.columns.first, (int)inputs, 0,
                call->gsource + of.rows.first * inputs + of.columns.first, (int)inputs);
}

static size_t block_rows(const nn_layer *layer)
{
    return weight_block_rows(nn_size(layer->source), layer->reach);
}

static size_t block_count(const nn_layer *layer, size_t shards)
{
    (void)shards;
    return (layer->reach + block_rows(layer) - 1) / block_rows(layer);
}

static nn_range block(const nn_layer *layer, size_t shards, size_t index)
{
    const size_t inputs = nn_size(layer->source), rows = block_rows(layer);
    (void)shards;
    const size_t left = layer->reach - index * rows;
    return (nn_range){index * rows * inputs, (left < rows ? left : rows) * inputs};
}

/* gW += gy' s */
static void gradient(const layer_call *call, size_t index, float *g)
{
    const size_t width = nn_outputs(call->layer), inputs = nn_size(call->layer->source);
    const nn_range range = block(call->layer, call->shards, index);
    if (call->source)
        weight_gradient(call->gy, width, call->source, inputs, call->batch,
                        (nn_range){range.first / inputs, range.count / inputs}, g);
}

const layer_kind layer_linear_path = {
    .text = "linear path",
    .by_columns = true,
    .shapes_fit = same_size,
    .declare = declare,
    .cache_floats = no_cache,
    .init = init,
    .forward = forward,
    .backward = backward,
    .backward_source = backward_source,
    .block_count = block_count,
    .block = block,
    .gradient = gradient,
};
