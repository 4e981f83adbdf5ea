/* Convolutional auto-encoders, cvae and semantic: their tables of layers, gradients, training,
 * files and conditions. */
#include "trainer_fixture.h"

#include <math.h>
#include <string.h>

enum { ROWS = 12, COLUMNS = 10, FLOATS = ROWS * COLUMNS, BATCH = 9, LATENT = 3, CONDITIONS = 4 };

static lts_model_config semantic_config(size_t conditions)
{
    lts_model_config config = lts_model_type_defaults(LTS_MODEL_SEMANTIC);
    config.bins = FLOATS;
    config.rows = ROWS;
    config.latent = LATENT;
    config.condition = conditions ? LTS_CONDITION_DESCRIPTOR : LTS_CONDITION_NONE;
    config.conditions = conditions;
    snprintf(config.filters, sizeof config.filters, "6, 5,4");
    return config;
}

/* As smooth as finite differences need. */
static lts_model_config cvae_config(bool norm, lts_upsampling upsampling)
{
    lts_model_config config = lts_model_type_defaults(LTS_MODEL_CVAE);
    config.bins = FLOATS;
    config.rows = ROWS;
    config.latent = LATENT;
    config.dense_layers = 2;
    config.dense_units = 14;
    config.conv_layers = upsampling == LTS_UPSAMPLING_TRANSPOSED ? 1 : 0;
    config.first_filters = 3;
    config.batch_norm = norm;
    config.activation =
        upsampling == LTS_UPSAMPLING_NEAREST ? LTS_ACTIVATION_LEAKY_RELU : LTS_ACTIVATION_SILU;
    config.upsampling = upsampling;
    config.compression = LTS_COMPRESSION_NONE;
    return config;
}

static lts_training training_of(unsigned threads)
{
    return (lts_training){.loss = LTS_LOSS_ELBO,
                          .kl_beta = 1,
                          .reconstruction_weight = 100,
                          .learning_rate = 3e-3,
                          .beta1 = 0.9,
                          .beta2 = 0.999,
                          .epsilon = 1e-8,
                          .batch = BATCH,
                          .threads = threads,
                          .seed = 3};
}

/* Images of 0 to 1 of a slope that its condition tells of. */
typedef struct examples {
    float x[BATCH][FLOATS], condition[BATCH][CONDITIONS];
} examples;

static void make_examples(examples *of, uint64_t seed)
{
    lts_rng rng;
    lts_rng_seed(&rng, seed, 0);
    memset(of, 0, sizeof *of);
    for (size_t b = 0; b < BATCH; b++) {
        const size_t kind = b % CONDITIONS;
        const float level = (float)lts_rng_uniform(&rng);
        of->condition[b][kind] = level;
        for (size_t i = 0; i < FLOATS; i++) {
            const float slope = kind % 2 ? (float)(i / COLUMNS) / ROWS : (float)(i % COLUMNS) / 10;
            of->x[b][i] = 0.05f * (float)lts_rng_uniform(&rng) +
                          0.9f * level * (kind < 2 ? slope : 1 - slope);
        }
    }
}

static lts_batch batch_of(const examples *of)
{
    return (lts_batch){.x = *of->x, .condition = *of->condition, .count = BATCH};
}

/* --- Tables ---------------------------------------------------------------------------------- */

/* Cameron's has 2,763,073 besides 2,944 running statistics, as Keras counts them. */
static void the_network_has_the_original_s_parameters(void **state)
{
    (void)state;
    lts_error err = {0};
    lts_model *model;
    lts_model_config config = lts_model_type_defaults(LTS_MODEL_SEMANTIC);
    config.bins = 512 * 64;
    config.rows = 512;
    assert_ok(lts_model_create(&config, 1, &model, &err));
    assert_int_equal(lts_model_parameter_count(model), 2763073);
    assert_int_equal(model->net->total - model->net->trained, 2944);
    lts_model_destroy(model);
}

/* Of the layers that the TensorFlow original makes of the same settings. */
static void a_cvae_has_the_original_s_parameters(void **state)
{
    (void)state;
    static const struct {
        size_t conv_layers, dense_layers, kernel, latent, parameters;
        bool norm;
        lts_upsampling upsampling;
    } cases[] = {
        {0, 3, 3, 256, 18230369, false, LTS_UPSAMPLING_TRANSPOSED},
        {0, 3, 3, 256, 18230369, false, LTS_UPSAMPLING_NEAREST},
        {0, 3, 4, 8, 17849393, false, LTS_UPSAMPLING_TRANSPOSED},
        {0, 3, 3, 256, 18250849, true, LTS_UPSAMPLING_TRANSPOSED},
        {2, 0, 3, 16, 222881, false, LTS_UPSAMPLING_TRANSPOSED},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        lts_error err = {0};
        lts_model *model;
        lts_model_config config = lts_model_type_defaults(LTS_MODEL_CVAE);
        config.rows = 24;
        config.latent = cases[c].latent;
        config.kernel = cases[c].kernel;
        config.conv_layers = cases[c].conv_layers;
        config.dense_layers = cases[c].dense_layers;
        config.batch_norm = cases[c].norm;
        config.upsampling = cases[c].upsampling;
        assert_ok(lts_model_create(&config, 1, &model, &err));
        if (lts_model_parameter_count(model) != cases[c].parameters)
            fail_msg("case %zu has %zu parameters, expected %zu", c,
                     lts_model_parameter_count(model), cases[c].parameters);
        lts_model_destroy(model);
    }
}

static void settings_that_cannot_be_are_refused_in_a_line(void **state)
{
    (void)state;
    static const char *const filters[] = {
        "", "8,", ",8", "8 8", "0", "-3", "8x3", "99999", "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1"};
    lts_error err = {0};
    lts_model_config config;
    for (size_t c = 0; c < sizeof filters / sizeof *filters; c++) {
        config = semantic_config(0);
        snprintf(config.filters, sizeof config.filters, "%s", filters[c]);
        assert_status(lts_model_check(&config, "x", &err), LTS_ERR_ARGUMENT);
        assert_non_null(strstr(err.text, "x: [semantic] filters = "));
        assert_null(strchr(err.text, '\n'));
    }
    config = semantic_config(0);
    config.rows = 11;
    assert_status(lts_model_check(&config, "x", &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "120 numbers cannot be an example of 11 rows"));
    config = semantic_config(4);
    config.condition = LTS_CONDITION_NONE;
    assert_status(lts_model_check(&config, "x", &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "condition = none, but a condition of 4 numbers"));
    config = cvae_config(false, LTS_UPSAMPLING_NEAREST);
    config.conv_layers = 1;
    assert_status(lts_model_check(&config, "x", &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "convolution 2 halves 6 x 5, which cannot be doubled again"));
    config = cvae_config(false, LTS_UPSAMPLING_TRANSPOSED);
    config.dense_layers = 6;
    assert_status(lts_model_check(&config, "x", &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "leave no unit of 14"));
    config.rows = 7;
    assert_status(lts_model_check(&config, "x", &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "a frame of 120 bins cannot be an image of 7 rows"));
}

/* --- Gradients ------------------------------------------------------------------------------- */

static double loss_of(const fixture *f, const lts_batch *batch, const float *noise, float *scratch)
{
    lts_error err = {0};
    lts_losses losses;
    assert_ok(trainer_gradient(f->trainer, batch, noise, scratch, &losses, &err));
    return losses.total;
}

/* The loss's slope along `direction`, through the `count` parameters at `x`, by central differences
 * over +-step in all. */
static double difference(const fixture *f, const lts_batch *batch, const float *noise,
                         float *scratch, float *x, const float *direction, size_t count,
                         double step)
{
    double side[2], length = 0;
    float *kept = lts_alloc(count, sizeof *kept);
    memcpy(kept, x, count * sizeof *kept);
    for (size_t i = 0; i < count; i++)
        length += (double)direction[i] * direction[i];
    const double h = step / sqrt(length);
    for (int s = 0; s < 2; s++) {
        for (size_t i = 0; i < count; i++)
            x[i] = kept[i] + (float)((s ? h : -h) * direction[i]);
        side[s] = loss_of(f, batch, noise, scratch);
    }
    memcpy(x, kept, count * sizeof *kept);
    lts_free(kept);
    return (side[1] - side[0]) / (2 * h);
}

/* Along a random direction through all the parameters of each tensor. A step may lead a unit across
 * the kink of its relu, where the loss has no slope: one of three lengths must not, as for a wrong
 * gradient none would do. */
static void check_gradient(const lts_model_config *config, const char *what)
{
    static examples of;
    static const double steps[] = {3e-4, 1e-4, 1e-3};
    const lts_training training = training_of(2);
    float noise[BATCH * LATENT];
    lts_rng rng;
    make_examples(&of, 5);
    const lts_batch batch = batch_of(&of);
    fixture f = fixture_open(config, &training);
    const nn_net *net = f.model->net;
    float *gradient = lts_alloc(net->trained, sizeof *gradient);
    float *scratch = lts_alloc(net->trained, sizeof *scratch);
    float *direction = lts_alloc(net->trained, sizeof *direction);
    lts_rng_seed(&rng, 8, 0);
    lts_rng_fill_normal(&rng, noise, BATCH * LATENT);
    lts_rng_fill_normal(&rng, direction, net->trained);
    loss_of(&f, &batch, noise, gradient);
    for (size_t p = 0; p < net->parameter_count; p++) {
        const nn_parameter *parameter = &net->parameters[p];
        const size_t first = parameter->offset;
        if (!parameter->trained)
            continue;
        double along = 0, found = 0;
        bool agrees = false;
        for (size_t i = first; i < first + parameter->count; i++)
            along += (double)gradient[i] * direction[i];
        for (size_t s = 0; s < sizeof steps / sizeof *steps && !agrees; s++) {
            found = difference(&f, &batch, noise, scratch, f.model->parameters + first,
                               direction + first, parameter->count, steps[s]);
            agrees = fabs(found - along) <= 0.02 * fabs(found) + 2e-2;
        }
        if (!agrees)
            fail_msg("%s: %s: %g along the gradient, %g by differences", what, parameter->name,
                     along, found);
    }
    lts_free(direction);
    lts_free(scratch);
    lts_free(gradient);
    fixture_close(&f);
}

static void gradients_are_those_of_the_loss(void **state)
{
    (void)state;
    lts_model_config config = semantic_config(0);
    check_gradient(&config, "semantic");
    config = semantic_config(CONDITIONS);
    check_gradient(&config, "conditioned");
    config = cvae_config(false, LTS_UPSAMPLING_TRANSPOSED);
    check_gradient(&config, "cvae");
    config = cvae_config(true, LTS_UPSAMPLING_NEAREST);
    check_gradient(&config, "cvae with batch normalisation and repeated positions");
    config = cvae_config(true, LTS_UPSAMPLING_BILINEAR);
    check_gradient(&config, "cvae with batch normalisation and mixed positions");
}

/* --- Training -------------------------------------------------------------------------------- */

/* total = weight mse + beta kl with kl = -1/2 sum over Z, the mean over B. */
static void the_loss_is_the_evidence_lower_bound(void **state)
{
    (void)state;
    static examples of;
    static float mean[BATCH * LATENT], log_variance[BATCH * LATENT], y[BATCH][FLOATS];
    lts_error err = {0};
    lts_losses losses;
    lts_model_work *work;
    const lts_model_config config = semantic_config(0);
    lts_training training = training_of(1);
    double kl = 0, squares = 0;
    training.kl_beta = 2;
    make_examples(&of, 1);
    fixture f = fixture_open(&config, &training);
    lts_trainer_evaluate(f.trainer, &(lts_batch){.x = *of.x, .count = BATCH}, &losses, NULL);
    assert_ok(lts_model_work_create(f.model, 2, &work, &err));
    lts_model_encode(f.model, work, *of.x, BATCH, mean, log_variance);
    lts_model_decode(f.model, work, mean, BATCH, *y);
    for (size_t i = 0; i < BATCH * LATENT; i++)
        kl -= 0.5 * (1 + (double)log_variance[i] - (double)mean[i] * mean[i] -
                     exp((double)log_variance[i]));
    for (size_t b = 0; b < BATCH; b++)
        for (size_t i = 0; i < FLOATS; i++)
            squares += pow((double)y[b][i] - of.x[b][i], 2);
    assert_true(fabs(losses.kl - kl / BATCH) < 1e-4 * losses.kl);
    assert_true(fabs(losses.reconstruction - squares / (BATCH * FLOATS)) <
                1e-4 * losses.reconstruction);
    assert_true(fabs(losses.total - 100 * losses.reconstruction - 2 * losses.kl) <
                1e-6 * losses.total);
    lts_model_work_destroy(work);
    fixture_close(&f);
}

static void it_learns(void **state)
{
    (void)state;
    static examples of;
    const lts_model_config configs[] = {semantic_config(0), semantic_config(CONDITIONS),
                                        cvae_config(false, LTS_UPSAMPLING_TRANSPOSED),
                                        cvae_config(true, LTS_UPSAMPLING_NEAREST)};
    make_examples(&of, 1);
    const lts_batch batch = batch_of(&of);
    for (size_t c = 0; c < sizeof configs / sizeof *configs; c++) {
        lts_error err = {0};
        lts_losses first, last;
        lts_training training = training_of(2);
        training.kl_beta = 0.01;
        fixture f = fixture_open(&configs[c], &training);
        assert_ok(lts_trainer_step(f.trainer, &batch, &first, &err));
        for (int step = 0; step < 400; step++)
            assert_ok(lts_trainer_step(f.trainer, &batch, &last, &err));
        if (!(last.reconstruction < 0.2 * first.reconstruction))
            fail_msg("case %zu: %g, then %g", c, first.reconstruction, last.reconstruction);
        fixture_close(&f);
    }
}

/* The decoder of an example's condition without the example: nearer to it than that of others. */
static void a_condition_tells_the_decoder(void **state)
{
    (void)state;
    static examples of;
    static float y[BATCH][FLOATS];
    const float z[BATCH * LATENT] = {0};
    const lts_model_config config = semantic_config(CONDITIONS);
    lts_error err = {0};
    lts_model_work *work;
    lts_training training = training_of(2);
    training.kl_beta = 1; /* so that what the condition says is not said by z */
    make_examples(&of, 1);
    const lts_batch batch = batch_of(&of);
    fixture f = fixture_open(&config, &training);
    for (int step = 0; step < 600; step++)
        assert_ok(lts_trainer_step(f.trainer, &batch, NULL, &err));
    assert_ok(lts_model_work_create(f.model, 1, &work, &err));
    lts_model_work_condition(work, *of.condition);
    lts_model_decode(f.model, work, z, BATCH, *y);
    for (size_t b = 0; b < BATCH; b++) {
        double own = 0, other = 0;
        for (size_t i = 0; i < FLOATS; i++) {
            own += pow((double)y[b][i] - of.x[b][i], 2);
            other += pow((double)y[b][i] - of.x[(b + 1) % BATCH][i], 2);
        }
        assert_true(own < other);
    }
    lts_model_work_destroy(work);
    fixture_close(&f);
}

static void threads_do_not_change_a_bit(void **state)
{
    (void)state;
    static examples of;
    static float z[2][BATCH * LATENT], y[2][BATCH * FLOATS];
    const lts_model_config configs[] = {semantic_config(CONDITIONS),
                                        cvae_config(true, LTS_UPSAMPLING_NEAREST)};
    make_examples(&of, 2);
    const lts_batch batch = batch_of(&of);
    for (size_t c = 0; c < 2; c++)
        for (unsigned threads = 2; threads <= 4; threads++) {
            lts_error err = {0};
            const lts_training one = training_of(1), more = training_of(threads);
            fixture f[2] = {fixture_open(&configs[c], &one), fixture_open(&configs[c], &more)};
            for (int i = 0; i < 2; i++) {
                lts_model_work *work;
                for (int step = 0; step < 3; step++)
                    assert_ok(lts_trainer_step(f[i].trainer, &batch, NULL, &err));
                assert_ok(lts_model_work_create(f[i].model, i ? threads : 1, &work, &err));
                lts_model_work_condition(work, c == 0 ? *of.condition : NULL);
                lts_model_encode(f[i].model, work, *of.x, BATCH, z[i], NULL);
                lts_model_decode(f[i].model, work, z[i], BATCH, y[i]);
                lts_model_work_destroy(work);
            }
            assert_string_equal(lts_model_hash(f[0].model), lts_model_hash(f[1].model));
            assert_memory_equal(z[0], z[1], sizeof z[0]);
            assert_memory_equal(y[0], y[1], sizeof y[0]);
            fixture_close(&f[0]);
            fixture_close(&f[1]);
        }
}

static void a_resumed_training_goes_on_bit_for_bit(void **state)
{
    (void)state;
    static examples of;
    const lts_model_config configs[] = {semantic_config(CONDITIONS),
                                        cvae_config(true, LTS_UPSAMPLING_NEAREST)};
    char *folder = test_folder(), *path = lts_path_join(folder, "checkpoint.safetensors");
    make_examples(&of, 3);
    const lts_batch batch = batch_of(&of);
    for (size_t c = 0; c < 2; c++) {
        lts_error err = {0};
        lts_model *model;
        lts_trainer *trainer;
        const lts_training training = training_of(2);
        fixture f = fixture_open(&configs[c], &training);
        assert_ok(lts_trainer_step(f.trainer, &batch, NULL, &err));
        assert_ok(lts_trainer_save(f.trainer, path, NULL, 0, &err));
        assert_ok(lts_trainer_load(path, &training, &model, &trainer, &err));
        assert_null(lts_model_settings_differ(lts_model_settings(model), &f.model->config));
        assert_ok(lts_trainer_step(f.trainer, &batch, NULL, &err));
        assert_ok(lts_trainer_step(trainer, &batch, NULL, &err));
        assert_string_equal(lts_model_hash(model), lts_model_hash(f.model));
        lts_trainer_destroy(trainer);
        lts_model_destroy(model);
        fixture_close(&f);
    }
    lts_free(path);
    test_folder_remove(folder);
}

static void a_step_allocates_nothing(void **state)
{
    (void)state;
    static examples of;
    lts_error err = {0};
    const lts_model_config config = semantic_config(CONDITIONS);
    const lts_training training = training_of(1); /* whose allocations are all of this thread */
    make_examples(&of, 7);
    const lts_batch batch = batch_of(&of);
    fixture f = fixture_open(&config, &training);
    test_fail_allocation(0);
    assert_ok(lts_trainer_step(f.trainer, &batch, NULL, &err));
    assert_int_equal(test_fail_allocation(0), 0);
    fixture_close(&f);
}

static void a_weight_of_nothing_is_refused(void **state)
{
    (void)state;
    lts_error err = {0};
    lts_model *model;
    lts_trainer *trainer;
    const lts_model_config config = semantic_config(0);
    lts_training training = training_of(1);
    assert_ok(lts_model_create(&config, 1, &model, &err));
    training.reconstruction_weight = 0;
    assert_status(lts_trainer_create(model, &training, &trainer, &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "reconstruction_weight is 0, expected above 0"));
    training = training_of(1);
    training.transpose_share = 0.5;
    assert_status(lts_trainer_create(model, &training, &trainer, &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "only frames of magnitudes can be transposed"));
    lts_model_destroy(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_network_has_the_original_s_parameters),
        cmocka_unit_test(a_cvae_has_the_original_s_parameters),
        cmocka_unit_test(settings_that_cannot_be_are_refused_in_a_line),
        cmocka_unit_test(gradients_are_those_of_the_loss),
        cmocka_unit_test(the_loss_is_the_evidence_lower_bound),
        cmocka_unit_test(it_learns),
        cmocka_unit_test(a_condition_tells_the_decoder),
        cmocka_unit_test(threads_do_not_change_a_bit),
        cmocka_unit_test(a_resumed_training_goes_on_bit_for_bit),
        cmocka_unit_test(a_step_allocates_nothing),
        cmocka_unit_test(a_weight_of_nothing_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
