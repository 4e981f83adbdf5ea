/* The spectrum of a note against librosa's, and what becomes of notes that are short or silent. */
#include "features/transform.h"
#include "lts/formats.h"
#include "testing.h"

#include <math.h>
#include <sndfile.h>
#include <string.h>

enum { BINS = 512, FRAMES = 64, FLOATS = BINS * FRAMES, SAMPLES = 16317 };

static lts_error err;
static transform *plan;
static transform_work *work;
static float x[2 * SAMPLES], example[FLOATS];

static int create(void **state)
{
    (void)state;
    const lts_feature feature = lts_feature_defaults(LTS_FEATURE_STFT);
    return transform_create(&feature, 0, &plan, &err) != LTS_OK ||
           transform_work_create(plan, &work, &err) != LTS_OK;
}

static int destroy(void **state)
{
    (void)state;
    transform_work_destroy(work);
    transform_destroy(plan);
    return 0;
}

static size_t read_note(void)
{
    SF_INFO info = {0};
    SNDFILE *file = sf_open(LTS_TEST_DATA "/stft/note.wav", SFM_READ, &info);
    assert_non_null(file);
    const sf_count_t n = sf_readf_float(file, x, SAMPLES);
    sf_close(file);
    return (size_t)n;
}

static void a_note_has_the_originals_shape(void **state)
{
    (void)state;
    const lts_feature *feature = transform_feature(plan);
    assert_int_equal(lts_feature_rows(feature), BINS);
    assert_int_equal(lts_feature_columns(feature), FRAMES);
    assert_int_equal(lts_feature_hop(feature), SAMPLES);
    assert_true(lts_feature_is_note(feature));
    assert_false(lts_feature_is_magnitude(feature));
    for (size_t n = 0; n < 10 * SAMPLES; n += SAMPLES - 1)
        assert_int_equal(lts_feature_count(feature, n), 1);
}

static void assert_near(const float *values, const char *file, double tolerance)
{
    size_t rows, columns;
    float *expected;
    assert_ok(lts_npy_load(test_data(file), &expected, &rows, &columns, &err));
    assert_int_equal(rows, BINS);
    assert_int_equal(columns, FRAMES);
    double worst = 0;
    for (size_t i = 0; i < FLOATS; i++)
        worst = fmax(worst, fabs((double)values[i] - (double)expected[i]));
    if (!(worst < tolerance))
        fail_msg("%s: %g apart", file, worst);
    lts_free(expected);
}

static void it_agrees_with_librosa(void **state)
{
    (void)state;
    lts_note_range range;
    const size_t n = read_note();
    transform_analyse_note(work, x, n, example, &range);
    assert_true(fabs((double)range.min + 50.85885238647461) < 1e-3);
    assert_true(fabs((double)range.max - 29.14114761352539) < 1e-3);
    assert_near(example, "stft/note.normalised.npy", 1e-4);
    lts_note_decibels(&range, example, FLOATS, example);
    assert_near(example, "stft/note.db.npy", 1e-2);
}

static void what_follows_a_note_does_not_matter(void **state)
{
    (void)state;
    static float alone[FLOATS];
    memset(x, 0, sizeof x);
    read_note();
    transform_analyse(work, x, SAMPLES, alone);
    for (size_t i = SAMPLES; i < 2 * SAMPLES; i++)
        x[i] = 0.5f;
    transform_analyse(work, x, 2 * SAMPLES, example);
    assert_memory_equal(example, alone, sizeof alone);
}

static void a_short_note_is_filled_up_with_silence(void **state)
{
    (void)state;
    static float filled[FLOATS];
    read_note();
    transform_analyse(work, x, SAMPLES / 3, example);
    memset(x + SAMPLES / 3, 0, (SAMPLES - SAMPLES / 3) * sizeof *x);
    transform_analyse(work, x, SAMPLES, filled);
    assert_memory_equal(example, filled, sizeof filled);
}

static void a_silent_note_is_zero_at_the_floor(void **state)
{
    (void)state;
    lts_note_range range;
    memset(x, 0, sizeof x);
    transform_analyse_note(work, x, SAMPLES, example, &range);
    for (size_t i = 0; i < FLOATS; i++)
        assert_true(example[i] == 0);
    assert_true(fabsf(range.min + 100) < 1e-3f && range.max == range.min);
}

static void wrong_settings_are_refused(void **state)
{
    (void)state;
    const lts_feature right = lts_feature_defaults(LTS_FEATURE_STFT);
    const lts_note_config wrong[] = {
        {0, 0.74, {1024, 256}, 80},     {(double)NAN, 0.74, {1024, 256}, 80},
        {22050, 0, {1024, 256}, 80},    {22050, 1e-6, {1024, 256}, 80},
        {22050, 1e9, {1024, 256}, 80},  {22050, (double)NAN, {1024, 256}, 80},
        {22050, 0.74, {1023, 256}, 80}, {22050, 0.74, {1024, 0}, 80},
        {22050, 0.74, {1024, 256}, 0},  {22050, 0.74, {1024, 256}, (double)INFINITY}};
    assert_ok(lts_feature_check(&right, &err));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const lts_feature feature = {.kind = LTS_FEATURE_STFT, .note = wrong[i]};
        assert_status(lts_feature_check(&feature, &err), LTS_ERR_ARGUMENT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_note_has_the_originals_shape),
        cmocka_unit_test(it_agrees_with_librosa),
        cmocka_unit_test(what_follows_a_note_does_not_matter),
        cmocka_unit_test(a_short_note_is_filled_up_with_silence),
        cmocka_unit_test(a_silent_note_is_zero_at_the_floor),
        cmocka_unit_test(wrong_settings_are_refused),
    };
    return cmocka_run_group_tests(tests, create, destroy);
}
