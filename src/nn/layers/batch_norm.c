/* Batch normalisation (Ioffe & Szegedy 2015, algorithm 1 and section 3), each column by itself. */
#include "nn/layers/layer.h"

#include <math.h>

static const float epsilon = 1e-3f, momentum = 0.99f; /* as Keras */

static bool same_vectors(const nn_layer *layer)
{
    return nn_inputs(layer) == nn_outputs(layer) && layer->in.channels == nn_inputs(layer);
}

static void declare(const nn_layer *layer, parameter_list *list)
{
    declare_parameter(list, layer->name, "weight", (dimensions){{nn_outputs(layer)}}, true);
    declare_parameter(list, layer->name, "bias", (dimensions){{nn_outputs(layer)}}, true);
    declare_parameter(list, layer->name, "running_mean", (dimensions){{nn_outputs(layer)}}, false);
    declare_parameter(list, layer->name, "running_var", (dimensions){{nn_outputs(layer)}}, false);
}

/* The batch's mean, variance and 1 / sqrt(variance + epsilon), then sums for the backward pass. */
static size_t cache_floats(const nn_layer *layer, size_t batch)
{
    (void)batch;
    return 5 * nn_outputs(layer);
}

static void init(const nn_layer *layer, lts_rng *rng, float *trained, float *statistics)
{
    const size_t width = nn_outputs(layer);
    (void)rng;
    for (size_t j = 0; j < width; j++) {
        trained[j] = statistics[width + j] = 1;
        trained[width + j] = statistics[j] = 0;
    }
}

LTS_CLONES static void add_squares(const float *x, const float *mean, float *sum, size_t n)
{
#pragma omp simd
    for (size_t j = 0; j < n; j++)
        sum[j] += (x[j] - mean[j]) * (x[j] - mean[j]);
}

LTS_CLONES static void scale_row(const float *x, const float *mean, const float *inverse,
                                 const float *weight, const float *bias, float *y, size_t n)
{
#pragma omp simd
    for (size_t j = 0; j < n; j++)
        y[j] = (x[j] - mean[j]) * inverse[j] * weight[j] + bias[j];
}

static void batch_statistics(const layer_call *call, nn_range columns)
{
    const size_t width = nn_outputs(call->layer), n = columns.count;
    float *mean = call->cache + columns.first, *variance = mean + width;
    const float *x = call->x + columns.first;
    for (size_t j = 0; j < n; j++)
        mean[j] = variance[j] = 0;
    for (size_t b = 0; b < call->batch; b++)
        vector_add(x + b * width, mean, n);
    for (size_t j = 0; j < n; j++)
        mean[j] /= (float)call->batch;
    for (size_t b = 0; b < call->batch; b++)
        add_squares(x + b * width, mean, variance, n);
    for (size_t j = 0; j < n; j++)
        variance[j] /= (float)call->batch;
}

static void forward(const layer_call *call, region of)
{
    enum { STRIP = 256 }; /* columns at a time, for a scratch on the stack */
    const size_t width = nn_outputs(call->layer), end = of.columns.first + of.columns.count;
    if (call->pass->training)
        batch_statistics(call, of.columns);
    const float *mean = call->pass->training ? call->cache : call->statistics;
    const float *variance = mean + width;
    for (size_t first = of.columns.first; first < end; first += STRIP) {
        size_t n = end - first < STRIP ? end - first : STRIP;
        float inverse[STRIP];
        for (size_t j = 0; j < n; j++)
            inverse[j] = 1 / sqrtf(variance[first + j] + epsilon);
        for (size_t b = of.rows.first; b < of.rows.first + of.rows.count; b++)
            scale_row(call->x + b * width + first, mean + first, inverse, call->trained + first,
                      call->trained + width + first, call->y + b * width + first, n);
    }
}

/* s += gy, p += gy xhat */
LTS_CLONES static void add_products(const float *gy, const float *x, const float *mean,
                                    const float *inverse, float *s, float *p, size_t n)
{
#pragma omp simd
    for (size_t j = 0; j < n; j++) {
        s[j] += gy[j];
        p[j] += gy[j] * (x[j] - mean[j]) * inverse[j];
    }
}

/* gx = weight inverse (gy - s / B - xhat p / B) */
LTS_CLONES static void gradient_row(const float *gy, const float *x, const float *mean,
                                    const float *inverse, const float *s, const float *p,
                                    const float *weight, float share, float *gx, size_t n)
{
#pragma omp simd
    for (size_t j = 0; j < n; j++) {
        float normal = (x[j] - mean[j]) * inverse[j];
        gx[j] = weight[j] * inverse[j] * (gy[j] - share * (s[j] + normal * p[j]));
    }
}

static void backward(const layer_call *call, region of)
{
    const size_t width = nn_outputs(call->layer), first = of.columns.first, n = of.columns.count;
    const float *mean = call->cache + first, *variance = mean + width;
    float *inverse = call->cache + 2 * width + first, *s = inverse + width, *p = s + width;
    for (size_t j = 0; j < n; j++) {
        inverse[j] = 1 / sqrtf(variance[j] + epsilon);
        s[j] = p[j] = 0;
    }
    for (size_t b = 0; b < call->batch; b++)
        add_products(call->gy + b * width + first, call->x + b * width + first, mean, inverse, s, p,
                     n);
    if (!call->gx)
        return;
    for (size_t b = 0; b < call->batch; b++)
        gradient_row(call->gy + b * width + first, call->x + b * width + first, mean, inverse, s, p,
                     call->trained + first, 1 / (float)call->batch, call->gx + b * width + first,
                     n);
}

static size_t one_block(const nn_layer *layer)
{
    (void)layer;
    return 1;
}

static nn_range all_parameters(const nn_layer *layer, size_t index)
{
    (void)index;
    return (nn_range){0, 2 * nn_outputs(layer)};
}

/* The sums that backward left: p for the weight, s for the bias. */
static void gradient(const layer_call *call, size_t index, float *g)
{
    const size_t width = nn_outputs(call->layer);
    const float *s = call->cache + 3 * width, *p = s + width;
    (void)index;
    for (size_t j = 0; j < width; j++) {
        g[j] += p[j];
        g[width + j] += s[j];
    }
}

static void update_running_stats(const layer_call *call, float *statistics)
{
    for (size_t j = 0; j < 2 * nn_outputs(call->layer); j++)
        statistics[j] = momentum * statistics[j] + (1 - momentum) * call->cache[j];
}

const layer_kind layer_batch_norm = {
    .text = "batch normalisation",
    .by_columns = true,
    .shapes_fit = same_vectors,
    .declare = declare,
    .cache_floats = cache_floats,
    .init = init,
    .forward = forward,
    .backward = backward,
    .block_count = one_block,
    .block = all_parameters,
    .gradient = gradient,
    .update_running_stats = update_running_stats,
};
