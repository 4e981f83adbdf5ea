/* Adam (Kingma & Ba 2015, algorithm 1). */
#ifndef NN_ADAM_H
#define NN_ADAM_H

#include "nn/net.h"
#include "nn/pool.h"

typedef struct nn_adam {
    double learning_rate, beta1, beta2, epsilon;
    /* The gradient of a block is scaled down where its RMS exceeds this many times the running one,
     * sqrt(mean of vhat) before the step (after the update clipping of Shazeer & Stern 2018,
     * section 6, which compares element by element). 0: never. */
    double clip;
    uint64_t step; /* t, counted from 1: the caller adds one before each update */
    float *m, *v;  /* arenas of net->trained floats, first and second moment */
} nn_adam;

/* parameters[first ..] -= learning_rate mhat / (sqrt(vhat) + epsilon) for the `count` of one block;
 * gradient[0] belongs to parameters[first]. Leaves the gradient at 0. */
void nn_adam_apply(const nn_adam *adam, float *parameters, float *gradient, size_t first,
                   size_t count);

/* The same for every block of the net, shared by the workers; gradient (trained). */
void nn_adam_apply_all(const nn_adam *adam, const nn_net *net, size_t shards, float *parameters,
                       float *gradient, nn_worker worker);

#endif
