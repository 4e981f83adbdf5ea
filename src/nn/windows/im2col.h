/* The windows of a convolution as rows of a matrix, and back (Chellapilla, Puri & Simard 2006).
 *
 * A convolution leads from an image to a smaller one, one position of it from each window of the
 * image; a transposed convolution leads back. Positions are those of the smaller image in all rows
 * of a batch, row after row: position (b P + p) Q + q of (B,P,Q). */
#ifndef NN_WINDOWS_IM2COL_H
#define NN_WINDOWS_IM2COL_H

#include "nn/nn.h"

typedef struct im2col {
    nn_shape image;
    nn_extent positions, kernel, stride;
    nn_extent padding; /* above and to the left */
} im2col;

/* ceil(in / stride), what "same" padding leaves of a height or a width. */
static inline size_t im2col_same(size_t in, size_t stride)
{
    return (in + stride - 1) / stride;
}

/* The windows of an image with "same" padding. */
im2col im2col_windows(nn_shape image, nn_extent kernel, nn_extent stride);

/* Floats of a window: K1 K2 C, the last running first. */
static inline size_t im2col_floats(const im2col *w)
{
    return w->kernel.height * w->kernel.width * w->image.channels;
}

/* to (positions.count, columns.count): these columns of these positions' windows of x
 * (B,H,W,C), 0 beyond the image. */
void im2col_gather(const im2col *w, const float *x, nn_range positions, nn_range columns,
                   float *to);

/* Adds from (positions.count, columns.count), these columns of these positions' windows, to the
 * image x (B,H,W,C). */
void im2col_scatter(const im2col *w, const float *from, nn_range positions, nn_range columns,
                    float *x);

#endif
