#include "nn/windows/window_products.h"

#include "nn/windows/short_windows.h"

#include <cblas.h>
#include <string.h>

enum {
    BLOCK_FLOATS = 256 * 1024, /* of the matrix: about a second-level cache */
    LEAST_POSITIONS = 16       /* in a block, also where windows are long */
};

window_layer window_layer_of(nn_shape image, size_t small, nn_extent kernel, nn_extent stride)
{
    const im2col windows = im2col_windows(image, kernel, stride);
    return (window_layer){windows, im2col_floats(&windows), small};
}

size_t window_workspace_floats(const window_layer *of)
{
    const size_t least = LEAST_POSITIONS * of->floats;
    return least > BLOCK_FLOATS ? least : BLOCK_FLOATS;
}

static nn_range positions_of(const window_layer *of, nn_range rows)
{
    const size_t positions = of->windows.positions.height * of->windows.positions.width;
    return (nn_range){rows.first * positions, rows.count * positions};
}

/* The next block of `positions`, with so many floats each. */
static nn_range next_block(nn_range positions, size_t done, size_t floats)
{
    const size_t fit = BLOCK_FLOATS / floats;
    const size_t most = fit > LEAST_POSITIONS ? fit : LEAST_POSITIONS;
    const size_t left = positions.count - done;
    return (nn_range){positions.first + done, left < most ? left : most};
}

/* y (count,S) = windows W + bias of one block, a long product written over the biases. */
static void multiply(const window_layer *of, const float *windows, const float *w,
                     const float *bias, float *y, size_t count)
{
    if (of->floats <= SHORT_WINDOW) {
        short_windows_product(windows, of->floats, w, bias, of->small, y, count);
        return;
    }
    for (size_t p = 0; bias && p < count; p++)
        memcpy(y + p * of->small, bias, of->small * sizeof *y);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)count, (int)of->small,
                (int)of->floats, 1, windows, (int)of->floats, w, (int)of->small, bias ? 1 : 0, y,
                (int)of->small);
}

void windows_to_small(const window_layer *of, const float *image, const float *w, const float *bias,
                      nn_range rows, float *workspace, float *small)
{
    const nn_range all = positions_of(of, rows);
    for (size_t done = 0; done < all.count;) {
        const nn_range block = next_block(all, done, of->floats);
        im2col_gather(&of->windows, image, block, (nn_range){0, of->floats}, workspace);
        multiply(of, workspace, w, bias, small + block.first * of->small, block.count);
        done += block.count;
    }
}

void windows_to_image(const window_layer *of, const float *small, const float *w, nn_range rows,
                      float *workspace, float *image)
{
    const nn_range all = positions_of(of, rows);
    for (size_t done = 0; done < all.count;) {
        const nn_range block = next_block(all, done, of->floats);
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)block.count, (int)of->floats,
                    (int)of->small, 1, small + block.first * of->small, (int)of->small, w,
                    (int)of->small, 0, workspace, (int)of->floats);
        im2col_scatter(&of->windows, workspace, block, image);
        done += block.count;
    }
}

void windows_gradient(const window_layer *of, const float *image, const float *small, size_t batch,
                      nn_range columns, float *workspace, float *g)
{
    const nn_range all = positions_of(of, (nn_range){0, batch});
    for (size_t done = 0; done < all.count;) {
        const nn_range block = next_block(all, done, columns.count);
        const float *values = small + block.first * of->small;
        im2col_gather(&of->windows, image, block, columns, workspace);
        if (of->floats <= SHORT_WINDOW)
            short_windows_gradient(workspace, columns.count, values, of->small, g, block.count);
        else
            cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)columns.count, (int)of->small,
                        (int)block.count, 1, workspace, (int)columns.count, values, (int)of->small,
                        1, g, (int)of->small);
        done += block.count;
    }
}
