/* Layers, and the table of their parameters. */
#ifndef NN_NET_H
#define NN_NET_H

#include "lts/base.h"

/* What one row of a batch is between two layers. In memory it is (height,width,channels), channels
 * last: the channels of a position lie together, so that a window's row is one run of floats. A
 * vector of n numbers is {n,1,1}; a sequence of T positions has width 1 and height T. */
typedef struct nn_shape {
    size_t channels, height, width;
} nn_shape;

/* Of a window of a convolution, or of the steps between two. */
typedef struct nn_extent {
    size_t height, width;
} nn_extent;

static inline size_t nn_size(nn_shape shape)
{
    return shape.channels * shape.height * shape.width;
}

typedef enum nn_activation_kind {
    NN_LINEAR,
    NN_RELU,
    NN_SIGMOID,
    NN_SILU,       /* x sigmoid(x) (Elfwing, Uchibe & Doya 2018) */
    NN_LEAKY_RELU, /* x, or slope x below 0 (Maas, Hannun & Ng 2013) */
    NN_ACTIVATION_KINDS
} nn_activation_kind;

typedef enum nn_layer_kind {
    /* y = x W' + b.  NAME.weight (O,I), NAME.bias (O) */
    NN_DENSE,
    /* y = weight (x - mean) / sqrt(variance + 1e-3) + bias, each channel by itself: mean and biased
     * variance of the batch's positions while training, running ones (momentum 0.99, as Keras)
     * otherwise (Ioffe & Szegedy 2015).  NAME.weight, .bias, .running_mean, .running_var (channels)
     */
    NN_BATCH_NORM,
    /* The two heads of a Gaussian as one product: columns 0 .. O/2-1 are the mean, the rest the
     * log-variance.  NAME.weight (O/2,I), SECOND.weight, NAME.bias (O/2), SECOND.bias */
    NN_GAUSSIAN,
    /* z = mean + noise exp(log-variance / 2) while training, z = mean otherwise (Kingma & Welling
     * 2014, section 2.4); adds the divergence to the loss.  No parameters, I = 2 O */
    NN_SAMPLE,
    /* A linear path around layers: y = x, to whose first P columns s W' is added, with s (B,S) the
     * input of layer `from`: the network's own, or one that a dense layer reads; or, from
     * NN_FROM_CONDITION, the pass's condition.  NAME.weight (P,S), O = I */
    NN_LINEAR_PATH,
    /* y[p,q,o] = b[o] + sum over k, l, c of x[p S1 + k - P1, q S2 + l - P2, c] w[k,l,c,o], with
     * TensorFlow's "same" padding: out = ceil(in / S), and of the zeros that windows need beyond
     * the input the smaller half, P, lies before it.  NAME.weight (K1,K2,I,O), the channels of
     * input and output last, NAME.bias (O) */
    NN_CONVOLUTION,
    /* The transpose of a convolution from y to x, with its padding: y[p S1 + k - P1, q S2 + l - P2,
     * o] += w[k,l,o,c] x[p,q,c], on top of b[o]. in = ceil(out / S): TensorFlow's gives out = in S,
     * one less also mirrors a convolution. NAME.weight (K1,K2,O,I), NAME.bias (O) */
    NN_TRANSPOSED_CONVOLUTION,
    /* y = x / (1 - rate), or 0 for a share `rate` of the numbers, drawn by the pass's seed, the row
     * and the layer alone, while training; y = x otherwise (Srivastava et al. 2014).  No parameters
     */
    NN_DROPOUT,
    /* Each position repeated to a block of positions: the nearest neighbour; or, where `smooth`,
     * mixed with its neighbours along height and width by how near their middles are, and those
     * beyond the image as those of its edge (bilinear, as Keras).  No parameters */
    NN_UPSAMPLE,
    /* y = x, read as another shape of the same size.  No parameters */
    NN_RESHAPE,
    NN_LAYER_KINDS
} nn_layer_kind;

/* What `from` of a linear path says of one that reads the pass's condition. */
#define NN_FROM_CONDITION ((size_t)-1)

enum { NN_LAYER_NAME = 48, NN_PARAMETER_NAME = 80, NN_MAX_RANK = 4, NN_MAX_KERNEL = 1024 };

/* One row of a network's table. The activation follows the layer's own formula. */
typedef struct nn_layer {
    nn_layer_kind kind;
    char name[NN_LAYER_NAME];
    char second[NN_LAYER_NAME]; /* of the log-variance head; else "" */
    nn_shape in, out;           /* I and O are their sizes */
    /* Of a linear path: the layer whose input it reads, of which shape that is, and P. */
    size_t from;
    nn_shape source;
    size_t reach;
    /* Of both convolutions: the window (K1,K2) and the strides (S1,S2). */
    nn_extent kernel, stride;
    bool he_init; /* of a dense layer or a convolution: see nn_net_init */
    float rate;   /* of dropout: the share that becomes 0, 0 to below 1 */
    bool smooth;  /* of upsampling */
    nn_activation_kind activation;
    float slope; /* of NN_LEAKY_RELU, above 0 */
} nn_layer;

static inline size_t nn_inputs(const nn_layer *layer)
{
    return nn_size(layer->in);
}

static inline size_t nn_outputs(const nn_layer *layer)
{
    return nn_size(layer->out);
}

typedef struct nn_parameter {
    char name[NN_PARAMETER_NAME];
    int rank; /* 1 to NN_MAX_RANK */
    size_t shape[NN_MAX_RANK];
    size_t offset, count; /* floats, in every arena */
    bool trained;         /* false: a running statistic, which has no gradient */
} nn_parameter;

/* Constant once created; every member may be read. Parameters lie one after the other, the trained
 * ones first: gradients and moments have `trained` floats, the parameter arena `total`. */
typedef struct nn_net {
    size_t layer_count;
    const nn_layer *layers;
    size_t parameter_count;
    const nn_parameter *parameters;
    size_t trained, total;
    const size_t *first_trained, *first_statistic; /* per layer: where its floats start */
    const bool *path_begins; /* per layer: a linear path reads its input too */
} nn_net;

/* Copies the table. LTS_ERR_ARGUMENT when a size is 0, a layer's input is not of the shape that the
 * layer before it gives, or the whole is too large to address. */
lts_status nn_net_create(const nn_layer *layers, size_t count, nn_net **out, lts_error *err);
void nn_net_destroy(nn_net *net); /* NULL is allowed */

/* The first layer of that kind; net->layer_count when there is none. */
size_t nn_net_find(const nn_net *net, nn_layer_kind kind);

/* Weights and biases uniform in +-1/sqrt(I), as PyTorch's Linear and convolutions start, I being
 * the inputs that one output is made of; of layers with he_init weights in +-sqrt(6/I) and biases
 * 0, which keeps the size of the values from ReLU to ReLU (He et al. 2015); batch normalisation as
 * the identity. `parameters` has net->total floats. */
void nn_net_init(const nn_net *net, uint64_t seed, float *parameters);

#endif
