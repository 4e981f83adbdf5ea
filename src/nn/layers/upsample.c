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

/* The two of `in` positions in a row whose middles lie around that of position p of `out`. */
typedef struct between {
    size_t at[2];
    float share[2];
} between;

static between between_of(size_t p, size_t in, size_t out)
{
    const double place = ((double)p + 0.5) * (double)in / (double)out - 0.5;
    const size_t first = place > 0 ? (size_t)place : 0;
    const float share = place > 0 ? (float)(place - (double)first) : 0.0f;
    return (between){{first, first + 1 < in ? first + 1 : first}, {1.0f - share, share}};
}

LTS_CLONES static void add_share(const float *x, float share, float *y, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        y[i] += share * x[i];
}

/* y += what four positions of x give it, or back, each of their gradients += its share. */
static void mix(const nn_layer *layer, size_t p, size_t q, const float *x, float *y, bool back)
{
    const nn_shape in = layer->in, out = layer->out;
    const between rows = between_of(p, in.height, out.height);
    const between columns = between_of(q, in.width, out.width);
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++) {
            const size_t at = (rows.at[i] * in.width + columns.at[j]) * in.channels;
            const float share = rows.share[i] * columns.share[j];
            add_share(back ? x : x + at, share, back ? y + at : y, in.channels);
        }
}

static void forward(const layer_call *call, region of)
{
    const nn_layer *layer = call->layer;
    const nn_shape out = layer->out;
    for (size_t b = of.rows.first; b < of.rows.first + of.rows.count; b++) {
        const float *x = call->x + b * nn_inputs(layer);
        float *y = call->y + b * nn_outputs(layer);
        if (layer->smooth)
            memset(y, 0, nn_outputs(layer) * sizeof *y);
        for (size_t p = 0; p < out.height; p++)
            for (size_t q = 0; q < out.width; q++, y += out.channels)
                if (layer->smooth)
                    mix(layer, p, q, x, y, false);
                else
                    memcpy(y, x + nearest(layer, p, q), out.channels * sizeof *y);
    }
}

/* Each position gets the sum of the gradients of what it gave. */
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
                if (layer->smooth)
                    mix(layer, p, q, gy, gx, true);
                else
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
