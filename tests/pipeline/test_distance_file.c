#include "testing.h"
#include "tiny_run.h"

#include "lts/distance_file.h"
#include "lts/formats.h"

#include <math.h>
#include <string.h>

enum { POINTS = 400, Z = TINY_LATENT };

typedef struct fixture {
    char *folder, *path;
    lts_model *model;
    lts_distance map;
} fixture;

static lts_distance make_map(size_t latent)
{
    lts_error err = {0};
    lts_distance_builder *builder;
    lts_distance map;
    lts_rng rng;
    float *x = lts_alloc(POINTS * latent, sizeof *x);
    lts_rng_seed(&rng, 8, 0);
    lts_rng_fill_normal(&rng, x, POINTS * latent);
    assert_ok(lts_distance_builder_create(latent, NULL, &builder, &err));
    assert_ok(lts_distance_add(builder, x, POINTS / 2, &err));
    assert_ok(lts_distance_add_held_out(builder, x + POINTS / 2 * latent, POINTS / 2, &err));
    assert_ok(lts_distance_build(builder, &map, &err));
    lts_distance_builder_destroy(builder);
    lts_free(x);
    return map;
}

static int open_fixture(void **state)
{
    lts_error err = {0};
    fixture *f = lts_alloc(1, sizeof *f);
    f->folder = test_folder();
    f->path = lts_path_join(f->folder, "map.safetensors");
    f->model = tiny_run(f->folder);
    f->map = make_map(Z);
    assert_ok(lts_distance_save(&f->map, f->model, f->path, &err));
    *state = f;
    return 0;
}

static int close_fixture(void **state)
{
    fixture *f = *state;
    lts_distance_free(&f->map);
    lts_model_destroy(f->model);
    test_folder_remove(f->folder);
    lts_free(f->path);
    lts_free(f);
    return 0;
}

static void a_saved_map_loads_with_the_same_bits(void **state)
{
    fixture *f = *state;
    lts_error err = {0};
    lts_distance loaded;
    assert_ok(lts_distance_load(f->path, f->model, &loaded, &err));
    assert_int_equal(loaded.landmarks, f->map.landmarks);
    assert_true(loaded.near == f->map.near && loaded.far == f->map.far);
    assert_memory_equal(loaded.mean, f->map.mean, Z * sizeof(float));
    assert_memory_equal(loaded.axes, f->map.axes, Z * Z * sizeof(float));
    for (int i = 0; i < 40; i++) {
        float z[Z];
        for (size_t j = 0; j < Z; j++)
            z[j] = 0.2f * (float)i * cosf((float)(i * 7 + (int)j));
        assert_true(lts_distance_point(&loaded, z) == lts_distance_point(&f->map, z));
    }
    lts_distance_free(&loaded);
}

static void a_map_of_other_weights_is_refused(void **state)
{
    fixture *f = *state;
    lts_error err = {0};
    lts_distance loaded;
    lts_model *other;
    assert_ok(lts_model_create(lts_model_settings(f->model), 77, &other, &err));
    assert_status(lts_distance_load(f->path, other, &loaded, &err), LTS_ERR_FORMAT);
    assert_non_null(strstr(err.text, f->path));
    assert_non_null(strstr(err.text, lts_model_hash(f->model)));
    assert_non_null(strstr(err.text, "make the map anew"));
    assert_null(loaded.mean);
    lts_model_destroy(other);
}

static void a_map_of_other_dimensions_is_not_saved(void **state)
{
    fixture *f = *state;
    lts_error err = {0};
    char *path = lts_path_join(f->folder, "other.safetensors");
    lts_distance map = make_map(Z - 1);
    assert_status(lts_distance_save(&map, f->model, path, &err), LTS_ERR_SHAPE);
    assert_false(lts_is_file(path));
    lts_distance_free(&map);
    lts_free(path);
}

/* Files that are safetensors, but in one place not what a map is. */
typedef struct damage {
    const char *format, *missing;
    size_t latent;  /* of every tensor */
    size_t columns; /* of the axes */
    size_t marks;
    float near, number;
    lts_status expected;
    const char *says;
} damage;

static void damaged_maps_are_refused(void **state)
{
    fixture *f = *state;
    lts_error err = {0};
    lts_distance loaded;
    const damage table[] = {
        {NULL, "", Z, Z, 2, 1, 0, LTS_ERR_FORMAT, "metadata: distance.format is missing"},
        {"2", "", Z, Z, 2, 1, 0, LTS_ERR_FORMAT, "this version does not know"},
        {"1", "mean", Z, Z, 2, 1, 0, LTS_ERR_FORMAT, "tensor mean is missing"},
        {"1", "axes", Z, Z, 2, 1, 0, LTS_ERR_FORMAT, "tensor axes is missing"},
        {"1", "landmarks", Z, Z, 2, 1, 0, LTS_ERR_FORMAT, "tensor landmarks is missing"},
        {"1", "marks", Z, Z, 2, 1, 0, LTS_ERR_FORMAT, "tensor marks is missing"},
        {"1", "", Z + 1, Z + 1, 2, 1, 0, LTS_ERR_SHAPE, "tensor mean: expected 1 rows of 6"},
        {"1", "", Z, Z - 1, 2, 1, 0, LTS_ERR_SHAPE, "tensor axes: expected 6 rows of 6"},
        {"1", "", Z, Z, 1, 1, 0, LTS_ERR_SHAPE, "tensor marks: expected 1 rows of 2"},
        {"1", "", Z, Z, 3, 1, 0, LTS_ERR_SHAPE, "tensor marks: expected 1 rows of 2"},
        {"1", "", Z, Z, 2, 4, 0, LTS_ERR_FORMAT, "near 4 and far 2"},
        {"1", "", Z, Z, 2, 1, NAN, LTS_ERR_NONFINITE, "mean: number 0 is not finite"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const damage *d = &table[i];
        float numbers[64] = {d->number}, marks[3] = {d->near, 2, 2};
        const lts_tensor tensors[] = {
            {"mean", 2, {1, d->latent}, numbers},
            {"axes", 2, {d->latent, d->columns}, numbers},
            {"landmarks", 2, {1, d->latent}, numbers},
            {"marks", 2, {1, d->marks}, marks},
        };
        const lts_text_pair pairs[] = {{"distance.model", lts_model_hash(f->model)},
                                       {"distance.format", d->format}};
        lts_tensor chosen[4];
        size_t count = 0;
        for (size_t t = 0; t < 4; t++)
            if (strcmp(tensors[t].name, d->missing) != 0)
                chosen[count++] = tensors[t];
        assert_ok(lts_safetensors_save(f->path, chosen, count, pairs, d->format ? 2 : 1, &err));
        assert_status(lts_distance_load(f->path, f->model, &loaded, &err), d->expected);
        assert_null(loaded.mean);
        if (!strstr(err.text, d->says) || !strstr(err.text, f->path))
            fail_msg("case %zu: %s", i, err.text);
    }
}

static void a_missing_or_foreign_file_is_refused(void **state)
{
    fixture *f = *state;
    lts_error err = {0};
    lts_distance loaded;
    char *missing = lts_path_join(f->folder, "nothing.safetensors");
    char *model = lts_path_join(f->folder, "model/best.safetensors");
    assert_status(lts_distance_load(missing, f->model, &loaded, &err), LTS_ERR_NOT_FOUND);
    assert_status(lts_distance_load(model, f->model, &loaded, &err), LTS_ERR_FORMAT);
    assert_non_null(strstr(err.text, "not a map of distances"));
    lts_free(missing);
    lts_free(model);
}

static void short_memory_is_an_error_that_leaks_nothing(void **state)
{
    fixture *f = *state;
    lts_error err = {0};
    for (size_t n = 1, loaded = 0; !loaded; n++) {
        lts_distance map;
        test_fail_allocation(n);
        lts_status status = lts_distance_load(f->path, f->model, &map, &err);
        loaded = status == LTS_OK;
        size_t asked = test_fail_allocation(0);
        assert_status(status, loaded ? LTS_OK : LTS_ERR_MEMORY);
        assert_true(loaded ? asked < n : !map.mean);
        lts_distance_free(&map);
    }
}

#define WITH_RUN(test) cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RUN(a_saved_map_loads_with_the_same_bits),
        WITH_RUN(a_map_of_other_weights_is_refused),
        WITH_RUN(a_map_of_other_dimensions_is_not_saved),
        WITH_RUN(damaged_maps_are_refused),
        WITH_RUN(a_missing_or_foreign_file_is_refused),
        WITH_RUN(short_memory_is_an_error_that_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
