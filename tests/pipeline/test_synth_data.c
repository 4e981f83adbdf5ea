/* Data sets of the synthesizer and arrays of recordings: what they hold, and what stays when making
 * them fails. */
#include "testing.h"

#include "lts/formats.h"
#include "lts/synth_data.h"
#include "pipeline/synth/synth_folder.h"
#include "small_disk.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char text[] = "[synth]\nwaves = sin saw\nduration = 0.05\ngate = 0.03\n[parameters]\n"
                           "sin_f = 100 200 300\nsin_v = 1 2\nsin_A = 1\nsin_B = 0 10\n"
                           "saw_f = 440\nsaw_v = 1\nsaw_A = 0.5\nsaw_B = 0\n"
                           "attack = 0.01\ndecay = 0.01\nsustain = 0.5\nrelease = 0.01\n"
                           "f_cut = 1000\nq = 1 2\nf_gate = 1\n";
enum { SAMPLES = 819, FREE = 4, ALL = 3 * 2 * 2 * 2 };

static char *folder;
static lts_synth_space *space;

static int set_up(void **state)
{
    (void)state;
    folder = test_folder();
    return lts_synth_space_parse(text, strlen(text), "a.ini", &space, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    test_folder_remove(folder);
    lts_synth_space_destroy(space);
    return 0;
}

static lts_synth_data data_of(uint64_t count, unsigned threads)
{
    return (lts_synth_data){.space = space,
                            .folder = folder,
                            .count = count,
                            .seed = 5,
                            .bits = LTS_AUDIO_FLOAT,
                            .threads = threads};
}

static float *samples(size_t *rows, size_t *columns)
{
    lts_error err;
    float *x;
    char *path = lts_path_join(folder, "samples.npy");
    assert_ok(lts_npy_load(path, &x, rows, columns, &err));
    lts_free(path);
    return x;
}

static int32_t *classes(size_t *rows, size_t *columns)
{
    lts_error err;
    int32_t *c;
    char *path = lts_path_join(folder, "classes.npy");
    assert_ok(lts_npy_load_integers(path, &c, rows, columns, &err));
    lts_free(path);
    return c;
}

/* More than are in work at once: 512 of these. */
static void every_row_is_the_example_of_its_index(void **state)
{
    (void)state;
    enum { COUNT = 1100 };
    lts_error err;
    lts_synth *synth;
    size_t rows, columns;
    int32_t drawn[FREE];
    float expected[SAMPLES];
    lts_synth_data data = data_of(COUNT, 3);
    assert_ok(lts_synth_data_make(&data, NULL, &err));
    assert_int_equal(test_folder_count(folder), 3);
    float *x = samples(&rows, &columns);
    assert_int_equal(rows, COUNT);
    assert_int_equal(columns, SAMPLES);
    int32_t *c = classes(&rows, &columns);
    assert_int_equal(rows, COUNT);
    assert_int_equal(columns, FREE);
    assert_ok(lts_synth_create(space, &synth, &err));
    for (size_t i = 0; i < COUNT; i++) {
        lts_synth_draw(space, 5, i, drawn);
        assert_memory_equal(c + i * FREE, drawn, sizeof drawn);
        assert_ok(lts_synth_render_classes(synth, drawn, expected, &err));
        assert_memory_equal(x + i * SAMPLES, expected, sizeof expected);
    }
    lts_synth_destroy(synth);
    lts_free(x);
    lts_free(c);
    lts_synth_space *back;
    char *path = lts_path_join(folder, "parameters.ini");
    assert_ok(lts_synth_space_load(path, &back, &err));
    assert_ok(lts_synth_space_compare(space, "space", back, path, &err));
    lts_synth_space_destroy(back);
    lts_free(path);
}

/* Channel c of sample i of a sound. */
static float channel_of(size_t row, size_t c, size_t i)
{
    return (float)(100 * row + 10 * c) + (float)(i % 7);
}

static void sounds_of_channels_are_read_and_mixed_down(void **state)
{
    (void)state;
    enum { ROWS = 5 };
    lts_error err;
    lts_synth_data data = data_of(ROWS, 1);
    assert_ok(lts_synth_data_make(&data, NULL, &err));
    char *path = lts_path_join(folder, SYNTH_SOUNDS);
    for (size_t channels = 1; channels <= 3; channels++) {
        const lts_npy_layout layout = {.channels = channels, .columns = SAMPLES};
        lts_npy_writer *writer;
        synth_folder read;
        float x[3 * SAMPLES];
        int32_t labels[FREE];
        assert_ok(lts_npy_writer_open_as(path, &layout, &writer, &err));
        for (size_t row = 0; row < ROWS; row++) {
            for (size_t n = 0; n < channels * SAMPLES; n++)
                x[n] = channel_of(row, n / SAMPLES, n % SAMPLES);
            assert_ok(lts_npy_writer_append(writer, x, 1, &err));
        }
        assert_ok(lts_npy_writer_commit(writer, &err));
        assert_ok(synth_folder_open(folder, space, &read, &err));
        assert_int_equal(read.rows, ROWS);
        for (size_t row = ROWS; row-- > 0;) {
            assert_ok(synth_folder_read(&read, row, x, labels, &err));
            for (size_t i = 0; i < SAMPLES; i++)
                assert_true(x[i] == channel_of(row, 0, i) + 5 * (float)(channels - 1));
        }
        synth_folder_close(&read);
    }
    lts_free(path);
}

static void a_complete_set_has_each_sound_once(void **state)
{
    (void)state;
    lts_error err;
    size_t rows, columns;
    int32_t counted[FREE];
    lts_synth_data data = data_of(1, 2);
    data.complete = true;
    assert_ok(lts_synth_data_make(&data, NULL, &err));
    int32_t *c = classes(&rows, &columns);
    assert_int_equal(rows, ALL);
    for (size_t i = 0; i < ALL; i++) {
        lts_synth_enumerate(space, i, counted);
        assert_memory_equal(c + i * FREE, counted, sizeof counted);
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(c + i * FREE, c + j * FREE, sizeof counted);
    }
    lts_free(c);
}

static bool stop(void *user)
{
    (void)user;
    return true;
}

static void what_fails_leaves_what_there_was(void **state)
{
    (void)state;
    lts_error err;
    size_t rows, columns;
    const lts_reporter stopping = {.cancelled = stop};
    lts_synth_data data = data_of(7, 2);
    assert_ok(lts_synth_data_make(&data, NULL, &err));
    data.count = 700;
    assert_status(lts_synth_data_make(&data, &stopping, &err), LTS_ERR_CANCELLED);
    test_limit_files(100000);
    lts_status status = lts_synth_data_make(&data, NULL, &err);
    test_limit_files(0);
    assert_status(status, LTS_ERR_IO);
    assert_non_null(strstr(err.text, "samples.npy: cannot be written"));
    lts_free(samples(&rows, &columns));
    assert_int_equal(rows, 7);
    lts_free(classes(&rows, &columns));
    assert_int_equal(rows, 7);
    assert_int_equal(test_folder_count(folder), 3);
}

/* Whether it went well all the same, as where a folder is only synced when there is memory for its
 * name; else it must say what failed. */
static size_t survived(lts_status status)
{
    if (status != LTS_OK)
        assert_status(status, LTS_ERR_MEMORY);
    return status == LTS_OK;
}

static void every_failed_allocation_is_reported(void **state)
{
    (void)state;
    lts_error err;
    lts_synth_data data = data_of(3, 1);
    data.wav = true;
    test_fail_allocation(0);
    assert_ok(lts_synth_data_make(&data, NULL, &err));
    const size_t asked = test_fail_allocation(0);
    size_t tolerated = 0;
    assert_true(asked > 20);
    for (size_t i = 1; i <= asked; i++) {
        test_fail_allocation(i);
        lts_status status = lts_synth_data_make(&data, NULL, &err);
        test_fail_allocation(0);
        tolerated += survived(status);
    }
    assert_in_range(tolerated, 0, 4);
    assert_int_equal(test_folder_count(folder), 4);
}

static void what_cannot_be_made_is_refused(void **state)
{
    (void)state;
    static const char one[] = "[synth]\nwaves = sin\nfilter = no\ngater = no\n[parameters]\n"
                              "sin_f = 1\nsin_v = 1\nsin_A = 1\nsin_B = 0\nattack = 0\n"
                              "decay = 0\nsustain = 1\nrelease = 0\n";
    lts_error err;
    lts_synth_space *fixed;
    lts_synth_data data = data_of(0, 1);
    assert_status(lts_synth_data_make(&data, NULL, &err), LTS_ERR_ARGUMENT);
    data.count = 1;
    assert_ok(lts_synth_space_parse(one, strlen(one), "one.ini", &fixed, &err));
    data.space = fixed;
    assert_status(lts_synth_data_make(&data, NULL, &err), LTS_ERR_ARGUMENT);
    lts_synth_space_destroy(fixed);
    assert_ok(lts_synth_space_builtin("paper", &fixed, &err));
    data.space = fixed;
    data.complete = true;
    assert_status(lts_synth_data_make(&data, NULL, &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "4.95e+27 sounds"));
    lts_synth_space_destroy(fixed);
    assert_int_equal(test_folder_count(folder), 0);
}

/* A sine of 100 Hz, so slow that resampling it is sampling it. */
static void write_sine(const char *name, double rate, size_t n)
{
    lts_error err;
    float *x = lts_alloc(n, sizeof *x);
    char *path = lts_path_join(folder, name);
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(0.5 * sin(2 * M_PI * 100 * (double)i / rate));
    const lts_audio_format format = {.sample_rate = rate, .bits = LTS_AUDIO_FLOAT};
    assert_ok(lts_audio_save(path, x, n, &format, &err));
    lts_free(path);
    lts_free(x);
}

static void recordings_are_rows_in_the_order_of_their_names(void **state)
{
    (void)state;
    lts_error err;
    size_t size;
    write_sine("c.wav", 8000, 4000);   /* half a second: filled up */
    write_sine("a.wav", 8000, 16000);  /* two: cut */
    write_sine("b.wav", 44100, 44100); /* another rate */
    char *path = lts_path_join(folder, "x.npy");
    const lts_sound_array array = {
        .folder = folder, .path = path, .sample_rate = 8000, .duration = 1, .threads = 2};
    assert_ok(lts_sound_array_make(&array, NULL, &err));
    char *bytes = test_read(path, &size);
    assert_int_equal(size, 128 + 3 * 8000 * sizeof(float));
    assert_non_null(strstr(bytes + 10, "'shape': (3, 1, 8000), }"));
    float *x = lts_alloc((size_t)3 * 8000, sizeof *x);
    memcpy(x, bytes + 128, (size_t)3 * 8000 * sizeof *x);
    for (size_t i = 200; i < 7800; i++) {
        const double expected = 0.5 * sin(2 * M_PI * 100 * (double)i / 8000);
        assert_true(fabs(x[i] - expected) < 1e-6);
        assert_true(fabs(x[8000 + i] - expected) < 1e-3);
        assert_true(fabs(x[16000 + i] - (i < 4000 ? expected : 0)) < 1e-6);
    }
    lts_free(x);
    lts_free(bytes);
    test_limit_files(50000);
    lts_status status = lts_sound_array_make(&array, NULL, &err);
    test_limit_files(0);
    assert_status(status, LTS_ERR_IO);
    test_fail_allocation(0);
    assert_ok(lts_sound_array_make(&(lts_sound_array){folder, path, 8000, 1, 1}, NULL, &err));
    const size_t asked = test_fail_allocation(0);
    size_t tolerated = 0;
    for (size_t i = 1; i <= asked; i++) {
        test_fail_allocation(i);
        status = lts_sound_array_make(&(lts_sound_array){folder, path, 8000, 1, 1}, NULL, &err);
        test_fail_allocation(0);
        tolerated += survived(status);
    }
    assert_in_range(tolerated, 0, 1);
    assert_int_equal(test_folder_count(folder), 4);
    lts_free(path);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_row_is_the_example_of_its_index),
        TEST(sounds_of_channels_are_read_and_mixed_down),
        TEST(a_complete_set_has_each_sound_once),
        TEST(what_fails_leaves_what_there_was),
        TEST(every_failed_allocation_is_reported),
        TEST(what_cannot_be_made_is_refused),
        TEST(recordings_are_rows_in_the_order_of_their_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
