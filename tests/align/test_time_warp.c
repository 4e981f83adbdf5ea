#include "testing.h"

#include "align/time.h"

#include <math.h>
#include <string.h>

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

/* Peaks of the flux: sharp ones at known places are found to a fraction of a frame, slow swells and
 * a level floor are not. */
static void peaks_are_onsets_and_swells_are_not(void **state)
{
    (void)state;
    enum { FRAMES = 2000 };
    static float flux[FRAMES], strength[FRAMES];
    static double onset[FRAMES];
    const double rate = 44100.0 / 128, peaks[] = {0, 200.25, 400.75, 612, 1999};
    time_profile profile = {.frames = FRAMES, .flux = flux, .onset = onset, .strength = strength};
    for (size_t t = 0; t < FRAMES; t++) {
        flux[t] = (float)(0.02 + 0.018 * sin(0.01 * (double)t));
        for (size_t n = 0; n < sizeof peaks / sizeof *peaks; n++) {
            const double off = (double)t - peaks[n];
            flux[t] = fmaxf(flux[t], (float)(0.3 - 0.05 * off * off));
        }
    }
    time_pick_onsets(rate, &profile);
    assert_int_equal(profile.onsets, 5);
    for (size_t n = 0; n < profile.onsets; n++)
        assert_true(fabs(onset[n] - peaks[n]) < 1e-3 && strength[n] > 0.25f);
}

/* The mean flux of eight partials that swing `swing` bins, six times a second, once they are there.
 */
static double flux_of_vibrato(double swing)
{
    enum { FRAMES = 1000, BINS = 384 };
    const lts_align_time_config config = lts_align_time_defaults();
    lts_error err;
    time_profile profile = {0};
    double sum = 0;
    float *x = lts_alloc(FRAMES * BINS, sizeof *x);
    assert_non_null(x);
    for (size_t t = 0; t < FRAMES; t++) {
        const double now = swing * sin(6.283185307 * 6 * (double)t / config.frame_rate);
        for (int k = 0; k < BINS; k++)
            for (int partial = 1; partial <= 8; partial++) {
                const double off = k - 144 - 48 * log2(partial) - now;
                x[t * BINS + (size_t)k] += (float)exp(-0.1 * off * off);
            }
    }
    assert_ok(time_profile_create(x, FRAMES, BINS, &config, &profile, &err));
    for (size_t t = 10; t < FRAMES; t++)
        sum += profile.flux[t] / (FRAMES - 10);
    time_profile_free(&profile);
    lts_free(x);
    return sum;
}

/* A move by less than a quarter of a tone in 10 ms is no rise. */
static void vibrato_has_no_flux(void **state)
{
    (void)state;
    assert_true(flux_of_vibrato(3) < 1e-3);
    assert_true(flux_of_vibrato(30) > 1e-2);
}

/* Onsets on the diagonal, two of which would need a speed of 3.7: the weaker one is dropped. Then
 * the ends, which join where the speeds allow it. */
static void knots_keep_the_limit_of_speed(void **state)
{
    (void)state;
    double of_a[] = {100, 110, 300, 302}, of_b[] = {90, 127, 300, 400};
    float strength[] = {1, 2, 1, 3};
    time_profile a = {.frames = 500, .steps = 500, .decimation = 1, .onset = of_a, .onsets = 4};
    time_profile b = a;
    b.onset = of_b;
    a.strength = b.strength = strength;
    time_cell path[500];
    lts_error err;
    for (size_t i = 0; i < 500; i++)
        path[i] = (time_cell){i, i};
    lts_align_time alignment = {.frames_a = 500, .frames_b = 500};
    assert_ok(time_match(&a, &b, 44100.0 / 128, path, 500, &alignment, &err));
    const double expected[][2] = {{0, 0}, {110, 127}, {300, 300}, {499, 499}};
    assert_int_equal(alignment.gain.matched, 2);
    assert_int_equal(alignment.knots, 4);
    assert_int_equal(alignment.first, 1);
    for (size_t n = 0; n < 4; n++) {
        const time_knot *knot = &alignment.knot[n];
        assert_true(knot->m + knot->d == expected[n][0] && knot->m - knot->d == expected[n][1]);
    }
    lts_free(alignment.knot);
    alignment = (lts_align_time){.frames_a = 310, .frames_b = 500};
    assert_ok(time_match(&a, &b, 44100.0 / 128, path, 500, &alignment, &err));
    assert_int_equal(alignment.knots, 3); /* not the end */
    lts_free(alignment.knot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_path_is_the_best_of_the_whole_matrix),
        cmocka_unit_test(equal_sounds_go_along_the_diagonal),
        cmocka_unit_test(peaks_are_onsets_and_swells_are_not),
        cmocka_unit_test(vibrato_has_no_flux),
        cmocka_unit_test(knots_keep_the_limit_of_speed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
