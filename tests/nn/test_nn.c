#include "testing.h"

#include "nn/nn.h"

#include <math.h>
#include <string.h>
#include <time.h>

#define VECTOR(n)                                                                                  \
    {                                                                                              \
        n, 1, 1                                                                                    \
    }

/* --- Elementwise functions ------------------------------------------------------------------- */

static double cube_root(double x)
{
    return cbrt(x);
}

static void functions_agree_with_libm(void **state)
{
    (void)state;
    enum { COUNT = 100001 };
    static const struct {
        const char *name;
        void (*ours)(const float *x, float *y, size_t n);
        double (*exact)(double x);
        double low, high, tolerance;
    } cases[] = {
        {"exp", nn_vector_exp, exp, -86, 88, 2.5e-7},
        {"exp near 0", nn_vector_exp, exp, -1, 1, 1.5e-7},
        {"expm1", nn_vector_expm1, expm1, -30, 88, 4e-7},
        {"expm1 near 0", nn_vector_expm1, expm1, -1e-3, 1e-3, 4e-7},
        {"log1p", nn_vector_log1p, log1p, -0.99, 100, 4e-7},
        {"log1p near 0", nn_vector_log1p, log1p, -1e-3, 1e-3, 4e-7},
        {"log1p far", nn_vector_log1p, log1p, 100, 1e30, 3e-7},
        {"cbrt", nn_vector_cbrt, cube_root, 0, 100, 3e-7},
        {"cbrt near 0", nn_vector_cbrt, cube_root, 0, 1e-9, 3e-7},
        {"cbrt far", nn_vector_cbrt, cube_root, 1, 1e30, 3e-7},
    };
    float *x = lts_alloc(COUNT, sizeof *x), *y = lts_alloc(COUNT, sizeof *y);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        double worst = 0;
        for (int i = 0; i < COUNT; i++)
            x[i] = (float)(cases[c].low + (cases[c].high - cases[c].low) * i / (COUNT - 1));
        cases[c].ours(x, y, COUNT);
        for (int i = 0; i < COUNT; i++) {
            double exact = cases[c].exact((double)x[i]);
            worst = fmax(worst, exact ? fabs(y[i] / exact - 1) : fabs((double)y[i]));
        }
        if (!(worst < cases[c].tolerance))
            fail_msg("%s: relative error %g, allowed %g", cases[c].name, worst, cases[c].tolerance);
    }
    lts_free(y);
    lts_free(x);
}

static void functions_keep_nan_and_their_limits(void **state)
{
    (void)state;
    float x[3] = {NAN, INFINITY, -INFINITY}, y[3];
    nn_vector_exp(x, y, 3);
    assert_true(isnan(y[0]) && isinf(y[1]) && y[2] == 0);
    nn_vector_expm1(x, y, 3);
    assert_true(isnan(y[0]) && isinf(y[1]) && y[2] == -1);
    nn_vector_log1p(x, y, 2);
    assert_true(isnan(y[0]) && isinf(y[1]));
    nn_vector_cbrt(x, y, 1);
    assert_true(isnan(y[0]));
    x[0] = 0;
    nn_vector_cbrt(x, y, 1);
    assert_true(y[0] == 0);
    nn_vector_log1p(x, y, 1);
    assert_true(y[0] == 0);
    nn_vector_expm1(x, y, 1);
    assert_true(y[0] == 0);
}

/* --- Noise ----------------------------------------------------------------------------------- */

static void noise_is_philox_s(void **state)
{
    (void)state;
    /* The published answer for counter 0 and key 0, and Box and Muller's formula. */
    static const uint32_t word[4] = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
    float x[4];
    nn_noise_row(0, 0, x, 4);
    for (int pair = 0; pair < 2; pair++) {
        double u = ((word[2 * pair] >> 8) + 1) * 0x1p-24;
        double turn = (word[2 * pair + 1] >> 8) * 0x1p-24;
        double radius = sqrt(-2 * log(u));
        assert_true(fabs(x[2 * pair] - radius * cos(6.283185307179586 * turn)) < 1e-6);
        assert_true(fabs(x[2 * pair + 1] - radius * sin(6.283185307179586 * turn)) < 1e-6);
    }
}

static void noise_is_normal_and_rows_are_independent(void **state)
{
    (void)state;
    enum { ROWS = 4000, COUNT = 50 };
    static float x[ROWS][COUNT];
    double mean = 0, square = 0, fourth = 0, neighbours = 0, columns = 0;
    for (int r = 0; r < ROWS; r++)
        nn_noise_row(99, (uint64_t)r + (UINT64_C(1) << 32) - ROWS / 2, x[r], COUNT);
    for (int r = 1; r < ROWS; r++)
        for (int i = 1; i < COUNT; i++) {
            double d = x[r][i];
            assert_true(isfinite(d));
            mean += d;
            square += d * d;
            fourth += d * d * d * d;
            neighbours += d * x[r - 1][i];
            columns += d * x[r][i - 1];
        }
    const double n = (ROWS - 1) * (COUNT - 1);
    assert_true(fabs(mean / n) < 0.01);
    assert_true(fabs(square / n - 1) < 0.02);
    assert_true(fabs(fourth / n - 3) < 0.1);
    assert_true(fabs(neighbours / n) < 0.01);
    assert_true(fabs(columns / n) < 0.01);
}

static void noise_depends_on_seed_and_row_alone(void **state)
{
    (void)state;
    float a[70], b[70];
    nn_noise_row(7, 3, a, 70);
    for (size_t count = 0; count <= 70; count++) {
        b[count % 70] = -1;
        nn_noise_row(7, 3, b, count);
        assert_memory_equal(a, b, count * sizeof *a);
        assert_true(count == 70 || b[count] == -1.0f);
    }
    nn_noise_row(8, 3, b, 70);
    assert_memory_not_equal(a, b, sizeof a);
    nn_noise_row(7, 4, b, 70);
    assert_memory_not_equal(a, b, sizeof a);
}

static void dropout_keeps_its_share(void **state)
{
    (void)state;
    enum { COUNT = 1000, ROWS_OF = 200 };
    static const float rates[] = {0, 0.1f, 0.5f, 0.9f};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        float scale[COUNT];
        size_t zeros = 0;
        for (uint64_t row = 0; row < ROWS_OF; row++) {
            nn_dropout_row(5, row, 3, rates[i], scale, COUNT);
            for (size_t j = 0; j < COUNT; j++) {
                assert_true(scale[j] == 0 || scale[j] == 1 / (1 - rates[i]));
                zeros += scale[j] == 0;
            }
        }
        const double n = COUNT * ROWS_OF, rate = (double)rates[i];
        assert_true(fabs((double)zeros - rate * n) <= 5 * sqrt(rate * (1 - rate) * n));
    }
}

static void dropout_depends_on_seed_row_and_layer_alone(void **state)
{
    (void)state;
    enum { COUNT = 150 };
    float a[COUNT], b[COUNT];
    nn_dropout_row(7, 3, 2, 0.5f, a, COUNT);
    for (size_t count = 0; count <= COUNT; count += 30) {
        nn_dropout_row(7, 3, 2, 0.5f, b, count);
        assert_memory_equal(a, b, count * sizeof *a);
    }
    nn_dropout_row(8, 3, 2, 0.5f, b, COUNT);
    assert_memory_not_equal(a, b, sizeof a);
    nn_dropout_row(7, 4, 2, 0.5f, b, COUNT);
    assert_memory_not_equal(a, b, sizeof a);
    nn_dropout_row(7, 3, 1, 0.5f, b, COUNT);
    assert_memory_not_equal(a, b, sizeof a);
}

static void dropout_is_for_training(void **state)
{
    (void)state;
    enum { WIDTH = 40, BATCH = 3 };
    const nn_layer layer = {.kind = NN_DROPOUT,
                            .name = "d",
                            .in = VECTOR(WIDTH),
                            .out = VECTOR(WIDTH),
                            .activation = NN_LINEAR,
                            .rate = 0.5f};
    lts_error err = {0};
    nn_net *net;
    nn_activations *activations;
    float x[BATCH * WIDTH];
    for (size_t i = 0; i < BATCH * WIDTH; i++)
        x[i] = (float)i + 1;
    assert_ok(nn_net_create(&layer, 1, &net, &err));
    assert_ok(nn_activations_create(net, BATCH, 1, true, &activations, &err));
    nn_pass pass = {.net = net,
                    .activations = activations,
                    .end = 1,
                    .x = x,
                    .batch = BATCH,
                    .parameters = x,
                    .seed = 1};
    nn_forward(&pass, nn_worker_alone);
    assert_memory_equal(activations->value[0], x, sizeof x);
    pass.training = true;
    nn_forward(&pass, nn_worker_alone);
    for (size_t i = 0; i < BATCH * WIDTH; i++)
        assert_true(activations->value[0][i] == 0 || activations->value[0][i] == 2 * x[i]);
    assert_memory_not_equal(activations->value[0], activations->value[0] + WIDTH,
                            WIDTH * sizeof *x);
    nn_activations_destroy(activations);
    nn_net_destroy(net);
}

/* --- Adam and losses ------------------------------------------------------------------------- */

static void adam_follows_its_recurrence(void **state)
{
    (void)state;
    enum { COUNT = 37, STEPS = 20 };
    float w[COUNT], m[COUNT] = {0}, v[COUNT] = {0}, g[COUNT];
    double exact[COUNT], em[COUNT] = {0}, ev[COUNT] = {0};
    nn_adam adam = {
        .learning_rate = 0.01, .beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-3, .m = m, .v = v};
    for (int i = 0; i < COUNT; i++)
        exact[i] = w[i] = (float)i / COUNT;
    for (int step = 1; step <= STEPS; step++) {
        adam.step++;
        for (int i = 0; i < COUNT; i++) {
            g[i] = (float)sin(step + i);
            em[i] = 0.8 * em[i] + 0.2 * (double)g[i];
            ev[i] = 0.95 * ev[i] + 0.05 * (double)g[i] * (double)g[i];
            exact[i] -=
                0.01 * em[i] / (1 - pow(0.8, step)) / (sqrt(ev[i] / (1 - pow(0.95, step))) + 1e-3);
        }
        nn_adam_apply(&adam, w, g, 0, 11);
        nn_adam_apply(&adam, w, g + 11, 11, COUNT - 11);
        for (int i = 0; i < COUNT; i++)
            assert_true(g[i] == 0);
    }
    for (int i = 0; i < COUNT; i++)
        assert_true(fabs(w[i] - exact[i]) < 1e-6);
}

/* sqrt of the mean of g^2 */
static double rms(const double *g, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += g[i] * g[i];
    return sqrt(sum / (double)n);
}

static void a_gradient_far_above_those_before_is_scaled_down(void **state)
{
    (void)state;
    enum { COUNT = 19, STEPS = 30, BURST = 20 };
    const double limit = 1.5;
    float w[COUNT] = {0}, m[COUNT] = {0}, v[COUNT] = {0}, g[COUNT];
    double exact[COUNT] = {0}, em[COUNT] = {0}, ev[COUNT] = {0};
    nn_adam adam = {.learning_rate = 0.01,
                    .beta1 = 0.9,
                    .beta2 = 0.99,
                    .epsilon = 1e-8,
                    .clip = limit,
                    .m = m,
                    .v = v};
    int scaled = 0;
    for (int step = 1; step <= STEPS; step++) {
        double own[COUNT], running = 0;
        for (int i = 0; i < COUNT; i++) {
            own[i] = g[i] = (float)(sin(3 * step + i) * (step == BURST ? 1000 : 1));
            running += ev[i] / COUNT;
        }
        const double most = step > 1 ? limit * sqrt(running / (1 - pow(0.99, step - 1))) : INFINITY;
        const double by = rms(own, COUNT) > most ? most / rms(own, COUNT) : 1;
        scaled += by < 1;
        adam.step++;
        nn_adam_apply(&adam, w, g, 0, COUNT);
        for (int i = 0; i < COUNT; i++) {
            em[i] = 0.9 * em[i] + 0.1 * by * own[i];
            ev[i] = 0.99 * ev[i] + 0.01 * by * by * own[i] * own[i];
            exact[i] -=
                0.01 * em[i] / (1 - pow(0.9, step)) / (sqrt(ev[i] / (1 - pow(0.99, step))) + 1e-8);
            assert_true(g[i] == 0 && fabs(w[i] - exact[i]) < 1e-5);
        }
    }
    assert_int_equal(scaled, 1);
}

static void squared_error_and_its_gradient(void **state)
{
    (void)state;
    const float y[2][3] = {{1, 2, 3}, {0, -1, 5}}, t[2][3] = {{1, 0, 4}, {2, -1, 1}};
    float gradient[2][3] = {{9, 9, 9}, {9, 9, 9}};
    double error[2] = {-1, -1};
    nn_squared_error(*y, *t, NULL, 3, (nn_range){1, 1}, 0.5, error, *gradient);
    assert_true(error[0] == -1 && gradient[0][0] == 9);
    assert_true(error[1] == 20 && gradient[1][0] == -2 && gradient[1][1] == 0 &&
                gradient[1][2] == 4);
    nn_squared_error(*y, *t, NULL, 3, (nn_range){0, 2}, 7, error, NULL);
    assert_true(error[0] == 5 && error[1] == 20);
}

static void binary_cross_entropy_and_its_gradient(void **state)
{
    (void)state;
    enum { ROWS_OF = 3, GROUPS = 2, WIDTH = 6 };
    const float y[ROWS_OF][WIDTH] = {
        {0.5f, -1, 2, 0, 3, -0.25f}, {200, -200, 30, -30, 90, -90}, {-1e-3f, 1e-3f, 1, -1, 5, -5}};
    const int32_t labels[ROWS_OF][GROUPS] = {{0, 2}, {1, 1}, {2, 0}};
    float gradient[ROWS_OF][WIDTH] = {{9, 9, 9, 9, 9, 9}};
    double error[ROWS_OF] = {-1, -1, -1};
    nn_binary_cross_entropy(*y, &(nn_classes){*labels, GROUPS, 0}, WIDTH, (nn_range){1, 2}, 0.5,
                            error, *gradient);
    assert_true(error[0] == -1 && gradient[0][0] == 9);
    for (size_t b = 1; b < ROWS_OF; b++) {
        double sum = 0;
        for (size_t j = 0; j < WIDTH; j++) {
            const double x = (double)y[b][j], t = labels[b][j / 3] == (int32_t)(j % 3);
            sum += fmax(x, 0) + log1p(exp(-fabs(x))) - t * x;
            assert_true(fabs((double)gradient[b][j] - 0.5 * (1 / (1 + exp(-x)) - t)) < 1e-6);
        }
        assert_true(fabs(error[b] - sum) < 1e-5 * sum);
    }
    nn_binary_cross_entropy(*y, &(nn_classes){*labels, GROUPS, 0}, WIDTH, (nn_range){0, 1}, 7,
                            error, NULL);
    assert_true(error[0] > 0);
    const float wrong[2] = {NAN, 1};
    nn_binary_cross_entropy(wrong, &(nn_classes){(int32_t[]){1}, 1, 0}, 2, (nn_range){0, 1}, 1,
                            error, NULL);
    assert_true(isnan(error[0]));
}

static void soft_targets_fall_off_beside_the_right_class(void **state)
{
    (void)state;
    enum { GROUPS = 2, CLASSES = 9, WIDTH = GROUPS * CLASSES };
    const int32_t labels[GROUPS] = {0, 7};
    float y[WIDTH], gradient[WIDTH];
    for (size_t j = 0; j < WIDTH; j++)
        y[j] = (float)sin(1.7 * (double)j);
    for (int step = 1; step < 4; step++) {
        const double spread = 0.6 * step;
        double error, sum = 0;
        nn_binary_cross_entropy(y, &(nn_classes){labels, GROUPS, spread}, WIDTH, (nn_range){0, 1},
                                2, &error, gradient);
        for (size_t j = 0; j < WIDTH; j++) {
            const double x = (double)y[j], d = (double)(j % CLASSES) - labels[j / CLASSES];
            const double t = fabs(d) > ceil(3 * spread) ? 0 : exp(-d * d / (2 * spread * spread));
            sum += log1p(exp(x)) - t * x;
            assert_true(fabs((double)gradient[j] - 2 * (1 / (1 + exp(-x)) - t)) < 2e-6);
        }
        assert_true(fabs(error - sum) < 1e-5 * sum);
    }
}

/* --- Workers --------------------------------------------------------------------------------- */

static void shares_cover_everything_once(void **state)
{
    (void)state;
    const size_t totals[] = {0, 1, 15, 16, 17, 384, 2048}, grains[] = {1, 16, 100};
    for (unsigned members = 1; members < 40; members++)
        for (size_t t = 0; t < 7; t++)
            for (size_t g = 0; g < 3; g++) {
                size_t next = 0;
                for (unsigned member = 0; member < members; member++) {
                    nn_range r = nn_share((nn_worker){member, members, NULL}, totals[t], grains[g]);
                    assert_int_equal(r.first, next);
                    assert_true(r.first % grains[g] == 0 || r.first == totals[t]);
                    next += r.count;
                }
                assert_int_equal(next, totals[t]);
            }
}

enum { ROUNDS = 300, MEMBERS_MAX = 5 };

typedef struct relay {
    unsigned seen[ROUNDS + 1][MEMBERS_MAX];
    bool too_early;
} relay;

/* Each round a member writes, and after the barrier reads what all the others wrote. */
static void relay_member(void *context, nn_worker worker)
{
    relay *r = context;
    for (unsigned round = 1; round <= ROUNDS; round++) {
        if (round % 100 == worker.index) /* late enough that the others go to sleep */
            nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
        r->seen[round][worker.index] = round;
        nn_barrier_wait(worker);
        for (unsigned m = 0; m < worker.count; m++)
            if (r->seen[round][m] != round)
                r->too_early = true;
    }
}

static void workers_wait_for_each_other(void **state)
{
    (void)state;
    static relay r;
    for (unsigned members = 1; members <= MEMBERS_MAX; members++) {
        lts_error err = {0};
        nn_pool *pool;
        assert_ok(nn_pool_create(members, &pool, &err));
        for (int run = 0; run < 3; run++) {
            memset(&r, 0, sizeof r);
            nn_pool_run(pool, relay_member, &r);
            assert_false(r.too_early);
            for (unsigned m = 0; m < MEMBERS_MAX; m++)
                assert_int_equal(r.seen[ROUNDS][m], m < members ? ROUNDS : 0);
        }
        nn_pool_destroy(pool);
    }
    nn_pool_destroy(NULL);
}

/* --- Batch normalisation, as PyTorch has it -------------------------------------------------- */

enum { CHANNELS = 3, IMAGES = 6, POSITIONS = 20, ROWS = IMAGES * POSITIONS };

/* The floats of a version 1 .npy file of any rank, which lts_npy_load would refuse. */
static void raw_floats(const char *name, float *x, size_t n)
{
    lts_error err = {0};
    char path[64], *bytes;
    size_t size;
    snprintf(path, sizeof path, "batch_norm/%s.npy", name);
    assert_ok(lts_read_file(test_data(path), 1 << 20, &bytes, &size, &err));
    assert_true(size > n * sizeof *x && strstr(bytes + 10, "'<f4', 'fortran_order': False"));
    memcpy(x, bytes + size - n * sizeof *x, n * sizeof *x);
    lts_free(bytes);
}

/* (6,3,4,5) to rows of channels. */
static void norm_rows(const char *name, float x[ROWS][CHANNELS])
{
    float channels_first[IMAGES][CHANNELS][POSITIONS];
    raw_floats(name, **channels_first, ROWS * CHANNELS);
    for (size_t n = 0; n < IMAGES; n++)
        for (size_t c = 0; c < CHANNELS; c++)
            for (size_t p = 0; p < POSITIONS; p++)
                x[n * POSITIONS + p][c] = channels_first[n][c][p];
}

static void assert_close(const char *what, const float *found, const float *expected, size_t n)
{
    double error = relative_error(found, expected, n);
    if (!(error < 1e-5))
        fail_msg("%s: relative error %g", what, error);
}

/* An identity in front, so that the gradient of the normalisation's input is made. */
static const nn_layer norm_layers[] = {
    {.kind = NN_DENSE,
     .name = "same",
     .in = VECTOR(CHANNELS),
     .out = VECTOR(CHANNELS),
     .activation = NN_LINEAR},
    {.kind = NN_BATCH_NORM,
     .name = "norm",
     .in = VECTOR(CHANNELS),
     .out = VECTOR(CHANNELS),
     .activation = NN_LINEAR},
};

/* Of vectors, or of images whose positions are the same rows. */
static void check_batch_normalisation(size_t positions)
{
    lts_error err = {0};
    const size_t batch = ROWS / positions;
    const nn_shape image = {CHANNELS, positions / 5, 5};
    nn_layer layers[] = {norm_layers[0], norm_layers[1]};
    for (int l = 0; l < 2 && positions > 1; l++) {
        layers[l].in = layers[l].out = image;
        layers[l].kernel = layers[l].stride = (nn_extent){1, 1};
    }
    layers[0].kind = positions > 1 ? NN_CONVOLUTION : NN_DENSE;
    nn_net *net;
    nn_activations *activations;
    float x[ROWS][CHANNELS], expected[ROWS][CHANNELS], vector[CHANNELS];
    assert_ok(nn_net_create(layers, 2, &net, &err));
    assert_ok(nn_activations_create(net, batch, 1, true, &activations, &err));
    float *parameters = lts_alloc(net->total, sizeof *parameters);
    float *gradient = lts_alloc(net->trained, sizeof *gradient);
    nn_net_init(net, 1, parameters);
    for (size_t i = 0; i < (CHANNELS + 1) * CHANNELS; i++)
        parameters[i] = i < CHANNELS * CHANNELS && i % (CHANNELS + 1) == 0;
    float *own = parameters + net->first_trained[1], *statistics = parameters + net->trained;
    raw_floats("gamma", own, CHANNELS);
    raw_floats("beta", own + CHANNELS, CHANNELS);
    norm_rows("x", x);
    nn_pass pass = {.net = net,
                    .parameters = parameters,
                    .activations = activations,
                    .end = 2,
                    .x = *x,
                    .batch = batch,
                    .training = true};

    nn_forward(&pass, nn_worker_alone);
    norm_rows("y", expected);
    assert_close("y", activations->value[1], *expected, ROWS * CHANNELS);
    assert_true(statistics[0] == 0 && statistics[CHANNELS] == 1);

    norm_rows("gy", expected);
    memcpy(activations->gradient[1], expected, sizeof expected);
    nn_backward(&pass, &(nn_update){.gradient = gradient, .parameters = parameters},
                nn_worker_alone);
    norm_rows("gx", expected);
    assert_close("gx", activations->gradient[0], *expected, ROWS * CHANNELS);
    raw_floats("ggamma", vector, CHANNELS);
    assert_close("ggamma", gradient + net->first_trained[1], vector, CHANNELS);
    raw_floats("gbeta", vector, CHANNELS);
    assert_close("gbeta", gradient + net->first_trained[1] + CHANNELS, vector, CHANNELS);

    raw_floats("running_mean", vector, CHANNELS);
    assert_close("running mean", statistics, vector, CHANNELS);
    raw_floats("running_var_unbiased", vector, CHANNELS);
    for (int c = 0; c < CHANNELS; c++) /* Keras keeps the biased variance */
        vector[c] = 0.99f + (vector[c] - 0.99f) * (ROWS - 1) / ROWS;
    assert_close("running variance", statistics + CHANNELS, vector, CHANNELS);

    pass.training = false;
    nn_forward(&pass, nn_worker_alone);
    for (size_t r = 0; r < ROWS; r++)
        for (int c = 0; c < CHANNELS; c++)
            expected[r][c] =
                own[c] * (x[r][c] - statistics[c]) / sqrtf(statistics[CHANNELS + c] + 1e-3f) +
                own[CHANNELS + c];
    assert_close("y by running statistics", activations->value[1], *expected, ROWS * CHANNELS);
    lts_free(gradient);
    lts_free(parameters);
    nn_activations_destroy(activations);
    nn_net_destroy(net);
}

static void batch_normalisation_agrees_with_pytorch(void **state)
{
    (void)state;
    check_batch_normalisation(1);
    check_batch_normalisation(POSITIONS);
}

/* Many positions far from 0: sums in single precision would err. */
static void batch_normalisation_of_many_positions_is_precise(void **state)
{
    (void)state;
    enum { HEIGHT = 512, WIDTH = 64, BATCH = 8, COUNT = HEIGHT * WIDTH * BATCH };
    const nn_layer layer = {.kind = NN_BATCH_NORM,
                            .name = "n",
                            .in = {2, HEIGHT, WIDTH},
                            .out = {2, HEIGHT, WIDTH},
                            .activation = NN_LINEAR};
    lts_error err = {0};
    nn_net *net;
    nn_activations *activations;
    lts_rng rng;
    float *x = lts_alloc(2 * COUNT, sizeof *x), parameters[8];
    lts_rng_seed(&rng, 2, 0);
    lts_rng_fill_normal(&rng, x, 2 * COUNT);
    double mean[2] = {0, 0};
    for (size_t i = 0; i < 2 * COUNT; i++) {
        x[i] += i % 2 ? 100.0f : -30.0f;
        mean[i % 2] += (double)x[i] / COUNT;
    }
    assert_ok(nn_net_create(&layer, 1, &net, &err));
    assert_ok(nn_activations_create(net, BATCH, 1, true, &activations, &err));
    nn_net_init(net, 1, parameters);
    const nn_pass pass = {.net = net,
                          .parameters = parameters,
                          .activations = activations,
                          .end = 1,
                          .x = x,
                          .batch = BATCH,
                          .training = true};
    nn_forward(&pass, nn_worker_alone);
    for (size_t c = 0; c < 2; c++)
        assert_true(fabs((double)activations->cache[0][c] / mean[c] - 1) < 1e-6);
    lts_free(x);
    nn_activations_destroy(activations);
    nn_net_destroy(net);
}

/* --- Tables ---------------------------------------------------------------------------------- */

/* Root mean square of what eight layers with a ReLU each make of draws of N(0,1). */
static double size_after_eight_layers(bool he_init)
{
    enum { WIDTH = 256, LAYERS = 8, BATCH = 16 };
    nn_layer layers[LAYERS];
    lts_error err = {0};
    nn_net *net;
    nn_activations *activations;
    lts_rng rng;
    for (int l = 0; l < LAYERS; l++) {
        layers[l] = (nn_layer){.kind = l % 2 ? NN_DENSE : NN_CONVOLUTION,
                               .in = VECTOR(WIDTH),
                               .out = VECTOR(WIDTH),
                               .kernel = {1, 1},
                               .stride = {1, 1},
                               .he_init = he_init,
                               .activation = NN_RELU};
        snprintf(layers[l].name, sizeof layers[l].name, "l%d", l);
    }
    assert_ok(nn_net_create(layers, LAYERS, &net, &err));
    assert_ok(nn_activations_create(net, BATCH, 1, false, &activations, &err));
    float *parameters = lts_alloc(net->total, sizeof *parameters);
    float *x = lts_alloc(BATCH * WIDTH, sizeof *x);
    lts_rng_seed(&rng, 5, 0);
    lts_rng_fill_normal(&rng, x, BATCH * WIDTH);
    nn_net_init(net, 6, parameters);
    for (size_t l = 0; l < 2; l++) /* a convolution and a dense layer */
        for (size_t o = 0; o < WIDTH; o++)
            assert_true((parameters[l * (WIDTH + 1) * WIDTH + WIDTH * WIDTH + o] == 0) == he_init);
    nn_forward(&(nn_pass){.net = net,
                          .parameters = parameters,
                          .activations = activations,
                          .end = LAYERS,
                          .x = x,
                          .batch = BATCH},
               nn_worker_alone);
    double squares = 0;
    for (size_t i = 0; i < BATCH * WIDTH; i++)
        squares += pow((double)activations->value[LAYERS - 1][i], 2) / (BATCH * WIDTH);
    lts_free(x);
    lts_free(parameters);
    nn_activations_destroy(activations);
    nn_net_destroy(net);
    return sqrt(squares);
}

static void he_init_keeps_values_from_relu_to_relu(void **state)
{
    (void)state;
    const double kept = size_after_eight_layers(true), lost = size_after_eight_layers(false);
    assert_true(kept > 0.5 && kept < 2);
    assert_true(lost < 0.1);
}

static void the_table_of_parameters_follows_the_layers(void **state)
{
    (void)state;
    const nn_layer layers[] = {
        {.kind = NN_DENSE, .name = "a", .in = VECTOR(3), .out = VECTOR(4), .activation = NN_LINEAR},
        {.kind = NN_BATCH_NORM,
         .name = "n",
         .in = VECTOR(4),
         .out = VECTOR(4),
         .activation = NN_RELU},
        {.kind = NN_GAUSSIAN,
         .name = "m",
         .second = "v",
         .in = VECTOR(4),
         .out = VECTOR(2),
         .activation = NN_LINEAR},
        {.kind = NN_SAMPLE,
         .name = "z",
         .in = VECTOR(2),
         .out = VECTOR(1),
         .activation = NN_LINEAR},
    };
    static const struct {
        const char *name;
        int rank;
        size_t rows, columns, offset;
        bool trained;
    } expected[] = {
        {"a.weight", 2, 4, 3, 0, true},         {"a.bias", 1, 4, 0, 12, true},
        {"n.weight", 1, 4, 0, 16, true},        {"n.bias", 1, 4, 0, 20, true},
        {"n.running_mean", 1, 4, 0, 34, false}, {"n.running_var", 1, 4, 0, 38, false},
        {"m.weight", 2, 1, 4, 24, true},        {"v.weight", 2, 1, 4, 28, true},
        {"m.bias", 1, 1, 0, 32, true},          {"v.bias", 1, 1, 0, 33, true},
    };
    lts_error err = {0};
    nn_net *net;
    assert_ok(nn_net_create(layers, 4, &net, &err));
    assert_int_equal(net->parameter_count, sizeof expected / sizeof *expected);
    assert_int_equal(net->trained, 34);
    assert_int_equal(net->total, 42);
    for (size_t i = 0; i < net->parameter_count; i++) {
        const nn_parameter *p = &net->parameters[i];
        assert_string_equal(p->name, expected[i].name);
        assert_int_equal(p->rank, expected[i].rank);
        assert_int_equal(p->shape[0], expected[i].rows);
        assert_int_equal(p->shape[1], expected[i].columns);
        assert_int_equal(p->offset, expected[i].offset);
        assert_int_equal(p->trained, expected[i].trained);
    }
    assert_true(nn_scratch_floats(net) >= 12);
    nn_net_destroy(net);
}

static void tables_that_make_no_network_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        nn_layer layer[2];
    } cases[] = {
        {"no such kind",
         {{.kind = NN_LAYER_KINDS,
           .name = "a",
           .in = VECTOR(1),
           .out = VECTOR(1),
           .activation = NN_LINEAR}}},
        {"no such kind",
         {{.kind = NN_DENSE,
           .name = "a",
           .in = VECTOR(1),
           .out = VECTOR(1),
           .activation = NN_ACTIVATION_KINDS}}},
        {"cannot turn 0x1x1 into 1x1x1",
         {{.kind = NN_DENSE,
           .name = "a",
           .in = VECTOR(0),
           .out = VECTOR(1),
           .activation = NN_LINEAR}}},
        {"into 0x1x1",
         {{.kind = NN_DENSE,
           .name = "a",
           .in = VECTOR(1),
           .out = VECTOR(0),
           .activation = NN_LINEAR}}},
        {"cannot turn",
         {{.kind = NN_DENSE,
           .name = "a",
           .in = VECTOR(1),
           .out = VECTOR(SIZE_MAX),
           .activation = NN_LINEAR}}},
        {"cannot turn",
         {{.kind = NN_BATCH_NORM,
           .name = "a",
           .in = VECTOR(2),
           .out = VECTOR(3),
           .activation = NN_LINEAR}}},
        {"cannot turn",
         {{.kind = NN_GAUSSIAN,
           .name = "a",
           .second = "b",
           .in = VECTOR(2),
           .out = VECTOR(3),
           .activation = NN_LINEAR}}},
        {"cannot turn",
         {{.kind = NN_GAUSSIAN,
           .name = "a",
           .in = VECTOR(2),
           .out = VECTOR(4),
           .activation = NN_LINEAR}}},
        {"cannot turn",
         {{.kind = NN_BATCH_NORM,
           .name = "a",
           .in = {2, 3, 1},
           .out = {2, 1, 3},
           .activation = NN_LINEAR}}},
        {"a dropout layer cannot turn",
         {{.kind = NN_DROPOUT, .name = "a", .in = VECTOR(3), .out = VECTOR(3), .rate = 1}}},
        {"a dropout layer cannot turn",
         {{.kind = NN_DROPOUT, .name = "a", .in = VECTOR(3), .out = VECTOR(3), .rate = NAN}}},
        {"upsampling layer cannot turn 2x2x3 into 2x4x5",
         {{.kind = NN_UPSAMPLE, .name = "a", .in = {2, 2, 3}, .out = {2, 4, 5}}}},
        {"a reshape layer cannot turn",
         {{.kind = NN_RESHAPE, .name = "a", .in = {2, 2, 3}, .out = {2, 2, 4}}}},
        {"a slope of 0 below 0",
         {{.kind = NN_DENSE,
           .name = "a",
           .in = VECTOR(3),
           .out = VECTOR(3),
           .activation = NN_LEAKY_RELU}}},
        {"a transposed convolution layer cannot turn 2x3x3 into 2x7x6",
         {{.kind = NN_TRANSPOSED_CONVOLUTION,
           .name = "a",
           .in = {2, 3, 3},
           .out = {2, 7, 6},
           .kernel = {3, 3},
           .stride = {2, 2}}}},
        {"cannot turn 16777216x2x1",
         {{.kind = NN_DENSE,
           .name = "a",
           .in = {1 << 24, 2, 1},
           .out = VECTOR(1),
           .activation = NN_LINEAR}}},
        {"reads 3x2x1 numbers, but the layer before it gives 6x1x1",
         {{.kind = NN_DENSE,
           .name = "a",
           .in = VECTOR(1),
           .out = VECTOR(6),
           .activation = NN_LINEAR},
          {.kind = NN_DENSE,
           .name = "b",
           .in = {3, 2, 1},
           .out = VECTOR(1),
           .activation = NN_LINEAR}}},
        {"cannot turn",
         {{.kind = NN_SAMPLE,
           .name = "a",
           .in = VECTOR(3),
           .out = VECTOR(1),
           .activation = NN_LINEAR}}},
        {"a convolution layer cannot turn 2x5x4 into 3x2x2",
         {{.kind = NN_CONVOLUTION,
           .name = "a",
           .in = {2, 5, 4},
           .out = {3, 2, 2},
           .kernel = {3, 3},
           .stride = {2, 2},
           .activation = NN_LINEAR}}},
        {"a convolution layer cannot turn",
         {{.kind = NN_CONVOLUTION,
           .name = "a",
           .in = {2, 5, 4},
           .out = {3, 3, 2},
           .kernel = {0, 3},
           .stride = {2, 2},
           .activation = NN_LINEAR}}},
        {"a convolution layer cannot turn",
         {{.kind = NN_CONVOLUTION,
           .name = "a",
           .in = {1 << 10, 5, 4},
           .out = {3, 3, 2},
           .kernel = {NN_MAX_KERNEL, NN_MAX_KERNEL},
           .stride = {2, 2},
           .activation = NN_LINEAR}}},
        {"a convolution layer cannot turn",
         {{.kind = NN_CONVOLUTION,
           .name = "a",
           .in = {1, 5, 4},
           .out = {3, 3, 1},
           .kernel = {3, 3},
           .stride = {2, SIZE_MAX},
           .activation = NN_LINEAR}}},
        {"layer b reads 3x1x1 numbers, but the layer before it gives 2x1x1",
         {{.kind = NN_DENSE,
           .name = "a",
           .in = VECTOR(1),
           .out = VECTOR(2),
           .activation = NN_LINEAR},
          {.kind = NN_DENSE,
           .name = "b",
           .in = VECTOR(3),
           .out = VECTOR(1),
           .activation = NN_LINEAR}}},
    };
    lts_error err = {0};
    nn_net *net;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        size_t count = cases[c].layer[1].name[0] ? 2 : 1;
        assert_status(nn_net_create(cases[c].layer, count, &net, &err), LTS_ERR_ARGUMENT);
        assert_null(net);
        if (!strstr(err.text, cases[c].words))
            fail_msg("case %zu says: %s", c, err.text);
    }
    assert_status(nn_net_create(cases[0].layer, 0, &net, &err), LTS_ERR_ARGUMENT);
    assert_status(nn_net_create(cases[0].layer, 2000, &net, &err), LTS_ERR_ARGUMENT);
}

static void memory_that_runs_out_is_reported(void **state)
{
    (void)state;
    lts_error err = {0};
    nn_net *net;
    nn_activations *activations;
    lts_status status = LTS_ERR_MEMORY;
    for (size_t n = 1; status != LTS_OK; n++) {
        test_fail_allocation(n);
        status = nn_net_create(norm_layers, 2, &net, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK || status == LTS_ERR_MEMORY);
        assert_true((status == LTS_OK) == (net != NULL));
    }
    nn_pool *pool;
    status = LTS_ERR_MEMORY;
    for (size_t n = 1; status != LTS_OK; n++) {
        test_fail_allocation(n);
        status = nn_pool_create(3, &pool, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK || (status == LTS_ERR_MEMORY && !pool));
    }
    nn_pool_destroy(pool);
    status = LTS_ERR_MEMORY;
    for (size_t n = 1; status != LTS_OK; n++) {
        test_fail_allocation(n);
        status = nn_activations_create(net, 5, 1, true, &activations, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK || status == LTS_ERR_MEMORY);
        assert_true((status == LTS_OK) == (activations != NULL));
    }
    nn_activations_destroy(activations);
    nn_net_destroy(net);
    nn_activations_destroy(NULL);
    nn_net_destroy(NULL);
}

static void weights_start_uniform_and_repeatable(void **state)
{
    (void)state;
    const nn_layer layer = {.kind = NN_DENSE,
                            .name = "a",
                            .in = VECTOR(25),
                            .out = VECTOR(400),
                            .activation = NN_LINEAR};
    lts_error err = {0};
    nn_net *net;
    assert_ok(nn_net_create(&layer, 1, &net, &err));
    float *a = lts_alloc(net->total, sizeof *a), *b = lts_alloc(net->total, sizeof *b);
    double sum = 0, square = 0, largest = 0;
    nn_net_init(net, 3, a);
    nn_net_init(net, 3, b);
    assert_memory_equal(a, b, net->total * sizeof *a);
    nn_net_init(net, 4, b);
    assert_memory_not_equal(a, b, net->total * sizeof *a);
    for (size_t i = 0; i < net->total; i++) {
        sum += a[i];
        square += (double)a[i] * a[i];
        largest = fmax(largest, fabs((double)a[i]));
    }
    const double n = (double)net->total, bound = 1 / sqrt(25);
    assert_true(largest <= bound * 1.000001 && largest > 0.99 * bound);
    assert_true(fabs(sum / n) < 0.01 * bound * 5);
    assert_true(fabs(square / n / (bound * bound / 3) - 1) < 0.05);
    lts_free(b);
    lts_free(a);
    nn_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_agree_with_libm),
        cmocka_unit_test(functions_keep_nan_and_their_limits),
        cmocka_unit_test(noise_is_philox_s),
        cmocka_unit_test(noise_is_normal_and_rows_are_independent),
        cmocka_unit_test(noise_depends_on_seed_and_row_alone),
        cmocka_unit_test(dropout_keeps_its_share),
        cmocka_unit_test(dropout_depends_on_seed_row_and_layer_alone),
        cmocka_unit_test(dropout_is_for_training),
        cmocka_unit_test(adam_follows_its_recurrence),
        cmocka_unit_test(a_gradient_far_above_those_before_is_scaled_down),
        cmocka_unit_test(squared_error_and_its_gradient),
        cmocka_unit_test(binary_cross_entropy_and_its_gradient),
        cmocka_unit_test(soft_targets_fall_off_beside_the_right_class),
        cmocka_unit_test(shares_cover_everything_once),
        cmocka_unit_test(workers_wait_for_each_other),
        cmocka_unit_test(batch_normalisation_agrees_with_pytorch),
        cmocka_unit_test(batch_normalisation_of_many_positions_is_precise),
        cmocka_unit_test(he_init_keeps_values_from_relu_to_relu),
        cmocka_unit_test(the_table_of_parameters_follows_the_layers),
        cmocka_unit_test(tables_that_make_no_network_are_refused),
        cmocka_unit_test(memory_that_runs_out_is_reported),
        cmocka_unit_test(weights_start_uniform_and_repeatable),
    };
    nn_use_own_threads();
    return cmocka_run_group_tests_name("nn", tests, NULL, NULL);
}
