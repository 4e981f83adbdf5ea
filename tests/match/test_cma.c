/* The evolution strategy on functions whose minimum is known. */
#include "match/cma.h"
#include "testing.h"

#include <math.h>

enum { MOST = 24 };

static lts_error err;

static double sphere(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (x[i] - 0.3) * (x[i] - 0.3);
    return sum;
}

/* Axes a thousand times as long as others, turned: C has to be learned. */
static double ellipsoid(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        const double next = x[(i + 1) % n];
        const double turned = (x[i] - next) * sqrt(0.5) + (i == 0 ? x[0] + next : 0);
        sum += pow(1e6, (double)i / (double)(n - 1)) * turned * turned;
    }
    return sum;
}

static double rosenbrock(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        const double a = x[i + 1] - x[i] * x[i], b = 1 - x[i];
        sum += 100 * a * a + b * b;
    }
    return sum;
}

static double half_nan(const double *x, size_t n)
{
    return x[0] < 0 ? (double)NAN : sphere(x, n);
}

typedef double function(const double *x, size_t n);

static double search(function *f, size_t n, uint64_t seed, size_t evaluations, double *found)
{
    double mean[MOST], x[64 * MOST], values[64], least = HUGE_VAL;
    cma *s;
    for (size_t i = 0; i < n; i++)
        mean[i] = 0.5;
    assert_ok(cma_create(n, 0, mean, 0.3, seed, &s, &err));
    const size_t lambda = cma_population(s);
    assert_true(lambda <= 64);
    for (size_t e = 0; e < evaluations; e += lambda) {
        cma_ask(s, x);
        for (size_t p = 0; p < lambda; p++) {
            values[p] = f(x + p * n, n);
            least = fmin(least, values[p]);
        }
        cma_tell(s, x, values);
    }
    for (size_t i = 0; i < n; i++)
        found[i] = cma_mean(s)[i];
    cma_destroy(s);
    return least;
}

static void it_finds_known_minima(void **state)
{
    (void)state;
    double at[MOST];
    for (uint64_t seed = 0; seed < 3; seed++) {
        assert_true(search(sphere, 23, seed, 6000, at) < 1e-9);
        for (int i = 0; i < 23; i++)
            assert_true(fabs(at[i] - 0.3) < 1e-4);
        assert_true(search(ellipsoid, 10, seed, 12000, at) < 1e-6);
        assert_true(search(rosenbrock, 8, seed, 20000, at) < 1e-6);
        assert_true(fabs(at[0] - 1) < 1e-3);
        assert_true(search(half_nan, 5, seed, 3000, at) < 1e-9);
    }
}

static void equal_seeds_give_equal_points(void **state)
{
    (void)state;
    double a[MOST], b[MOST];
    search(rosenbrock, 6, 7, 500, a);
    search(rosenbrock, 6, 7, 500, b);
    assert_memory_equal(a, b, 6 * sizeof *a);
    search(rosenbrock, 6, 8, 500, b);
    assert_true(a[0] != b[0]);
}

static void its_spread_falls_with_the_search(void **state)
{
    (void)state;
    double mean[3] = {0.5, 0.5, 0.5}, x[64 * 3], values[64];
    cma *s;
    assert_ok(cma_create(3, 8, mean, 0.25, 1, &s, &err));
    assert_int_equal(cma_population(s), 8);
    assert_true(fabs(cma_spread(s) - 0.25) < 1e-12);
    for (int generation = 0; generation < 200; generation++) {
        cma_ask(s, x);
        for (int p = 0; p < 8; p++)
            values[p] = sphere(x + 3 * p, 3);
        cma_tell(s, x, values);
    }
    assert_true(cma_spread(s) < 1e-6);
    cma_destroy(s);
}

static void every_failed_allocation_is_reported(void **state)
{
    (void)state;
    double mean[4] = {0};
    lts_status status = LTS_ERR_MEMORY;
    for (size_t i = 1; status != LTS_OK; i++) {
        cma *s = NULL;
        test_fail_allocation(i);
        status = cma_create(4, 0, mean, 1, 0, &s, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK || (status == LTS_ERR_MEMORY && !s));
        cma_destroy(s);
        assert_true(i < 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_finds_known_minima),
        cmocka_unit_test(equal_seeds_give_equal_points),
        cmocka_unit_test(its_spread_falls_with_the_search),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
