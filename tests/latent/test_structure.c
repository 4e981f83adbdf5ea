/* Measures of labelled points, against NumPy and scikit-learn (bench/structure_oracle.py). */
#include "testing.h"

#include "lts/structure.h"

#include <math.h>
#include <string.h>

static lts_error err;

enum { MEASURES = 6, DESCRIPTORS = 5, PITCHES = 4, MOST = 100 };

typedef struct fixture {
    float *points;
    size_t n, latent;
    size_t descriptor[MOST], pitch[MOST];
    double magnitude[MOST];
    lts_structure_labels labels;
} fixture;

static void open_fixture(fixture *f)
{
    size_t rows, columns;
    f->points = test_array("structure/points.npy", &f->n, &f->latent);
    float *labels = test_array("structure/labels.npy", &rows, &columns);
    assert_true(f->n <= MOST && rows == f->n && columns == 3);
    for (size_t i = 0; i < f->n; i++) {
        const float *row = labels + 3 * i;
        f->descriptor[i] = row[0] < 0 ? LTS_NO_DESCRIPTOR : (size_t)row[0];
        f->magnitude[i] = row[1];
        f->pitch[i] = (size_t)row[2];
    }
    f->labels = (lts_structure_labels){f->descriptor, f->magnitude, f->pitch, DESCRIPTORS, PITCHES};
    lts_free(labels);
}

static void assert_measures(const lts_structure *got, const float *expected)
{
    const double values[MEASURES] = {got->silhouette, got->compactness,  got->separation,
                                     got->linearity,  got->straightness, got->consistency};
    for (size_t k = 0; k < MEASURES; k++)
        if (isnan(expected[k]) ? !isnan(values[k]) : !(fabs(values[k] - expected[k]) < 1e-5))
            fail_msg("measure %zu: %g, expected %g", k, values[k], (double)expected[k]);
}

static void they_agree_with_the_oracle(void **state)
{
    (void)state;
    fixture f;
    size_t rows, columns;
    lts_structure all, each[DESCRIPTORS];
    float *expected = test_array("structure/measures.npy", &rows, &columns);
    assert_true(rows == 1 + DESCRIPTORS && columns == MEASURES);
    open_fixture(&f);
    for (unsigned threads = 1; threads < 4; threads += 2) {
        memset(each, 0, sizeof each);
        assert_ok(lts_structure_measure(f.points, f.n, f.latent, &f.labels, threads, &all, each,
                                        NULL, &err));
        assert_measures(&all, expected);
        for (size_t d = 0; d < DESCRIPTORS; d++)
            assert_measures(&each[d], expected + (1 + d) * MEASURES);
    }
    assert_ok(lts_structure_measure(f.points, f.n, f.latent, &f.labels, 2, &all, NULL, NULL, &err));
    assert_measures(&all, expected);
    lts_free(f.points);
    lts_free(expected);
}

/* Two descriptors that lead straight away from the pitch, at equal steps and both pitches. */
static void a_perfect_space_is_perfect(void **state)
{
    (void)state;
    enum { N = 16 };
    float points[N][3];
    size_t descriptor[N], pitch[N];
    double magnitude[N];
    for (size_t i = 0; i < N; i++) {
        descriptor[i] = i % 2;
        pitch[i] = i / 8;
        magnitude[i] = 25 * (double)(1 + i / 2 % 4);
        points[i][0] = descriptor[i] == 0 ? (float)magnitude[i] : -(float)magnitude[i];
        points[i][1] = 0.5f * points[i][0];
        points[i][2] = 7 * (float)pitch[i];
    }
    const lts_structure_labels labels = {descriptor, magnitude, pitch, 2, 2};
    lts_structure all;
    assert_ok(lts_structure_measure(points[0], N, 3, &labels, 1, &all, NULL, NULL, &err));
    assert_true(fabs(all.linearity - 1) < 1e-9 && fabs(all.straightness - 1) < 1e-9);
    assert_true(fabs(all.consistency - 1) < 1e-9);
    assert_true(all.silhouette > 0.5 && all.compactness < 0.6 && all.separation > 3);
}

static void what_the_points_do_not_tell_is_undefined(void **state)
{
    (void)state;
    const float points[] = {1, 2, 3, 4};
    const size_t one[] = {0, 0, 0, 0}, none[] = {SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX};
    const double magnitude[] = {0, 50, 50, 0};
    const lts_structure_labels alone = {one, magnitude, one, 1, 1};
    const lts_structure_labels unnamed = {none, magnitude, one, 0, 1};
    lts_structure all;
    assert_ok(lts_structure_measure(points, 4, 1, &alone, 1, &all, NULL, NULL, &err));
    assert_true(isnan(all.silhouette) && isnan(all.separation) && isnan(all.linearity));
    assert_true(isnan(all.straightness) && isnan(all.consistency));
    assert_true(fabs(all.compactness - 1) < 1e-9);
    assert_ok(lts_structure_measure(points, 4, 1, &unnamed, 1, &all, NULL, NULL, &err));
    assert_true(isnan(all.silhouette) && isnan(all.compactness) && isnan(all.linearity));
    const float same[] = {1, 1, 1, 1};
    const size_t two[] = {0, 1, 0, 1};
    const lts_structure_labels pairs = {two, magnitude, one, 2, 1};
    assert_ok(lts_structure_measure(same, 4, 1, &pairs, 1, &all, NULL, NULL, &err));
    assert_true(all.silhouette == 0 && isnan(all.compactness) && isnan(all.separation));
}

static bool always(void *user)
{
    (void)user;
    return true;
}

static void wrong_input_is_refused(void **state)
{
    (void)state;
    fixture f;
    lts_structure all;
    open_fixture(&f);
    assert_status(
        lts_structure_measure(f.points, 0, f.latent, &f.labels, 1, &all, NULL, NULL, &err),
        LTS_ERR_ARGUMENT);
    assert_status(
        lts_structure_measure(f.points, f.n, f.latent, &f.labels, 0, &all, NULL, NULL, &err),
        LTS_ERR_ARGUMENT);
    f.pitch[7] = PITCHES;
    assert_status(
        lts_structure_measure(f.points, f.n, f.latent, &f.labels, 1, &all, NULL, NULL, &err),
        LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "point 7: label out of range"));
    f.pitch[7] = 0;
    f.descriptor[8] = DESCRIPTORS;
    assert_status(
        lts_structure_measure(f.points, f.n, f.latent, &f.labels, 1, &all, NULL, NULL, &err),
        LTS_ERR_ARGUMENT);
    f.descriptor[8] = 0;
    f.magnitude[9] = NAN;
    assert_status(
        lts_structure_measure(f.points, f.n, f.latent, &f.labels, 1, &all, NULL, NULL, &err),
        LTS_ERR_NONFINITE);
    f.magnitude[9] = 0;
    f.points[f.latent + 2] = INFINITY;
    assert_status(
        lts_structure_measure(f.points, f.n, f.latent, &f.labels, 1, &all, NULL, NULL, &err),
        LTS_ERR_NONFINITE);
    assert_non_null(strstr(err.text, "point 1, coordinate 2"));
    f.points[f.latent + 2] = 0;
    const lts_reporter stop = {.cancelled = always};
    assert_status(
        lts_structure_measure(f.points, f.n, f.latent, &f.labels, 1, &all, NULL, &stop, &err),
        LTS_ERR_CANCELLED);
    size_t n = 1;
    for (lts_status status = LTS_ERR_MEMORY; status != LTS_OK; n++) {
        test_fail_allocation(n);
        status =
            lts_structure_measure(f.points, f.n, f.latent, &f.labels, 1, &all, NULL, NULL, &err);
        test_fail_allocation(0);
        if (status != LTS_OK)
            assert_status(status, LTS_ERR_MEMORY);
        assert_true(n < 40);
    }
    assert_true(n > 12);
    lts_free(f.points);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_agree_with_the_oracle),
        cmocka_unit_test(a_perfect_space_is_perfect),
        cmocka_unit_test(what_the_points_do_not_tell_is_undefined),
        cmocka_unit_test(wrong_input_is_refused),
    };
    return cmocka_run_group_tests_name("structure", tests, NULL, NULL);
}
