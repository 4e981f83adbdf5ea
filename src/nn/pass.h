/* Forward and backward through the layers. */
#ifndef NN_PASS_H
#define NN_PASS_H

#include "nn/adam.h"
#include "nn/net.h"
#include "nn/pool.h"

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

#endif
