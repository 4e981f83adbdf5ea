/* Matrix products whose rows are reached through pointers, so that windows of an image need not be
 * laid out as a matrix first (Dukhan 2019, "The Indirect Convolution Algorithm"). */
#ifndef NN_WINDOWS_INDIRECT_H
#define NN_WINDOWS_INDIRECT_H

#include "nn/nn.h"

enum {
    INDIRECT_TILE = 6,   /* rows that share a load of the other matrix */
    INDIRECT_LANES = 16, /* columns that every product must have, at least */
};

/* The products for one instruction set. The products of one row are summed in the same order, and
 * so have the same bits, whichever rows they are computed with. */
typedef struct indirect_kernels {
    bool (*available)(void);
    /* Lays out a matrix (inner,columns) whose row j is at rows[j], as the products read it; `to`
     * has indirect_packed floats and an alignment of 64 bytes. `columns` is at least
     * INDIRECT_LANES. */
    void (*pack_rows)(const float *const *rows, size_t inner, size_t columns, float *to);
    /* The same of a matrix whose column o is at w + o stride. */
    void (*pack_columns)(const float *w, size_t stride, size_t inner, size_t columns, float *to);
    /* out[i][o] += sum over j of in[i][j] w(j,o), with i < rows, j < inner and o < columns, of a
     * packed w. The places may overlap: they are added to tile by tile, from the first row of
     * `out`, so that sums where rows of two tiles overlap depend on where a tile begins. `rows` is
     * a multiple of INDIRECT_TILE. */
    void (*multiply)(const float *const *in, size_t inner, const float *packed, size_t columns,
                     float *const *out, size_t rows);
    /* g[(j - of.first) columns + o] += sum over i of in[i][j] v(i,o), with i < rows, j in `of` and
     * o < columns, of a packed v; in[i][0 .. INDIRECT_TILE - 1] are read, too. */
    void (*gradient)(const float *const *in, nn_range of, const float *packed, size_t columns,
                     float *g, size_t rows);
} indirect_kernels;

/* Floats of a packed matrix, at most: its columns in whole vectors. */
static inline size_t indirect_packed(size_t inner, size_t columns)
{
    return (columns + INDIRECT_LANES - 1) / INDIRECT_LANES * INDIRECT_LANES * inner;
}

/* Of the best instruction set that this processor has. */
const indirect_kernels *indirect_kernels_best(void);

/* Entry i, the best first, whether or not the processor has it; NULL after the last. */
const indirect_kernels *indirect_kernels_at(size_t i);

#endif
