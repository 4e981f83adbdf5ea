/* Nearest points against one comparison after the other in double precision. */
#include "testing.h"

#include "lts/nearest.h"

#include <math.h>
#include <string.h>

enum { N = 5000, Z = 37, Q = 19, GROUPS = 60 };

typedef struct fixture {
    float *points, *queries;
    size_t start[GROUPS + 1];
    size_t fails_at; /* the point that cannot be read */
} fixture;

static lts_status read_points(void *user, size_t first, size_t count, float *rows, lts_error *err)
{
    const fixture *f = user;
    if (f->fails_at >= first && f->fails_at < first + count)
        return lts_fail(err, LTS_ERR_IO, "point %zu is gone", f->fails_at);
    memcpy(rows, f->points + first * Z, count * Z * sizeof *rows);
    return LTS_OK;
}

static fixture draw(void)
{
    fixture f = {.fails_at = SIZE_MAX};
    lts_rng rng;
    lts_rng_seed(&rng, 7, 0);
    f.points = lts_alloc(N * Z, sizeof *f.points);
    f.queries = lts_alloc(Q * Z, sizeof *f.queries);
    lts_rng_fill_normal(&rng, f.points, N * Z);
    lts_rng_fill_normal(&rng, f.queries, Q * Z);
    memcpy(f.queries + 3 * Z, f.points + 4321 * Z, Z * sizeof(float));   /* one of the points */
    memcpy(f.points + 4400 * Z, f.points + 4321 * Z, Z * sizeof(float)); /* which there is twice */
    for (size_t g = 0; g < GROUPS; g++) /* groups of 1 to LTS_NEAREST_GROUP points */
        f.start[g] = g < 58 ? g * g : g == 58 ? 3476 : 4500;
    f.start[GROUPS] = N;
    f.start[1] = 1;
    return f;
}

static void release(fixture *f)
{
    lts_free(f->points);
    lts_free(f->queries);
}

static lts_points points_of(fixture *f)
{
    return (lts_points){read_points, f, Z, f->start, GROUPS};
}

static void the_nearest_of_every_group_is_found(void **state)
{
    (void)state;
    lts_error err = {0};
    fixture f = draw();
    const lts_points points = points_of(&f);
    float *square = lts_alloc(GROUPS * Q, sizeof *square);
    uint32_t *point = lts_alloc(GROUPS * Q, sizeof *point);
    assert_ok(lts_nearest_points(&points, f.queries, Q, 2, square, point, NULL, &err));
    for (size_t g = 0; g < GROUPS; g++)
        for (size_t q = 0; q < Q; q++) {
            const size_t at = f.start[g] + point[g * Q + q];
            double least = INFINITY;
            assert_true(at < f.start[g + 1]);
            for (size_t p = f.start[g]; p < f.start[g + 1]; p++)
                least = fmin(least, lts_points_distance(f.points + p * Z, f.queries + q * Z, Z));
            const double found = lts_points_distance(f.points + at * Z, f.queries + q * Z, Z);
            assert_true(fabs(found * found - least * least) < 1e-4);
            assert_true(fabs(square[g * Q + q] - least * least) < 1e-4);
        }
    assert_int_equal(f.start[58] + point[58 * Q + 3], 4321);
    assert_true(square[58 * Q + 3] >= 0);
    lts_free(square);
    lts_free(point);
    release(&f);
}

static void threads_change_nothing(void **state)
{
    (void)state;
    lts_error err = {0};
    fixture f = draw();
    const lts_points points = points_of(&f);
    float *square[2];
    uint32_t *point[2];
    for (unsigned i = 0; i < 2; i++) {
        square[i] = lts_alloc(GROUPS * Q, sizeof(float));
        point[i] = lts_alloc(GROUPS * Q, sizeof(uint32_t));
        assert_ok(
            lts_nearest_points(&points, f.queries, Q, 1 + 4 * i, square[i], point[i], NULL, &err));
    }
    assert_memory_equal(square[0], square[1], GROUPS * Q * sizeof(float));
    assert_memory_equal(point[0], point[1], GROUPS * Q * sizeof(uint32_t));
    for (unsigned i = 0; i < 2; i++) {
        lts_free(square[i]);
        lts_free(point[i]);
    }
    release(&f);
}

static bool always(void *user)
{
    (void)user;
    return true;
}

static void what_cannot_be_searched_is_refused(void **state)
{
    (void)state;
    lts_error err = {0};
    fixture f = draw();
    float *square = lts_alloc(GROUPS * Q, sizeof *square);
    uint32_t *point = lts_alloc(GROUPS * Q, sizeof *point);
    const lts_reporter stopped = {.cancelled = always};
    lts_points points = points_of(&f);
#define SEARCH(count, threads, reporter)                                                           \
    lts_nearest_points(&points, f.queries, count, threads, square, point, reporter, &err)
    assert_status(SEARCH(0, 1, NULL), LTS_ERR_ARGUMENT);
    assert_status(SEARCH(LTS_NEAREST_QUERIES + 1, 1, NULL), LTS_ERR_ARGUMENT);
    assert_status(SEARCH(Q, 0, NULL), LTS_ERR_ARGUMENT);
    assert_status(SEARCH(Q, 2, &stopped), LTS_ERR_CANCELLED);
    f.fails_at = 4000;
    assert_status(SEARCH(Q, 2, NULL), LTS_ERR_IO);
    assert_string_equal(err.text, "point 4000 is gone");
    f.fails_at = SIZE_MAX;
    f.start[30] = f.start[29];
    assert_status(SEARCH(Q, 1, NULL), LTS_ERR_ARGUMENT);
    f.start[30] = 900;
    f.start[59] = 4501;
    assert_status(SEARCH(Q, 1, NULL), LTS_ERR_ARGUMENT);
    f.start[59] = 4500;
    points.latent = 0;
    assert_status(SEARCH(Q, 1, NULL), LTS_ERR_ARGUMENT);
    points.latent = Z;
    for (size_t n = 1; n <= 4; n++) {
        test_fail_allocation(n);
        assert_status(SEARCH(Q, 1, NULL), LTS_ERR_MEMORY);
    }
    test_fail_allocation(0);
    assert_ok(SEARCH(Q, 1, NULL));
#undef SEARCH
    lts_free(square);
    lts_free(point);
    release(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nearest_of_every_group_is_found),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(what_cannot_be_searched_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
