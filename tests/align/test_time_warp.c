#include "testing.h"

#include "align/time/time.h"

#include <math.h>

enum { MOST = 60, BANDS = 3 };

static time_profile drawn_profile(size_t steps, lts_rng *rng)
{
    time_profile profile = {.frames = steps, .steps = steps, .bands = BANDS, .decimation = 1};
    profile.feature = lts_alloc(steps * BANDS, sizeof(float));
    profile.silence = lts_alloc(steps, sizeof(float));
    assert_true(profile.feature && profile.silence);
    for (size_t i = 0; i < steps * BANDS; i++) {
        profile.feature[i] = (float)lts_rng_uniform(rng);
        profile.silence[i % steps] += profile.feature[i];
    }
    return profile;
}

static double silence_of(const time_profile *profile, size_t begin, size_t end)
{
    double sum = 0;
    for (size_t i = begin; i < end; i++)
        sum += profile->silence[i];
    return sum;
}

/* What a path costs, by its definition. */
static double cost_of(const time_profile *a, const time_profile *b, const time_cell *path,
                      size_t count)
{
    double sum = 2 * silence_of(a, 0, path[0].a) + 2 * silence_of(b, 0, path[0].b) +
                 silence_of(a, path[count - 1].a + 1, a->steps) +
                 silence_of(b, path[count - 1].b + 1, b->steps);
    for (size_t n = 0; n < count; n++) {
        const ptrdiff_t i = (ptrdiff_t)path[n].a, j = (ptrdiff_t)path[n].b;
        const double at = time_distance(a, i, b, j);
        const size_t of_a = n ? path[n].a - path[n - 1].a : 1;
        const size_t of_b = n ? path[n].b - path[n - 1].b : 1;
        assert_true((of_a == 1 && of_b == 1) || (of_a == 1 && of_b == 2) ||
                    (of_a == 2 && of_b == 1));
        if (of_a == 2)
            sum += 1.5 * (time_distance(a, i - 1, b, j) + at);
        else if (of_b == 2)
            sum += 1.5 * (time_distance(a, i, b, j - 1) + at);
        else
            sum += 2 * at;
    }
    return sum;
}

/* The least cost of all paths: the whole matrix, filled in without a band or a trace. */
static double plain_cost(const time_profile *a, const time_profile *b)
{
    static double cost[MOST][MOST];
    double least = INFINITY;
    for (size_t i = 0; i < a->steps; i++)
        for (size_t j = 0; j < b->steps; j++) {
            const ptrdiff_t p = (ptrdiff_t)i, q = (ptrdiff_t)j;
            const double at = time_distance(a, p, b, q);
            double best = INFINITY;
            if (i == 0 || j == 0)
                best = 2 * silence_of(a, 0, i) + 2 * silence_of(b, 0, j) + 2 * at;
            if (i >= 1 && j >= 1)
                best = fmin(best, cost[i - 1][j - 1] + 2 * at);
            if (i >= 1 && j >= 2)
                best = fmin(best, cost[i - 1][j - 2] + 1.5 * (time_distance(a, p, b, q - 1) + at));
            if (i >= 2 && j >= 1)
                best = fmin(best, cost[i - 2][j - 1] + 1.5 * (time_distance(a, p - 1, b, q) + at));
            cost[i][j] = best;
            if (i + 1 == a->steps || j + 1 == b->steps)
                least = fmin(least, best + silence_of(a, i + 1, a->steps) +
                                        silence_of(b, j + 1, b->steps));
        }
    return least;
}

static void the_path_is_the_best_of_the_whole_matrix(void **state)
{
    (void)state;
    lts_rng rng;
    lts_error err;
    lts_rng_seed(&rng, 3, 0);
    for (size_t trial = 0; trial < 200; trial++) {
        time_profile a = drawn_profile(1 + lts_rng_below(&rng, MOST), &rng);
        time_profile b = drawn_profile(1 + lts_rng_below(&rng, MOST), &rng);
        time_cell *path;
        size_t count;
        double cost, narrow;
        assert_ok(time_warp(&a, &b, MOST, &path, &count, &cost, &err));
        assert_true(fabs(cost - plain_cost(&a, &b)) < 1e-4);
        assert_true(fabs(cost - cost_of(&a, &b, path, count)) < 1e-4);
        size_t reach = 0; /* of the path from the diagonal */
        for (size_t n = 0; n < count; n++) {
            const size_t off =
                path[n].a > path[n].b ? path[n].a - path[n].b : path[n].b - path[n].a;
            reach = off > reach ? off : reach;
        }
        lts_free(path);
        /* A band that holds the path changes nothing; a narrower one finds none that is better. */
        assert_ok(time_warp(&a, &b, reach, &path, &count, &narrow, &err));
        assert_true(fabs(cost - narrow) < 1e-4);
        lts_free(path);
        const size_t radius = lts_rng_below(&rng, MOST);
        assert_ok(time_warp(&a, &b, radius, &path, &count, &narrow, &err));
        assert_true(narrow >= cost - 1e-4);
        assert_true(fabs(narrow - cost_of(&a, &b, path, count)) < 1e-4);
        for (size_t n = 0; n < count; n++)
            assert_true(path[n].b <= path[n].a + radius && path[n].a <= path[n].b + radius);
        lts_free(path);
        time_profile_free(&a);
        time_profile_free(&b);
    }
}

static void equal_sounds_go_along_the_diagonal(void **state)
{
    (void)state;
    lts_rng rng;
    lts_error err;
    lts_rng_seed(&rng, 4, 0);
    time_profile a = drawn_profile(MOST, &rng);
    time_cell *path;
    size_t count;
    double cost;
    assert_ok(time_warp(&a, &a, 10, &path, &count, &cost, &err));
    assert_int_equal(count, MOST);
    assert_true(cost == 0);
    for (size_t n = 0; n < count; n++)
        assert_true(path[n].a == n && path[n].b == n);
    lts_free(path);
    time_profile_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_path_is_the_best_of_the_whole_matrix),
        cmocka_unit_test(equal_sounds_go_along_the_diagonal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
