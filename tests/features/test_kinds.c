/* The table of kinds: that no row has a hole, and what each kind's transform promises. */
#include "features/kinds.h"
#include "testing.h"

#include <math.h>
#include <string.h>

enum { SAMPLES = 30011 };

/* A new member of feature_kind belongs here too, or among the optional ones. */
static void every_row_is_complete(void **state)
{
    (void)state;
    const feature_kind *row;
    for (int kind = 0; (row = feature_kind_at(kind)); kind++) {
        assert_true(row->name && row->name[0]);
        assert_true(row->version >= 1);
        assert_true(row->settings && row->settings->name);
        assert_true(row->defaults && row->check);
        assert_true(row->rows && row->columns && row->sample_rate && row->hop);
        assert_true(row->count && row->context && row->shape_text);
        assert_true(row->plan_create && row->plan_destroy && row->plan_slice);
        assert_true(row->work_create && row->work_destroy && row->analyse);
        assert_true(row->stream_create && row->stream_destroy && row->stream_restart);
        assert_true(row->stream_feed && row->stream_finish && row->stream_take);
        assert_int_equal(row->defaults().kind, kind);
        assert_true(lts_feature_check(&(lts_feature){.kind = (lts_feature_kind)kind}, NULL) !=
                    LTS_OK);
        for (int other = 0; other < kind; other++)
            assert_string_not_equal(row->name, feature_kind_at(other)->name);
    }
    assert_null(feature_kind_at(-1));
}

/* The members that a kind may leave out are asked of by these. */
static void what_a_kind_cannot_do_is_told(void **state)
{
    (void)state;
    lts_error err;
    const feature_kind *row;
    for (int kind = 0; (row = feature_kind_at(kind)); kind++) {
        const lts_feature feature = row->defaults();
        lts_vocoder *vocoder = NULL;
        assert_int_equal(lts_feature_is_invertible(&feature), row->recover != NULL);
        assert_int_equal(isnan(lts_feature_column_at(&feature, 440)) == 0, row->column_at != NULL);
        assert_status(lts_feature_vocoder_create(&feature, 1, &vocoder, &err),
                      row->vocoder_create ? LTS_OK : LTS_ERR_ARGUMENT);
        assert_int_equal(vocoder != NULL, row->vocoder_create != NULL);
        lts_vocoder_destroy(vocoder);
    }
}

static void frequencies_lie_among_the_columns(void **state)
{
    (void)state;
    lts_feature feature = lts_feature_defaults(LTS_FEATURE_CQT);
    feature.cqt.fmin = 55;
    assert_true(fabs(lts_feature_column_at(&feature, 55)) < 1e-9);
    assert_true(fabs(lts_feature_column_at(&feature, 440) - 3 * 48) < 1e-9);
    assert_true(lts_feature_column_at(&feature, 20) < 0);
    assert_true(lts_feature_is_magnitude(&feature));
}

static void wrong_settings_have_no_transform_and_no_vocoder(void **state)
{
    (void)state;
    lts_error err;
    transform *t = (transform *)&err;
    lts_vocoder *vocoder = (lts_vocoder *)&err;
    lts_feature feature = lts_feature_defaults(LTS_FEATURE_CQT);
    feature.cqt.hop = 0;
    assert_status(transform_create(&feature, 0, &t, &err), LTS_ERR_ARGUMENT);
    assert_null(t);
    assert_status(lts_feature_vocoder_create(&feature, 1, &vocoder, &err), LTS_ERR_ARGUMENT);
    assert_null(vocoder);
    feature.kind = (lts_feature_kind)99;
    assert_status(transform_create(&feature, 0, &t, &err), LTS_ERR_ARGUMENT);
    assert_status(lts_feature_vocoder_create(&feature, 1, &vocoder, &err), LTS_ERR_ARGUMENT);
}

/* A spectrum's logarithm at a sinusoid's bin, and at a silent one. */
static void a_log_spectrum_tells_a_sinusoid(void **state)
{
    (void)state;
    lts_error err;
    lts_feature feature = lts_feature_defaults(LTS_FEATURE_LOG_STFT);
    feature.segment = (lts_segment_config){16384, 16384, {512, 256}};
    assert_int_equal(lts_feature_rows(&feature), 64);
    assert_int_equal(lts_feature_columns(&feature), 257);
    assert_int_equal(lts_feature_count(&feature, 0), 1);
    assert_int_equal(lts_feature_count(&feature, 16384), 1);
    assert_int_equal(lts_feature_count(&feature, 16385), 2);
    assert_false(lts_feature_is_magnitude(&feature));
    float *x = lts_alloc(16384, sizeof *x), *image = lts_alloc(64 * 257, sizeof *image);
    assert_non_null(x);
    assert_non_null(image);
    for (int i = 0; i < 16384; i++)
        x[i] = (float)cos(acos(-1.0) * i / 8); /* bin 32 of 257 */
    transform *t;
    transform_work *work;
    assert_ok(transform_create(&feature, 0, &t, &err));
    assert_ok(transform_work_create(t, &work, &err));
    transform_analyse(work, x, 16384, image);
    for (int frame = 2; frame < 62; frame++) {
        assert_true(fabsf(image[frame * 257 + 32] - logf(128 + 1e-3f)) < 1e-3f);
        assert_true(image[frame * 257 + 128] < -6);
    }
    transform_work_destroy(work);
    transform_destroy(t);
    lts_free(x);
    lts_free(image);
}

static float *noise(size_t n)
{
    lts_rng rng;
    float *x = lts_alloc(n, sizeof *x);
    assert_non_null(x);
    lts_rng_seed(&rng, 5, 0);
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(lts_rng_uniform(&rng) - 0.5);
    return x;
}

/* Examples of x that came in pieces of `step` samples. */
static void stream_all(transform_stream *stream, const float *x, size_t step, size_t floats,
                       const float *expected, size_t count)
{
    const float *rows;
    size_t taken = 0;
    for (size_t at = 0, fed; at < SAMPLES || taken < count; at += fed) {
        const size_t left = SAMPLES - at;
        fed = transform_stream_feed(stream, x + at, left < step ? left : step);
        if (at + fed == SAMPLES)
            transform_stream_finish(stream);
        const size_t got = transform_stream_take(stream, &rows);
        assert_true(taken + got <= count);
        assert_true(got > 0 || fed > 0);
        if (got > 0)
            assert_memory_equal(rows, expected + taken * floats, got * floats * sizeof *rows);
        taken += got;
    }
    assert_int_equal(transform_stream_take(stream, &rows), 0);
}

/* Of every kind: the whole, its pieces, and a stream taken anew give the same examples. */
static void a_stream_gives_what_the_whole_does(void **state)
{
    (void)state;
    lts_error err;
    float *x = noise(SAMPLES);
    for (int kind = 0; feature_kind_at(kind); kind++) {
        const lts_feature feature = lts_feature_defaults((lts_feature_kind)kind);
        const size_t floats = lts_feature_floats(&feature);
        const size_t count = lts_feature_count(&feature, SAMPLES);
        float *whole = lts_alloc(count * floats, sizeof *whole);
        transform *t;
        transform_work *work;
        transform_stream *stream;
        assert_non_null(whole);
        assert_ok(transform_create(&feature, SAMPLES, &t, &err));
        assert_ok(transform_work_create(t, &work, &err));
        assert_ok(transform_stream_create(t, &stream, &err));
        assert_true(lts_feature_equal(transform_feature(t), &feature));
        assert_true(transform_slice(t) > 0);
        transform_analyse(work, x, SAMPLES, whole);
        assert_int_equal(lts_first_nonfinite(whole, count * floats), count * floats);
        stream_all(stream, x, 1000, floats, whole, count);
        transform_stream_restart(stream);
        stream_all(stream, x, 4099, floats, whole, count);
        transform_stream_destroy(stream);
        transform_work_destroy(work);
        transform_destroy(t);
        lts_free(whole);
    }
    lts_free(x);
}

static void a_sound_comes_back(void **state)
{
    (void)state;
    lts_error err;
    const lts_phase_config phase = lts_phase_defaults();
    const size_t n = SAMPLES / 128 * 128;
    float *x = noise(SAMPLES), *y = noise(SAMPLES);
    for (int kind = 0; feature_kind_at(kind); kind++) {
        const lts_feature feature = lts_feature_defaults((lts_feature_kind)kind);
        const size_t floats = lts_feature_floats(&feature);
        const size_t count = lts_feature_count(&feature, n);
        float *examples = lts_alloc(count * floats, sizeof *examples);
        transform *t;
        transform_work *work;
        assert_non_null(examples);
        assert_ok(transform_create(&feature, n, &t, &err));
        assert_ok(transform_work_create(t, &work, &err));
        transform_analyse(work, x, n, examples);
        lts_status status =
            transform_recover(work, examples, count, NULL, &phase, y, n, NULL, &err);
        assert_int_equal(status, lts_feature_is_invertible(&feature) ? LTS_OK : LTS_ERR_ARGUMENT);
        assert_int_equal(lts_first_nonfinite(y, n), n);
        transform_work_destroy(work);
        transform_destroy(t);
        lts_free(examples);
    }
    lts_free(x);
    lts_free(y);
}

static lts_status make_all(const lts_feature *feature, lts_error *err)
{
    transform *t = NULL;
    transform_work *work = NULL;
    transform_stream *stream = NULL;
    lts_status status = transform_create(feature, 1000, &t, err);
    if (status != LTS_OK)
        goto done;
    status = transform_work_create(t, &work, err);
    if (status != LTS_OK)
        goto done;
    status = transform_stream_create(t, &stream, err);
done:
    transform_stream_destroy(stream);
    transform_work_destroy(work);
    transform_destroy(t);
    return status;
}

static void every_failed_allocation_is_reported(void **state)
{
    (void)state;
    for (int kind = 0; feature_kind_at(kind); kind++) {
        const lts_feature feature = lts_feature_defaults((lts_feature_kind)kind);
        lts_status status = LTS_ERR_MEMORY;
        for (size_t i = 1; status != LTS_OK; i++) {
            lts_error err;
            test_fail_allocation(i);
            status = make_all(&feature, &err);
            test_fail_allocation(0);
            assert_true(status == LTS_OK || status == LTS_ERR_MEMORY);
            assert_true(i < 10000);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_complete),
        cmocka_unit_test(what_a_kind_cannot_do_is_told),
        cmocka_unit_test(frequencies_lie_among_the_columns),
        cmocka_unit_test(wrong_settings_have_no_transform_and_no_vocoder),
        cmocka_unit_test(a_log_spectrum_tells_a_sinusoid),
        cmocka_unit_test(a_stream_gives_what_the_whole_does),
        cmocka_unit_test(a_sound_comes_back),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
