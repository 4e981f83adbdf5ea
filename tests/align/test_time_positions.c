#include "testing.h"

#include "align/time/time.h"

#include <math.h>
#include <string.h>

enum { T = 2000, KNOTS = 40, BINS = 5 };

/* A spline as bent as one can be: slopes between knots are drawn up to the limit of 1/3. */
static lts_align_time drawn_alignment(uint64_t seed, time_knot knot[KNOTS])
{
    lts_rng rng;
    lts_align_time alignment = {.frames_a = T, .frames_b = T, .knot = knot, .knots = KNOTS};
    lts_rng_seed(&rng, seed, 0);
    for (size_t n = 0; n < KNOTS; n++) {
        const double length = 1 + 90 * lts_rng_uniform(&rng);
        const double slope = (double)lts_rng_below(&rng, 7) / 9 - 1.0 / 3;
        knot[n] = (time_knot){0};
        if (n > 0)
            knot[n] = (time_knot){.m = knot[n - 1].m + length, .d = knot[n - 1].d + slope * length};
    }
    time_spline_tangents(&alignment);
    return alignment;
}

static void the_spline_bends_by_no_more_than_a_half(void **state)
{
    (void)state;
    time_knot knot[KNOTS];
    for (uint64_t seed = 0; seed < 20; seed++) {
        const lts_align_time alignment = drawn_alignment(seed, knot);
        for (double m = -10; m < knot[KNOTS - 1].m + 10; m += 0.1) {
            double slope;
            const double d = time_spline_at(&alignment, m, &slope);
            const double next = time_spline_at(&alignment, m + 1e-5, NULL);
            assert_true(fabs(slope) <= 0.5 + 1e-12);
            assert_true(fabs((next - d) / 1e-5 - slope) < 1e-3);
            for (double sign = -1; sign <= 1; sign += 0.25)
                assert_true(fabs(time_spline_solve(&alignment, sign, m + sign * d) - m) < 1e-8);
        }
        for (size_t n = 0; n < KNOTS; n++)
            assert_true(time_spline_at(&alignment, knot[n].m, NULL) == knot[n].d);
    }
}

static void the_first_is_untouched_at_1_and_the_second_at_0(void **state)
{
    (void)state;
    time_knot knot[KNOTS];
    float alpha[T];
    double a[T], b[T];
    for (uint64_t seed = 0; seed < 5; seed++) {
        const lts_align_time alignment = drawn_alignment(seed, knot);
        const float weights[] = {1, 1.15f, 0, -0.15f, NAN};
        for (size_t n = 0; n < 5; n++) {
            for (size_t t = 0; t < T; t++)
                alpha[t] = weights[n];
            lts_align_time_positions(&alignment, alpha, T, a, b);
            for (size_t t = 0; t < T; t++)
                assert_true((n < 2 ? a : b)[t] == (double)t);
        }
    }
}

/* alpha pa + (1 - alpha) pb = t where alpha changes slowly, and both on the spline. */
static void a_morph_runs_along_the_weighted_time(void **state)
{
    (void)state;
    time_knot knot[KNOTS];
    float alpha[T];
    double a[T], b[T];
    for (uint64_t seed = 0; seed < 10; seed++) {
        const lts_align_time alignment = drawn_alignment(seed, knot);
        for (size_t t = 0; t < T; t++)
            alpha[t] = (float)seed / 9;
        lts_align_time_positions(&alignment, alpha, T, a, b);
        for (size_t t = 0; t < T; t++) {
            const double weight = alpha[t];
            assert_true(fabs(weight * a[t] + (1 - weight) * b[t] - (double)t) < 1e-6);
            const double m = (a[t] + b[t]) / 2;
            assert_true(fabs(time_spline_at(&alignment, m, NULL) - (a[t] - b[t]) / 2) < 1e-6);
        }
    }
}

static void check_speeds(const double *position, size_t frames)
{
    for (size_t t = 1; t < frames; t++) {
        const double speed = position[t] - position[t - 1];
        assert_true(speed >= 1.0 / 3 - 1e-5 && speed <= 3 + 1e-5);
    }
}

static void speeds_keep_their_limits_whatever_the_weights(void **state)
{
    (void)state;
    time_knot knot[KNOTS];
    float alpha[T];
    double a[T], b[T];
    lts_rng rng;
    lts_rng_seed(&rng, 5, 0);
    for (uint64_t seed = 0; seed < 20; seed++) {
        const lts_align_time alignment = drawn_alignment(seed, knot);
        for (size_t t = 0; t < T; t++)
            switch (seed % 4) {
            case 0: alpha[t] = (float)lts_rng_uniform(&rng) * 3 - 1; break; /* every frame anew */
            case 1: alpha[t] = t / 200 % 2; break;                          /* jumps */
            case 2: alpha[t] = (float)t / (T - 1); break;                   /* a sweep */
            default: alpha[t] = (float)seed / 19; break;
            }
        lts_align_time_positions(&alignment, alpha, T, a, b);
        check_speeds(a, T);
        check_speeds(b, T);
    }
}

/* A sweep ends where the sound that it ends with does. */
static void a_sweep_ends_with_the_second(void **state)
{
    (void)state;
    time_knot knot[] = {{.m = 0, .d = 0}, {.m = 1000, .d = 200}, {.m = 1999, .d = 0}};
    lts_align_time alignment = {.frames_a = T, .frames_b = T, .knot = knot, .knots = 3};
    float alpha[T];
    double a[T], b[T];
    time_spline_tangents(&alignment);
    for (size_t t = 0; t < T; t++)
        alpha[t] = (float)(T - 1 - t) / (T - 1);
    lts_align_time_positions(&alignment, alpha, T, a, b);
    assert_true(a[0] == 0 && b[T - 1] == T - 1);
}

static void the_length_is_that_of_the_weights(void **state)
{
    (void)state;
    lts_align_time *alignment;
    lts_error err;
    assert_ok(lts_align_time_identity(1000, 250, &alignment, &err));
    assert_int_equal(lts_align_time_frames(alignment, 1), 1000);
    assert_int_equal(lts_align_time_frames(alignment, 0), 250);
    assert_int_equal(lts_align_time_frames(alignment, 0.5), 625);
    assert_int_equal(lts_align_time_frames(alignment, 7), 1000);
    assert_int_equal(lts_align_time_frames(alignment, -7), 250);
    assert_int_equal(lts_align_time_frames(alignment, NAN), 250);
    lts_align_time_destroy(alignment);
}

static void whole_positions_copy_the_bits(void **state)
{
    (void)state;
    float x[4 * BINS], row[BINS];
    lts_rng rng;
    lts_rng_seed(&rng, 1, 0);
    for (size_t i = 0; i < 4 * BINS; i++)
        x[i] = (float)lts_rng_uniform(&rng);
    x[2] = -0.0f;
    x[3] = 1e-40f;
    for (size_t t = 0; t < 4; t++) {
        lts_align_time_read(x, 4, BINS, (double)t, row);
        assert_memory_equal(row, x + t * BINS, sizeof row);
    }
}

static void between_frames_square_roots_are_mixed(void **state)
{
    (void)state;
    const float x[] = {4, 0, 1, 16, 4, 1};
    float row[2];
    lts_align_time_read(x, 3, 2, 0.25, row);
    assert_true(fabsf(row[0] - 1.75f * 1.75f) < 1e-6f && fabsf(row[1] - 1) < 1e-6f);
    lts_align_time_read(x, 3, 2, 1.5, row);
    assert_true(fabsf(row[0] - 2.25f) < 1e-6f && fabsf(row[1] - 6.25f) < 1e-6f);
    lts_align_time_read(x, 3, 2, -0.5, row); /* half way from silence */
    assert_true(fabsf(row[0] - 1) < 1e-6f && row[1] == 0);
    lts_align_time_read(x, 3, 2, 2.5, row);
    assert_true(fabsf(row[0] - 1) < 1e-6f && fabsf(row[1] - 0.25f) < 1e-6f);
}

static void outside_of_a_sound_is_silence(void **state)
{
    (void)state;
    const float x[] = {4, 1, 3, 2};
    const double outside[] = {-1, 2, -1.5, 1e300, -1e300, NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
        float row[] = {9, 9};
        lts_align_time_read(x, 2, 2, outside[i], row);
        assert_true(row[0] == 0 && row[1] == 0);
    }
    float row[] = {9, 9};
    lts_align_time_read(NULL, 0, 2, 0, row);
    assert_true(row[0] == 0 && row[1] == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_spline_bends_by_no_more_than_a_half),
        cmocka_unit_test(the_first_is_untouched_at_1_and_the_second_at_0),
        cmocka_unit_test(a_morph_runs_along_the_weighted_time),
        cmocka_unit_test(speeds_keep_their_limits_whatever_the_weights),
        cmocka_unit_test(a_sweep_ends_with_the_second),
        cmocka_unit_test(the_length_is_that_of_the_weights),
        cmocka_unit_test(whole_positions_copy_the_bits),
        cmocka_unit_test(between_frames_square_roots_are_mixed),
        cmocka_unit_test(outside_of_a_sound_is_silence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
