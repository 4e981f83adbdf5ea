/* Dense layers, and the two heads of a Gaussian, which are one dense layer whose rows of weights
 * carry two names. */
#include "nn/layers/layer.h"

#include <cblas.h>
#include <string.h>

static bool any_sizes(const nn_layer *layer)
{
    (void)layer;
    return true;
}

static bool two_heads(const nn_layer *layer)
{
    return nn_outputs(layer) % 2 == 0 && layer->second[0];
}

static void declare_dense(const nn_layer *layer, parameter_list *list)
{
    declare_parameter(list, layer->name, "weight",
                      (dimensions){{nn_outputs(layer), nn_inputs(layer)}}, true);
    declare_parameter(list, layer->name, "bias", (dimensions){{nn_outputs(layer)}}, true);
}

static void declare_gaussian(const nn_layer *layer, parameter_list *list)
{
    const size_t latent = nn_outputs(layer) / 2;
    declare_parameter(list, layer->name, "weight", (dimensions){{latent, nn_inputs(layer)}}, true);
    declare_parameter(list, layer->second, "weight", (dimensions){{latent, nn_inputs(layer)}},
                      true);
    declare_parameter(list, layer->name, "bias", (dimensions){{latent}}, true);
    declare_parameter(list, layer->second, "bias", (dimensions){{latent}}, true);
}

static size_t no_cache(const nn_layer *layer, size_t batch)
{
    (void)layer, (void)batch;
    return 0;
}

/* An output is made of I inputs. */
static void init(const nn_layer *layer, lts_rng *rng, float *trained, float *statistics)
{
    const size_t inputs = nn_inputs(layer), outputs = nn_outputs(layer);
    (void)statistics;
    init_weights(layer, inputs, inputs * outputs, outputs, rng, trained);
}

/* y = x W' + b, written over the biases. */
static void forward(const layer_call *call, region of)
{
    const size_t inputs = nn_inputs(call->layer), outputs = nn_outputs(call->layer);
    const float *bias = call->trained + outputs * inputs + of.columns.first;
    float *y = call->y + of.rows.first * outputs + of.columns.first;
    for (size_t b = 0; b < of.rows.count; b++)
        memcpy(y + b * outputs, bias, of.columns.count * sizeof *y);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)of.rows.count, (int)of.columns.count,
                (int)inputs, 1, call->x + of.rows.first * inputs, (int)inputs,
                call->trained + of.columns.first * inputs, (int)inputs, 1, y, (int)outputs);
}

/* gx = gy W, added to what a linear path left there */
static void backward(const layer_call *call, region of)
{
    const size_t inputs = nn_inputs(call->layer), outputs = nn_outputs(call->layer);
    if (!call->gx)
        return;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)of.rows.count,
                (int)of.columns.count, (int)outputs, 1, call->gy + of.rows.first * outputs,
                (int)outputs, call->trained + of.columns.first, (int)inputs,
                call->adds_to_gx ? 1 : 0, call->gx + of.rows.first * inputs + of.columns.first,
                (int)inputs);
}

/* Rows of W in a block; the last block is the bias. */
static size_t block_rows(const nn_layer *layer)
{
    return weight_block_rows(nn_inputs(layer), nn_outputs(layer));
}

static size_t block_count(const nn_layer *layer, size_t shards)
{
    (void)shards;
    size_t rows = block_rows(layer);
    return (nn_outputs(layer) + rows - 1) / rows + 1;
}

static nn_range block(const nn_layer *layer, size_t shards, size_t index)
{
    const size_t inputs = nn_inputs(layer), outputs = nn_outputs(layer), rows = block_rows(layer);
    if (index + 1 == block_count(layer, shards))
        return (nn_range){outputs * inputs, outputs};
    size_t left = outputs - index * rows;
    return (nn_range){index * rows * inputs, (left < rows ? left : rows) * inputs};
}

/* gW += gy' x, gb += sum over B of gy. */
static void gradient(const layer_call *call, size_t index, float *g)
{
    const size_t inputs = nn_inputs(call->layer), outputs = nn_outputs(call->layer);
    const nn_range range = block(call->layer, call->shards, index);
    if (range.first == outputs * inputs) {
        for (size_t b = 0; b < call->batch; b++)
            vector_add(call->gy + b * outputs, g, outputs);
        return;
    }
    weight_gradient(call->gy, outputs, call->x, inputs, call->batch,
                    (nn_range){range.first / inputs, range.count / inputs}, g);
}

const layer_kind layer_dense = {
    .text = "dense",
    .by_columns = true,
    .shapes_fit = any_sizes,
    .declare = declare_dense,
    .cache_floats = no_cache,
    .init = init,
    .forward = forward,
    .backward = backward,
    .block_count = block_count,
    .block = block,
    .gradient = gradient,
};

const layer_kind layer_gaussian = {
    .text = "gaussian",
    .by_columns = true,
    .shapes_fit = two_heads,
    .declare = declare_gaussian,
    .cache_floats = no_cache,
    .init = init,
    .forward = forward,
    .backward = backward,
    .block_count = block_count,
    .block = block,
    .gradient = gradient,
};
