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

#include "nn/adam.h"
#include "nn/elementwise.h"
#include "nn/loss.h"
#include "nn/net.h"
#include "nn/noise.h"
#include "nn/pass.h"
#include "nn/pool.h"

#endif
