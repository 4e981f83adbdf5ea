#include "testing.h"

#include "lts/distance.h"

#include <math.h>
#include <string.h>

enum { Z = 12, CLUSTERS = 5, TRAINING = 4000, HELD_OUT = 1000 };

/* Points around a few centres, spread along some coordinates more than along others. */
static float *draw_points(size_t n, uint64_t stream)
{
    float *x = lts_alloc(n * Z, sizeof *x), centres[CLUSTERS * Z];
    lts_rng rng;
    lts_rng_seed(&rng, 11, 0);
    lts_rng_fill_normal(&rng, centres, CLUSTERS * Z);
    lts_rng_seed(&rng, 11, stream);
    lts_rng_fill_normal(&rng, x, n * Z);
    for (size_t i = 0; i < n; i++) {
        const float *centre = centres + lts_rng_below(&rng, CLUSTERS) * Z;
        for (size_t z = 0; z < Z; z++)
            x[i * Z + z] = 5 + 3 * centre[z] + x[i * Z + z] / (float)(1 + z);
    }
    return x;
}

static lts_distance make_map(const float *training, const float *held_out,
                             const lts_distance_config *config)
{
    lts_error err = {0};
    lts_distance_builder *builder;
    lts_distance map;
    assert_ok(lts_distance_builder_create(Z, config, &builder, &err));
    assert_ok(lts_distance_add(builder, training, TRAINING, &err));
    if (held_out)
        assert_ok(lts_distance_add_held_out(builder, held_out, HELD_OUT, &err));
    assert_ok(lts_distance_build(builder, &map, &err));
    lts_distance_builder_destroy(builder);
    return map;
}

typedef struct fixture {
    float *training, *held_out;
    lts_distance map;
} fixture;

static int open_fixture(void **state)
{
    fixture *f = lts_alloc(1, sizeof *f);
    f->training = draw_points(TRAINING, 1);
    f->held_out = draw_points(HELD_OUT, 2);
    f->map = make_map(f->training, f->held_out, &(lts_distance_config){.landmarks = 64});
    *state = f;
    return 0;
}

static int close_fixture(void **state)
{
    fixture *f = *state;
    lts_distance_free(&f->map);
    lts_distance_free(&f->map);
    lts_free(f->training);
    lts_free(f->held_out);
    lts_free(f);
    return 0;
}

/* The definition, with t tried in steps. */
static double slow_raw(const lts_distance *map, const float *z)
{
    enum { STEPS = 2000 };
    double y[Z] = {0}, least = INFINITY;
    for (size_t i = 0; i < Z; i++)
        for (size_t j = 0; j < Z; j++)
            y[i] += map->axes[i * Z + j] * ((double)z[j] - map->mean[j]);
    for (size_t k = 0; k < map->landmarks; k++)
        for (int step = 0; step <= STEPS; step++) {
            double sum = 0;
            for (size_t i = 0; i < Z; i++)
                sum += pow(y[i] - step / (double)STEPS * map->landmark[k * Z + i], 2);
            least = fmin(least, sum);
        }
    return sqrt(least);
}

static double scale_raw(const lts_distance *map, double raw)
{
    return fmax(0, (raw - map->near) / ((double)map->far - map->near));
}

/* mean + alpha (to - mean) */
static void go_from_mean(const lts_distance *map, const float *to, double alpha, float *z)
{
    for (size_t i = 0; i < Z; i++)
        z[i] = (float)(map->mean[i] + alpha * ((double)to[i] - map->mean[i]));
}

static void distances_are_those_of_the_definition(void **state)
{
    const fixture *f = *state;
    float z[Z];
    for (size_t i = 0; i < 60; i++) {
        go_from_mean(&f->map, f->held_out + i * Z, 0.25 * (double)(i % 16), z);
        double expected = scale_raw(&f->map, slow_raw(&f->map, z));
        double found = lts_distance_point(&f->map, z);
        if (fabs(found - expected) > 1e-3 * (1 + expected))
            fail_msg("point %zu: %g, expected %g", i, found, expected);
    }
}

static void axes_are_shrunk_principal_components(void **state)
{
    const fixture *f = *state;
    double variance[Z], norm[Z];
    for (size_t d = 0; d < Z; d++) {
        const float *axis = f->map.axes + d * Z;
        norm[d] = 0;
        variance[d] = 0;
        for (size_t z = 0; z < Z; z++)
            norm[d] += (double)axis[z] * axis[z];
        for (size_t i = 0; i < TRAINING; i++) {
            double along = 0;
            for (size_t z = 0; z < Z; z++)
                along += axis[z] * ((double)f->training[i * Z + z] - f->map.mean[z]);
            variance[d] += along * along / norm[d] / TRAINING;
        }
        assert_true(d == 0 || variance[d] <= variance[d - 1] * 1.0001);
        assert_true(fabs(norm[d] * (variance[d] + variance[0] / 10) - 1) < 1e-3);
        for (size_t e = 0; e < d; e++) {
            double product = 0;
            for (size_t z = 0; z < Z; z++)
                product += axis[z] * f->map.axes[e * Z + z];
            assert_true(fabs(product) < 1e-4 * sqrt(norm[d] * norm[e]));
        }
    }
}

static size_t count_beyond(const lts_distance *map, const float *points, size_t n, double limit)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += lts_distance_point(map, points + i * Z) > limit;
    return count;
}

static void zero_and_one_are_where_they_should_be(void **state)
{
    const fixture *f = *state;
    size_t half = count_beyond(&f->map, f->training, TRAINING, 0);
    size_t beyond = count_beyond(&f->map, f->held_out, HELD_OUT, 1.0001);
    size_t nearly = count_beyond(&f->map, f->held_out, HELD_OUT, 0.9999);
    assert_in_range(half, TRAINING / 2 - 1, TRAINING / 2 + 1);
    assert_in_range(beyond, HELD_OUT / 20 - 1, HELD_OUT / 20);
    assert_in_range(nearly, HELD_OUT / 20, HELD_OUT / 20 + 1);
    float *other = draw_points(HELD_OUT, 3);
    assert_in_range(count_beyond(&f->map, other, HELD_OUT, 1), HELD_OUT / 40, HELD_OUT / 10);
    lts_free(other);
}

static void without_held_out_points_training_points_say_what_is_far(void **state)
{
    const fixture *f = *state;
    lts_distance map = make_map(f->training, NULL, &(lts_distance_config){.landmarks = 64});
    size_t beyond = count_beyond(&map, f->training, TRAINING, 1);
    assert_in_range(beyond, TRAINING / 20 - 3, TRAINING / 20 + 3);
    assert_true(map.far <= f->map.far);
    assert_memory_equal(map.landmark, f->map.landmark, map.landmarks * Z * sizeof(float));
    lts_distance_free(&map);
}

static void landmarks_and_the_mean_are_near(void **state)
{
    const fixture *f = *state;
    assert_int_equal(f->map.landmarks, 64);
    assert_true(lts_distance_point(&f->map, f->map.mean) == 0);
    for (size_t k = 0; k < f->map.landmarks; k++) {
        float z[Z];
        double offset[Z] = {0};
        for (size_t d = 0; d < Z; d++) {
            double norm = 0;
            for (size_t i = 0; i < Z; i++)
                norm += pow(f->map.axes[d * Z + i], 2);
            for (size_t i = 0; i < Z; i++)
                offset[i] += f->map.landmark[k * Z + d] * f->map.axes[d * Z + i] / norm;
        }
        for (size_t i = 0; i < Z; i++)
            z[i] = (float)(f->map.mean[i] + offset[i]);
        assert_true(slow_raw(&f->map, z) < 1e-3 * f->map.near);
        assert_true(lts_distance_point(&f->map, z) == 0);
    }
}

static void distances_grow_along_rays(void **state)
{
    const fixture *f = *state;
    float z[Z];
    for (size_t i = 0; i < 100; i++) {
        double previous = 0;
        for (int step = 0; step < 400; step++) {
            go_from_mean(&f->map, f->held_out + i * Z, 0.05 * step, z);
            double distance = lts_distance_point(&f->map, z);
            assert_true(distance >= previous - 1e-4 * (1 + previous));
            previous = distance;
        }
        go_from_mean(&f->map, f->held_out + i * Z, 1000, z);
        double far = lts_distance_point(&f->map, z);
        go_from_mean(&f->map, f->held_out + i * Z, 2000, z);
        assert_true(far > 100 && lts_distance_point(&f->map, z) > 1.9 * far);
    }
}

/* --- The limit -------------------------------------------------------------------------------- */

static void the_limit_holds_and_moves_no_further(void **state)
{
    const fixture *f = *state;
    const double limits[] = {0, 0.3, 1, 2.5};
    for (size_t i = 0; i < 400; i++) {
        double limit = limits[i % 4];
        float start[Z], z[Z], nudged[Z];
        go_from_mean(&f->map, f->held_out + i * Z, 0.2 + 0.1 * (double)(i % 37), start);
        memcpy(z, start, sizeof z);
        float share = lts_distance_limit(&f->map, limit, z);
        assert_true(share > 0 && share <= 1);
        assert_true(lts_distance_point(&f->map, z) <= limit + 1e-3 * (1 + limit));
        if (share == 1) {
            assert_memory_equal(z, start, sizeof z);
            continue;
        }
        assert_true(lts_distance_point(&f->map, start) > limit);
        for (size_t j = 0; j < Z; j++) {
            double along = f->map.mean[j] + share * ((double)start[j] - f->map.mean[j]);
            assert_true(fabs(z[j] - along) < 1e-5 * (1 + fabs(along)));
        }
        go_from_mean(&f->map, z, 1.01, nudged);
        assert_true(lts_distance_point(&f->map, nudged) > limit);
    }
}

static void limits_beyond_the_range_are_zero_or_none(void **state)
{
    const fixture *f = *state;
    float far[Z], zero[Z], z[Z];
    go_from_mean(&f->map, f->held_out, 9, far);
    memcpy(zero, far, sizeof zero);
    lts_distance_limit(&f->map, 0, zero);
    const double strange[] = {-3, NAN, -INFINITY};
    for (size_t i = 0; i < 3; i++) {
        memcpy(z, far, sizeof z);
        lts_distance_limit(&f->map, strange[i], z);
        assert_memory_equal(z, zero, sizeof z);
    }
    memcpy(z, far, sizeof z);
    assert_true(lts_distance_limit(&f->map, INFINITY, z) == 1);
    assert_memory_equal(z, far, sizeof z);
}

/* The largest step of a limited path between two points, alpha from -1 to 2. */
static double find_largest_step(const lts_distance *map, const float *a, const float *b,
                                double limit, int steps)
{
    double largest = 0;
    float previous[Z], z[Z];
    for (int step = 0; step <= steps; step++) {
        double alpha = -1 + 3.0 * step / steps, sum = 0;
        for (size_t i = 0; i < Z; i++)
            z[i] = (float)(a[i] + alpha * ((double)b[i] - a[i]));
        lts_distance_limit(map, limit, z);
        for (size_t i = 0; i < Z; i++)
            sum += pow((double)z[i] - previous[i], 2);
        if (step > 0)
            largest = fmax(largest, sqrt(sum));
        memcpy(previous, z, sizeof z);
    }
    return largest;
}

static void a_limited_path_has_no_jumps(void **state)
{
    const fixture *f = *state;
    for (size_t i = 0; i < 40; i++) {
        const float *a = f->training + 2 * i * Z, *b = a + Z;
        double limit = 0.25 * (double)(i % 5);
        double coarse = find_largest_step(&f->map, a, b, limit, 2000);
        double fine = find_largest_step(&f->map, a, b, limit, 16000);
        if (fine > coarse / 4) /* an eighth where it is smooth; a jump would stay */
            fail_msg("pair %zu, limit %g: %g, then %g", i, limit, coarse, fine);
    }
}

static void points_and_limits_change_together(void **state)
{
    const fixture *f = *state;
    float z[Z];
    double previous = 0;
    for (int step = 0; step <= 1000; step++) {
        go_from_mean(&f->map, f->held_out, 30, z);
        double share = lts_distance_limit(&f->map, 0.01 * step, z);
        assert_true(step == 0 || (share >= previous && share - previous < 0.01));
        previous = share;
    }
}

/* --- Streams ---------------------------------------------------------------------------------- */

static void assert_same_map(const lts_distance *a, const lts_distance *b)
{
    const size_t latent = a->latent, landmarks = a->landmarks;
    assert_int_equal(latent, b->latent);
    assert_int_equal(landmarks, b->landmarks);
    assert_true(a->near == b->near && a->far == b->far);
    assert_memory_equal(a->mean, b->mean, latent * sizeof(float));
    assert_memory_equal(a->axes, b->axes, latent * latent * sizeof(float));
    assert_memory_equal(a->landmark, b->landmark, landmarks * latent * sizeof(float));
    assert_memory_equal(a->projection, b->projection, landmarks * latent * sizeof(float));
    assert_memory_equal(a->length2, b->length2, landmarks * sizeof(float));
}

enum { STREAM = 40000, WIDTH = 3 }; /* more than the sample holds */

/* A slow drift with noise, so that a sample of one part of it would be noticed. */
static float *draw_stream(void)
{
    float *x = lts_alloc((size_t)STREAM * WIDTH, sizeof *x);
    lts_rng rng;
    lts_rng_seed(&rng, 21, 0);
    lts_rng_fill_normal(&rng, x, (size_t)STREAM * WIDTH);
    for (size_t i = 0; i < STREAM; i++)
        x[i * WIDTH] = (float)i;
    return x;
}

static lts_distance map_stream(const float *x, size_t block, uint64_t seed)
{
    lts_error err = {0};
    lts_distance_builder *builder;
    lts_distance map;
    const lts_distance_config config = {.landmarks = 16, .seed = seed};
    assert_ok(lts_distance_builder_create(WIDTH, &config, &builder, &err));
    for (size_t first = 0; first < STREAM; first += block) {
        size_t count = STREAM - first < block ? STREAM - first : block;
        assert_ok(lts_distance_add(builder, x + first * WIDTH, count, &err));
        assert_ok(lts_distance_add_held_out(builder, x + first * WIDTH, count, &err));
    }
    assert_ok(lts_distance_build(builder, &map, &err));
    lts_distance_builder_destroy(builder);
    return map;
}

static void blocks_do_not_matter_and_the_seed_does(void **state)
{
    (void)state;
    float *x = draw_stream();
    const size_t blocks[] = {1, 777, 16384, 16385};
    lts_distance whole = map_stream(x, STREAM, 5), other = map_stream(x, STREAM, 6);
    for (size_t i = 0; i < 4; i++) {
        lts_distance map = map_stream(x, blocks[i], 5);
        assert_same_map(&map, &whole);
        lts_distance_free(&map);
    }
    assert_memory_not_equal(whole.landmark, other.landmark, 16 * WIDTH * sizeof(float));
    lts_distance_free(&whole);
    lts_distance_free(&other);
    lts_free(x);
}

static void a_long_stream_is_sampled_evenly(void **state)
{
    (void)state;
    float *x = draw_stream();
    lts_distance map = map_stream(x, 1000, 1);
    /* Four standard errors of a mean of 16384 draws, before the finite stream makes them fewer. */
    assert_true(fabs(map.mean[0] - STREAM / 2.0) < 4 * STREAM / sqrt(12.0 * 16384));
    assert_true(fabsf(map.mean[1]) < 0.04f);
    lts_distance_free(&map);
    lts_free(x);
}

/* --- Points that hardly are a map ------------------------------------------------------------- */

static void points_that_do_not_vary_have_a_unit_around_them(void **state)
{
    (void)state;
    lts_error err = {0};
    lts_distance_builder *builder;
    lts_distance map;
    const float same[3 * 4] = {0.5f, -2, 100, 0.5f, -2, 100, 0.5f, -2, 100, 0.5f, -2, 100};
    for (size_t n = 1; n <= 4; n++) {
        assert_ok(lts_distance_builder_create(3, NULL, &builder, &err));
        assert_ok(lts_distance_add(builder, same, n, &err));
        assert_ok(lts_distance_add_held_out(builder, same, n - 1, &err));
        assert_ok(lts_distance_build(builder, &map, &err));
        float z[] = {0.5f, -2, 100};
        assert_true(lts_distance_point(&map, z) == 0);
        assert_true(lts_distance_limit(&map, 0, z) == 1);
        z[1] = -2.0625f;
        assert_true(lts_distance_point(&map, z) < 1e-6f);
        z[1] = -1;
        assert_true(fabsf(lts_distance_point(&map, z) - 1) < 1e-6f);
        z[0] = 3.5f, z[1] = 2;
        assert_true(fabsf(lts_distance_limit(&map, 1, z) - 0.2f) < 1e-6f);
        assert_true(fabsf(z[0] - 1.1f) < 1e-5f && fabsf(z[1] + 1.2f) < 1e-5f && z[2] == 100);
        lts_distance_free(&map);
        lts_distance_builder_destroy(builder);
    }
}

static size_t count_distinct_landmarks(const lts_distance *map)
{
    size_t count = 0;
    for (size_t k = 0; k < map->landmarks; k++) {
        size_t before = 0;
        while (before < k &&
               memcmp(map->landmark + before * Z, map->landmark + k * Z, Z * sizeof(float)) != 0)
            before++;
        count += before == k;
    }
    return count;
}

static void many_equal_points_leave_landmarks_for_the_others(void **state)
{
    (void)state;
    lts_error err = {0};
    lts_distance_builder *builder;
    lts_distance map;
    float *x = draw_points(TRAINING, 1);
    for (size_t i = 0; i < TRAINING / 4 * 3; i++)
        memcpy(x + i * Z, x, Z * sizeof *x); /* silence */
    assert_ok(lts_distance_builder_create(Z, NULL, &builder, &err));
    assert_ok(lts_distance_add(builder, x, TRAINING, &err));
    assert_ok(lts_distance_build(builder, &map, &err));
    assert_int_equal(map.landmarks, TRAINING / 8);
    /* Three quarters begin at the point of silence, and each round moves a quarter of them. */
    assert_true(count_distinct_landmarks(&map) > TRAINING / 8 / 2);
    assert_true(map.near > 0 && lts_distance_point(&map, x) == 0);
    float z[Z];
    go_from_mean(&map, x + (TRAINING - Z) * Z, 5, z);
    lts_distance_limit(&map, 1, z);
    assert_true(fabsf(lts_distance_point(&map, z) - 1) < 1e-2f);
    lts_distance_free(&map);
    lts_distance_builder_destroy(builder);
    lts_free(x);
}

/* --- Refusals --------------------------------------------------------------------------------- */

static void points_that_are_not_finite_are_off_the_map(void **state)
{
    const fixture *f = *state;
    const float strange[] = {NAN, INFINITY, -INFINITY};
    float z[Z];
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j < Z; j++)
            z[j] = strange[i];
        assert_true(isinf(lts_distance_point(&f->map, z)));
        assert_true(lts_distance_limit(&f->map, 1, z) == 0);
        assert_memory_equal(z, f->map.mean, sizeof z);
    }
    for (size_t j = 0; j < Z; j++)
        z[j] = j % 2 ? 3e38f : -3e38f;
    assert_true(lts_distance_point(&f->map, z) > 1e30f);
    lts_distance_limit(&f->map, 1, z);
    assert_true(lts_distance_point(&f->map, z) < 1.01f);
}

static void strange_training_points_are_refused(void **state)
{
    (void)state;
    lts_error err = {0};
    lts_distance_builder *builder;
    lts_distance map;
    float x[5 * 2] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    assert_ok(lts_distance_builder_create(2, NULL, &builder, &err));
    assert_status(lts_distance_build(builder, &map, &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "no training points"));
    assert_ok(lts_distance_add_held_out(builder, x, 5, &err));
    assert_status(lts_distance_build(builder, &map, &err), LTS_ERR_ARGUMENT);
    assert_ok(lts_distance_add(builder, x, 3, &err));
    const float strange[] = {NAN, INFINITY, -1.1e15f};
    for (size_t i = 0; i < 3; i++) {
        x[5] = strange[i];
        assert_status(lts_distance_add(builder, x, 5, &err), LTS_ERR_NONFINITE);
        assert_non_null(strstr(err.text, "training point 5, coordinate 1 is"));
        assert_null(strchr(err.text, '\n'));
        assert_status(lts_distance_add_held_out(builder, x, 5, &err), LTS_ERR_NONFINITE);
        assert_non_null(strstr(err.text, "held-out point 7, coordinate 1 is"));
    }
    assert_ok(lts_distance_build(builder, &map, &err));
    assert_true(map.mean[0] == 3 && map.mean[1] == 4); /* of the first three */
    lts_distance_free(&map);
    lts_distance_builder_destroy(builder);
}

static void points_held_out_must_be_in_reach(void **state)
{
    (void)state;
    lts_error err = {0};
    lts_distance_builder *builder;
    lts_distance map;
    const float near[] = {0, 1e-25f, 2e-25f}, far[] = {1e15f, 1e15f, 1e15f};
    assert_ok(lts_distance_builder_create(1, NULL, &builder, &err));
    assert_ok(lts_distance_add(builder, near, 3, &err));
    assert_ok(lts_distance_add_held_out(builder, far, 3, &err));
    assert_status(lts_distance_build(builder, &map, &err), LTS_ERR_NONFINITE);
    assert_null(map.mean);
    lts_distance_free(&map);
    lts_distance_builder_destroy(builder);
}

static void any_number_of_threads_makes_the_same_map(void **state)
{
    fixture *f = *state;
    lts_distance map =
        make_map(f->training, f->held_out, &(lts_distance_config){.landmarks = 64, .threads = 3});
    assert_memory_equal(map.landmark, f->map.landmark, 64 * Z * sizeof *map.landmark);
    assert_true(map.near == f->map.near && map.far == f->map.far);
    lts_distance_free(&map);
}

static void settings_out_of_range_are_refused(void **state)
{
    (void)state;
    lts_error err = {0};
    lts_distance_builder *builder;
    lts_distance map;
    const size_t landmarks[] = {0, 65537};
    for (size_t i = 0; i < 2; i++) {
        const lts_distance_config config = {.landmarks = landmarks[i]};
        assert_status(lts_distance_builder_create(2, &config, &builder, &err), LTS_ERR_ARGUMENT);
        assert_null(builder);
    }
    assert_status(lts_distance_builder_create(0, NULL, &builder, &err), LTS_ERR_ARGUMENT);
    assert_status(lts_distance_alloc(0, 1, &map, &err), LTS_ERR_ARGUMENT);
    assert_status(lts_distance_alloc(1, 0, &map, &err), LTS_ERR_ARGUMENT);
    lts_distance_builder_destroy(NULL);
}

static void a_map_with_strange_numbers_is_refused(void **state)
{
    fixture *f = *state;
    lts_error err = {0};
    lts_distance *map = &f->map;
    float *const numbers[] = {map->mean, map->axes + 5, map->landmark + 9};
    const float marks[][2] = {{0, 1}, {-1, 1}, {1, 1}, {2, 1}, {1, INFINITY}, {NAN, 1}, {1, NAN}};
    const float near = map->near, far = map->far;
    for (size_t i = 0; i < 3; i++) {
        float kept = *numbers[i];
        *numbers[i] = NAN;
        assert_status(lts_distance_prepare(map, "here", &err), LTS_ERR_NONFINITE);
        assert_memory_equal(err.text, "here: ", 6);
        *numbers[i] = kept;
    }
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        map->near = marks[i][0], map->far = marks[i][1];
        assert_status(lts_distance_prepare(map, "here", &err), LTS_ERR_FORMAT);
    }
    map->near = near, map->far = far;
    map->landmark[3] = 3e38f;
    assert_status(lts_distance_prepare(map, "here", &err), LTS_ERR_NONFINITE);
}

static void short_memory_is_an_error_that_leaks_nothing(void **state)
{
    (void)state;
    lts_error err = {0};
    float *x = draw_points(200, 1);
    for (size_t n = 1, made = 0; !made; n++) {
        lts_distance_builder *builder;
        lts_distance map = {0};
        test_fail_allocation(n);
        lts_status status = lts_distance_builder_create(Z, NULL, &builder, &err);
        if (status == LTS_OK)
            status = lts_distance_add(builder, x, 200, &err);
        if (status == LTS_OK)
            status = lts_distance_build(builder, &map, &err);
        size_t asked = test_fail_allocation(0);
        made = status == LTS_OK;
        assert_status(status, made ? LTS_OK : LTS_ERR_MEMORY);
        assert_true(made ? asked < n : !map.mean);
        if (made) {
            lts_distance_point(&map, x);
            lts_distance_limit(&map, 0, x);
            assert_int_equal(test_fail_allocation(0), 0);
        }
        lts_distance_free(&map);
        lts_distance_builder_destroy(builder);
    }
    lts_free(x);
}

#define WITH_MAP(test) cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_MAP(distances_are_those_of_the_definition),
        WITH_MAP(axes_are_shrunk_principal_components),
        WITH_MAP(zero_and_one_are_where_they_should_be),
        WITH_MAP(without_held_out_points_training_points_say_what_is_far),
        WITH_MAP(landmarks_and_the_mean_are_near),
        WITH_MAP(distances_grow_along_rays),
        WITH_MAP(the_limit_holds_and_moves_no_further),
        WITH_MAP(limits_beyond_the_range_are_zero_or_none),
        WITH_MAP(a_limited_path_has_no_jumps),
        WITH_MAP(points_and_limits_change_together),
        cmocka_unit_test(blocks_do_not_matter_and_the_seed_does),
        cmocka_unit_test(a_long_stream_is_sampled_evenly),
        cmocka_unit_test(points_that_do_not_vary_have_a_unit_around_them),
        cmocka_unit_test(many_equal_points_leave_landmarks_for_the_others),
        WITH_MAP(points_that_are_not_finite_are_off_the_map),
        cmocka_unit_test(strange_training_points_are_refused),
        cmocka_unit_test(points_held_out_must_be_in_reach),
        WITH_MAP(any_number_of_threads_makes_the_same_map),
        cmocka_unit_test(settings_out_of_range_are_refused),
        WITH_MAP(a_map_with_strange_numbers_is_refused),
        cmocka_unit_test(short_memory_is_an_error_that_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
