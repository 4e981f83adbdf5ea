#include "nn/windows/window_products.h"

#include "nn/windows/indirect_products.h"
#include "nn/windows/short_windows.h"

#include <cblas.h>
#include <string.h>

enum { MOST_COLUMNS = 1536, GRAIN = 16 }; /* of a block, which so has 170 positions or more */

window_layer window_layer_of(nn_shape image, size_t small, nn_extent kernel, nn_extent stride)
{
    const im2col windows = im2col_windows(image, kernel, stride);
    return (window_layer){windows, im2col_floats(&windows), small};
}

static nn_range positions_of(const window_layer *of, nn_range rows)
{
    const size_t positions = of->windows.positions.height * of->windows.positions.width;
    return (nn_range){rows.first * positions, rows.count * positions};
}

/* The next block of `positions`, with so many columns each. */
static nn_range next_block(nn_range positions, size_t done, size_t columns)
{
    const size_t most = WINDOW_WORKSPACE / columns, left = positions.count - done;
    return (nn_range){positions.first + done, left < most ? left : most};
}

/* Columns of one block: whole windows, or a part of long ones. */
static size_t block_columns(const window_layer *of)
{
    const size_t parts = (of->floats + MOST_COLUMNS - 1) / MOST_COLUMNS;
    const size_t wanted = (of->floats + parts * GRAIN - 1) / (parts * GRAIN) * GRAIN;
    return wanted < of->floats ? wanted : of->floats;
}

static nn_range next_columns(const window_layer *of, size_t done)
{
    const size_t most = block_columns(of), left = of->floats - done;
    return (nn_range){done, left < most ? left : most};
}

/* y (count,S) = windows W + bias of one block of positions, long ones added up over the biases part
 * by part. */
static void multiply(const window_layer *of, const float *image, const float *w, const float *bias,
                     nn_range block, float *workspace, float *y)
{
    const size_t small = of->small;
    if (of->floats <= SHORT_WINDOW) {
        im2col_gather(&of->windows, image, block, (nn_range){0, of->floats}, workspace);
        short_windows_product(workspace, of->floats, w, bias, small, y, block.count);
        return;
    }
    for (size_t p = 0; bias && p < block.count; p++)
        memcpy(y + p * small, bias, small * sizeof *y);
    for (size_t done = 0; done < of->floats;) {
        const nn_range columns = next_columns(of, done);
        im2col_gather(&of->windows, image, block, columns, workspace);
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)block.count, (int)small,
                    (int)columns.count, 1, workspace, (int)columns.count, w + done * small,
                    (int)small, bias || done > 0 ? 1 : 0, y, (int)small);
        done += columns.count;
    }
}

void windows_to_small(const window_layer *of, const float *image, const float *w, const float *bias,
                      nn_range rows, float *workspace, float *small)
{
    const nn_range all = positions_of(of, rows);
    if (indirect_fits(of)) {
        indirect_to_small(of, image, w, bias, rows, workspace, small);
        return;
    }
    for (size_t done = 0; done < all.count;) {
        const nn_range block = next_block(all, done, block_columns(of));
        multiply(of, image, w, bias, block, workspace, small + block.first * of->small);
        done += block.count;
    }
}

/* One block of positions of `image += small W'`. */
static void spread(const window_layer *of, const float *small, const float *w, nn_range block,
                   float *workspace, float *image)
{
    for (size_t done = 0; done < of->floats;) {
        const nn_range columns = next_columns(of, done);
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)block.count, (int)columns.count,
                    (int)of->small, 1, small + block.first * of->small, (int)of->small,
                    w + done * of->small, (int)of->small, 0, workspace, (int)columns.count);
        im2col_scatter(&of->windows, workspace, block, columns, image);
        done += columns.count;
    }
}

void windows_to_image(const window_layer *of, const float *small, const float *w, nn_range rows,
                      float *workspace, float *image)
{
    const nn_range all = positions_of(of, rows);
    if (indirect_fits(of)) {
        indirect_to_image(of, small, w, rows, workspace, image);
        return;
    }
    for (size_t done = 0; done < all.count;) {
        const nn_range block = next_block(all, done, block_columns(of));
        spread(of, small, w, block, workspace, image);
        done += block.count;
    }
}

void windows_gradient(const window_layer *of, const float *image, const float *small, size_t batch,
                      nn_range columns, float *workspace, float *g)
{
    const nn_range all = positions_of(of, (nn_range){0, batch});
    if (indirect_fits(of)) {
        indirect_gradient(of, image, small, batch, columns, workspace, g);
        return;
    }
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
