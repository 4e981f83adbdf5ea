/* Batch normalisation (Ioffe & Szegedy 2015, algorithm 1 and section 3), each channel by itself: a
 * row is a position, and there are as many rows as the batch has positions. */
#include "nn/layers/layer.h"

#include <math.h>

static const float epsilon = 1e-3f, momentum = 0.99f; /* as Keras */

static bool same_shapes(const nn_layer *layer)
{
    const nn_shape in = layer->in, out = layer->out;
    return in.channels == out.channels && in.height == out.height && in.width == out.width;
}

static void declare(const nn_layer *layer, parameter_list *list)
{
    declare_parameter(list, layer->name, "weight", (dimensions){{layer->out.channels}}, true);
    declare_parameter(list, layer->name, "bias", (dimensions){{layer->out.channels}}, true);
    declare_parameter(list, layer->name, "running_mean", (dimensions){{layer->out.channels}},
                      false);
    declare_parameter(list, layer->name, "running_var", (dimensions){{layer->out.channels}}, false);
}

/* The batch's mean, variance and 1 / sqrt(variance + epsilon), then sums for the backward pass. */
static size_t cache_floats(const nn_layer *layer, size_t batch)
{
    (void)batch;
    return 5 * layer->out.channels;
}

static void init(const nn_layer *layer, lts_rng *rng, float *trained, float *statistics)
{
    const size_t width = layer->out.channels;
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

/* Images have very many positions: sums are of parts of so many rows each, added in double
 * precision. */
enum { PART = 1024, STRIP = 256 /* columns at a time, for scratch on the stack */ };

static nn_range part_of(size_t first, size_t end, size_t most)
{
    return (nn_range){first, end - first < most ? end - first : most};
}

static void strip_statistics(const layer_call *call, nn_range columns)
{
    const size_t width = call->layer->out.channels, n = columns.count;
    const float *x = call->x + columns.first;
    float *mean = call->cache + columns.first, *variance = mean + width, part[STRIP];
    for (int squares = 0; squares < 2; squares++) {
        float *to = squares ? variance : mean;
        double total[STRIP] = {0};
        for (size_t first = 0; first < call->batch; first += PART) {
            const nn_range rows = part_of(first, call->batch, PART);
            for (size_t j = 0; j < n; j++)
                part[j] = 0;
            for (size_t b = first; b < first + rows.count; b++)
                if (squares)
                    add_squares(x + b * width, mean, part, n);
                else
                    vector_add(x + b * width, part, n);
            for (size_t j = 0; j < n; j++)
                total[j] += (double)part[j];
        }
        for (size_t j = 0; j < n; j++)
            to[j] = (float)(total[j] / (double)call->batch);
    }
}

static void batch_statistics(const layer_call *call, nn_range columns)
{
    const size_t end = columns.first + columns.count;
    for (size_t first = columns.first; first < end; first += STRIP)
        strip_statistics(call, part_of(first, end, STRIP));
}

static void forward(const layer_call *call, region of)
{
    const size_t width = call->layer->out.channels, end = of.columns.first + of.columns.count;
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

/* The sums of one strip over all rows, which the gradients of x and of the parameters need. */
static void strip_sums(const layer_call *call, nn_range columns)
{
    const size_t width = call->layer->out.channels, first = columns.first, n = columns.count;
    const float *mean = call->cache + first, *variance = mean + width;
    float *inverse = call->cache + 2 * width + first, *s = inverse + width, *p = s + width;
    float part[2][STRIP];
    double total[2][STRIP] = {{0}};
    for (size_t j = 0; j < n; j++)
        inverse[j] = 1 / sqrtf(variance[j] + epsilon);
    for (size_t from = 0; from < call->batch; from += PART) {
        const nn_range rows = part_of(from, call->batch, PART);
        for (size_t j = 0; j < n; j++)
            part[0][j] = part[1][j] = 0;
        for (size_t b = from; b < from + rows.count; b++)
            add_products(call->gy + b * width + first, call->x + b * width + first, mean, inverse,
                         part[0], part[1], n);
        for (size_t j = 0; j < n; j++) {
            total[0][j] += (double)part[0][j];
            total[1][j] += (double)part[1][j];
        }
    }
    for (size_t j = 0; j < n; j++) {
        s[j] = (float)total[0][j];
        p[j] = (float)total[1][j];
    }
}

static void backward(const layer_call *call, region of)
{
    const size_t width = call->layer->out.channels, first = of.columns.first, n = of.columns.count;
    const float *mean = call->cache + first, *inverse = mean + 2 * width;
    const float *s = inverse + width, *p = s + width;
    for (size_t at = first; at < first + n; at += STRIP)
        strip_sums(call, part_of(at, first + n, STRIP));
    if (!call->gx)
        return;
    for (size_t b = 0; b < call->batch; b++)
        gradient_row(call->gy + b * width + first, call->x + b * width + first, mean, inverse, s, p,
                     call->trained + first, 1 / (float)call->batch, call->gx + b * width + first,
                     n);
}

static size_t one_block(const nn_layer *layer, size_t shards)
{
    (void)layer, (void)shards;
    return 1;
}

static nn_range all_parameters(const nn_layer *layer, size_t shards, size_t index)
{
    (void)shards, (void)index;
    return (nn_range){0, 2 * layer->out.channels};
}

/* The sums that backward left: p for the weight, s for the bias. */
static void gradient(const layer_call *call, size_t index, float *g)
{
    const size_t width = call->layer->out.channels;
    const float *s = call->cache + 3 * width, *p = s + width;
    (void)index;
    for (size_t j = 0; j < width; j++) {
        g[j] += p[j];
        g[width + j] += s[j];
    }
}

static void update_running_stats(const layer_call *call, float *statistics)
{
    for (size_t j = 0; j < 2 * call->layer->out.channels; j++)
        statistics[j] = momentum * statistics[j] + (1 - momentum) * call->cache[j];
}

const layer_kind layer_batch_norm = {
    .text = "batch normalisation",
    .by_columns = true,
    .by_position = true,
    .shapes_fit = same_shapes,
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
