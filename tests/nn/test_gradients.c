/* Every kind of layer against an oracle: the same network in double precision by plain loops, its
 * gradients by central differences. */
#include "testing.h"

#include "nn/nn.h"

#include <math.h>
#include <string.h>

enum { MAX_LAYERS = 8, MAX_WIDTH = 160, MAX_BATCH = 9, MAX_THREADS = 5 };
enum { SEED = 77, FIRST_ROW = 1000 };

#define DENSE(text, i, o, act)                                                                     \
    {                                                                                              \
        .kind = NN_DENSE, .name = text, .in = {i, 1, 1}, .out = {o, 1, 1}, .activation = NN_##act  \
    }
#define NORM(text, i, act)                                                                         \
    {                                                                                              \
        .kind = NN_BATCH_NORM, .name = text, .in = {i, 1, 1}, .out = {i, 1, 1},                    \
        .activation = NN_##act                                                                     \
    }
#define HEADS(a, b, i, z)                                                                          \
    {                                                                                              \
        .kind = NN_GAUSSIAN, .name = a, .second = b, .in = {i, 1, 1}, .out = { 2 * (z), 1, 1 }     \
    }
#define SAMPLE(z)                                                                                  \
    {                                                                                              \
        .kind = NN_SAMPLE, .name = "z", .in = {2 * (z), 1, 1}, .out = { z, 1, 1 }                  \
    }

/* From the input of layer `begins`, of s numbers, to the first `columns` of i. */
#define PATH(text, begins, s, columns, i, act)                                                     \
    {                                                                                              \
        .kind = NN_LINEAR_PATH, .name = text, .in = {i, 1, 1}, .out = {i, 1, 1}, .from = begins,   \
        .source = {s, 1, 1}, .reach = columns, .activation = NN_##act                              \
    }

#define EXTENT(h, w)                                                                               \
    {                                                                                              \
        h, w                                                                                       \
    }
#define SHAPE(c, h, w)                                                                             \
    {                                                                                              \
        c, h, w                                                                                    \
    }
#define DENSE_OF(text, from, o, act)                                                               \
    {                                                                                              \
        .kind = NN_DENSE, .name = text, .in = from, .out = {o, 1, 1}, .activation = NN_##act       \
    }
/* From a shape to another by windows of a size, with strides. */
#define CONV(text, from, to, window, step, act)                                                    \
    {                                                                                              \
        .kind = NN_CONVOLUTION, .name = text, .in = from, .out = to, .kernel = window,             \
        .stride = step, .activation = NN_##act                                                     \
    }

#define DECONV(text, from, to, window, step, act)                                                  \
    {                                                                                              \
        .kind = NN_TRANSPOSED_CONVOLUTION, .name = text, .in = from, .out = to, .kernel = window,  \
        .stride = step, .activation = NN_##act                                                     \
    }
#define IMAGE_NORM(text, shape, act)                                                               \
    {                                                                                              \
        .kind = NN_BATCH_NORM, .name = text, .in = shape, .out = shape, .activation = NN_##act     \
    }
#define DROPOUT(text, shape, share)                                                                \
    {                                                                                              \
        .kind = NN_DROPOUT, .name = text, .in = shape, .out = shape, .rate = share                 \
    }
#define UPSAMPLE(text, from, to)                                                                   \
    {                                                                                              \
        .kind = NN_UPSAMPLE, .name = text, .in = from, .out = to                                   \
    }
#define SMOOTH(text, from, to)                                                                     \
    {                                                                                              \
        .kind = NN_UPSAMPLE, .name = text, .in = from, .out = to, .smooth = true                   \
    }
#define LEAKY(text, i, o, below)                                                                   \
    {                                                                                              \
        .kind = NN_DENSE, .name = text, .in = {i, 1, 1}, .out = {o, 1, 1},                         \
        .activation = NN_LEAKY_RELU, .slope = below                                                \
    }
#define RESHAPE(text, from, to, act)                                                               \
    {                                                                                              \
        .kind = NN_RESHAPE, .name = text, .in = from, .out = to, .activation = NN_##act            \
    }

typedef struct op_case {
    const char *name;
    size_t batch;
    double kl_beta;
    double tolerance; /* of each parameter's gradient, relative to its norm */
    nn_layer layer[MAX_LAYERS];
} op_case;

static const op_case cases[] = {
    {"dense", 5, 0, 2e-6, {DENSE("a", 7, 11, LINEAR)}},
    {"dense, one of everything", 1, 0, 2e-6, {DENSE("a", 1, 1, LINEAR)}},
    {"relu", 5, 0, 2e-6, {DENSE("a", 7, 33, RELU)}},
    {"sigmoid", 4, 0, 2e-6, {DENSE("a", 6, 5, SIGMOID)}},
    {"dense chain", 9, 0, 3e-6, {DENSE("a", 17, 40, RELU), DENSE("b", 40, 3, SIGMOID)}},
    {"batch normalisation", 6, 0, 1e-5, {DENSE("a", 4, 5, LINEAR), NORM("n", 5, LINEAR)}},
    {"batch normalisation first", 7, 0, 1e-5, {NORM("n", 5, RELU), DENSE("a", 5, 3, LINEAR)}},
    {"batch normalisation, relu",
     9,
     0,
     1e-5,
     {DENSE("a", 3, 35, LINEAR), NORM("n", 35, RELU), DENSE("b", 35, 2, LINEAR)}},
    {"heads", 5, 0, 2e-6, {HEADS("m", "v", 6, 3)}},
    {"sample", 5, 0, 3e-6, {HEADS("m", "v", 6, 3), SAMPLE(3)}},
    {"sample with divergence",
     5,
     0.7,
     3e-6,
     {DENSE("a", 4, 6, RELU), HEADS("m", "v", 6, 5), SAMPLE(5)}},
    {"auto-encoder",
     8,
     0.3,
     1e-5,
     {DENSE("a", 12, 20, LINEAR), NORM("n", 20, RELU), HEADS("m", "v", 20, 4), SAMPLE(4),
      DENSE("c", 4, 20, RELU), DENSE("d", 20, 12, SIGMOID)}},
    {"silu", 5, 0, 3e-6, {DENSE("a", 7, 33, SILU)}},
    {"silu within", 6, 0, 5e-6, {DENSE("a", 7, 40, SILU), DENSE("b", 40, 5, LINEAR)}},
    {"linear path", 5, 0, 3e-6, {DENSE("a", 7, 33, SILU), PATH("p", 0, 7, 33, 33, RELU)}},
    {"linear path to some columns",
     5,
     0,
     3e-6,
     {DENSE("a", 7, 9, SILU), DENSE("b", 9, 40, LINEAR), PATH("p", 0, 7, 17, 40, LINEAR)}},
    {"linear path between layers",
     9,
     0,
     5e-6,
     {DENSE("a", 7, 36, SILU), DENSE("b", 36, 20, SILU), DENSE("c", 20, 11, LINEAR),
      PATH("p", 1, 36, 11, 11, SIGMOID)}},
    {"auto-encoder with linear paths",
     8,
     0.3,
     1e-5,
     {DENSE("a", 12, 20, SILU), HEADS("m", "v", 20, 4), PATH("p", 0, 12, 4, 8, LINEAR), SAMPLE(4),
      DENSE("c", 4, 20, SILU), DENSE("d", 20, 12, LINEAR), PATH("q", 4, 4, 12, 12, LINEAR)}},
    {"convolution",
     3,
     0,
     3e-6,
     {CONV("a", SHAPE(2, 5, 4), SHAPE(3, 5, 4), EXTENT(3, 3), EXTENT(1, 1), LINEAR)}},
    {"convolution with strides",
     4,
     0,
     3e-6,
     {CONV("a", SHAPE(3, 7, 6), SHAPE(5, 4, 2), EXTENT(3, 4), EXTENT(2, 3), RELU)}},
    {"convolution, windows larger than the image",
     3,
     0,
     3e-6,
     {CONV("a", SHAPE(2, 3, 2), SHAPE(4, 2, 2), EXTENT(7, 5), EXTENT(2, 1), LINEAR)}},
    {"convolution, windows smaller than the strides",
     5,
     0,
     3e-6,
     {CONV("a", SHAPE(3, 5, 6), SHAPE(4, 3, 2), EXTENT(1, 1), EXTENT(2, 3), SIGMOID)}},
    {"convolution in one dimension",
     5,
     0,
     3e-6,
     {CONV("a", SHAPE(1, 23, 1), SHAPE(9, 6, 1), EXTENT(8, 1), EXTENT(4, 1), RELU)}},
    {"convolution of long windows",
     3,
     0,
     5e-6,
     {CONV("a", SHAPE(7, 5, 4), SHAPE(13, 3, 4), EXTENT(3, 3), EXTENT(2, 1), LINEAR)}},
    {"convolution of wide channels",
     3,
     0,
     3e-6,
     {CONV("a", SHAPE(17, 3, 3), SHAPE(20, 2, 2), EXTENT(3, 3), EXTENT(2, 2), LINEAR)}},
    {"convolutions of more rows than a group has",
     9,
     0,
     5e-6,
     {CONV("a", SHAPE(16, 3, 3), SHAPE(16, 3, 3), EXTENT(1, 3), EXTENT(1, 1), SILU),
      CONV("b", SHAPE(16, 3, 3), SHAPE(17, 3, 3), EXTENT(3, 3), EXTENT(1, 1), LINEAR)}},
    {"a sequence read as an image",
     4,
     0,
     5e-6,
     {CONV("a", SHAPE(1, 16, 1), SHAPE(7, 4, 1), EXTENT(8, 1), EXTENT(4, 1), RELU),
      RESHAPE("image", SHAPE(7, 4, 1), SHAPE(1, 4, 7), LINEAR),
      CONV("b", SHAPE(1, 4, 7), SHAPE(3, 2, 4), EXTENT(3, 3), EXTENT(2, 2), LINEAR)}},
    {"transposed convolution",
     3,
     0,
     3e-6,
     {DECONV("a", SHAPE(3, 3, 4), SHAPE(2, 6, 8), EXTENT(3, 3), EXTENT(2, 2), LINEAR)}},
    {"transposed convolution to odd sizes",
     4,
     0,
     3e-6,
     {DECONV("a", SHAPE(5, 2, 3), SHAPE(3, 3, 7), EXTENT(3, 4), EXTENT(2, 3), RELU)}},
    {"transposed convolution of wide channels",
     3,
     0,
     5e-6,
     {DECONV("a", SHAPE(17, 2, 2), SHAPE(20, 2, 4), EXTENT(3, 3), EXTENT(1, 2), SIGMOID)}},
    {"convolution and its mirror",
     5,
     0,
     1e-5,
     {CONV("a", SHAPE(2, 7, 5), SHAPE(6, 4, 3), EXTENT(3, 3), EXTENT(2, 2), SILU),
      DECONV("b", SHAPE(6, 4, 3), SHAPE(2, 7, 5), EXTENT(3, 3), EXTENT(2, 2), RELU),
      DECONV("c", SHAPE(2, 7, 5), SHAPE(1, 14, 10), EXTENT(2, 1), EXTENT(2, 2), LINEAR)}},
    {"batch normalisation of channels",
     4,
     0,
     1e-5,
     {CONV("a", SHAPE(2, 5, 4), SHAPE(19, 3, 2), EXTENT(3, 3), EXTENT(2, 2), RELU),
      IMAGE_NORM("n", SHAPE(19, 3, 2), SIGMOID), DENSE_OF("c", SHAPE(19, 3, 2), 3, LINEAR)}},
    {"leaky relu", 5, 0, 3e-6, {LEAKY("a", 7, 33, 0.3f), LEAKY("b", 33, 5, 0.01f)}},
    {"dropout",
     6,
     0,
     3e-6,
     {DENSE("a", 7, 70, RELU), DROPOUT("d", SHAPE(70, 1, 1), 0.4f), DENSE("b", 70, 5, LINEAR)}},
    {"dropout twice",
     6,
     0,
     3e-6,
     {DENSE("a", 7, 40, LINEAR), DROPOUT("d", SHAPE(40, 1, 1), 0.5f),
      DROPOUT("e", SHAPE(40, 1, 1), 0.1f), DENSE("b", 40, 5, LINEAR)}},
    {"upsampling",
     3,
     0,
     5e-6,
     {CONV("a", SHAPE(2, 4, 3), SHAPE(3, 2, 3), EXTENT(3, 3), EXTENT(2, 1), SILU),
      UPSAMPLE("u", SHAPE(3, 2, 3), SHAPE(3, 6, 6)),
      CONV("b", SHAPE(3, 6, 6), SHAPE(2, 6, 6), EXTENT(3, 3), EXTENT(1, 1), LINEAR)}},
    {"smooth upsampling",
     3,
     0,
     5e-6,
     {CONV("a", SHAPE(2, 4, 3), SHAPE(3, 2, 3), EXTENT(3, 3), EXTENT(2, 1), SILU),
      SMOOTH("u", SHAPE(3, 2, 3), SHAPE(3, 6, 6)),
      CONV("b", SHAPE(3, 6, 6), SHAPE(2, 6, 6), EXTENT(3, 3), EXTENT(1, 1), LINEAR)}},
    {"convolution of windows taken in parts",
     2,
     0,
     5e-6,
     {CONV("a", SHAPE(40, 2, 2), SHAPE(3, 1, 2), EXTENT(7, 7), EXTENT(2, 1), RELU)}},
    {"transposed convolution of windows taken in parts",
     2,
     0,
     5e-6,
     {DECONV("a", SHAPE(3, 1, 2), SHAPE(40, 2, 2), EXTENT(7, 7), EXTENT(2, 1), RELU)}},
    {"convolutions and a dense layer",
     7,
     0,
     1e-5,
     {CONV("a", SHAPE(1, 9, 11), SHAPE(4, 5, 6), EXTENT(3, 3), EXTENT(2, 2), SILU),
      CONV("b", SHAPE(4, 5, 6), SHAPE(6, 5, 3), EXTENT(3, 4), EXTENT(1, 2), RELU),
      DENSE_OF("c", SHAPE(6, 5, 3), 3, LINEAR)}},
};

typedef struct network {
    const op_case *test;
    nn_net *net;
    nn_activations *activations;
    float *parameters, *gradient, *x, *noise, *weight; /* weight (B,O): the loss is <weight, y> */
    double *exact;                                     /* parameters in double */
    double kl[MAX_BATCH];
} network;

static size_t layer_count(const op_case *test)
{
    size_t count = 0;
    while (count < MAX_LAYERS && test->layer[count].name[0])
        count++;
    return count;
}

static size_t latent_size(const op_case *test)
{
    for (size_t l = 0; l < layer_count(test); l++)
        if (test->layer[l].kind == NN_SAMPLE)
            return nn_outputs(&test->layer[l]);
    return 1;
}

static float *normals(lts_rng *rng, size_t n, float scale)
{
    float *x = lts_alloc(n, sizeof *x);
    lts_rng_fill_normal(rng, x, n);
    for (size_t i = 0; i < n; i++)
        x[i] *= scale;
    return x;
}

static network network_open(const op_case *test)
{
    lts_error err = {0};
    lts_rng rng;
    network n = {.test = test};
    const size_t count = layer_count(test);
    lts_rng_seed(&rng, 5, 0);
    for (size_t l = 0; l < count; l++)
        assert_true(nn_inputs(&test->layer[l]) <= MAX_WIDTH &&
                    nn_outputs(&test->layer[l]) <= MAX_WIDTH);
    assert_ok(nn_net_create(test->layer, count, &n.net, &err));
    assert_ok(nn_activations_create(n.net, test->batch, MAX_THREADS, true, &n.activations, &err));
    n.parameters = normals(&rng, n.net->total, 0.5f);
    n.gradient = lts_alloc(n.net->trained, sizeof *n.gradient);
    n.x = normals(&rng, test->batch * nn_inputs(&test->layer[0]), 1);
    n.noise = normals(&rng, test->batch * latent_size(test), 1);
    n.weight = normals(&rng, test->batch * nn_outputs(&test->layer[count - 1]), 1);
    n.exact = lts_alloc(n.net->total, sizeof *n.exact);
    for (size_t i = 0; i < n.net->total; i++)
        n.exact[i] = n.parameters[i];
    return n;
}

static void network_close(network *n)
{
    lts_free(n->exact);
    lts_free(n->weight);
    lts_free(n->noise);
    lts_free(n->x);
    lts_free(n->gradient);
    lts_free(n->parameters);
    nn_activations_destroy(n->activations);
    nn_net_destroy(n->net);
}

typedef double matrix[MAX_BATCH][MAX_WIDTH];

static double *exact_of(const network *n, const char *name, const char *suffix)
{
    char full[NN_PARAMETER_NAME];
    snprintf(full, sizeof full, "%s.%s", name, suffix);
    for (size_t i = 0; i < n->net->parameter_count; i++)
        if (strcmp(n->net->parameters[i].name, full) == 0)
            return n->exact + n->net->parameters[i].offset;
    fail_msg("no parameter %s", full);
    return NULL;
}

static void oracle_dense(const network *n, const char *name, size_t inputs, size_t outputs,
                         matrix x, matrix y, size_t first)
{
    const double *w = exact_of(n, name, "weight"), *b = exact_of(n, name, "bias");
    for (size_t r = 0; r < n->test->batch; r++)
        for (size_t o = 0; o < outputs; o++) {
            y[r][first + o] = b[o];
            for (size_t i = 0; i < inputs; i++)
                y[r][first + o] += w[o * inputs + i] * x[r][i];
        }
}

static void oracle_norm(const network *n, const nn_layer *layer, matrix x, matrix y)
{
    const double *w = exact_of(n, layer->name, "weight"), *b = exact_of(n, layer->name, "bias");
    const size_t batch = n->test->batch, channels = layer->in.channels, size = nn_inputs(layer);
    const double count = (double)(batch * size / channels);
    for (size_t c = 0; c < channels; c++) {
        double mean = 0, variance = 0;
        for (size_t r = 0; r < batch; r++)
            for (size_t j = c; j < size; j += channels)
                mean += x[r][j] / count;
        for (size_t r = 0; r < batch; r++)
            for (size_t j = c; j < size; j += channels)
                variance += (x[r][j] - mean) * (x[r][j] - mean) / count;
        for (size_t r = 0; r < batch; r++)
            for (size_t j = c; j < size; j += channels)
                y[r][j] = w[c] * (x[r][j] - mean) / sqrt(variance + 1e-3) + b[c];
    }
}

/* Of the numbers that the layer's own draws keep; how they are drawn is tested elsewhere. */
static void oracle_dropout(const network *n, size_t l, matrix x, matrix y)
{
    const nn_layer *layer = &n->test->layer[l];
    float scale[MAX_WIDTH];
    for (size_t r = 0; r < n->test->batch; r++) {
        nn_dropout_row(SEED, FIRST_ROW + r, (uint32_t)l, layer->rate, scale, nn_inputs(layer));
        for (size_t j = 0; j < nn_inputs(layer); j++)
            y[r][j] = x[r][j] * (double)scale[j];
    }
}

/* Where "same" padding begins: the smaller half of what windows reach beyond the input. */
static long padding(size_t in, size_t out, size_t kernel, size_t stride)
{
    const long reach = (long)((out - 1) * stride + kernel) - (long)in;
    return reach > 0 ? reach / 2 : 0;
}

static size_t place_in(nn_shape shape, size_t row, size_t column, size_t channel)
{
    return (row * shape.width + column) * shape.channels + channel;
}

/* Calls `term` for each product of a weight of a convolution from `image` to the smaller `small`,
 * with the places in both that it leads from and to. */
typedef void product(const double *weight, double *image, double *small);

static void each_product(const nn_layer *layer, nn_shape image, nn_shape small,
                         const double *weight, double *x, double *y, product *term)
{
    const nn_extent kernel = layer->kernel, stride = layer->stride;
    const long above = padding(image.height, small.height, kernel.height, stride.height);
    const long left = padding(image.width, small.width, kernel.width, stride.width);
    for (size_t p = 0; p < small.height; p++)
        for (size_t q = 0; q < small.width; q++)
            for (size_t k = 0; k < kernel.height; k++)
                for (size_t l = 0; l < kernel.width; l++) {
                    const long i = (long)(p * stride.height + k) - above;
                    const long j = (long)(q * stride.width + l) - left;
                    if (i < 0 || i >= (long)image.height || j < 0 || j >= (long)image.width)
                        continue;
                    for (size_t c = 0; c < image.channels; c++)
                        for (size_t o = 0; o < small.channels; o++)
                            term(weight +
                                     ((k * kernel.width + l) * image.channels + c) *
                                         small.channels +
                                     o,
                                 x + place_in(image, (size_t)i, (size_t)j, c),
                                 y + place_in(small, p, q, o));
                }
}

static void to_small(const double *weight, double *image, double *small)
{
    *small += *weight * *image;
}

static void to_image(const double *weight, double *image, double *small)
{
    *image += *weight * *small;
}

static void oracle_convolution(const network *n, const nn_layer *layer, matrix x, matrix y)
{
    const double *w = exact_of(n, layer->name, "weight"), *b = exact_of(n, layer->name, "bias");
    for (size_t r = 0; r < n->test->batch; r++) {
        for (size_t j = 0; j < nn_outputs(layer); j++)
            y[r][j] = b[j % layer->out.channels];
        if (layer->kind == NN_CONVOLUTION)
            each_product(layer, layer->in, layer->out, w, x[r], y[r], to_small);
        else
            each_product(layer, layer->out, layer->in, w, y[r], x[r], to_image);
    }
}

/* What position p of `out` takes of position i of `in`: a tent of the distance of their middles,
 * with the positions beyond the edge as those of the edge. */
static double tent(size_t p, size_t out, size_t i, size_t in)
{
    const double place = ((double)p + 0.5) * (double)in / (double)out - 0.5;
    double share = fmax(0, 1 - fabs(place - (double)i));
    if (i == 0)
        share += fmax(0, 1 - fabs(place + 1));
    if (i + 1 == in)
        share += fmax(0, 1 - fabs(place - (double)in));
    return share;
}

static void oracle_smooth(const network *n, const nn_layer *layer, matrix x, matrix y)
{
    const nn_shape in = layer->in, out = layer->out;
    for (size_t r = 0; r < n->test->batch; r++)
        for (size_t p = 0; p < out.height; p++)
            for (size_t q = 0; q < out.width; q++)
                for (size_t c = 0; c < out.channels; c++) {
                    double *to = &y[r][place_in(out, p, q, c)];
                    *to = 0;
                    for (size_t i = 0; i < in.height; i++)
                        for (size_t j = 0; j < in.width; j++)
                            *to += tent(p, out.height, i, in.height) *
                                   tent(q, out.width, j, in.width) * x[r][place_in(in, i, j, c)];
                }
}

static void oracle_upsample(const network *n, const nn_layer *layer, matrix x, matrix y)
{
    const nn_shape in = layer->in, out = layer->out;
    for (size_t r = 0; r < n->test->batch; r++)
        for (size_t p = 0; p < out.height; p++)
            for (size_t q = 0; q < out.width; q++)
                for (size_t c = 0; c < out.channels; c++)
                    y[r][place_in(out, p, q, c)] =
                        x[r][place_in(in, p * in.height / out.height, q * in.width / out.width, c)];
}

/* Adds the path to y, the value of the layer before it; `seen` are the inputs of all layers. */
static void oracle_path(const network *n, const nn_layer *layer, matrix *seen, matrix y)
{
    const double *w = exact_of(n, layer->name, "weight");
    const size_t inputs = nn_size(layer->source);
    for (size_t r = 0; r < n->test->batch; r++)
        for (size_t o = 0; o < layer->reach; o++)
            for (size_t i = 0; i < inputs; i++)
                y[r][o] += w[o * inputs + i] * seen[layer->from][r][i];
}

/* Fills y with the last value and returns the loss. */
static double oracle(const network *n, matrix y)
{
    static matrix a, seen[MAX_LAYERS];
    const op_case *test = n->test;
    double loss = 0;
    for (size_t r = 0; r < test->batch; r++)
        for (size_t i = 0; i < nn_inputs(&test->layer[0]); i++)
            a[r][i] = n->x[r * nn_inputs(&test->layer[0]) + i];
    for (size_t l = 0; l < layer_count(test); l++) {
        const nn_layer *layer = &test->layer[l];
        const size_t half = nn_outputs(layer) / 2, z = nn_outputs(layer);
        memcpy(seen[l], a, sizeof a);
        if (layer->kind == NN_DROPOUT)
            oracle_dropout(n, l, a, y);
        if (layer->kind == NN_UPSAMPLE)
            (layer->smooth ? oracle_smooth : oracle_upsample)(n, layer, a, y);
        if (layer->kind == NN_RESHAPE)
            memcpy(y, a, sizeof a);
        if (layer->kind == NN_LINEAR_PATH) {
            memcpy(y, a, sizeof a);
            oracle_path(n, layer, seen, y);
        }
        if (layer->kind == NN_CONVOLUTION || layer->kind == NN_TRANSPOSED_CONVOLUTION)
            oracle_convolution(n, layer, a, y);
        if (layer->kind == NN_DENSE)
            oracle_dense(n, layer->name, nn_inputs(layer), nn_outputs(layer), a, y, 0);
        if (layer->kind == NN_BATCH_NORM)
            oracle_norm(n, layer, a, y);
        if (layer->kind == NN_GAUSSIAN) {
            oracle_dense(n, layer->name, nn_inputs(layer), half, a, y, 0);
            oracle_dense(n, layer->second, nn_inputs(layer), half, a, y, half);
        }
        for (size_t r = 0; r < test->batch; r++)
            for (size_t j = 0; j < nn_outputs(layer); j++) {
                if (layer->kind == NN_SAMPLE) {
                    double m = a[r][j], v = a[r][z + j];
                    y[r][j] = m + exp(v / 2) * (double)n->noise[r * z + j];
                    loss -= test->kl_beta / (double)(test->batch * z) * (1 + v - m * m - exp(v));
                }
                if (layer->activation == NN_RELU)
                    y[r][j] = fmax(y[r][j], 0);
                if (layer->activation == NN_LEAKY_RELU && y[r][j] < 0)
                    y[r][j] *= (double)layer->slope;
                if (layer->activation == NN_SIGMOID)
                    y[r][j] = 1 / (1 + exp(-y[r][j]));
                if (layer->activation == NN_SILU)
                    y[r][j] /= 1 + exp(-y[r][j]);
            }
        memcpy(a, y, sizeof a);
    }
    const size_t outputs = nn_outputs(&test->layer[layer_count(test) - 1]);
    for (size_t r = 0; r < test->batch; r++)
        for (size_t j = 0; j < outputs; j++)
            loss += (double)n->weight[r * outputs + j] * y[r][j];
    return loss;
}

static nn_pass training_pass(network *n)
{
    return (nn_pass){.net = n->net,
                     .parameters = n->parameters,
                     .activations = n->activations,
                     .end = n->net->layer_count,
                     .x = n->x,
                     .batch = n->test->batch,
                     .shards = 3,
                     .training = true,
                     .seed = SEED,
                     .first_row = FIRST_ROW,
                     .noise = n->noise,
                     .kl_share = n->test->kl_beta / (double)(n->test->batch * latent_size(n->test)),
                     .kl = n->kl};
}

/* One forward and one backward pass by `threads` threads; gradients add to n->gradient. */
static void run_worker(void *context, nn_worker worker)
{
    network *n = context;
    const nn_pass pass = training_pass(n);
    const nn_update update = {.gradient = n->gradient};
    const size_t last = pass.end - 1;
    nn_forward(&pass, worker);
    if (worker.index == 0)
        memcpy(n->activations->gradient[last], n->weight,
               n->test->batch * nn_outputs(&n->net->layers[last]) * sizeof(float));
    nn_barrier_wait(worker);
    nn_backward(&pass, &update, worker);
}

static void run(network *n, unsigned threads)
{
    lts_error err = {0};
    nn_pool *pool;
    assert_ok(nn_pool_create(threads, &pool, &err));
    nn_pool_run(pool, run_worker, n);
    nn_pool_destroy(pool);
}

static double numeric_gradient(const network *n, size_t index)
{
    static matrix y;
    const double h = 1e-6, kept = n->exact[index];
    n->exact[index] = kept + h;
    double above = oracle(n, y);
    n->exact[index] = kept - h;
    double below = oracle(n, y);
    n->exact[index] = kept;
    return (above - below) / (2 * h);
}

/* The worst relative error of any parameter's gradient. */
static double gradient_error(const network *n)
{
    double worst = 0, largest = 0;
    for (size_t p = 0; p < n->net->parameter_count; p++) {
        const nn_parameter *parameter = &n->net->parameters[p];
        double difference = 0, norm = 0;
        for (size_t i = 0; parameter->trained && i < parameter->count; i++) {
            double exact = numeric_gradient(n, parameter->offset + i);
            double e = (double)n->gradient[parameter->offset + i] - exact;
            difference += e * e;
            norm += exact * exact;
        }
        largest = fmax(largest, sqrt(norm));
        /* A bias before batch normalisation has no effect: its gradient is rounding alone. */
        worst = fmax(worst, sqrt(difference) / fmax(sqrt(norm), 0.1 * largest));
    }
    return worst;
}

static void forward_agrees_with_plain_loops(void **state)
{
    (void)state;
    static matrix y;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        network n = network_open(&cases[c]);
        const size_t last = n.net->layer_count - 1, outputs = nn_outputs(&n.net->layers[last]);
        run(&n, 1);
        oracle(&n, y);
        double difference = 0, norm = 0;
        for (size_t r = 0; r < cases[c].batch; r++)
            for (size_t j = 0; j < outputs; j++) {
                double e = (double)n.activations->value[last][r * outputs + j] - y[r][j];
                difference += e * e;
                norm += y[r][j] * y[r][j];
            }
        if (!(sqrt(difference / norm) < 1e-6))
            fail_msg("%s: relative error %g", cases[c].name, sqrt(difference / norm));
        network_close(&n);
    }
}

static void gradients_agree_with_differences(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        network n = network_open(&cases[c]);
        run(&n, 1);
        double error = gradient_error(&n);
        if (!(error < cases[c].tolerance))
            fail_msg("%s: relative error %g, allowed %g", cases[c].name, error, cases[c].tolerance);
        network_close(&n);
    }
}

static void a_wrong_gradient_is_noticed(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        network n = network_open(&cases[c]);
        run(&n, 1);
        for (size_t p = 0; p < n.net->parameter_count; p++) {
            const nn_parameter *parameter = &n.net->parameters[p];
            if (!parameter->trained)
                continue;
            float *g = n.gradient + parameter->offset, kept = *g;
            *g += 0.01f + 0.01f * fabsf(kept);
            assert_true(gradient_error(&n) > cases[c].tolerance);
            *g = kept;
        }
        network_close(&n);
    }
}

static void gradients_add(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        network n = network_open(&cases[c]);
        float *once = lts_alloc(n.net->trained, sizeof *once);
        run(&n, 1);
        memcpy(once, n.gradient, n.net->trained * sizeof *once);
        run(&n, 1);
        for (size_t i = 0; i < n.net->trained; i++)
            once[i] *= 2;
        assert_true(relative_error(n.gradient, once, n.net->trained) < 1e-6);
        lts_free(once);
        network_close(&n);
    }
}

/* The same bits, whatever the number of threads. */
static void threads_do_not_change_a_bit(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (unsigned threads = 2; threads <= MAX_THREADS; threads++) {
            network alone = network_open(&cases[c]), shared = network_open(&cases[c]);
            run(&alone, 1);
            run(&shared, threads);
            assert_memory_equal(shared.gradient, alone.gradient,
                                alone.net->trained * sizeof *alone.gradient);
            network_close(&shared);
            network_close(&alone);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forward_agrees_with_plain_loops),
        cmocka_unit_test(gradients_agree_with_differences),
        cmocka_unit_test(a_wrong_gradient_is_noticed),
        cmocka_unit_test(gradients_add),
        cmocka_unit_test(threads_do_not_change_a_bit),
    };
    nn_use_own_threads();
    return cmocka_run_group_tests_name("gradients", tests, NULL, NULL);
}
