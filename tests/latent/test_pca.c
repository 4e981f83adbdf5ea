#include "testing.h"

#include "lts/latent.h"

#include <math.h>
#include <string.h>

enum { N = 4000, Z = 12 };

/* Points of a Gaussian stretched along three orthogonal directions of known variance, with a little
 * noise in the other nine. */
static const double variances[] = {9, 4, 1};
static const double floor_variance = 0.01;

static void direction(size_t which, double *axis)
{
    double norm = 0;
    for (size_t z = 0; z < Z; z++) {
        axis[z] = cos(M_PI * ((double)z + 0.5) * (double)(which + 1) / Z); /* a DCT's rows */
        norm += axis[z] * axis[z];
    }
    for (size_t z = 0; z < Z; z++)
        axis[z] /= sqrt(norm);
}

static float *draw_points(float offset)
{
    float *x = lts_alloc(N * Z, sizeof *x), draws[Z + 3];
    double axis[3][Z];
    lts_rng rng;
    lts_rng_seed(&rng, 3, 0);
    for (size_t d = 0; d < 3; d++)
        direction(d, axis[d]);
    for (size_t i = 0; i < N; i++) {
        lts_rng_fill_normal(&rng, draws, Z + 3);
        for (size_t z = 0; z < Z; z++) {
            double sum = offset + sqrt(floor_variance) * draws[3 + z];
            for (size_t d = 0; d < 3; d++)
                sum += sqrt(variances[d] - floor_variance) * draws[d] * axis[d][z];
            x[i * Z + z] = (float)sum;
        }
    }
    return x;
}

static double dot(const float *a, const float *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * b[i];
    return sum;
}

static void expect_axes(const float *axes, size_t dimensions, size_t latent)
{
    for (size_t a = 0; a < dimensions; a++) {
        const float *axis = axes + a * latent;
        for (size_t b = 0; b <= a; b++)
            assert_true(fabs(dot(axis, axes + b * latent, latent) - (a == b)) < 1e-5);
        size_t largest = 0;
        for (size_t z = 1; z < latent; z++)
            if (fabsf(axis[z]) > fabsf(axis[largest]))
                largest = z;
        assert_true(axis[largest] > 0);
    }
}

static void a_known_gaussian_is_found(void **state)
{
    (void)state;
    lts_error err = {0};
    float mean[Z], axes[Z * Z], explained[Z], *x = draw_points(7);
    assert_ok(lts_pca(x, N, Z, Z, mean, axes, explained, &err));
    expect_axes(axes, Z, Z);
    double total = 14 + 9 * floor_variance, shares = 0;
    for (size_t d = 0; d < 3; d++) {
        double axis[Z], along = 0;
        direction(d, axis);
        for (size_t z = 0; z < Z; z++)
            along += axis[z] * axes[d * Z + z];
        assert_true(fabs(along) > 0.999);
        /* Four standard errors of a variance of N draws. */
        assert_true(fabs(explained[d] * total / variances[d] - 1) < 8 * sqrt(2.0 / N));
    }
    for (size_t d = 0; d < Z; d++) {
        assert_true(fabsf(mean[d] - 7) < 0.2f);
        assert_true(d == 0 || explained[d] <= explained[d - 1]);
        shares += explained[d];
    }
    assert_true(fabs(shares - 1) < 1e-5);
    lts_free(x);
}

static void projections_have_the_explained_variances(void **state)
{
    (void)state;
    lts_error err = {0};
    float mean[Z], axes[3 * Z], explained[3], *x = draw_points(-100);
    float *y = lts_alloc(N * 3, sizeof *y);
    assert_ok(lts_pca(x, N, Z, 3, mean, axes, explained, &err));
    lts_pca_project(x, N, Z, mean, axes, 3, y);
    double total = 0;
    for (size_t z = 0; z < Z; z++)
        for (size_t i = 0; i < N; i++)
            total += pow((double)x[i * Z + z] - mean[z], 2);
    for (size_t a = 0; a < 3; a++)
        for (size_t b = 0; b <= a; b++) {
            double moment = 0;
            for (size_t i = 0; i < N; i++)
                moment += (double)y[i * 3 + a] * y[i * 3 + b];
            assert_true(fabs(moment / total - (a == b ? explained[a] : 0)) < 1e-5);
        }
    lts_free(y);
    lts_free(x);
}

static void fewer_points_than_dimensions_are_enough(void **state)
{
    (void)state;
    lts_error err = {0};
    float mean[Z], axes[Z * Z], explained[Z], y[2 * Z], *x = draw_points(0);
    assert_ok(lts_pca(x, 2, Z, Z, mean, axes, explained, &err));
    expect_axes(axes, Z, Z);
    assert_true(fabsf(explained[0] - 1) < 1e-5f);
    for (size_t d = 1; d < Z; d++)
        assert_true(explained[d] < 1e-5f);
    lts_pca_project(x, 2, Z, mean, axes, Z, y);
    double distance = 0;
    for (size_t z = 0; z < Z; z++)
        distance += pow((double)x[z] - x[Z + z], 2);
    assert_true(fabs(fabs(y[0] - y[Z]) - sqrt(distance)) < 1e-5);
    lts_free(x);
}

static void points_that_do_not_vary_explain_nothing(void **state)
{
    (void)state;
    lts_error err = {0};
    float mean[3], axes[9], explained[3], y[4 * 3];
    const float x[] = {0.1f, -2, 1e30f, 0.1f, -2, 1e30f, 0.1f, -2, 1e30f, 0.1f, -2, 1e30f};
    for (size_t n = 1; n <= 4; n++) {
        assert_ok(lts_pca(x, n, 3, 3, mean, axes, explained, &err));
        assert_memory_equal(mean, x, sizeof mean);
        expect_axes(axes, 3, 3);
        lts_pca_project(x, n, 3, mean, axes, 3, y);
        for (size_t i = 0; i < 3; i++)
            assert_true(explained[i] == 0 && y[i] == 0);
    }
}

static void the_unit_of_the_points_does_not_matter(void **state)
{
    (void)state;
    lts_error err = {0};
    float mean[Z], axes[2 * Z], scaled_axes[2 * Z], explained[2], *x = draw_points(0);
    assert_ok(lts_pca(x, N, Z, 2, mean, axes, explained, &err));
    const int powers[] = {-80, 160}; /* one after the other */
    for (size_t s = 0; s < 2; s++) {
        for (size_t i = 0; i < (size_t)N * Z; i++)
            x[i] = ldexpf(x[i], powers[s]);
        assert_ok(lts_pca(x, N, Z, 2, mean, scaled_axes, explained, &err));
        assert_true(relative_error(scaled_axes, axes, 2 * Z) < 1e-5);
    }
    lts_free(x);
}

static void wrong_settings_are_refused(void **state)
{
    (void)state;
    lts_error err = {0};
    float x[] = {0, 1, 2, 3, 4, 5}, mean[2], axes[6], explained[3];
    assert_status(lts_pca(x, 0, 2, 1, mean, axes, explained, &err), LTS_ERR_ARGUMENT);
    assert_status(lts_pca(x, 3, 2, 0, mean, axes, explained, &err), LTS_ERR_ARGUMENT);
    assert_status(lts_pca(x, 3, 2, 3, mean, axes, explained, &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "1 to 2"));
    x[3] = NAN;
    assert_status(lts_pca(x, 3, 2, 1, mean, axes, explained, &err), LTS_ERR_NONFINITE);
    assert_non_null(strstr(err.text, "point 1, coordinate 1"));
}

static void short_memory_leaves_nothing_behind(void **state)
{
    (void)state;
    lts_error err = {0};
    float mean[Z], axes[2 * Z], explained[2], *x = draw_points(0);
    size_t n = 1;
    for (lts_status status = LTS_ERR_MEMORY; status != LTS_OK; n++) {
        test_fail_allocation(n);
        status = lts_pca(x, N, Z, 2, mean, axes, explained, &err);
        test_fail_allocation(0);
        if (status != LTS_OK)
            assert_status(status, LTS_ERR_MEMORY);
        assert_true(n < 20);
    }
    assert_true(n > 5);
    lts_free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_known_gaussian_is_found),
        cmocka_unit_test(projections_have_the_explained_variances),
        cmocka_unit_test(fewer_points_than_dimensions_are_enough),
        cmocka_unit_test(points_that_do_not_vary_explain_nothing),
        cmocka_unit_test(the_unit_of_the_points_does_not_matter),
        cmocka_unit_test(wrong_settings_are_refused),
        cmocka_unit_test(short_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests_name("pca", tests, NULL, NULL);
}
