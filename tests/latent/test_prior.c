/* The conditional prior: a regression whose answer is known, and what it leaves open. */
#include "testing.h"

#include "lts/prior.h"

#include <math.h>
#include <string.h>

enum { N = 600, Z = 3, C = 5 };

/* Weights of a scale, two of three classes' one-hot codes, and a number that is always 0. */
static const float weight[Z][C] = {{2, -1, 0.5F, 3, 0}, {0, 1, -2, 0, 0}, {-1.5F, 0, 0, 1, 0}};
static const float noise = 0.1F;

typedef struct examples {
    float condition[N * C], mean[N * Z], variance[N * Z], level[N * LTS_PRIOR_LEVELS];
} examples;

static void draw(examples *e)
{
    lts_rng rng;
    float draws[Z + 1];
    memset(e, 0, sizeof *e);
    lts_rng_seed(&rng, 5, 0);
    for (size_t i = 0; i < N; i++) {
        float *c = e->condition + i * C;
        lts_rng_fill_normal(&rng, draws, Z + 1);
        c[0] = draws[Z];
        c[1 + i % 3] = 1;
        for (size_t z = 0; z < Z; z++) {
            float sum = 1 + noise * draws[z];
            for (size_t k = 0; k < C; k++)
                sum += weight[z][k] * c[k];
            e->mean[i * Z + z] = sum;
            e->variance[i * Z + z] = 0.04F;
        }
        e->level[i * LTS_PRIOR_LEVELS] = -60 + 4 * c[0];
        e->level[i * LTS_PRIOR_LEVELS + 1] = 20 + 10 * c[2];
    }
}

static void it_is_the_regression_of_points_on_conditions(void **state)
{
    (void)state;
    static examples e;
    lts_error err = {0};
    lts_prior prior;
    double share;
    float mean[Z], levels[LTS_PRIOR_LEVELS];
    draw(&e);
    assert_ok(
        lts_prior_fit(e.condition, e.mean, e.variance, e.level, N, C, Z, &prior, &share, &err));
    /* Between the examples, and beyond: a scale of 4. */
    const float wanted[][C] = {
        {0, 1, 0, 0, 0}, {0.5F, 0, 1, 0, 0}, {4, 0, 0, 1, 0}, {0, 0.5F, 0.5F, 0, 0}};
    for (size_t w = 0; w < sizeof wanted / sizeof *wanted; w++) {
        lts_prior_at(&prior, wanted[w], mean, levels);
        for (size_t z = 0; z < Z; z++) {
            float sum = 1;
            for (size_t k = 0; k < C; k++)
                sum += weight[z][k] * wanted[w][k];
            assert_float_equal(mean[z], sum, 0.05);
        }
        assert_float_equal(levels[0], -60 + 4 * wanted[w][0], 0.02);
        assert_float_equal(levels[1], 20 + 10 * wanted[w][2], 0.02);
    }
    /* What examples of a condition leave open, and their own width. */
    for (size_t z = 0; z < Z; z++)
        assert_float_equal(prior.deviation[z], sqrtf(noise * noise + 0.04F), 0.02);
    assert_true(share > 0.97 && share < 1);
    lts_prior_free(&prior);
}

/* A number that no example has moves nothing; one-hot codes that say the same twice are no harm. */
static void what_no_example_tells_moves_nothing(void **state)
{
    (void)state;
    static examples e;
    lts_error err = {0};
    lts_prior prior;
    double share;
    float mean[2][Z], levels[LTS_PRIOR_LEVELS], condition[C] = {0.3F, 0, 0, 1, 0};
    draw(&e);
    assert_ok(
        lts_prior_fit(e.condition, e.mean, e.variance, e.level, N, C, Z, &prior, &share, &err));
    lts_prior_at(&prior, condition, mean[0], levels);
    condition[4] = 100;
    lts_prior_at(&prior, condition, mean[1], levels);
    assert_memory_equal(mean[0], mean[1], sizeof mean[0]);
    lts_prior_free(&prior);
    assert_ok(
        lts_prior_fit(e.condition, e.mean, e.variance, e.level, 1, C, Z, &prior, &share, &err));
    assert_true(isnan(share));
    lts_prior_at(&prior, condition, mean[0], levels);
    assert_memory_equal(mean[0], e.mean, sizeof mean[0]);
    assert_float_equal(prior.deviation[0], 0.2, 1e-6);
    lts_prior_free(&prior);
}

static void wrong_examples_are_refused(void **state)
{
    (void)state;
    static examples e;
    lts_error err = {0};
    lts_prior prior;
    double share;
    draw(&e);
    assert_status(
        lts_prior_fit(e.condition, e.mean, e.variance, e.level, 0, C, Z, &prior, &share, &err),
        LTS_ERR_ARGUMENT);
    assert_int_equal(prior.latent, 0);
    assert_null(prior.weight);
    e.mean[7 * Z + 1] = NAN;
    assert_status(
        lts_prior_fit(e.condition, e.mean, e.variance, e.level, N, C, Z, &prior, &share, &err),
        LTS_ERR_NONFINITE);
    assert_string_equal(err.text, "prior: a mean of example 7 is no number");
    assert_status(lts_prior_alloc(0, C, &prior, &err), LTS_ERR_ARGUMENT);
    lts_prior_free(&prior);
    lts_prior_free(&prior);
}

static void short_memory_leaves_nothing_behind(void **state)
{
    (void)state;
    static examples e;
    lts_error err = {0};
    lts_prior prior = {0};
    double share;
    size_t n = 1;
    draw(&e);
    for (lts_status status = LTS_ERR_MEMORY; status != LTS_OK; n++) {
        test_fail_allocation(n);
        status =
            lts_prior_fit(e.condition, e.mean, e.variance, e.level, N, C, Z, &prior, &share, &err);
        test_fail_allocation(0);
        if (status != LTS_OK)
            assert_status(status, LTS_ERR_MEMORY);
        assert_true(n < 20);
    }
    assert_true(n > 8);
    lts_prior_free(&prior);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_the_regression_of_points_on_conditions),
        cmocka_unit_test(what_no_example_tells_moves_nothing),
        cmocka_unit_test(wrong_examples_are_refused),
        cmocka_unit_test(short_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
