/* What every kind of layer provides: one row of a table of functions a kind. */
#ifndef NN_LAYERS_LAYER_H
#define NN_LAYERS_LAYER_H

#include "nn/nn.h"

/* The rows of the batch and the columns (features) that one worker computes. */
typedef struct region {
    nn_range rows, columns;
} region;

/* One layer's part of a pass. Arrays are whole; the region says which of them to touch. */
typedef struct layer_call {
    const nn_layer *layer;
    const nn_pass *pass;
    const float *trained, *statistics; /* this layer's parameters */
    size_t shards;                     /* of the pass, at least 1 */
    size_t batch;                      /* B, or positions of B rows for a kind by position */
    const float *x;                    /* (B,I) */
    float *y;                          /* (B,O) */
    float *cache;
    const float *gy; /* (B,O), already through the activation's derivative */
    float *gx;       /* (B,I) or NULL when nobody needs it */
    bool adds_to_gx; /* a linear path has written its part of gx before */
    /* Of a linear path: */
    const float *source; /* (B,S), or NULL: zeros */
    float *gsource;      /* (B,S) or NULL when nobody needs it */
    float *derivative;   /* of the activation, (B,O), where it is kept; else NULL */
    float *workspace;    /* of this worker, as many floats as the kind asks for or more */
} layer_call;

static inline size_t pass_shards(const nn_pass *pass)
{
    return pass->shards ? pass->shards : 1;
}

typedef struct parameter_list {
    nn_parameter *entry; /* NULL while only counting */
    size_t count;
} parameter_list;

typedef struct layer_kind {
    const char *text;
    /* Workers share the columns of what they write; otherwise the rows. */
    bool by_columns;
    /* Rows are the positions of all rows of the batch, and columns their channels. */
    bool by_position;
    /* Of a kind by rows: the rows of a region, for any number of workers; NULL: a worker's share
     * is one region. */
    size_t (*region_rows)(const nn_layer *layer, const nn_pass *pass);
    size_t (*workspace_floats)(const nn_layer *layer); /* NULL: none */
    bool (*shapes_fit)(const nn_layer *layer);
    void (*declare)(const nn_layer *layer, parameter_list *list);
    size_t (*cache_floats)(const nn_layer *layer, size_t batch);
    /* Fresh parameters, drawn from `rng`; NULL for a layer without. */
    void (*init)(const nn_layer *layer, lts_rng *rng, float *trained, float *statistics);

    /* The region is of y and of gx; forward leaves the activation to the caller. */
    void (*forward)(const layer_call *call, region of);
    void (*backward)(const layer_call *call, region of);
    /* Of a layer with a second input: its gradient, the region of gsource. NULL for the others. */
    void (*backward_source)(const layer_call *call, region of);

    /* The parameters' gradient, cut into blocks that fit a cache: block i is floats
     * first .. first+count-1 of this layer's trained parameters, and is added to g. NULL for a
     * layer without parameters. More shards never make larger blocks; they are those of the pass,
     * or 1. */
    size_t (*block_count)(const nn_layer *layer, size_t shards);
    nn_range (*block)(const nn_layer *layer, size_t shards, size_t index);
    void (*gradient)(const layer_call *call, size_t index, float *g);

    /* Moves the running statistics (writable here) towards those of the pass's batch; or NULL. */
    void (*update_running_stats)(const layer_call *call, float *statistics);
} layer_kind;

extern const layer_kind layer_dense, layer_batch_norm, layer_gaussian, layer_sample;
extern const layer_kind layer_linear_path, layer_convolution, layer_transposed_convolution,
    layer_reshape, layer_dropout, layer_upsample;
const layer_kind *layer_kind_of(const nn_layer *layer);

/* Sizes of a parameter, outermost first; the first 0 ends them. */
typedef struct dimensions {
    size_t size[NN_MAX_RANK];
} dimensions;

/* Appends "NAME.SUFFIX". */
void declare_parameter(parameter_list *list, const char *name, const char *suffix, dimensions of,
                       bool trained);

/* Weights, of which one output takes `inputs`, and the biases after them; see nn_net_init. */
void init_weights(const nn_layer *layer, size_t inputs, size_t weights, size_t biases, lts_rng *rng,
                  float *trained);

/* Rows of weights (outputs,inputs) whose gradient makes one block. */
size_t weight_block_rows(size_t inputs, size_t outputs);

/* Weights rows.first .. of (O,I): g (rows.count,I) += gy' x, gy (B,stride), x (B,I). */
void weight_gradient(const float *gy, size_t stride, const float *x, size_t inputs, size_t batch,
                     nn_range rows, float *g);

/* y += x */
void vector_add(const float *x, float *y, size_t n);

/* y = activation(y), and gy = gy * activation'(y) by the value y it gave, or by the derivative
 * where forward was given a place for it, all with rows of `stride` floats. */
void activation_forward(const nn_layer *layer, float *y, float *derivative, size_t stride,
                        region of);
void activation_backward(const nn_layer *layer, const float *y, const float *derivative, float *gy,
                         size_t stride, region of);

#endif
