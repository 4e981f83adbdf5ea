/* What every kind of layer provides: one row of a table of functions a kind. */
#ifndef NN_LAYERS_LAYER_H
#define NN_LAYERS_LAYER_H

#include "lts/nn.h"

/* The rows of the batch and the columns (features) that one member works on. */
typedef struct region {
    lts_range rows, columns;
} region;

/* One layer's part of a pass. Arrays are whole; the region says which of them to touch. */
typedef struct layer_call {
    const lts_layer *layer;
    const lts_pass *pass;
    const float *trained, *statistics; /* this layer's parameters */
    size_t batch;
    const float *x; /* (B,I) */
    float *y;       /* (B,O) */
    float *cache;
    const float *gy; /* (B,O), already through the activation's derivative */
    float *gx;       /* (B,I) or NULL when nobody needs it */
} layer_call;

typedef struct parameter_list parameter_list;

typedef struct layer_kind {
    const char *text;
    /* Members share the columns of what they write; otherwise the rows. */
    bool by_columns;
    bool (*sizes_fit)(const lts_layer *layer);
    void (*declare)(const lts_layer *layer, parameter_list *list);
    size_t (*cache_floats)(const lts_layer *layer, size_t batch);
    /* Fresh parameters, drawn from `rng`; NULL for a layer without. */
    void (*start)(const lts_layer *layer, lts_rng *rng, float *trained, float *statistics);

    /* The region is of y and of gx; forward leaves the activation to the caller. */
    void (*forward)(const layer_call *call, region of);
    void (*backward)(const layer_call *call, region of);

    /* The parameters' gradient, cut into blocks that fit a cache: block i is floats
     * first .. first+count-1 of this layer's trained parameters, and is added to g. NULL for a
     * layer without parameters. */
    size_t (*block_count)(const lts_layer *layer);
    lts_range (*block)(const lts_layer *layer, size_t index);
    void (*gradient)(const layer_call *call, size_t index, float *g);

    /* Moves the running statistics (writable here) by the batch of the pass; or NULL. */
    void (*settle)(const layer_call *call, float *statistics);
} layer_kind;

extern const layer_kind layer_dense, layer_batch_norm, layer_gaussian, layer_sample;
const layer_kind *layer_kind_of(const lts_layer *layer);

/* Appends "NAME.SUFFIX"; columns 0 for a vector. */
void declare_parameter(parameter_list *list, const char *name, const char *suffix, size_t rows,
                       size_t columns, bool trained);

/* y += x */
void vector_add(const float *x, float *y, size_t n);

/* y = activation(y), and gy = gy * activation'(y) by the value y it gave. */
void activation_forward(lts_activation activation, float *y, size_t stride, region of);
void activation_backward(lts_activation activation, const float *y, float *gy, size_t stride,
                         region of);

#endif
