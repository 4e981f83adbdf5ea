#include "nn/layers/layer.h"

#include <string.h>

static bool whole_multiples(const nn_layer *layer)
{
    const nn_shape in = layer->in, out = layer->out;
    return in.channels == out.channels && out.height % in.height == 0 && out.width % in.width == 0;
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

/* Floats from an image to its position (i,j) that position (p,q) of the larger one repeats. */
static size_t nearest(const nn_layer *layer, size_t p, size_t q)
{
    const nn_shape in = layer->in, out = layer->out;
    return (p / (out.height / in.height) * in.width + q / (out.width / in.width)) * in.channels;
}

static void forward(const layer_call *call, region of)
{
    const nn_layer *layer = call->layer;
    const nn_shape out = layer->out;
    for (size_t b = of.rows.first; b < of.rows.first + of.rows.count; b++) {
        const float *x = call->x + b * nn_inputs(layer);
        float *y = call->y + b * nn_outputs(layer);
        for (size_t p = 0; p < out.height; p++)
            for (size_t q = 0; q < out.width; q++, y += out.channels)
                memcpy(y, x + nearest(layer, p, q), out.channels * sizeof *y);
    }
}

/* Each position gets the sum of the gradients of its repetitions. */
static void backward(const layer_call *call, region of)
{
    const nn_layer *layer = call->layer;
    const nn_shape out = layer->out;
    for (size_t b = of.rows.first; call->gx && b < of.rows.first + of.rows.count; b++) {
        const float *gy = call->gy + b * nn_outputs(layer);
        float *gx = call->gx + b * nn_inputs(layer);
        memset(gx, 0, nn_inputs(layer) * sizeof *gx);
        for (size_t p = 0; p < out.height; p++)
            for (size_t q = 0; q < out.width; q++, gy += out.channels)
                vector_add(gy, gx + nearest(layer, p, q), out.channels);
    }
}

const layer_kind layer_upsample = {
    .text = "upsampling",
    .shapes_fit = whole_multiples,
    .declare = declare,
    .cache_floats = no_cache,
    .forward = forward,
    .backward = backward,
};
