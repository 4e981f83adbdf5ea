/* The three products of window_products.h by pointers to the windows' rows, in place of a matrix of
 * windows: for layers whose windows' rows and small images are wide enough. The sums of a row of
 * the batch have the same bits whichever rows are asked for with it, where indirect_to_image is
 * asked for whole groups. */
#ifndef NN_WINDOWS_INDIRECT_PRODUCTS_H
#define NN_WINDOWS_INDIRECT_PRODUCTS_H

#include "nn/windows/window_products.h"

bool indirect_fits(const window_layer *of);

/* The rows of the batch that must begin together in indirect_to_image: a region of rows that begins
 * at a multiple of it. */
size_t indirect_group(const window_layer *of);

/* As windows_to_small, windows_to_image and windows_gradient. */
void indirect_to_small(const window_layer *of, const float *image, const float *w,
                       const float *bias, nn_range rows, float *workspace, float *small);
void indirect_to_image(const window_layer *of, const float *small, const float *w, nn_range rows,
                       float *workspace, float *image);
void indirect_gradient(const window_layer *of, const float *image, const float *small, size_t batch,
                       nn_range columns, float *workspace, float *g);

#endif
