/* Directions in a latent space, against scikit-learn (bench/directions_oracle.py) and planted. */
#include "testing.h"

#include "lts/directions.h"

#include <math.h>
#include <string.h>

static lts_error err;

enum { N = 4000, Z = 16, GROUPS = 12 };

typedef struct planted {
    float *points;
    double *magnitude, move[Z];
    size_t *group;
} planted;

/* Points that a magnitude moves by `size` along a random direction, with noise whose spread differs
 * by a factor of ten between dimensions, and the groups at places of their own. */
static planted plant(double size, double apart)
{
    planted p = {lts_alloc(N * Z, sizeof(float)),
                 lts_alloc(N, sizeof(double)),
                 {0},
                 lts_alloc(N, sizeof(size_t))};
    float draw[Z], place[GROUPS][Z], along[Z];
    double norm = 0;
    lts_rng rng;
    lts_rng_seed(&rng, 5, 0);
    lts_rng_fill_normal(&rng, along, Z);
    lts_rng_fill_normal(&rng, place[0], GROUPS * Z);
    for (size_t z = 0; z < Z; z++)
        norm += (double)along[z] * (double)along[z];
    for (size_t z = 0; z < Z; z++)
        p.move[z] = size * (double)along[z] / sqrt(norm);
    for (size_t i = 0; i < N; i++) {
        lts_rng_fill_normal(&rng, draw, Z);
        p.group[i] = 7 * (size_t)lts_rng_below(&rng, GROUPS);
        p.magnitude[i] = (double)lts_rng_below(&rng, 5) / 4;
        for (size_t z = 0; z < Z; z++)
            p.points[i * Z + z] =
                (float)(p.magnitude[i] * p.move[z] + apart * (double)place[p.group[i] / 7][z] +
                        (0.02 + 0.2 * (double)z / Z) * (double)draw[z]);
    }
    return p;
}

static void release(planted *p)
{
    lts_free(p->points);
    lts_free(p->magnitude);
    lts_free(p->group);
}

/* Degrees between a move and the planted one; *size is their ratio. */
static double angle(const float *move, const double *truth, double *size)
{
    double dot = 0, a = 0, b = 0;
    for (size_t z = 0; z < Z; z++) {
        dot += (double)move[z] * truth[z];
        a += (double)move[z] * (double)move[z];
        b += truth[z] * truth[z];
    }
    *size = sqrt(a / b);
    return acos(fmin(dot / sqrt(a * b), 1)) * 180 / M_PI;
}

static void it_agrees_with_the_oracle(void **state)
{
    (void)state;
    size_t n, latent, rows, columns;
    float *points = test_array("directions/points.npy", &n, &latent);
    float *labels = test_array("directions/labels.npy", &rows, &columns);
    float *expected = test_array("directions/expected.npy", &rows, &columns);
    double magnitude[100];
    size_t group[100];
    float move[Z];
    lts_direction_fit fit;
    assert_true(n <= 100 && latent <= Z && columns == latent + 3);
    for (size_t i = 0; i < n; i++) {
        magnitude[i] = (double)labels[2 * i];
        group[i] = (size_t)labels[2 * i + 1];
    }
    assert_ok(lts_direction_learn(points, magnitude, group, n, latent, &fit, move, &err));
    assert_true(fit.points == n && fit.groups == 5 && fit.supported);
    assert_true(fabs(fit.r2 - (double)expected[0]) < 1e-5);
    assert_true(fabs(fit.correlation - (double)expected[1]) < 1e-5);
    assert_true(fabs(fit.ridge / (double)expected[2] - 1) < 1e-5);
    assert_true(relative_error(move, expected + 3, latent) < 1e-5);
    lts_free(points);
    lts_free(labels);
    lts_free(expected);
}

static void a_planted_direction_is_found(void **state)
{
    (void)state;
    planted p = plant(3, 0);
    float move[Z];
    double size;
    lts_direction_fit fit;
    assert_ok(lts_direction_learn(p.points, p.magnitude, p.group, N, Z, &fit, move, &err));
    assert_true(fit.supported && fit.groups == GROUPS);
    assert_true(angle(move, p.move, &size) < 1);
    assert_true(fabs(size - 1) < 0.02);
    release(&p);
}

/* What separates the groups is more than what is looked for. */
static void groups_that_lie_apart_are_centred(void **state)
{
    (void)state;
    planted p = plant(3, 5);
    float move[Z];
    double size, sum = 0;
    lts_direction_fit fit, raw;
    assert_ok(lts_direction_learn(p.points, p.magnitude, p.group, N, Z, &raw, move, &err));
    assert_ok(lts_direction_centre(p.points, p.magnitude, p.group, N, Z, &err));
    for (size_t i = 0; i < N; i++)
        sum += p.group[i] == 0 ? p.magnitude[i] : 0;
    assert_true(fabs(sum) < 1e-9);
    assert_ok(lts_direction_learn(p.points, p.magnitude, p.group, N, Z, &fit, move, &err));
    assert_true(fit.supported && fit.r2 > raw.r2);
    assert_true(angle(move, p.move, &size) < 1);
    assert_true(fabs(size - 1) < 0.05);
    release(&p);
}

static void what_is_not_there_is_not_supported(void **state)
{
    (void)state;
    planted p = plant(0, 0);
    float move[Z];
    lts_direction_fit fit;
    assert_ok(lts_direction_learn(p.points, p.magnitude, p.group, N, Z, &fit, move, &err));
    assert_true(!fit.supported && fit.r2 < 0.02);
    size_t by_chance = 0;
    for (size_t i = 0; i < 200; i++) {
        assert_ok(lts_direction_learn(p.points + i * 15 * Z, p.magnitude + i * 15, p.group + i * 15,
                                      15, Z, &fit, move, &err));
        by_chance += fit.supported;
    }
    assert_true(by_chance <= 10);
    release(&p);
    p = plant(3, 0);
    assert_ok(lts_direction_learn(p.points, p.magnitude, p.group, 5, Z, &fit, move, &err));
    assert_false(fit.supported); /* too few points */
    memset(p.group, 0, N * sizeof *p.group);
    assert_ok(lts_direction_learn(p.points, p.magnitude, p.group, N, Z, &fit, move, &err));
    assert_true(!fit.supported && isnan(fit.r2)); /* one group */
    for (size_t i = 0; i < N; i++) {
        p.group[i] = i % 7;
        p.magnitude[i] = 0.5;
    }
    assert_ok(lts_direction_learn(p.points, p.magnitude, p.group, N, Z, &fit, move, &err));
    assert_true(!fit.supported && isnan(fit.r2)); /* one magnitude */
    release(&p);
}

static void wrong_input_is_refused(void **state)
{
    (void)state;
    planted p = plant(1, 0);
    float move[Z];
    lts_direction_fit fit;
    assert_status(lts_direction_learn(p.points, p.magnitude, p.group, 0, Z, &fit, move, &err),
                  LTS_ERR_ARGUMENT);
    p.points[2 * Z + 3] = NAN;
    assert_status(lts_direction_learn(p.points, p.magnitude, p.group, 50, Z, &fit, move, &err),
                  LTS_ERR_NONFINITE);
    assert_non_null(strstr(err.text, "point 2, coordinate 3"));
    p.points[2 * Z + 3] = 0;
    p.magnitude[4] = INFINITY;
    assert_status(lts_direction_learn(p.points, p.magnitude, p.group, 50, Z, &fit, move, &err),
                  LTS_ERR_NONFINITE);
    p.magnitude[4] = 0;
    size_t n = 1;
    for (lts_status status = LTS_ERR_MEMORY; status != LTS_OK; n++) {
        test_fail_allocation(n);
        status = lts_direction_learn(p.points, p.magnitude, p.group, 50, Z, &fit, move, &err);
        test_fail_allocation(0);
        if (status != LTS_OK)
            assert_status(status, LTS_ERR_MEMORY);
        assert_true(n < 40);
    }
    assert_true(n > 8);
    release(&p);
}

static void names_are_looked_up(void **state)
{
    (void)state;
    lts_directions d;
    size_t index;
    float offset[2] = {1, 1};
    assert_ok(lts_directions_alloc(2, 3, &d, &err));
    const lts_direction rows[] = {{"Bright", {.r2 = 0.8, .supported = true}},
                                  {"Fat", {.r2 = 0.1, .correlation = 0.4, .points = 30}},
                                  {"Fuzz", {.r2 = 0.7, .supported = true}}};
    memcpy(d.direction, rows, sizeof rows);
    d.move[0] = 2;
    d.move[5] = -4;
    assert_ok(lts_directions_find(&d, "fuzz", &index, &err));
    assert_true(index == 2);
    assert_ok(lts_directions_add(&d, "Bright", 0.5, offset, &err));
    assert_ok(lts_directions_add(&d, "Fuzz", -0.25, offset, &err));
    assert_true(offset[0] == 2 && offset[1] == 2);
    assert_status(lts_directions_add(&d, "Fat", 1, offset, &err), LTS_ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "R2 0.10 and correlation 0.40 of 30 sounds"));
    assert_non_null(strstr(err.text, "supported are Bright, Fuzz"));
    assert_status(lts_directions_find(&d, "Fuz", &index, &err), LTS_ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "did you mean Fuzz? supported are Bright, Fuzz"));
    assert_status(lts_directions_add(&d, "Bright", 10.5, offset, &err), LTS_ERR_ARGUMENT);
    assert_status(lts_directions_add(&d, "Bright", NAN, offset, &err), LTS_ERR_ARGUMENT);
    assert_true(offset[0] == 2 && offset[1] == 2);
    lts_directions_free(&d);
    lts_directions_free(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_agrees_with_the_oracle),
        cmocka_unit_test(a_planted_direction_is_found),
        cmocka_unit_test(groups_that_lie_apart_are_centred),
        cmocka_unit_test(what_is_not_there_is_not_supported),
        cmocka_unit_test(wrong_input_is_refused),
        cmocka_unit_test(names_are_looked_up),
    };
    return cmocka_run_group_tests_name("directions", tests, NULL, NULL);
}
