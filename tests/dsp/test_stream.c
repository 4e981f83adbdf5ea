/* Streaming gives the rows of the whole transform, bit for bit, however the samples come. */
#include "golden.h"

#include "dsp/cqt/cqt.h"

#include <math.h>
#include <string.h>

static fixture open_cqt(size_t samples)
{
    return open_fixture((lts_cqt_config){.sample_rate = 22050,
                                         .hop = 256,
                                         .bins_per_octave = 12,
                                         .octaves = 7,
                                         .fmin = lts_cqt_defaults().fmin},
                        samples);
}

/* Feeds pieces of 1 .. `most` samples and takes whatever is ready; returns the rows taken. */
static size_t stream_all(const fixture *f, const float *x, size_t n, size_t most, float *out)
{
    lts_error err;
    lts_cqt_stream *stream;
    lts_rng rng;
    const float *rows;
    size_t taken = 0, count;
    lts_rng_seed(&rng, most, 0);
    assert_ok(lts_cqt_stream_create(f->cqt, &stream, &err));
    for (size_t at = 0; at < n;) {
        size_t piece = 1 + (size_t)lts_rng_below(&rng, most);
        piece = piece < n - at ? piece : n - at;
        size_t fed = lts_cqt_stream_feed(stream, x + at, piece);
        at += fed;
        while ((count = lts_cqt_stream_take(stream, &rows)) > 0) {
            memcpy(out + taken * f->bins, rows, count * f->bins * sizeof *out);
            taken += count;
            fed = piece; /* rows were waiting: that explains a piece not taken whole */
        }
        assert_int_equal(fed, piece);
    }
    lts_cqt_stream_finish(stream);
    while ((count = lts_cqt_stream_take(stream, &rows)) > 0) {
        memcpy(out + taken * f->bins, rows, count * f->bins * sizeof *out);
        taken += count;
    }
    assert_int_equal(lts_cqt_stream_feed(stream, x, 1), 0);
    lts_cqt_stream_destroy(stream);
    return taken;
}

static void check(fixture *f, const float *x, size_t n, size_t most)
{
    size_t frames = lts_cqt_frames(&f->config, n), size = frames * f->bins;
    float *whole = lts_alloc(size, sizeof *whole), *streamed = lts_alloc(size, sizeof *streamed);
    lts_cqt_magnitudes(f->cqt, f->work, x, n, whole);
    assert_int_equal(stream_all(f, x, n, most, streamed), frames);
    assert_memory_equal(streamed, whole, size * sizeof *whole);
    lts_free(whole);
    lts_free(streamed);
}

static void a_stream_equals_the_whole(void **state)
{
    (void)state;
    enum { LONG = 1200000 }; /* three slices */
    fixture f = open_cqt(0);
    float *x = normal_noise(LONG, 1);
    check(&f, x, LONG, 10000);
    check(&f, x, LONG - 77, LONG);
    close_fixture(&f);
    lts_free(x);
}

static void a_short_stream_equals_the_whole(void **state)
{
    (void)state;
    const size_t lengths[] = {0, 1, 255, 256, 257, 10000};
    fixture f = open_cqt(10000);
    float *x = normal_noise(10000, 1);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        check(&f, x, lengths[i], 300);
    close_fixture(&f);
    lts_free(x);
}

/* The lengths at which a signal stops fitting one slice, sample by sample. */
static void lengths_around_a_slice_stream_as_the_whole(void **state)
{
    (void)state;
    fixture f = open_cqt(1);
    float *x = normal_noise(40000, 1);
    for (size_t n = 256; n < 40000; n += 255)
        check(&f, x, n, 7000);
    close_fixture(&f);
    lts_free(x);
}

static void nothing_comes_out_before_finish_but_whole_slices(void **state)
{
    (void)state;
    lts_error err;
    lts_cqt_stream *stream;
    const float *rows;
    fixture f = open_cqt(0);
    float *x = normal_noise(1000, 1);
    assert_ok(lts_cqt_stream_create(f.cqt, &stream, &err));
    assert_int_equal(lts_cqt_stream_take(stream, &rows), 0);
    assert_int_equal(lts_cqt_stream_feed(stream, x, 1000), 1000);
    assert_int_equal(lts_cqt_stream_take(stream, &rows), 0);
    lts_cqt_stream_finish(stream);
    assert_int_equal(lts_cqt_stream_take(stream, &rows), 4);
    assert_int_equal(lts_cqt_stream_take(stream, &rows), 0);
    lts_cqt_stream_destroy(stream);
    close_fixture(&f);
    lts_free(x);
}

static void a_restarted_stream_is_as_new(void **state)
{
    (void)state;
    enum { LONG = 700000 }; /* more than one slice, so that rows are waiting */
    lts_error err;
    lts_cqt_stream *stream;
    const float *rows;
    fixture f = open_cqt(0);
    float *x = normal_noise(LONG, 4), whole[84 * 12];
    assert_ok(lts_cqt_stream_create(f.cqt, &stream, &err));
    assert_in_range(lts_cqt_stream_feed(stream, x, LONG), 1, LONG - 1);
    lts_cqt_stream_restart(stream);
    assert_int_equal(lts_cqt_stream_feed(stream, x, 3000), 3000);
    lts_cqt_stream_finish(stream);
    assert_int_equal(lts_cqt_stream_take(stream, &rows), 12);
    lts_cqt_magnitudes(f.cqt, f.work, x, 3000, whole);
    assert_memory_equal(rows, whole, sizeof whole);
    lts_cqt_stream_destroy(stream);
    lts_free(x);
    close_fixture(&f);
}

static void every_failed_allocation_is_reported(void **state)
{
    (void)state;
    lts_error err;
    lts_cqt_stream *stream;
    lts_status status = LTS_ERR_MEMORY;
    fixture f = open_cqt(1);
    for (size_t i = 1; status != LTS_OK; i++) {
        test_fail_allocation(i);
        status = lts_cqt_stream_create(f.cqt, &stream, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK || status == LTS_ERR_MEMORY);
        assert_true((status == LTS_OK) == (stream != NULL));
    }
    lts_cqt_stream_destroy(stream);
    lts_cqt_stream_destroy(NULL);
    close_fixture(&f);
}

/* Its slices are shorter by half or more; to the longest sound it is made for, nobody can tell. */
static void a_brief_plan_gives_the_magnitudes_of_a_usual_one(void **state)
{
    (void)state;
    enum { MOST = 1 << 14 };
    const size_t lengths[] = {0, 1, 127, 128, 2047, 10000, MOST - 1, MOST};
    lts_error err;
    fixture usual = open_fixture(lts_cqt_defaults(), MOST), brief = usual;
    assert_ok(cqt_create_brief(&usual.config, MOST, &brief.cqt, &err));
    assert_ok(lts_cqt_work_create(brief.cqt, &brief.work, &err));
    assert_true(2 * brief.cqt->frames < usual.cqt->frames);
    float *x = normal_noise(MOST, 1);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        const size_t size = lts_cqt_frames(&usual.config, lengths[i]) * usual.bins;
        float *expected = lts_alloc(size, sizeof *expected),
              *found = lts_alloc(size, sizeof *found);
        lts_cqt_magnitudes(usual.cqt, usual.work, x, lengths[i], expected);
        lts_cqt_magnitudes(brief.cqt, brief.work, x, lengths[i], found);
        double difference = 0, total = 0;
        for (size_t j = 0; j < size; j++) {
            difference += pow(found[j] - expected[j], 2);
            total += pow(expected[j], 2);
        }
        assert_true(difference <= 1e-10 * total);
        check(&brief, x, lengths[i], 300);
        lts_free(expected);
        lts_free(found);
    }
    lts_free(x);
    close_fixture(&brief);
    close_fixture(&usual);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_equals_the_whole),
        cmocka_unit_test(a_short_stream_equals_the_whole),
        cmocka_unit_test(lengths_around_a_slice_stream_as_the_whole),
        cmocka_unit_test(nothing_comes_out_before_finish_but_whole_slices),
        cmocka_unit_test(a_restarted_stream_is_as_new),
        cmocka_unit_test(a_brief_plan_gives_the_magnitudes_of_a_usual_one),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
