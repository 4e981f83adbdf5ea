/* Neural networks: a network is a table of layers, run forward and backward over flat arrays.
 *
 * One table of parameters {name, shape, offset}, made from the layers, drives every arena: the
 * parameters themselves, their gradients, Adam's moments, the file on disk and the tests.
 *
 * A pass is run by the workers of a pool: every worker calls the same function with its own
 * nn_worker (from nn_pool_run; or one thread alone, with nn_worker_alone), computes its share of
 * rows or columns, and waits for the others at barriers inside. The arithmetic of each row, column
 * and block of parameters does not depend on which worker computes it. Matrix products are
 * OpenBLAS's, one thread each.
 *
 * Sizes: B rows of a batch, I inputs and O outputs of a layer. Nothing here allocates but the
 * functions named _create. */
#ifndef NN_NN_H
#define NN_NN_H

#include "lts/base.h"

/* --- Layers and their parameters ------------------------------------------------------------- */

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
    float rate;  /* of dropout: the share that becomes 0, 0 to below 1 */
    bool smooth; /* of upsampling */
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
 * the inputs that one output is made of; batch normalisation as the identity. `parameters` has
 * net->total floats. */
void nn_net_init(const nn_net *net, uint64_t seed, float *parameters);

/* --- Workers --------------------------------------------------------------------------------- */

typedef struct nn_barrier nn_barrier;

typedef struct nn_worker {
    unsigned index, count; /* index < count */
    nn_barrier *barrier;   /* NULL with one worker */
} nn_worker;

static const nn_worker nn_worker_alone = {0, 1, NULL};

/* Returns when every worker has called it; what they wrote before is then visible to all. A worker
 * spins for some tens of microseconds, longer than workers usually differ, and then sleeps: when
 * another program takes a processor, waiting does not take one too. */
void nn_barrier_wait(nn_worker worker);

/* The threads that run passes, kept from one task to the next. LTS_ERR_MEMORY when they cannot be
 * had. workers >= 1; the caller of nn_pool_run is worker 0. */
typedef struct nn_pool nn_pool;
lts_status nn_pool_create(unsigned workers, nn_pool **out, lts_error *err);
void nn_pool_destroy(nn_pool *pool); /* NULL is allowed */

/* Every worker calls task(context, itself); returns when all have. One caller at a time. */
void nn_pool_run(nn_pool *pool, void (*task)(void *context, nn_worker worker), void *context);

/* A worker's contiguous share of 0 .. total-1, cut at multiples of `grain`; may be empty. */
typedef struct nn_range {
    size_t first, count;
} nn_range;
nn_range nn_share(nn_worker worker, size_t total, size_t grain);

/* Keeps OpenBLAS to the calling thread: the pool is the only parallelism. Process-wide and
 * idempotent; whoever creates an object that runs passes calls it. */
void nn_use_own_threads(void);

/* --- Passes ---------------------------------------------------------------------------------- */

/* What a forward pass leaves for the backward pass. Layer l: value[l] (B,O), gradient[l] (B,O) that
 * of the loss with respect to value[l], cache[l] what the layer's forward keeps for its backward. A
 * linear path may share both with the layer before it. */
typedef struct nn_activations {
    size_t batch; /* the largest B */
    float **value, **gradient, **cache;
    float **derivative; /* (B,O) of an activation that its value does not tell it of; else NULL */
    float *arena;
    _Atomic size_t *next_block; /* per layer: blocks of parameters given out */
    unsigned workers;           /* the most that may run a pass together */
    size_t workspace_floats;    /* of each worker */
    float *workspace;           /* (workers,workspace_floats): windows of a convolution */
} nn_activations;

/* Without gradients `gradient` and `cache` hold NULLs and only passes with training = false may use
 * them. A worker's workspace has 256 Ki floats, or as many as a convolution has filters, and
 * none in a network without convolutions: it does not grow with the batch. */
lts_status nn_activations_create(const nn_net *net, size_t batch, unsigned workers, bool gradients,
                                 nn_activations **out, lts_error *err);
void nn_activations_destroy(nn_activations *activations); /* NULL is allowed */

typedef struct nn_pass {
    const nn_net *net;
    const float *parameters; /* net->total */
    nn_activations *activations;
    size_t first, end;      /* layers first .. end-1 of the table */
    const float *x;         /* (B, inputs of the first layer) */
    const float *condition; /* (B,S) of linear paths from it; NULL: zeros */
    size_t batch;           /* B, at most that of the activations */
    size_t shards;          /* into which a layer's columns are cut for the workers; 0: one */
    bool mean_only; /* a Gaussian layer that ends the pass leaves its log-variance undefined */
    bool training;  /* see nn_layer_kind */
    /* For NN_DROPOUT while training: draws depend on the seed, on first_row + b of row b, and on
     * the layer. */
    uint64_t seed, first_row;
    /* For NN_SAMPLE; all but kl only while training. */
    const float *noise; /* (B,Z) draws of N(0,1) */
    double kl_share;    /* weight of each kl[b] in the loss */
    double *kl;         /* (B) or NULL: gets -sum over Z of 1 + logvar - mean^2 - exp(logvar) */
} nn_pass;

/* Fills value[first] .. value[end-1]. Changes no statistic. */
void nn_forward(const nn_pass *pass, nn_worker worker);

typedef struct nn_adam nn_adam;

/* Where parameter gradients go. With `gradient`, they are added to that arena. Without, each block
 * of them is computed in the worker's scratch and handed to Adam at once, while it is in cache, and
 * `parameters` (those of the pass) change. */
typedef struct nn_update {
    float *gradient;       /* net->trained, or NULL */
    float *parameters;     /* net->total; NULL, with `gradient`, leaves running statistics */
    const nn_adam *adam;   /* with `gradient` NULL */
    float *const *scratch; /* with `gradient` NULL: per worker, nn_scratch_floats, all 0 */
} nn_update;

/* Floats of scratch that each worker needs. */
size_t nn_scratch_floats(const nn_net *net);

/* The gradients of a loss whose gradient with respect to the last layer's value is in
 * gradient[end-1], of which each worker may just have written its share of the rows; after a
 * training pass with the same values and first = 0. Adds on the way the gradient of kl_share times
 * the sum of kl. Overwrites every gradient of the activations. */
void nn_backward(const nn_pass *pass, const nn_update *update, nn_worker worker);

/* Rows first .. first+count-1: error[b] = w[b] * sum over O of (y - t)^2, gradient = 2 scale w[b]
 * (y - t). y, t, gradient (B,O); w (B), NULL meaning 1; gradient may be NULL. */
void nn_squared_error(const float *y, const float *t, const float *weight, size_t outputs,
                      nn_range rows, double scale, double *error, float *gradient);

/* The classes that logits are to name: one of each group of O / groups outputs. */
typedef struct nn_classes {
    const int32_t *labels; /* (B,groups) */
    size_t groups;
    double spread; /* s, in classes: t is exp(-d^2 / (2 s^2)) at d classes from a group's; 0: one */
} nn_classes;

/* Rows first .. first+count-1 of logits y (B,O): error[b] = sum over O of log(1 + exp(y)) - t y,
 * with t 1 for a group's class and 0, or less by its distance, for its others, gradient = scale
 * (sigmoid(y) - t). gradient may be NULL. */
void nn_binary_cross_entropy(const float *y, const nn_classes *classes, size_t outputs,
                             nn_range rows, double scale, double *error, float *gradient);

/* y[i] = 1 / (1 + exp(-x[i])) */
void nn_vector_sigmoid(const float *x, float *y, size_t n);

/* --- Adam (Kingma & Ba 2015, algorithm 1) ---------------------------------------------------- */

struct nn_adam {
    double learning_rate, beta1, beta2, epsilon;
    /* The gradient of a block is scaled down where its RMS exceeds this many times the running one,
     * sqrt(mean of vhat) before the step (after the update clipping of Shazeer & Stern 2018,
     * section 6, which compares element by element). 0: never. */
    double clip;
    uint64_t step; /* t, counted from 1: the caller adds one before each update */
    float *m, *v;  /* arenas of net->trained floats, first and second moment */
};

/* parameters[first ..] -= learning_rate mhat / (sqrt(vhat) + epsilon) for the `count` of one block;
 * gradient[0] belongs to parameters[first]. Leaves the gradient at 0. */
void nn_adam_apply(const nn_adam *adam, float *parameters, float *gradient, size_t first,
                   size_t count);

/* The same for every block of the net, shared by the workers; gradient (trained). */
void nn_adam_apply_all(const nn_adam *adam, const nn_net *net, size_t shards, float *parameters,
                       float *gradient, nn_worker worker);

/* --- Noise ----------------------------------------------------------------------------------- */

/* `count` draws of N(0,1) that depend on (seed, row, count) alone: Philox 4x32-10 (Salmon et al.
 * 2011) keyed by the seed and counted by the row, then Box & Muller 1958. */
void nn_noise_row(uint64_t seed, uint64_t row, float *x, size_t count);

/* Each of `count` numbers is 0 with a probability of `rate` (0 to below 1), else 1 / (1 - rate), by
 * (seed, row, stream, rate) alone: Philox as above, on counters of their own. */
void nn_dropout_row(uint64_t seed, uint64_t row, uint32_t stream, float rate, float *scale,
                    size_t count);

/* --- Elementwise functions, vectorised ------------------------------------------------------- */

/* y[i] = f(x[i]) to a few units in the last place; NaN in, NaN out; y may be x. */
void nn_vector_exp(const float *x, float *y, size_t n);
void nn_vector_expm1(const float *x, float *y, size_t n);
void nn_vector_log1p(const float *x, float *y, size_t n);               /* x > -1 */
void nn_vector_cbrt(const float *x, float *y, size_t n);                /* x >= 0 */
void nn_vector_pow(const float *x, float *y, float exponent, size_t n); /* x >= 0, exponent > 0 */

#endif
