/* The law that mixes the levels of sounds. */
#include "testing.h"

#include "lts/latent.h"

#include <math.h>
#include <string.h>

/* The level of a frame whose sounds have these levels; its latent dimension is not touched. */
static double mixed(const float *levels, const float *weights, size_t sounds)
{
    float rows[8][2], row[2] = {5, 0};
    const float *paths[8];
    for (size_t s = 0; s < sounds; s++) {
        rows[s][0] = NAN;
        rows[s][1] = levels[s];
        paths[s] = rows[s];
    }
    lts_latent_mix_levels(paths, weights, sounds, 1, 2, row);
    assert_true(row[0] == 5);
    return (double)row[1];
}

static double of_two(float first, float second, float alpha)
{
    return mixed((const float[]){first, second}, (const float[]){alpha, 1 - alpha}, 2);
}

static double loudness(double level)
{
    return pow(10, 0.6 * level / 20);
}

static void loudness_runs_straight_between_the_sounds(void **state)
{
    (void)state;
    static const float levels[][2] = {{-20, -60}, {0, -12}, {-33, -33}, {-5, -160}, {12, -90}};
    for (size_t l = 0; l < sizeof levels / sizeof *levels; l++)
        for (float alpha = 0; alpha <= 1; alpha += 0.125f) {
            const double a = (double)levels[l][0], b = (double)levels[l][1];
            const double expected = (double)alpha * loudness(a) + (1 - (double)alpha) * loudness(b);
            assert_true(fabs(loudness(of_two(levels[l][0], levels[l][1], alpha)) / expected - 1) <
                        1e-6);
        }
    /* Half of the loudness is 10 dB less. */
    assert_true(fabs(of_two(-20, -160, 0.5f) - -30.03) < 0.01);
}

static void the_ends_are_kept_bit_for_bit_and_none_goes_beyond_them(void **state)
{
    (void)state;
    static const float beyond[] = {1, 1.001f, 2, 4, 1000, 3e38f, INFINITY};
    for (size_t b = 0; b < sizeof beyond / sizeof *beyond; b++) {
        assert_true(of_two(-12.345f, -70, beyond[b]) == (double)-12.345f);
        assert_true(of_two(-70, -12.345f, -beyond[b]) == (double)-12.345f);
    }
    const float one_of_three[] = {0, 1, -2}, levels[] = {NAN, -7.1f, NAN};
    assert_true(mixed(levels, one_of_three, 3) == (double)-7.1f);
    lts_rng rng;
    lts_rng_seed(&rng, 1, 0);
    for (int i = 0; i < 10000; i++) {
        float weights[4], some[4], most = -160;
        lts_rng_fill_normal(&rng, weights, 4);
        lts_rng_fill_normal(&rng, some, 4);
        for (size_t s = 0; s < 4; s++) {
            weights[s] *= 3;
            some[s] = fmaxf(-160, 40 * some[s] - 40);
            most = fmaxf(most, weights[s] > 0 ? some[s] : -160);
        }
        const double level = mixed(some, weights, 4);
        assert_true(level >= -160.0001 && level <= (double)most + 1e-4);
    }
}

static void silence_stays_silence(void **state)
{
    (void)state;
    for (float alpha = -3; alpha <= 4; alpha += 0.0625f)
        assert_true(fabs(of_two(-160, -160, alpha) - -160) < 1e-4);
    assert_true(mixed((const float[]){-3, -3}, (const float[]){0, 0}, 2) == -160);
    assert_true(mixed((const float[]){-3, -3}, (const float[]){-1, -0.0f}, 2) == -160);
}

/* A fader that is drawn leads into silence without a step; weights above 1 in all are shared. */
static void weights_that_do_not_add_up_to_one(void **state)
{
    (void)state;
    const float levels[] = {-10, -10, -10};
    double before = -160;
    for (float weight = 0; weight <= 1; weight += 0.001f) {
        const double level = mixed(levels, (const float[]){weight, 0, 0}, 3);
        assert_true(loudness(level) - loudness(before) >= -1e-6);
        assert_true(loudness(level) - loudness(before) < 0.0011 * loudness(-10) + 1e-4);
        before = level;
    }
    assert_true(fabs(mixed(levels, (const float[]){1, 1, 0.5f}, 3) - -10) < 1e-4);
    assert_true(fabs(mixed(levels, (const float[]){0.75f, 0.75f, -0.5f}, 3) - -10) < 1e-4);
}

static void a_path_is_mixed_frame_by_frame(void **state)
{
    (void)state;
    enum { T = 5, C = 3 };
    float a[T * C], b[T * C], whole[T * C], part[T * C], weights[2 * T];
    const float *const paths[] = {a, b};
    for (size_t t = 0; t < T; t++) {
        weights[t] = 0.2f * (float)t;
        weights[T + t] = 1 - weights[t];
        for (size_t c = 0; c < C; c++) {
            a[t * C + c] = (float)t - (float)c;
            b[t * C + c] = -3.0f * (float)t;
        }
    }
    lts_latent_mix(paths, weights, 2, T, C, whole);
    memcpy(part, whole, sizeof part);
    lts_latent_mix_levels(paths, weights, 2, T, C, whole);
    for (size_t t = 0; t < T; t++) {
        const float *const rows[] = {a + t * C, b + t * C};
        const float own[] = {weights[t], weights[T + t]};
        lts_latent_mix_levels(rows, own, 2, 1, C, part + t * C);
    }
    assert_memory_equal(whole, part, sizeof part);
}

static void laws_have_names(void **state)
{
    (void)state;
    lts_level_law law = LTS_LAW_NONE;
    assert_true(lts_parse_level_law("Loudness", &law) && law == LTS_LAW_LOUDNESS);
    assert_true(lts_parse_level_law("none", &law) && law == LTS_LAW_NONE);
    assert_false(lts_parse_level_law("", &law) || lts_parse_level_law("loud", &law));
    assert_int_equal(law, LTS_LAW_NONE);
    assert_string_equal(lts_level_law_text(LTS_LAW_LOUDNESS), "loudness");
    assert_null(lts_level_law_text(2));
    assert_null(lts_level_law_text(-1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loudness_runs_straight_between_the_sounds),
        cmocka_unit_test(the_ends_are_kept_bit_for_bit_and_none_goes_beyond_them),
        cmocka_unit_test(silence_stays_silence),
        cmocka_unit_test(weights_that_do_not_add_up_to_one),
        cmocka_unit_test(a_path_is_mixed_frame_by_frame),
        cmocka_unit_test(laws_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
