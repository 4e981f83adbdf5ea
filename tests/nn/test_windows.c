/* The products of a convolution against plain loops in double precision, and their kernels for
 * every instruction set that this processor has. */
#include "testing.h"

#include "nn/windows/indirect.h"
#include "nn/windows/indirect_products.h"

#include <math.h>
#include <string.h>

static lts_rng rng;

static float *normals(size_t n)
{
    float *x = lts_alloc(n, sizeof *x);
    assert_non_null(x);
    lts_rng_fill_normal(&rng, x, n);
    return x;
}

static float *copied(const float *x, size_t n)
{
    float *copy = lts_alloc(n, sizeof *copy);
    assert_non_null(copy);
    memcpy(copy, x, n * sizeof *x);
    return copy;
}

/* Sums of `terms` products of numbers about 1. */
static void assert_sum(float found, double expected, size_t terms)
{
    if (!(fabs((double)found - expected) < 4e-6 * sqrt((double)terms) + 1e-6))
        fail_msg("%.9g where %.9g is expected, of %zu terms", (double)found, expected, terms);
}

/* --- Kernels --------------------------------------------------------------------------------- */

enum { MOST_INNER = 70, MOST_COLUMNS = 150, MOST_ROWS = 4 * INDIRECT_TILE };

typedef struct product {
    const indirect_kernels *kernels;
    size_t inner, columns, rows;
    float *in, *w, *packed, *out;
} product;

static product draw_product(const indirect_kernels *kernels)
{
    product p = {.kernels = kernels,
                 .inner = 1 + (size_t)lts_rng_below(&rng, MOST_INNER),
                 .columns =
                     INDIRECT_LANES + (size_t)lts_rng_below(&rng, MOST_COLUMNS - INDIRECT_LANES),
                 .rows = INDIRECT_TILE * (1 + (size_t)lts_rng_below(&rng, 4))};
    p.in = normals(p.rows * p.inner);
    p.w = normals(p.inner * p.columns);
    p.out = normals(p.rows * p.columns);
    p.packed = lts_alloc(indirect_packed(p.inner, p.columns), sizeof *p.packed);
    assert_non_null(p.packed);
    return p;
}

static void free_product(product *p)
{
    lts_free(p->in);
    lts_free(p->w);
    lts_free(p->packed);
    lts_free(p->out);
}

/* Rows of `out` so many floats apart, nearer than they are long where the windows overlap. */
static void check_multiply(const product *p, size_t apart)
{
    const float *in[MOST_ROWS];
    float *out[MOST_ROWS], *before = copied(p->out, p->rows * p->columns);
    for (size_t i = 0; i < p->rows; i++) {
        in[i] = p->in + i * p->inner;
        out[i] = p->out + i * apart;
    }
    p->kernels->multiply(in, p->inner, p->packed, p->columns, out, p->rows);
    for (size_t at = 0; at < p->rows * p->columns; at++) {
        double sum = (double)before[at];
        size_t terms = 1;
        for (size_t i = 0; i < p->rows; i++)
            if (at >= i * apart && at < i * apart + p->columns)
                for (size_t j = 0; j < p->inner; j++, terms++)
                    sum += (double)p->in[i * p->inner + j] *
                           (double)p->w[j * p->columns + (at - i * apart)];
        assert_sum(p->out[at], sum, terms);
    }
    lts_free(before);
}

static void kernels_multiply(void **state)
{
    (void)state;
    for (size_t k = 0; indirect_kernels_at(k); k++)
        for (int draw = 0; indirect_kernels_at(k)->available() && draw < 200; draw++) {
            product p = draw_product(indirect_kernels_at(k));
            const float *rows[MOST_INNER];
            for (size_t j = 0; j < p.inner; j++)
                rows[j] = p.w + j * p.columns;
            p.kernels->pack_rows(rows, p.inner, p.columns, p.packed);
            check_multiply(&p, p.columns);
            check_multiply(&p, 1 + p.columns / 2);
            free_product(&p);
        }
}

static void columns_are_packed_as_rows_are(void **state)
{
    (void)state;
    for (size_t k = 0; indirect_kernels_at(k); k++)
        for (int draw = 0; indirect_kernels_at(k)->available() && draw < 100; draw++) {
            product p = draw_product(indirect_kernels_at(k));
            const size_t packed = indirect_packed(p.inner, p.columns);
            float *turned = normals(p.columns * p.inner), *other = copied(p.packed, packed);
            const float *rows[MOST_INNER];
            for (size_t j = 0; j < p.inner; j++) {
                rows[j] = p.w + j * p.columns;
                for (size_t o = 0; o < p.columns; o++)
                    turned[o * p.inner + j] = rows[j][o];
            }
            p.kernels->pack_rows(rows, p.inner, p.columns, p.packed);
            p.kernels->pack_columns(turned, p.inner, p.inner, p.columns, other);
            assert_memory_equal(p.packed, other, packed * sizeof *other);
            lts_free(turned);
            lts_free(other);
            free_product(&p);
        }
}

/* `inner` counts rows here: g (of.count,columns) += in' w. */
static void kernels_make_gradients(void **state)
{
    (void)state;
    for (size_t k = 0; indirect_kernels_at(k); k++)
        for (int draw = 0; indirect_kernels_at(k)->available() && draw < 200; draw++) {
            product p = draw_product(indirect_kernels_at(k));
            const float *in[MOST_INNER], *rows[MOST_INNER];
            const size_t first = (size_t)lts_rng_below(&rng, p.rows);
            const nn_range of = {first, 1 + (size_t)lts_rng_below(&rng, p.rows - first)};
            float *before = copied(p.out, p.rows * p.columns);
            for (size_t n = 0; n < p.inner; n++) {
                in[n] = p.in + n * p.rows;
                rows[n] = p.w + n * p.columns;
            }
            p.kernels->pack_rows(rows, p.inner, p.columns, p.packed);
            p.kernels->gradient(in, of, p.packed, p.columns, p.out, p.inner);
            for (size_t i = 0; i < p.rows * p.columns; i++) {
                double sum = (double)before[i];
                for (size_t n = 0; i < of.count * p.columns && n < p.inner; n++)
                    sum += (double)in[n][of.first + i / p.columns] * (double)rows[n][i % p.columns];
                assert_sum(p.out[i], sum, p.inner + 1);
            }
            lts_free(before);
            free_product(&p);
        }
}

/* --- Products of a convolution --------------------------------------------------------------- */

enum { BATCH = 13 };

typedef struct layer {
    window_layer of;
    size_t image_size, small_size; /* of one row of the batch */
    float *image, *small, *w, *bias, *workspace;
} layer;

static const struct {
    nn_shape image;
    size_t small;
    nn_extent kernel, stride;
} shapes[] = {
    {{16, 7, 9}, 16, {3, 3}, {2, 2}},   {{8, 33, 20}, 35, {3, 4}, {2, 3}},
    {{71, 5, 6}, 20, {3, 4}, {2, 3}},   {{40, 2, 3}, 71, {3, 3}, {1, 2}},
    {{32, 30, 1}, 17, {8, 1}, {4, 1}},  {{20, 2, 3}, 32, {5, 7}, {2, 2}},
    {{300, 2, 2}, 16, {2, 2}, {1, 1}},  {{19, 6, 5}, 16, {1, 1}, {2, 3}},
    {{16, 17, 16}, 98, {2, 5}, {1, 1}}, {{3, 12, 12}, 16, {3, 3}, {2, 2}}, /* too narrow */
    {{60, 2, 2}, 1000, {2, 2}, {1, 1}}, {{16, 2, 2}, 1024, {1, 1}, {1, 1}},
    {{16, 2, 2}, 1040, {1, 1}, {1, 1}}, /* too wide */
};

static layer draw_layer(size_t s)
{
    layer l = {.of = window_layer_of(shapes[s].image, shapes[s].small, shapes[s].kernel,
                                     shapes[s].stride)};
    l.image_size = nn_size(shapes[s].image);
    l.small_size = l.of.windows.positions.height * l.of.windows.positions.width * l.of.small;
    l.image = normals(BATCH * l.image_size);
    l.small = normals(BATCH * l.small_size);
    l.w = normals(l.of.floats * l.of.small);
    l.bias = normals(l.of.small);
    l.workspace = normals(WINDOW_WORKSPACE);
    return l;
}

static void free_layer(layer *l)
{
    lts_free(l->image);
    lts_free(l->small);
    lts_free(l->w);
    lts_free(l->bias);
    lts_free(l->workspace);
}

/* The windows of the whole batch as a matrix (positions,floats). */
static float *windows_of(const layer *l)
{
    const size_t positions = BATCH * l->small_size / l->of.small;
    float *windows = normals(positions * l->of.floats);
    im2col_gather(&l->of.windows, l->image, (nn_range){0, positions}, (nn_range){0, l->of.floats},
                  windows);
    return windows;
}

static void small_images_are_the_windows_products(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        layer l = draw_layer(s);
        float *windows = windows_of(&l), *split = copied(l.small, BATCH * l.small_size);
        for (int with_bias = 0; with_bias < 2; with_bias++) {
            const float *bias = with_bias ? l.bias : NULL;
            windows_to_small(&l.of, l.image, l.w, bias, (nn_range){0, BATCH}, l.workspace, l.small);
            for (size_t i = 0; i < BATCH * l.small_size; i++) {
                const float *window = windows + i / l.of.small * l.of.floats;
                const size_t o = i % l.of.small;
                double sum = bias ? (double)bias[o] : 0;
                for (size_t j = 0; j < l.of.floats; j++)
                    sum += (double)window[j] * (double)l.w[j * l.of.small + o];
                assert_sum(l.small[i], sum, l.of.floats);
            }
        }
        windows_to_small(&l.of, l.image, l.w, l.bias, (nn_range){0, 2}, l.workspace, split);
        windows_to_small(&l.of, l.image, l.w, l.bias, (nn_range){2, BATCH - 2}, l.workspace, split);
        if (indirect_fits(&l.of))
            assert_memory_equal(split, l.small, BATCH * l.small_size * sizeof *split);
        lts_free(windows);
        lts_free(split);
        free_layer(&l);
    }
}

static void images_get_the_transposed_products(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        layer l = draw_layer(s);
        const size_t positions = BATCH * l.small_size / l.of.small;
        float *before = copied(l.image, BATCH * l.image_size);
        float *split = copied(l.image, BATCH * l.image_size);
        float *windows = normals(positions * l.of.floats);
        windows_to_image(&l.of, l.small, l.w, (nn_range){0, BATCH}, l.workspace, l.image);
        for (size_t i = 0; i < positions * l.of.floats; i++) {
            double sum = 0;
            for (size_t o = 0; o < l.of.small; o++)
                sum += (double)l.small[i / l.of.floats * l.of.small + o] *
                       (double)l.w[i % l.of.floats * l.of.small + o];
            windows[i] = (float)sum;
        }
        im2col_scatter(&l.of.windows, windows, (nn_range){0, positions}, (nn_range){0, l.of.floats},
                       before);
        for (size_t i = 0; i < BATCH * l.image_size; i++)
            assert_sum(l.image[i], (double)before[i], 4 * l.of.floats * l.of.small);
        const size_t group = indirect_group(&l.of), first = group < BATCH ? group : BATCH;
        windows_to_image(&l.of, l.small, l.w, (nn_range){first, BATCH - first}, l.workspace, split);
        windows_to_image(&l.of, l.small, l.w, (nn_range){0, first}, l.workspace, split);
        if (indirect_fits(&l.of))
            assert_memory_equal(split, l.image, BATCH * l.image_size * sizeof *split);
        lts_free(before);
        lts_free(split);
        lts_free(windows);
        free_layer(&l);
    }
}

static void gradients_are_the_windows_products(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        layer l = draw_layer(s);
        const size_t positions = BATCH * l.small_size / l.of.small, small = l.of.small;
        float *windows = windows_of(&l), *g = normals(l.of.floats * small);
        float *before = copied(g, l.of.floats * small), *split = copied(g, l.of.floats * small);
        windows_gradient(&l.of, l.image, l.small, BATCH, (nn_range){0, l.of.floats}, l.workspace,
                         g);
        for (size_t j = 0; j < l.of.floats; j++)
            for (size_t o = 0; o < small; o++) {
                double sum = (double)before[j * small + o];
                for (size_t p = 0; p < positions; p++)
                    sum += (double)windows[p * l.of.floats + j] * (double)l.small[p * small + o];
                assert_sum(g[j * small + o], sum, positions);
            }
        for (size_t done = 0, count; done < l.of.floats; done += count) {
            count = 1 + (size_t)lts_rng_below(&rng, l.of.floats - done);
            windows_gradient(&l.of, l.image, l.small, BATCH, (nn_range){done, count}, l.workspace,
                             split + done * small);
        }
        if (indirect_fits(&l.of))
            assert_memory_equal(split, g, l.of.floats * small * sizeof *split);
        lts_free(windows);
        lts_free(g);
        lts_free(before);
        lts_free(split);
        free_layer(&l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_multiply),
        cmocka_unit_test(columns_are_packed_as_rows_are),
        cmocka_unit_test(kernels_make_gradients),
        cmocka_unit_test(small_images_are_the_windows_products),
        cmocka_unit_test(images_get_the_transposed_products),
        cmocka_unit_test(gradients_are_the_windows_products),
    };
    lts_rng_seed(&rng, 17, 0);
    nn_use_own_threads();
    return cmocka_run_group_tests_name("windows", tests, NULL, NULL);
}
