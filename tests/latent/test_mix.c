#include "testing.h"

#include "lts/latent.h"

#include <math.h>
#include <string.h>

enum { T = 37, Z = 21, SIZE = T * Z };

static void draw(uint64_t seed, float *x)
{
    lts_rng rng;
    lts_rng_seed(&rng, seed, 0);
    lts_rng_fill_normal(&rng, x, SIZE);
}

/* weights (2,T) of the first sound and the second, the same in every frame. */
static void set_weights(float first, float second, float *weights)
{
    for (size_t t = 0; t < T; t++) {
        weights[t] = first;
        weights[T + t] = second;
    }
}

static void the_ends_are_the_sounds_bit_for_bit(void **state)
{
    (void)state;
    float a[SIZE], b[SIZE], mixed[SIZE], weights[2 * T];
    const float *const paths[] = {a, b};
    draw(1, a);
    draw(2, b);
    a[3] = -0.0f;
    b[5] = NAN; /* not looked at while its weight is 0 */
    set_weights(1, 0, weights);
    lts_latent_mix(paths, weights, 2, T, Z, mixed);
    assert_memory_equal(mixed, a, sizeof a);
    set_weights(0, 1, weights);
    lts_latent_mix(paths, weights, 2, T, Z, mixed);
    assert_memory_equal(mixed, b, sizeof b);
    set_weights(0, 0, weights);
    lts_latent_mix(paths, weights, 2, T, Z, mixed);
    for (size_t i = 0; i < SIZE; i++)
        assert_true(mixed[i] == 0);
}

static void mixtures_are_linear_inside_and_beyond(void **state)
{
    (void)state;
    float a[SIZE], b[SIZE], mixed[SIZE], weights[2 * T];
    const float *const paths[] = {a, b};
    const float alphas[] = {-3, -0.5f, 0.001f, 0.25f, 0.5f, 0.9f, 1.5f, 100};
    draw(1, a);
    draw(2, b);
    for (size_t k = 0; k < sizeof alphas / sizeof *alphas; k++) {
        set_weights(alphas[k], 1 - alphas[k], weights);
        lts_latent_mix(paths, weights, 2, T, Z, mixed);
        for (size_t i = 0; i < SIZE; i++) {
            double expected = (double)alphas[k] * a[i] + (1.0 - (double)alphas[k]) * b[i];
            double scale = fabs(alphas[k] * a[i]) + fabs((1 - alphas[k]) * b[i]);
            assert_true(fabs(mixed[i] - expected) <= 3e-7 * scale);
        }
    }
}

static void weights_may_change_with_every_frame(void **state)
{
    (void)state;
    float x[3][SIZE], mixed[SIZE], weights[3 * T];
    const float *const paths[] = {x[0], x[1], x[2]};
    for (uint64_t s = 0; s < 3; s++)
        draw(s, x[s]);
    for (size_t t = 0; t < T; t++)
        for (size_t s = 0; s < 3; s++)
            weights[s * T + t] = t % 4 == 3 ? 0.1f * (float)(s + t) : t % 4 == s;
    lts_latent_mix(paths, weights, 3, T, Z, mixed);
    for (size_t t = 0; t < T; t++) {
        if (t % 4 < 3) {
            assert_memory_equal(mixed + t * Z, x[t % 4] + t * Z, Z * sizeof *mixed);
            continue;
        }
        for (size_t i = t * Z; i < (t + 1) * Z; i++) {
            double expected = 0;
            for (size_t s = 0; s < 3; s++)
                expected += (double)weights[s * T + t] * x[s][i];
            assert_true(fabs(mixed[i] - expected) < 1e-5);
        }
    }
}

static void samples_have_the_wanted_mean_and_variance(void **state)
{
    (void)state;
    enum { FRAMES = 20000, LATENT = 3 };
    const float wanted_mean[] = {-2, 0, 5}, wanted_log_variance[] = {-4, 0, 1.5f};
    float *mean = lts_alloc(FRAMES * LATENT, sizeof *mean);
    float *log_variance = lts_alloc(FRAMES * LATENT, sizeof *log_variance);
    float *z = lts_alloc(FRAMES * LATENT, sizeof *z);
    for (size_t i = 0; i < FRAMES * LATENT; i++) {
        mean[i] = wanted_mean[i % LATENT];
        log_variance[i] = wanted_log_variance[i % LATENT];
    }
    lts_latent_sample(mean, log_variance, FRAMES, LATENT, 5, z);
    double product = 0;
    for (size_t d = 0; d < LATENT; d++) {
        double sum = 0, square = 0, variance = exp(wanted_log_variance[d]);
        for (size_t t = 0; t < FRAMES; t++) {
            double difference = z[t * LATENT + d] - wanted_mean[d];
            sum += difference;
            square += difference * difference;
        }
        /* Four standard errors of a mean and of a variance of 20000 draws. */
        assert_true(fabs(sum / FRAMES) < 4 * sqrt(variance / FRAMES));
        assert_true(fabs(square / FRAMES / variance - 1) < 4 * sqrt(2.0 / FRAMES));
    }
    for (size_t t = 0; t + 1 < FRAMES; t++)
        product += z[t * LATENT + 1] * z[(t + 1) * LATENT + 1];
    assert_true(fabs(product / FRAMES) < 4 / sqrt(FRAMES));
    lts_free(mean);
    lts_free(log_variance);
    lts_free(z);
}

static void equal_seeds_give_equal_samples(void **state)
{
    (void)state;
    float mean[SIZE], log_variance[SIZE], a[SIZE], b[SIZE];
    draw(1, mean);
    draw(2, log_variance);
    lts_latent_sample(mean, log_variance, T, Z, 9, a);
    lts_latent_sample(mean, log_variance, T, Z, 9, b);
    assert_memory_equal(a, b, sizeof a);
    lts_latent_sample(mean, log_variance, T, Z, 10, b);
    assert_memory_not_equal(a, b, sizeof a);
    /* In place, and cut short: the same numbers. */
    memcpy(b, mean, sizeof b);
    lts_latent_sample(b, log_variance, T, Z, 9, b);
    assert_memory_equal(a, b, sizeof a);
    lts_latent_sample(mean, log_variance, 4, Z, 9, b);
    assert_memory_equal(a, b, 4 * Z * sizeof *a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ends_are_the_sounds_bit_for_bit),
        cmocka_unit_test(mixtures_are_linear_inside_and_beyond),
        cmocka_unit_test(weights_may_change_with_every_frame),
        cmocka_unit_test(samples_have_the_wanted_mean_and_variance),
        cmocka_unit_test(equal_seeds_give_equal_samples),
    };
    return cmocka_run_group_tests_name("mix", tests, NULL, NULL);
}
