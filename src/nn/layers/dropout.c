#include "nn/layers/layer.h"

#include <string.h>

static bool same_shapes(const nn_layer *layer)
{
    const nn_shape in = layer->in, out = layer->out;
    return in.channels == out.channels && in.height == out.height && in.width == out.width &&
           layer->rate >= 0 && layer->rate < 1;
}

static void declare(const nn_layer *layer, parameter_list *list)
{
    (void)layer, (void)list;
}

/* What each number was multiplied by (B,O). */
static size_t cache_floats(const nn_layer *layer, size_t batch)
{
    return nn_outputs(layer) * batch;
}

LTS_CLONES static void multiply(const float *x, const float *scale, float *y, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        y[i] = x[i] * scale[i];
}

static void forward(const layer_call *call, region of)
{
    const nn_pass *pass = call->pass;
    const size_t size = nn_outputs(call->layer), at = of.rows.first * size;
    const uint32_t stream = (uint32_t)(call->layer - pass->net->layers);
    if (!pass->training) {
        memcpy(call->y + at, call->x + at, of.rows.count * size * sizeof *call->y);
        return;
    }
    for (size_t b = of.rows.first; b < of.rows.first + of.rows.count; b++) {
        float *scale = call->cache + b * size;
        nn_dropout_row(pass->seed, pass->first_row + b, stream, call->layer->rate, scale, size);
        multiply(call->x + b * size, scale, call->y + b * size, size);
    }
}

static void backward(const layer_call *call, region of)
{
    const size_t size = nn_outputs(call->layer), at = of.rows.first * size;
    if (call->gx)
        multiply(call->gy + at, call->cache + at, call->gx + at, of.rows.count * size);
}

const layer_kind layer_dropout = {
    .text = "dropout",
    .shapes_fit = same_shapes,
    .declare = declare,
    .cache_floats = cache_floats,
    .forward = forward,
    .backward = backward,
};
