#include "nn/layers/layer.h"

#include <string.h>

static bool same_size(const nn_layer *layer)
{
    return nn_inputs(layer) == nn_outputs(layer);
}

static void declare(const nn_layer *layer, parameter_list *list)
{
    (void)layer, (void)list;
}

static size_t no_cache(const nn_layer *layer, size_t batch)
{
    (void)layer, (void)batch;
    return 0;
}

static void forward(const layer_call *call, region of)
{
    const size_t size = nn_outputs(call->layer);
    memcpy(call->y + of.rows.first * size, call->x + of.rows.first * size,
           of.rows.count * size * sizeof *call->y);
}

static void backward(const layer_call *call, region of)
{
    const size_t size = nn_outputs(call->layer);
    if (call->gx)
        memcpy(call->gx + of.rows.first * size, call->gy + of.rows.first * size,
               of.rows.count * size * sizeof *call->gx);
}

const layer_kind layer_reshape = {
    .text = "reshape",
    .shapes_fit = same_size,
    .declare = declare,
    .cache_floats = no_cache,
    .forward = forward,
    .backward = backward,
};
