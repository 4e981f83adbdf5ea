/* Distances of a path, and the limit it is kept within. */
#include "testing.h"

#include "render/renderer.h"

#include <math.h>
#include <string.h>

enum { Z = 3, COLUMNS = Z + 1, STEPS = 600 };

typedef struct fixture {
    lts_distance map;
    lts_render_config config;
    lts_distance_stats stats;
    float a[COLUMNS], b[COLUMNS], weight[2], z[COLUMNS];
} fixture;

/* One landmark, a spread of one everywhere, near 1/16, far 1. */
static int open_fixture(void **state)
{
    static const float axes[] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    lts_error err = {0};
    fixture *f = lts_alloc(1, sizeof *f);
    assert_ok(lts_distance_alloc(Z, 1, &f->map, &err));
    memcpy(f->map.axes, axes, sizeof axes);
    f->map.landmark[0] = 1;
    f->map.near = 1.0f / 16;
    f->map.far = 1;
    assert_ok(lts_distance_prepare(&f->map, "map", &err));
    f->config = lts_render_defaults();
    f->config.distance = &f->map;
    f->config.measured = &f->stats;
    memcpy(f->a, (float[]){2, 3, 0, -20}, sizeof f->a);
    memcpy(f->b, (float[]){0, -0.5f, 0.1f, -40}, sizeof f->b);
    *state = f;
    return 0;
}

static int close_fixture(void **state)
{
    fixture *f = *state;
    lts_distance_free(&f->map);
    lts_free(f);
    return 0;
}

/* f->z: the row at alpha, kept within the limit. */
static void go(fixture *f, double alpha)
{
    const float *const path[] = {f->a, f->b};
    const lts_mixture mixture = {.sounds = 2, .frames = 1};
    f->weight[0] = (float)alpha;
    f->weight[1] = (float)(1 - alpha);
    for (size_t i = 0; i < COLUMNS; i++)
        f->z[i] = f->weight[0] * f->a[i] + f->weight[1] * f->b[i];
    render_measure(&f->config, &mixture, path, f->weight, 1, COLUMNS, f->z);
}

static void a_path_without_a_limit_is_only_measured(void **state)
{
    fixture *f = *state;
    float before[COLUMNS];
    for (size_t i = 0; i < COLUMNS; i++)
        before[i] = 2 * f->a[i] - f->b[i];
    go(f, 2);
    assert_memory_equal(f->z, before, sizeof before);
    assert_int_equal(f->stats.count, 1);
    assert_int_equal(f->stats.beyond, 1);
    assert_true(fabs(f->stats.most - (double)lts_distance_point(&f->map, before)) < 1e-6);
    assert_true(f->stats.sum == f->stats.most);
}

static void sounds_beyond_the_limit_stay_as_they_are(void **state)
{
    fixture *f = *state;
    f->config.limit = 0.1;
    go(f, 1);
    assert_memory_equal(f->z, f->a, sizeof f->a);
    go(f, 0);
    assert_memory_equal(f->z, f->b, sizeof f->b);
}

static void a_limited_path_stays_within_and_has_no_jumps(void **state)
{
    fixture *f = *state;
    float last[Z];
    const double far = (double)lts_distance_point(&f->map, f->a);
    f->config.limit = 0.25;
    for (int step = 0; step <= STEPS; step++) {
        const double alpha = -2 + 6.0 * step / STEPS;
        go(f, alpha);
        double moved = 0;
        for (size_t i = 0; i < Z && step > 0; i++)
            moved = fmax(moved, fabs((double)(f->z[i] - last[i])));
        memcpy(last, f->z, sizeof last);
        assert_true(moved < 0.2);
        assert_true((double)lts_distance_point(&f->map, f->z) <= far + 1e-3);
        assert_true(f->z[Z] == f->weight[0] * -20 + f->weight[1] * -40);
    }
    assert_true(f->stats.most <= far + 1e-3);
    go(f, -2);
    assert_true((double)lts_distance_point(&f->map, f->z) <= 0.6);
}

static void rows_that_are_no_mixture_keep_the_limit_itself(void **state)
{
    fixture *f = *state;
    float rows[2 * COLUMNS];
    memcpy(rows, f->b, sizeof f->b);
    memcpy(rows + COLUMNS, f->a, sizeof f->a);
    f->config.limit = 1;
    render_measure(&f->config, NULL, NULL, NULL, 2, COLUMNS, rows);
    assert_memory_equal(rows, f->b, sizeof f->b);
    assert_true((double)lts_distance_point(&f->map, rows + COLUMNS) <= 1 + 1e-4);
    assert_true(rows[COLUMNS + Z] == -20);
    assert_int_equal(f->stats.count, 2);
    assert_int_equal(f->stats.beyond, 0);
}

static void the_distances_of_a_path_are_told_in_words(void **state)
{
    (void)state;
    char text[LTS_DISTANCE_TEXT];
    lts_distance_stats stats = {0};
    lts_distance_text(&stats, text);
    assert_string_equal(text, "");
    lts_distance_count(&stats, 0.25);
    lts_distance_count(&stats, 0.5);
    lts_distance_count(&stats, 0);
    lts_distance_count(&stats, 1.25);
    lts_distance_text(&stats, text);
    assert_string_equal(
        text, "distance from what was trained: 0.50 on average, 1.25 at most (25 % beyond 1)");
}

#define T(f) cmocka_unit_test_setup_teardown(f, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_path_without_a_limit_is_only_measured),
        T(sounds_beyond_the_limit_stay_as_they_are),
        T(a_limited_path_stays_within_and_has_no_jumps),
        T(rows_that_are_no_mixture_keep_the_limit_itself),
        cmocka_unit_test(the_distances_of_a_path_are_told_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
