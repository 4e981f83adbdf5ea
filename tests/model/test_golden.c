/* The PyTorch original in float64 (tests/data/README.md): forward values, every gradient, and the
 * weights after three Adam steps, in both conventions of the loss. */
#include "testing.h"

#include "model/train/trainer.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <string.h>

static const double tolerance = 1e-5;

typedef struct golden {
    const char *folder;
    cJSON *info;
    lts_model *model;
    lts_trainer *trainer;
    float *x, *noise[3];
    size_t batch;
} golden;

static const char *const folders[] = {"vae/sum_small", "vae/mean_small"};

static double number(const golden *g, const char *key)
{
    const cJSON *item = cJSON_GetObjectItem(g->info, key);
    assert_true(cJSON_IsNumber(item));
    return item->valuedouble;
}

static float *array(const golden *g, const char *name, size_t *rows, size_t *columns)
{
    char path[400];
    snprintf(path, sizeof path, "%s/%s.npy", g->folder, name);
    return test_array(path, rows, columns);
}

/* The reference values of one parameter: "init", "grad" or "after3". */
static float *parameter_array(const golden *g, const char *what, const nn_parameter *p)
{
    char name[200];
    size_t rows, columns;
    snprintf(name, sizeof name, "%s/%s", what, p->name);
    float *values = array(g, name, &rows, &columns);
    assert_int_equal(rows * columns, p->count);
    assert_int_equal(p->rank == 2 ? rows : columns, p->shape[0]);
    return values;
}

static golden golden_open(const char *folder, unsigned threads)
{
    lts_error err = {0};
    golden g = {.folder = folder};
    char name[200], *text;
    size_t size, rows, columns;
    snprintf(name, sizeof name, "%s/info.json", folder);
    assert_ok(lts_read_file(test_data(name), 1 << 20, &text, &size, &err));
    g.info = cJSON_Parse(text);
    lts_free(text);
    assert_non_null(g.info);

    lts_model_config config = original_model();
    config.bins = (size_t)number(&g, "n_bins");
    config.units = (size_t)number(&g, "n_units");
    config.latent = (size_t)number(&g, "latent_dim");
    assert_ok(lts_model_create(&config, 1, &g.model, &err));
    for (size_t i = 0; i < g.model->net->parameter_count; i++) {
        const nn_parameter *p = &g.model->net->parameters[i];
        float *values = parameter_array(&g, "init", p);
        memcpy(g.model->parameters + p->offset, values, p->count * sizeof *values);
        lts_free(values);
    }
    const cJSON *betas = cJSON_GetObjectItem(g.info, "betas");
    const lts_training training = {
        .loss = strstr(folder, "sum") ? LTS_LOSS_SUM : LTS_LOSS_MEAN,
        .kl_beta = number(&g, "kl_beta"),
        .learning_rate = number(&g, "learning_rate"),
        .beta1 = cJSON_GetArrayItem(betas, 0)->valuedouble,
        .beta2 = cJSON_GetArrayItem(betas, 1)->valuedouble,
        .epsilon = number(&g, "adam_eps"),
        .batch = (size_t)number(&g, "batch"),
        .threads = threads,
    };
    assert_ok(lts_trainer_create(g.model, &training, &g.trainer, &err));
    g.x = array(&g, "x", &g.batch, &columns);
    assert_int_equal(g.batch, training.batch);
    for (int step = 0; step < 3; step++) {
        snprintf(name, sizeof name, "eps%d", step);
        g.noise[step] = array(&g, name, &rows, &columns);
    }
    return g;
}

static void golden_close(golden *g)
{
    for (int step = 0; step < 3; step++)
        lts_free(g->noise[step]);
    lts_free(g->x);
    lts_trainer_destroy(g->trainer);
    lts_model_destroy(g->model);
    cJSON_Delete(g->info);
}

static void assert_close(const char *what, const float *found, const float *expected, size_t n)
{
    double error = relative_error(found, expected, n);
    if (!(error < tolerance))
        fail_msg("%s: relative error %g, allowed %g", what, error, tolerance);
}

static void check_losses(const golden *g, int step, const lts_losses *losses)
{
    const cJSON *expected = cJSON_GetArrayItem(cJSON_GetObjectItem(g->info, "loss"), step);
    const double found[3] = {losses->total, losses->reconstruction,
                             losses->kl * number(g, "kl_beta")};
    for (int i = 0; i < 3; i++) {
        double value = cJSON_GetArrayItem(expected, i)->valuedouble;
        if (!(fabs(found[i] - value) < tolerance * fabs(value)))
            fail_msg("%s: step %d: loss %d is %.9g, expected %.9g", g->folder, step, i, found[i],
                     value);
    }
}

/* Three steps; with a gradient arena, or (NULL) with Adam applied block by block. */
static void three_steps(golden *g, float *gradient)
{
    for (int step = 0; step < 3; step++) {
        lts_error err = {0};
        lts_losses losses;
        assert_ok(trainer_step(g->trainer, &(lts_batch){.x = g->x, .count = g->batch},
                               g->noise[step], gradient, &losses, &err));
        check_losses(g, step, &losses);
    }
}

static void check_weights(const golden *g)
{
    for (size_t i = 0; i < g->model->net->parameter_count; i++) {
        const nn_parameter *p = &g->model->net->parameters[i];
        float *expected = parameter_array(g, "after3", p);
        assert_close(p->name, g->model->parameters + p->offset, expected, p->count);
        lts_free(expected);
    }
}

static void check_forward(const golden *g)
{
    const size_t latent = g->model->config.latent, heads = g->model->sample - 1;
    size_t rows, columns;
    float *mean = array(g, "mu", &rows, &columns),
          *log_variance = array(g, "logvar", &rows, &columns);
    float *z = array(g, "z", &rows, &columns), *y = array(g, "y", &rows, &columns);
    for (size_t b = 0; b < g->batch; b++) {
        const float *row = g->trainer->activations->value[heads] + 2 * latent * b;
        assert_close("mean", row, mean + latent * b, latent);
        assert_close("log-variance", row + latent, log_variance + latent * b, latent);
    }
    assert_close("z", g->trainer->activations->value[heads + 1], z, g->batch * latent);
    assert_close("y", g->trainer->activations->value[g->model->net->layer_count - 1], y,
                 g->batch * g->model->config.bins);
    lts_free(y);
    lts_free(z);
    lts_free(log_variance);
    lts_free(mean);
}

static void forward_values_and_gradients_are_the_original_s(void **state)
{
    (void)state;
    for (size_t f = 0; f < 2; f++)
        for (unsigned threads = 1; threads <= 3; threads++) {
            golden g = golden_open(folders[f], threads);
            lts_error err = {0};
            lts_losses losses;
            float *gradient = lts_alloc(g.model->net->trained, sizeof *gradient);
            assert_ok(trainer_gradient(g.trainer, &(lts_batch){.x = g.x, .count = g.batch},
                                       g.noise[0], gradient, &losses, &err));
            check_losses(&g, 0, &losses);
            assert_true(g.trainer->adam.step == 0 && g.trainer->rows_seen == 0);
            check_forward(&g);
            for (size_t i = 0; i < g.model->net->parameter_count; i++) {
                const nn_parameter *p = &g.model->net->parameters[i];
                float *expected = parameter_array(&g, "grad", p);
                assert_close(p->name, gradient + p->offset, expected, p->count);
                lts_free(expected);
            }
            lts_free(gradient);
            golden_close(&g);
        }
}

static void weights_after_three_steps_are_the_original_s(void **state)
{
    (void)state;
    for (size_t f = 0; f < 2; f++)
        for (unsigned threads = 1; threads <= 3; threads++) {
            golden blocks = golden_open(folders[f], threads);
            golden whole = golden_open(folders[f], threads);
            float *gradient = lts_alloc(whole.model->net->trained, sizeof *gradient);
            three_steps(&blocks, NULL);
            three_steps(&whole, gradient);
            check_weights(&blocks);
            check_weights(&whole);
            assert_memory_equal(blocks.model->parameters, whole.model->parameters,
                                whole.model->net->total * sizeof(float));
            lts_free(gradient);
            golden_close(&whole);
            golden_close(&blocks);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forward_values_and_gradients_are_the_original_s),
        cmocka_unit_test(weights_after_three_steps_are_the_original_s),
    };
    return cmocka_run_group_tests_name("golden", tests, NULL, NULL);
}
