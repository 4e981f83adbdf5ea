/* Convolutions against TensorFlow's "same" padding as PyTorch computed it in float64
 * (tests/data/README.md), whose images have the channels first. */
#include "testing.h"

#include "nn/nn.h"
#include "nn/windows/im2col.h"

#include <string.h>

enum { MOST_FLOATS = 4096 };

static const double tolerance = 1e-5;

/* The floats of a version 1 .npy file of rank 4 or 1, and its sizes; how many floats. */
static size_t raw_array(const char *folder, const char *name, float *x, size_t size[4])
{
    lts_error err = {0};
    char path[128], *bytes;
    size_t length, count = 1;
    snprintf(path, sizeof path, "%s/%s.npy", folder, name);
    assert_ok(lts_read_file(test_data(path), 1 << 20, &bytes, &length, &err));
    assert_non_null(strstr(bytes + 10, "'<f4', 'fortran_order': False"));
    const char *shape = strstr(bytes + 10, "'shape': (");
    assert_non_null(shape);
    for (int i = 0; i < 4; i++)
        size[i] = 1;
    const int found =
        sscanf(shape, "'shape': (%zu, %zu, %zu, %zu", &size[0], &size[1], &size[2], &size[3]);
    assert_true(found == 4 || found == 1);
    for (int i = 0; i < 4; i++)
        count *= size[i];
    assert_true(count <= MOST_FLOATS && length > count * sizeof *x);
    memcpy(x, bytes + length - count * sizeof *x, count * sizeof *x);
    lts_free(bytes);
    return count;
}

/* Of sizes (a,b,h,w) to another order of them. */
static size_t reordered(const char *folder, const char *name, const int order[4], float *x,
                        size_t size[4])
{
    static float raw[MOST_FLOATS];
    const size_t count = raw_array(folder, name, raw, size);
    size_t at[4], step[4] = {size[1] * size[2] * size[3], size[2] * size[3], size[3], 1};
    for (size_t i = 0; i < count; i++) {
        size_t rest = i, from = 0;
        for (int d = 3; d >= 0; d--) {
            at[d] = rest % size[order[d]];
            rest /= size[order[d]];
            from += at[d] * step[order[d]];
        }
        x[i] = raw[from];
    }
    return count;
}

static const int channels_last[4] = {0, 2, 3, 1};
static const int as_it_is[4] = {0, 1, 2, 3};

static void assert_agrees(const char *folder, const char *name, const int order[4],
                          const float *found)
{
    float expected[MOST_FLOATS];
    size_t size[4];
    const size_t count = reordered(folder, name, order, expected, size);
    const double error = relative_error(found, expected, count);
    if (!(error < tolerance))
        fail_msg("%s/%s: relative error %g", folder, name, error);
}

typedef struct golden {
    const char *folder;
    nn_layer_kind kind;
    nn_extent kernel, stride;
} golden;

/* From the files' (O,I,K1,K2), or (I,O,K1,K2) of a transposed one. */
static const int weights_of[4] = {2, 3, 1, 0};

static const golden cases[] = {
    {"conv/k34s23", NN_CONVOLUTION, {3, 4}, {2, 3}},
    {"conv/k3s2", NN_CONVOLUTION, {3, 3}, {2, 2}},
    {"conv/k3s21", NN_CONVOLUTION, {3, 3}, {2, 1}},
    {"conv_transpose/k34s23", NN_TRANSPOSED_CONVOLUTION, {3, 4}, {2, 3}},
    {"conv_transpose/k3s2", NN_TRANSPOSED_CONVOLUTION, {3, 3}, {2, 2}},
    {"conv_transpose/k3s21", NN_TRANSPOSED_CONVOLUTION, {3, 3}, {2, 1}},
};

/* A layer of one weight for each channel in front, all 1, so that the gradient of the input is
 * made. */
static nn_net *network_of(const golden *g, const size_t in[4], const size_t out[4])
{
    const nn_shape from = {in[3], in[1], in[2]}, to = {out[3], out[1], out[2]};
    const nn_layer layers[] = {
        {.kind = NN_CONVOLUTION,
         .name = "same",
         .in = from,
         .out = from,
         .kernel = {1, 1},
         .stride = {1, 1},
         .activation = NN_LINEAR},
        {.kind = g->kind,
         .name = "layer",
         .in = from,
         .out = to,
         .kernel = g->kernel,
         .stride = g->stride,
         .activation = NN_LINEAR},
    };
    lts_error err = {0};
    nn_net *net;
    assert_ok(nn_net_create(layers, 2, &net, &err));
    return net;
}

static void sizes_last(const char *folder, const char *name, size_t size[4])
{
    static float unused[MOST_FLOATS];
    size_t first[4];
    raw_array(folder, name, unused, first);
    for (int d = 0; d < 4; d++)
        size[d] = first[channels_last[d]];
}

static void layers_agree_with_the_reference(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        const golden *g = &cases[c];
        lts_error err = {0};
        nn_activations *activations;
        float x[MOST_FLOATS];
        size_t in[4], out[4], size[4];
        sizes_last(g->folder, "x", in);
        sizes_last(g->folder, "y", out);
        nn_net *net = network_of(g, in, out);
        assert_ok(nn_activations_create(net, in[0], 1, true, &activations, &err));
        float *parameters = lts_alloc(net->total, sizeof *parameters);
        float *gradient = lts_alloc(net->trained, sizeof *gradient);
        float *own = parameters + net->first_trained[1];
        for (size_t i = 0; i < in[3]; i++)
            parameters[i * in[3] + i] = 1;
        const size_t weights = reordered(g->folder, "w", weights_of, own, size);
        reordered(g->folder, "b", as_it_is, own + weights, size);
        reordered(g->folder, "x", channels_last, x, size);
        const nn_pass pass = {.net = net,
                              .parameters = parameters,
                              .activations = activations,
                              .end = 2,
                              .x = x,
                              .batch = in[0],
                              .training = true};
        nn_forward(&pass, nn_worker_alone);
        assert_agrees(g->folder, "y", channels_last, activations->value[1]);
        reordered(g->folder, "gy", channels_last, activations->gradient[1], size);
        nn_backward(&pass, &(nn_update){.gradient = gradient}, nn_worker_alone);
        assert_agrees(g->folder, "gx", channels_last, activations->gradient[0]);
        assert_agrees(g->folder, "gw", weights_of, gradient + net->first_trained[1]);
        assert_agrees(g->folder, "gb", as_it_is, gradient + net->first_trained[1] + weights);
        lts_free(gradient);
        lts_free(parameters);
        nn_activations_destroy(activations);
        nn_net_destroy(net);
    }
}

/* --- Windows --------------------------------------------------------------------------------- */

static void same_padding_is_tensorflow_s(void **state)
{
    (void)state;
    static const struct {
        size_t in, kernel, stride, out, before;
    } known[] = {
        {64, 13, 13, 5, 0},       {257, 26, 26, 10, 1}, {64, 3, 2, 32, 0},
        {257, 3, 2, 129, 1},      {65, 4, 3, 22, 1},    {2, 3, 1, 2, 1},
        {16384, 64, 4, 4096, 30}, {12, 1, 2, 6, 0},     {1, 5, 4, 1, 2},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const im2col w =
            im2col_windows((nn_shape){1, known[i].in, 1}, (nn_extent){known[i].kernel, 1},
                           (nn_extent){known[i].stride, 1});
        assert_int_equal(w.positions.height, known[i].out);
        assert_int_equal(w.padding.height, known[i].before);
        assert_int_equal(w.positions.width, 1);
        assert_int_equal(w.padding.width, 0);
    }
}

/* Any part of the matrix is the same as that part of the whole; scattering is the transpose of
 * gathering: <gather x, m> = <x, scatter m>. */
static void gathering_by_parts_and_scattering_fit_together(void **state)
{
    (void)state;
    static const struct {
        nn_shape image;
        nn_extent kernel, stride;
    } shapes[] = {
        {{1, 7, 9}, {3, 3}, {2, 2}},  {{3, 5, 6}, {4, 2}, {1, 3}}, {{20, 4, 3}, {3, 3}, {2, 1}},
        {{2, 30, 1}, {8, 1}, {4, 1}}, {{2, 2, 3}, {5, 7}, {2, 2}}, {{4, 6, 5}, {1, 1}, {2, 3}},
    };
    enum { BATCH = 3 };
    lts_rng rng;
    lts_rng_seed(&rng, 11, 0);
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        const im2col w = im2col_windows(shapes[s].image, shapes[s].kernel, shapes[s].stride);
        const size_t columns = im2col_floats(&w), size = BATCH * nn_size(w.image);
        const size_t positions = BATCH * w.positions.height * w.positions.width;
        float *x = lts_alloc(size, sizeof *x), *back = lts_alloc(size, sizeof *back);
        float *whole = lts_alloc(positions * columns, sizeof *whole);
        float *part = lts_alloc(positions * columns, sizeof *part);
        lts_rng_fill_normal(&rng, x, size);
        im2col_gather(&w, x, (nn_range){0, positions}, (nn_range){0, columns}, whole);
        for (int draw = 0; draw < 20; draw++) {
            nn_range rows, of;
            rows.first = (size_t)lts_rng_below(&rng, positions);
            rows.count = 1 + (size_t)lts_rng_below(&rng, positions - rows.first);
            of.first = (size_t)lts_rng_below(&rng, columns);
            of.count = 1 + (size_t)lts_rng_below(&rng, columns - of.first);
            im2col_gather(&w, x, rows, of, part);
            for (size_t r = 0; r < rows.count; r++)
                assert_memory_equal(part + r * of.count,
                                    whole + (rows.first + r) * columns + of.first,
                                    of.count * sizeof *part);
        }
        lts_rng_fill_normal(&rng, part, positions * columns);
        im2col_scatter(&w, part, (nn_range){0, positions / 2}, (nn_range){0, columns}, back);
        const nn_range rest = {positions / 2, positions - positions / 2};
        for (size_t c = 0; c < columns; c += 5) { /* the other half by columns, laid out anew */
            const nn_range of = {c, columns - c < 5 ? columns - c : 5};
            float *some = lts_alloc(rest.count * of.count, sizeof *some);
            for (size_t r = 0; r < rest.count; r++)
                memcpy(some + r * of.count, part + (rest.first + r) * columns + c,
                       of.count * sizeof *some);
            im2col_scatter(&w, some, rest, of, back);
            lts_free(some);
        }
        double first = 0, second = 0, norm = 0;
        for (size_t i = 0; i < positions * columns; i++) {
            first += (double)whole[i] * (double)part[i];
            norm += (double)part[i] * (double)part[i];
        }
        for (size_t i = 0; i < size; i++)
            second += (double)x[i] * (double)back[i];
        assert_true(first - second < 1e-5 * norm && second - first < 1e-5 * norm);
        lts_free(part);
        lts_free(whole);
        lts_free(back);
        lts_free(x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_agree_with_the_reference),
        cmocka_unit_test(same_padding_is_tensorflow_s),
        cmocka_unit_test(gathering_by_parts_and_scattering_fit_together),
    };
    nn_use_own_threads();
    return cmocka_run_group_tests_name("convolution", tests, NULL, NULL);
}
