/* A search against one comparison after the other, and the points that are kept beside a run. */
#include "testing.h"

#include "lts/codec.h"
#include "lts/formats.h"
#include "lts/search.h"
#include "tiny_run.h"

#include <dirent.h>
#include <math.h>
#include <string.h>

enum { SOUNDS = 30, BINS = 384, SAMPLES = 8000 };

typedef struct fixture {
    char *folder, *run, *set, *arrays, *sound;
    lts_model *model;
    float *z[SOUNDS]; /* (rows,Z) */
    size_t rows[SOUNDS];
} fixture;

static char *array_path(const fixture *f, size_t i)
{
    char name[16];
    snprintf(name, sizeof name, "s%02zu.npy", i);
    return lts_path_join(f->arrays, name);
}

/* Magnitudes of a sound, which the model takes to other places than those of the others. */
static void write_array(fixture *f, size_t i, size_t rows, uint64_t seed)
{
    lts_error err = {0};
    lts_rng rng;
    lts_model_work *work;
    float *x = lts_alloc(rows * BINS, sizeof *x);
    char *path = array_path(f, i);
    lts_rng_seed(&rng, seed, 0);
    for (size_t k = 0; k < rows * BINS; k++)
        x[k] = (float)(lts_rng_uniform(&rng) * (0.1 + (double)(k % BINS == i * 5)));
    assert_ok(lts_npy_save(path, x, rows, BINS, &err));
    lts_free(f->z[i]);
    f->rows[i] = rows;
    f->z[i] = lts_alloc(rows * TINY_LATENT, sizeof(float));
    assert_ok(lts_model_work_create(f->model, 1, &work, &err));
    lts_model_encode(f->model, work, x, rows, f->z[i], NULL);
    lts_model_work_destroy(work);
    lts_free(path);
    lts_free(x);
}

static fixture set_up(void)
{
    lts_error err = {0};
    lts_rng rng;
    float *x = lts_alloc(SAMPLES, sizeof *x);
    const lts_audio_format format = {.sample_rate = 44100, .bits = LTS_AUDIO_FLOAT};
    fixture f = {.folder = test_folder()};
    f.run = lts_path_join(f.folder, "run");
    f.set = lts_path_join(f.folder, "set");
    f.arrays = lts_path_join(f.set, "npy");
    f.sound = lts_path_join(f.folder, "sought.wav");
    assert_ok(lts_make_folder(f.arrays, &err));
    f.model = tiny_run(f.run);
    for (size_t i = 0; i < SOUNDS; i++)
        write_array(&f, i, 1 + i * i, i);
    lts_rng_seed(&rng, 99, 0);
    lts_rng_fill_normal(&rng, x, SAMPLES);
    for (size_t i = 0; i < SAMPLES; i++)
        x[i] *= 0.01f;
    assert_ok(lts_audio_save(f.sound, x, SAMPLES, &format, &err));
    lts_free(x);
    return f;
}

static void tear_down(fixture *f)
{
    for (size_t i = 0; i < SOUNDS; i++)
        lts_free(f->z[i]);
    lts_model_destroy(f->model);
    test_folder_remove(f->folder);
    lts_free(f->run);
    lts_free(f->set);
    lts_free(f->arrays);
    lts_free(f->sound);
}

static double apart(const float *p, const float *q)
{
    double sum = 0;
    for (size_t z = 0; z < TINY_LATENT; z++)
        sum += pow((double)p[z] - q[z], 2);
    return sqrt(sum);
}

/* The mean over the points sought of the least distance; *best the nearest row. */
static double distance_of(const fixture *f, size_t sound, const float *q, size_t count,
                          double *nearest, size_t *best)
{
    double sum = 0;
    *nearest = INFINITY;
    for (size_t t = 0; t < count; t++) {
        double least = INFINITY;
        for (size_t i = 0; i < f->rows[sound]; i++) {
            const double d = apart(f->z[sound] + i * TINY_LATENT, q + t * TINY_LATENT);
            least = fmin(least, d);
            if (d < *nearest) {
                *nearest = d;
                *best = i;
            }
        }
        sum += least;
    }
    return sum / (double)count;
}

static void it_finds_what_comparing_all_finds(void **state)
{
    (void)state;
    lts_error err = {0};
    fixture f = set_up();
    const lts_source source = {.path = f.sound};
    char *array = lts_path_join(f.folder, "z.npy");
    float *q;
    size_t count, columns, best;
    lts_search *search;
    lts_search_result found;
    double distance[SOUNDS], nearest;
    assert_ok(lts_encode_file(f.model, &source, -1, 1, array, NULL, NULL, &err));
    assert_ok(lts_npy_load(array, &q, &count, &columns, &err));
    assert_int_equal(columns, TINY_LATENT);
    assert_true(count <= LTS_SEARCH_QUERIES);
    for (size_t i = 0; i < SOUNDS; i++)
        distance[i] = distance_of(&f, i, q, count, &nearest, &best);
    assert_ok(lts_search_open(f.run, f.set, 2, NULL, &search, &err));
    assert_int_equal(lts_search_sounds(search), SOUNDS);
    assert_false(lts_search_is_notes(search));
    assert_ok(lts_search_near(search, &source, -1, SOUNDS, 1e6, 2, NULL, &found, &err));
    assert_int_equal(found.sound_count, SOUNDS);
    assert_int_equal(found.frame_count, SOUNDS); /* one of each sound */
    for (size_t i = 0; i < SOUNDS; i++) {
        const lts_found *sound = &found.sounds[i], *frame = &found.frames[i];
        assert_true(fabs(sound->distance - distance[sound->sound]) < 1e-5 * (1 + sound->distance));
        distance_of(&f, frame->sound, q, count, &nearest, &best);
        assert_true(fabs(frame->distance - nearest) < 1e-5 * (1 + nearest));
        const size_t row = (size_t)llround(frame->time * 44100 / 128);
        const size_t like = (size_t)llround(frame->query * 44100 / 128);
        assert_true(row < f.rows[frame->sound] && like < count);
        const double there = apart(f.z[frame->sound] + row * TINY_LATENT, q + like * TINY_LATENT);
        assert_true(fabs(there - nearest) < 1e-5 * (1 + nearest));
        if (i > 0) {
            assert_true(sound->distance >= found.sounds[i - 1].distance);
            assert_true(frame->distance >= found.frames[i - 1].distance);
        }
    }
    lts_search_result few;
    assert_ok(lts_search_near(search, &source, -1, 3, 0.1, 1, NULL, &few, &err));
    assert_int_equal(few.sound_count, 3);
    assert_int_equal(few.frame_count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_true(few.sounds[i].sound == found.sounds[i].sound &&
                    few.sounds[i].distance == found.sounds[i].distance);
    lts_search_result_free(&few);
    assert_status(lts_search_near(search, &source, -1, 0, 0, 1, NULL, &few, &err),
                  LTS_ERR_ARGUMENT);
    assert_status(lts_search_near(search, &source, -1, 1001, 0, 1, NULL, &few, &err),
                  LTS_ERR_ARGUMENT);
    assert_status(lts_search_near(search, &source, 3600, 1, 0, 1, NULL, &few, &err),
                  LTS_ERR_ARGUMENT);
    lts_search_result_free(&found);
    lts_search_close(search);
    lts_free(q);
    lts_free(array);
    tear_down(&f);
}

/* The name of the one file that is kept. */
static char *kept(const fixture *f)
{
    char *folder = lts_path_join(f->run, "search"), *name = NULL;
    DIR *entries = opendir(folder);
    assert_non_null(entries);
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;)
        if (entry->d_name[0] != '.') {
            assert_null(name);
            name = lts_strdup(entry->d_name);
        }
    closedir(entries);
    lts_free(folder);
    return name;
}

static void open_again(const fixture *f)
{
    lts_error err = {0};
    lts_search *search;
    assert_ok(lts_search_open(f->run, f->set, 2, NULL, &search, &err));
    lts_search_close(search);
}

static void the_points_are_made_anew_when_something_changes(void **state)
{
    (void)state;
    fixture f = set_up();
    open_again(&f);
    char *first = kept(&f);
    open_again(&f);
    char *second = kept(&f);
    assert_string_equal(first, second);
    write_array(&f, 4, f.rows[4], 1234); /* as many rows of other magnitudes */
    open_again(&f);
    char *third = kept(&f);
    assert_string_not_equal(first, third);
    char *model = lts_path_join(f.run, "model/best.safetensors");
    lts_error err = {0};
    lts_model_config config = *lts_model_settings(f.model);
    lts_model *other;
    assert_ok(lts_model_create(&config, 77, &other, &err));
    assert_ok(lts_model_save(other, model, tiny_notes, TINY_NOTES, &err));
    lts_model_destroy(other);
    open_again(&f);
    char *fourth = kept(&f);
    assert_string_not_equal(third, fourth);
    lts_free(first);
    lts_free(second);
    lts_free(third);
    lts_free(fourth);
    lts_free(model);
    tear_down(&f);
}

static void a_kept_file_that_is_damaged_is_made_anew(void **state)
{
    (void)state;
    lts_error err = {0};
    fixture f = set_up();
    const lts_source source = {.path = f.sound};
    open_again(&f);
    char *name = kept(&f), *folder = lts_path_join(f.run, "search");
    char *path = lts_path_join(folder, name);
    test_write(path, "no array", 8);
    lts_search *search;
    lts_search_result found;
    assert_ok(lts_search_open(f.run, f.set, 1, NULL, &search, &err));
    assert_ok(lts_search_near(search, &source, -1, 5, 0, 1, NULL, &found, &err));
    assert_int_equal(found.sound_count, 5);
    lts_search_result_free(&found);
    lts_search_close(search);
    lts_free(path);
    lts_free(folder);
    lts_free(name);
    tear_down(&f);
}

static void short_memory_is_reported(void **state)
{
    (void)state;
    lts_error err = {0};
    fixture f = set_up();
    const lts_source source = {.path = f.sound};
    lts_search *search;
    lts_search_result found;
    lts_status status = LTS_ERR_MEMORY;
    open_again(&f);
    for (size_t n = 1; status != LTS_OK; n++) {
        test_fail_allocation(n);
        status = lts_search_open(f.run, f.set, 1, NULL, &search, &err);
        if (status == LTS_OK)
            status = lts_search_near(search, &source, -1, 5, 0, 1, NULL, &found, &err);
        else
            search = NULL;
        test_fail_allocation(0);
        if (status != LTS_OK)
            assert_status(status, LTS_ERR_MEMORY);
        else
            lts_search_result_free(&found);
        lts_search_close(search);
        assert_true(n < 10000);
    }
    tear_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_finds_what_comparing_all_finds),
        cmocka_unit_test(the_points_are_made_anew_when_something_changes),
        cmocka_unit_test(a_kept_file_that_is_damaged_is_made_anew),
        cmocka_unit_test(short_memory_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
