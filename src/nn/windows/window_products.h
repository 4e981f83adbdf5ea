/* The three products of a convolution, made of blocks of the matrix of its windows or by pointers
 * to their rows (indirect_products.h), in a workspace of bounded size and an alignment of 64 bytes.
 * An image (B,H,W,C) and a smaller one (B,P,Q,S), a position of it for each window of the image,
 * are tied by weights W (K1 K2 C,S). A convolution leads from the image to the smaller one, a
 * transposed convolution back. */
#ifndef NN_WINDOWS_WINDOW_PRODUCTS_H
#define NN_WINDOWS_WINDOW_PRODUCTS_H

#include "nn/windows/im2col.h"

typedef struct window_layer {
    im2col windows;
    size_t floats; /* of a window */
    size_t small;  /* S */
} window_layer;

window_layer window_layer_of(nn_shape image, size_t small, nn_extent kernel, nn_extent stride);

/* Of the workspace that each of these needs: a block of the matrix, about a second-level cache. */
enum { WINDOW_WORKSPACE = 256 * 1024 };

/* small = windows of the image W + bias (S), or without where it is NULL, of these rows of B. */
void windows_to_small(const window_layer *of, const float *image, const float *w, const float *bias,
                      nn_range rows, float *workspace, float *small);

/* Adds small W' to the windows of the image, of these rows of B. */
void windows_to_image(const window_layer *of, const float *small, const float *w, nn_range rows,
                      float *workspace, float *image);

/* g (columns.count,S) += the windows' columns' small, over all rows: of the gradient of W these
 * rows. */
void windows_gradient(const window_layer *of, const float *image, const float *small, size_t batch,
                      nn_range columns, float *workspace, float *g);

#endif
