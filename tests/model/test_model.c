#include "testing.h"

#include "model/model_parts.h"

#include <math.h>
#include <string.h>

static lts_model_config small_config(lts_model_type type)
{
    lts_model_config config = original_model();
    config.type = type;
    config.bins = 24;
    config.units = 32;
    config.latent = 5;
    return config;
}

static lts_model *create(const lts_model_config *config, uint64_t seed)
{
    lts_error err = {0};
    lts_model *model;
    assert_ok(lts_model_create(config, seed, &model, &err));
    return model;
}

static float *magnitudes(size_t frames, size_t bins)
{
    lts_rng rng;
    lts_rng_seed(&rng, 4, frames);
    float *x = lts_alloc(frames * bins, sizeof *x);
    for (size_t i = 0; i < frames * bins; i++)
        x[i] = (float)lts_rng_uniform(&rng);
    return x;
}

/* --- Architectures ---------------------------------------------------------------------------- */

typedef struct shape {
    const char *name;
    size_t rows, columns;
} shape;

static void assert_tensors(const lts_model *model, const shape *expected, size_t count)
{
    assert_int_equal(model->net->parameter_count, count);
    for (size_t e = 0; e < count; e++) {
        const nn_parameter *found = NULL;
        for (size_t i = 0; i < count; i++)
            if (strcmp(model->net->parameters[i].name, expected[e].name) == 0)
                found = &model->net->parameters[i];
        if (!found)
            fail_msg("no parameter %s", expected[e].name);
        assert_int_equal(found->shape[0], expected[e].rows);
        assert_int_equal(found->rank == 2 ? found->shape[1] : 0, expected[e].columns);
    }
}

static void vae_has_the_original_s_tensors(void **state)
{
    (void)state;
    static const shape expected[] = {{"fc1.weight", 2048, 384},  {"fc1.bias", 2048, 0},
                                     {"fc21.weight", 256, 2048}, {"fc21.bias", 256, 0},
                                     {"fc22.weight", 256, 2048}, {"fc22.bias", 256, 0},
                                     {"fc3.weight", 2048, 256},  {"fc3.bias", 2048, 0},
                                     {"fc4.weight", 384, 2048},  {"fc4.bias", 384, 0}};
    lts_model_config config = original_model();
    lts_model *model = create(&config, 1);
    assert_tensors(model, expected, 10);
    assert_int_equal(lts_model_parameter_count(model), 384 * 2048 + 2048 + 2 * (256 * 2048 + 256) +
                                                           2048 * 256 + 2048 + 384 * 2048 + 384);
    lts_model_destroy(model);
    config = small_config(LTS_MODEL_VAE);
    config.batch_norm = true; /* has no effect here */
    model = create(&config, 1);
    assert_int_equal(model->net->parameter_count, 10);
    lts_model_destroy(model);
}

static void vae2_tapers_and_mirrors(void **state)
{
    (void)state;
    static const shape expected[] = {
        {"encoder.0.weight", 32, 24}, {"encoder.0.bias", 32, 0},   {"encoder.1.weight", 16, 32},
        {"encoder.1.bias", 16, 0},    {"encoder.2.weight", 8, 16}, {"encoder.2.bias", 8, 0},
        {"z_mean.weight", 5, 8},      {"z_mean.bias", 5, 0},       {"z_log_var.weight", 5, 8},
        {"z_log_var.bias", 5, 0},     {"decoder.0.weight", 8, 5},  {"decoder.0.bias", 8, 0},
        {"decoder.1.weight", 16, 8},  {"decoder.1.bias", 16, 0},   {"decoder.2.weight", 32, 16},
        {"decoder.2.bias", 32, 0},    {"output.weight", 24, 32},   {"output.bias", 24, 0}};
    lts_model_config config = small_config(LTS_MODEL_VAE2);
    lts_model *model = create(&config, 1);
    assert_tensors(model, expected, sizeof expected / sizeof *expected);
    lts_model_destroy(model);
}

static void batch_normalisation_adds_its_tensors(void **state)
{
    (void)state;
    static const char *const layers[] = {"encoder.1", "encoder.2", "decoder.1", "decoder.2"};
    static const size_t widths[] = {16, 8, 16, 32};
    static const char *const parts[] = {"weight", "bias", "running_mean", "running_var"};
    lts_model_config config = small_config(LTS_MODEL_VAE2);
    config.batch_norm = true;
    lts_model *model = create(&config, 1);
    const nn_net *net = model->net;
    assert_int_equal(net->parameter_count, 18 + 16);
    for (int l = 0; l < 4; l++)
        for (int part = 0; part < 4; part++) {
            char name[64];
            bool found = false;
            snprintf(name, sizeof name, "%s.norm.%s", layers[l], parts[part]);
            for (size_t i = 0; i < net->parameter_count; i++) {
                const nn_parameter *p = &net->parameters[i];
                if (strcmp(p->name, name) != 0)
                    continue;
                found = true;
                assert_int_equal(p->shape[0], widths[l]);
                assert_int_equal(p->trained, part < 2);
            }
            assert_true(found);
        }
    assert_int_equal(net->total - lts_model_parameter_count(model), 2 * (16 + 8 + 16 + 32));
    lts_model_destroy(model);
}

static void settings_out_of_range_are_refused(void **state)
{
    (void)state;
    struct {
        const char *words;
        lts_model_config config;
    } cases[12];
    size_t count = 0;
#define CASE(which, member, value, text)                                                           \
    do {                                                                                           \
        cases[count].words = text;                                                                 \
        cases[count].config = small_config(which);                                                 \
        cases[count++].config.member = value;                                                      \
    } while (0)
    CASE(LTS_MODEL_VAE, type, (lts_model_type)7, "no such model type");
    CASE(LTS_MODEL_VAE, output, (lts_output)3, "no such output_activation: 3");
    CASE(LTS_MODEL_VAE, compression, (lts_compression)3, "no such compression: 3");
    CASE(LTS_MODEL_VAE, bins, 0, "bins is 0");
    CASE(LTS_MODEL_VAE, bins, SIZE_MAX, "bins is");
    CASE(LTS_MODEL_VAE, latent, 0, "latent_dim is 0");
    CASE(LTS_MODEL_VAE, units, 0, "n_units is 0");
    CASE(LTS_MODEL_VAE2, layers, 17, "num_layers is 17");
    CASE(LTS_MODEL_VAE2, layers, 6, "leave no unit of 32");
    CASE(LTS_MODEL_VAE2, units_divider, 0, "n_units_divider is 0");
    CASE(LTS_MODEL_VAE2, units_divider, 17, "n_units_divider is 17");
    CASE(LTS_MODEL_VAE2, units_divider, 16, "leave no unit");
#undef CASE
    for (size_t c = 0; c < count; c++) {
        lts_error err = {0};
        lts_model *model;
        assert_status(lts_model_create(&cases[c].config, 1, &model, &err), LTS_ERR_ARGUMENT);
        assert_null(model);
        if (!strstr(err.text, cases[c].words))
            fail_msg("case %zu says: %s", c, err.text);
    }
    lts_model_config config = small_config(LTS_MODEL_VAE2);
    config.layers = 0;
    lts_model_destroy(create(&config, 1));
    config.layers = 5; /* down to one unit */
    lts_model_destroy(create(&config, 1));
    config.layers = 16;
    config.units_divider = 1;
    lts_model_destroy(create(&config, 1));
}

static void equal_seeds_give_equal_models(void **state)
{
    (void)state;
    const lts_model_config config = small_config(LTS_MODEL_VAE);
    lts_model *a = create(&config, 1), *b = create(&config, 1), *c = create(&config, 2);
    assert_int_equal(strlen(lts_model_hash(a)), LTS_HASH_TEXT - 1);
    assert_string_equal(lts_model_hash(a), lts_model_hash(b));
    assert_string_not_equal(lts_model_hash(a), lts_model_hash(c));
    lts_model_destroy(c);
    lts_model_destroy(b);
    lts_model_destroy(a);
    lts_model_destroy(NULL);
}

/* --- Compression ------------------------------------------------------------------------------ */

static const lts_model_config compressions[] = {
    {.compression = LTS_COMPRESSION_NONE},
    {.compression = LTS_COMPRESSION_POWER, .exponent = 1.0 / 3},
    {.compression = LTS_COMPRESSION_POWER, .exponent = 0.5},
    {.compression = LTS_COMPRESSION_POWER, .exponent = 0.7},
    {.compression = LTS_COMPRESSION_LOG},
};

static void compression_is_its_formula_and_comes_back(void **state)
{
    (void)state;
    static const float x[] = {0, 1e-12f, 1e-7f, 1e-4f, 0.01f, 0.3f, 1, 2.5f, 100, 1e6f};
    enum { COUNT = sizeof x / sizeof *x };
    for (size_t c = 0; c < sizeof compressions / sizeof *compressions; c++) {
        const lts_model_config *config = &compressions[c];
        float y[COUNT], back[COUNT];
        magnitudes_compress(config, x, y, COUNT);
        magnitudes_expand(config, y, back, COUNT);
        for (int i = 0; i < COUNT; i++) {
            double exact = config->compression == LTS_COMPRESSION_NONE ? (double)x[i]
                           : config->compression == LTS_COMPRESSION_POWER
                               ? pow((double)x[i], config->exponent)
                               : log1p(1000 * (double)x[i]) / log(1001);
            assert_true(fabs(y[i] - exact) <= 3e-6 * exact);
            /* Far above 1 a rounding of the logarithm is one of the magnitude, times the latter. */
            assert_true(fabs((double)back[i] - (double)x[i]) <= 2e-5 * (double)x[i]);
        }
    }
}

static void expanding_never_gives_less_than_nothing_or_infinity(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof compressions / sizeof *compressions; c++) {
        const lts_model_config *config = &compressions[c];
        float y[] = {-1, -1e30f, 1e30f, NAN};
        magnitudes_expand(config, y, y, 4);
        assert_true(y[0] == 0 && y[1] == 0 && y[2] > 0 && isfinite(y[2]) && isnan(y[3]));
        float x[] = {-1, NAN};
        magnitudes_compress(config, x, x, 2);
        assert_true(x[0] == (config->compression == LTS_COMPRESSION_NONE ? -1 : 0) && isnan(x[1]));
    }
}

/* --- Inference -------------------------------------------------------------------------------- */

typedef struct inference {
    float *mean, *log_variance, *back;
} inference;

static inference infer(const lts_model *model, unsigned threads, const float *x, size_t frames)
{
    lts_error err = {0};
    lts_model_work *work;
    const lts_model_config *config = lts_model_settings(model);
    inference i = {.mean = lts_alloc(frames * config->latent, sizeof(float)),
                   .log_variance = lts_alloc(frames * config->latent, sizeof(float)),
                   .back = lts_alloc(frames * config->bins, sizeof(float))};
    assert_ok(lts_model_work_create(model, threads, &work, &err));
    lts_model_encode(model, work, x, frames, i.mean, i.log_variance);
    lts_model_decode(model, work, i.mean, frames, i.back);
    lts_model_work_destroy(work);
    return i;
}

static void inference_free(inference *i)
{
    lts_free(i->back);
    lts_free(i->log_variance);
    lts_free(i->mean);
}

static void inference_does_not_depend_on_threads(void **state)
{
    (void)state;
    const size_t counts[] = {0, 1, 127, 128, 129, 700};
    for (int type = 0; type < 2; type++)
        for (int c = 0; c < 3; c++) {
            lts_model_config config = small_config((lts_model_type)type);
            config.compression = (lts_compression)c;
            config.batch_norm = true;
            lts_model *model = create(&config, 3);
            for (size_t n = 0; n < sizeof counts / sizeof *counts; n++) {
                float *x = magnitudes(counts[n], config.bins);
                inference one = infer(model, 1, x, counts[n]);
                for (unsigned threads = 0; threads <= 3; threads++) {
                    inference more = infer(model, threads, x, counts[n]);
                    assert_memory_equal(one.mean, more.mean, counts[n] * config.latent * 4);
                    assert_memory_equal(one.log_variance, more.log_variance,
                                        counts[n] * config.latent * 4);
                    assert_memory_equal(one.back, more.back, counts[n] * config.bins * 4);
                    inference_free(&more);
                }
                for (size_t i = 0; i < counts[n] * config.bins; i++)
                    assert_true(one.back[i] >= 0 && isfinite(one.back[i]));
                inference_free(&one);
                lts_free(x);
            }
            lts_model_destroy(model);
        }
}

static void the_mean_alone_is_the_same_mean(void **state)
{
    (void)state;
    enum { FRAMES = 300 };
    lts_error err = {0};
    lts_model_config config = small_config(LTS_MODEL_VAE);
    lts_model *model = create(&config, 3);
    lts_model_work *work;
    float *x = magnitudes(FRAMES, config.bins);
    float *mean = lts_alloc(FRAMES * config.latent, sizeof *mean);
    inference both = infer(model, 2, x, FRAMES);
    assert_ok(lts_model_work_create(model, 2, &work, &err));
    lts_model_encode(model, work, x, FRAMES, mean, NULL);
    assert_true(relative_error(mean, both.mean, FRAMES * config.latent) < 1e-6);
    lts_model_work_destroy(work);
    assert_status(lts_model_work_create(model, 100000, &work, &err), LTS_ERR_ARGUMENT);
    assert_null(work);
    inference_free(&both);
    lts_free(mean);
    lts_free(x);
    lts_model_destroy(model);
}

static void a_net_without_a_latent_space_is_refused(void **state)
{
    (void)state;
    lts_error err = {0};
    const lts_model_config config = small_config(LTS_MODEL_VAE);
    const nn_layer layers[] = {
        {.kind = NN_DENSE,
         .name = "a",
         .in = {config.bins, 1, 1},
         .out = {7, 1, 1},
         .activation = NN_RELU},
        {.kind = NN_DENSE, .name = "b", .in = {7, 1, 1}, .out = {3, 1, 1}, .activation = NN_LINEAR},
    };
    nn_net *net;
    lts_model *model;
    lts_model_work *work = (lts_model_work *)&err;
    assert_ok(nn_net_create(layers, 2, &net, &err));
    assert_ok(model_allocate(&config, net, "run-000/model.safetensors", &model, &err));
    assert_status(lts_model_check_latent(model, &err), LTS_ERR_ARGUMENT);
    assert_status(lts_model_work_create(model, 1, &work, &err), LTS_ERR_ARGUMENT);
    assert_null(work);
    assert_string_equal(err.text, "run-000/model.safetensors: the model has no latent space to "
                                  "encode to or decode from: use an auto-encoder, such as vae");
    lts_model_destroy(model);
    model = create(&config, 1);
    assert_ok(lts_model_check_latent(model, &err));
    lts_model_destroy(model);
}

/* What PyTorch would compute, by plain loops over the tensors' names. */
static void oracle_layer(const lts_model *model, const char *name, const double *x, double *y,
                         bool relu)
{
    const float *w = NULL, *b = NULL;
    size_t rows = 0, columns = 0;
    for (size_t i = 0; i < model->net->parameter_count; i++) {
        const nn_parameter *p = &model->net->parameters[i];
        if (strncmp(p->name, name, strlen(name)) != 0 || p->name[strlen(name)] != '.')
            continue;
        if (p->rank == 2) {
            w = model->parameters + p->offset;
            rows = p->shape[0];
            columns = p->shape[1];
        } else {
            b = model->parameters + p->offset;
        }
    }
    assert_true(w && b);
    for (size_t r = 0; r < rows; r++) {
        y[r] = b[r];
        for (size_t c = 0; c < columns; c++)
            y[r] += w[r * columns + c] * x[c];
        y[r] = relu ? fmax(y[r], 0) : y[r];
    }
}

static void encode_and_decode_are_the_layers_in_turn(void **state)
{
    (void)state;
    enum { FRAMES = 9, WIDTH = 64 };
    for (int c = 0; c < 3; c++) {
        lts_model_config config = small_config(LTS_MODEL_VAE);
        config.compression = (lts_compression)c;
        lts_model *model = create(&config, 3);
        float *x = magnitudes(FRAMES, config.bins), seen[WIDTH], expected[WIDTH];
        inference found = infer(model, 2, x, FRAMES);
        for (size_t t = 0; t < FRAMES; t++) {
            double input[WIDTH], hidden[WIDTH], value[WIDTH];
            magnitudes_compress(&config, x + t * config.bins, seen, config.bins);
            for (size_t k = 0; k < config.bins; k++)
                input[k] = seen[k];
            oracle_layer(model, "fc1", input, hidden, true);
            oracle_layer(model, "fc22", hidden, value, false);
            for (size_t z = 0; z < config.latent; z++)
                assert_true(fabs(found.log_variance[t * config.latent + z] - value[z]) < 1e-6);
            oracle_layer(model, "fc21", hidden, value, false);
            for (size_t z = 0; z < config.latent; z++)
                assert_true(fabs(found.mean[t * config.latent + z] - value[z]) < 1e-6);
            oracle_layer(model, "fc3", value, hidden, true);
            oracle_layer(model, "fc4", hidden, value, true);
            for (size_t k = 0; k < config.bins; k++)
                seen[k] = (float)value[k];
            magnitudes_expand(&config, seen, expected, config.bins);
            assert_true(relative_error(found.back + t * config.bins, expected, config.bins) < 1e-5);
        }
        inference_free(&found);
        lts_free(x);
        lts_model_destroy(model);
    }
}

static void memory_that_runs_out_is_reported(void **state)
{
    (void)state;
    lts_error err = {0};
    lts_model *model;
    lts_model_work *work;
    const lts_model_config config = small_config(LTS_MODEL_VAE2);
    lts_status status = LTS_ERR_MEMORY;
    for (size_t n = 1; status != LTS_OK; n++) {
        test_fail_allocation(n);
        status = lts_model_create(&config, 1, &model, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK || (status == LTS_ERR_MEMORY && !model));
    }
    status = LTS_ERR_MEMORY;
    for (size_t n = 1; status != LTS_OK; n++) {
        test_fail_allocation(n);
        status = lts_model_work_create(model, 2, &work, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK || (status == LTS_ERR_MEMORY && !work));
    }
    lts_model_work_destroy(work);
    lts_model_work_destroy(NULL);
    lts_model_destroy(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_net_without_a_latent_space_is_refused),
        cmocka_unit_test(vae_has_the_original_s_tensors),
        cmocka_unit_test(vae2_tapers_and_mirrors),
        cmocka_unit_test(batch_normalisation_adds_its_tensors),
        cmocka_unit_test(settings_out_of_range_are_refused),
        cmocka_unit_test(equal_seeds_give_equal_models),
        cmocka_unit_test(compression_is_its_formula_and_comes_back),
        cmocka_unit_test(expanding_never_gives_less_than_nothing_or_infinity),
        cmocka_unit_test(inference_does_not_depend_on_threads),
        cmocka_unit_test(the_mean_alone_is_the_same_mean),
        cmocka_unit_test(encode_and_decode_are_the_layers_in_turn),
        cmocka_unit_test(memory_that_runs_out_is_reported),
    };
    return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
