/* What layers with a matrix of weights share. */
#include "nn/layers/layer.h"

#include <cblas.h>
#include <math.h>

/* Floats of weight gradient that one block holds: with the rows of x it is made from, about the
 * size of a second-level cache. */
enum { BLOCK_FLOATS = 128 * 1024, BLOCK_GRAIN = 16 };

void init_weights(const nn_layer *layer, size_t inputs, size_t weights, size_t biases, lts_rng *rng,
                  float *trained)
{
    const double bound = (layer->he_init ? sqrt(6) : 1) / sqrt((double)inputs);
    for (size_t i = 0; i < weights + biases; i++)
        trained[i] = (float)(bound * (2 * lts_rng_uniform(rng) - 1));
    for (size_t i = weights; layer->he_init && i < weights + biases; i++)
        trained[i] = 0;
}

size_t weight_block_rows(size_t inputs, size_t outputs)
{
    size_t rows = BLOCK_FLOATS / inputs / BLOCK_GRAIN * BLOCK_GRAIN;
    rows = rows < BLOCK_GRAIN ? BLOCK_GRAIN : rows;
    return rows < outputs ? rows : outputs;
}

void weight_gradient(const float *gy, size_t stride, const float *x, size_t inputs, size_t batch,
                     nn_range rows, float *g)
{
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)rows.count, (int)inputs, (int)batch,
                1, gy + rows.first, (int)stride, x, (int)inputs, 1, g, (int)inputs);
}
