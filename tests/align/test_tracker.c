/* The tracker as an object: pieces, following, settings, memory. */
#include "sounds.h"

static void pieces_give_the_same_bits(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 2, 5, 100, 3, 250, 0, 339};
    lts_error err;
    const lts_align_config config = settings();
    sound *a = new_sound(), *b = new_sound();
    float whole[T], pieces[T];
    lts_align_tracker *tracker;
    for (size_t t = 0; t < T; t++) {
        note_frame(100 + vibrato(t), 1, 1, a->frame[t]);
        note_frame(112, 1, 0.6, b->frame[t]);
    }
    align(a, b, whole, NULL);
    assert_ok(lts_align_tracker_create(&config, &tracker, &err));
    for (int round = 0; round < 2; round++) {
        size_t t = 0;
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; t += sizes[i++])
            assert_ok(lts_align_tracker_feed(tracker, a->frame[t], b->frame[t], sizes[i], &err));
        assert_int_equal(lts_align_tracker_frames(tracker), T);
        assert_int_equal(t, T);
        assert_ok(lts_align_tracker_finish(tracker, pieces, NULL, &err));
        assert_memory_equal(pieces, whole, sizeof whole);
        lts_align_tracker_restart(tracker);
    }
    assert_ok(lts_align_tracker_finish(tracker, NULL, NULL, &err));
    lts_align_tracker_destroy(tracker);
    lts_align_tracker_destroy(NULL);
    lts_free(a);
    lts_free(b);
}

static void following_finds_it_a_moment_later(void **state)
{
    (void)state;
    lts_error err;
    const lts_align_config config = settings();
    lts_align_tracker *tracker;
    float a[NOTE_BINS], b[NOTE_BINS];
    lts_rng rng;
    lts_rng_seed(&rng, 5, 0);
    assert_ok(lts_align_tracker_create(&config, &tracker, &err));
    test_fail_allocation(0);
    for (int round = 0; round < 2; round++) {
        double before = 0;
        for (size_t t = 0; t < T; t++) {
            note_frame(100, 1, 1, a);
            note_noise(&rng, t < T / 2 ? 1e-4 : 0.1, b);
            if (t < T / 2)
                note_add(100 + fifth(t), 1, 0.5, b);
            const double d = lts_align_tracker_follow(tracker, a, b);
            assert_true(fabs(d - before) < 4);
            before = d;
            if (t > 100 && t < T / 2)
                assert_true(NOTE_CENTS * fabs(d - fifth(t)) < 10);
            if (t > T / 2 + 100)
                assert_true(d == 0);
        }
        lts_align_tracker_restart(tracker);
    }
    assert_int_equal(test_fail_allocation(0), 0);
    lts_align_tracker_destroy(tracker);
}

static void silence_and_what_is_not_finite_do_no_harm(void **state)
{
    (void)state;
    sound *a = new_sound(), *b = new_sound();
    float shift[T];
    lts_align_report report;
    assert_no_shift(a, b);
    for (size_t t = 0; t < T; t++) {
        note_frame(100, 1, 1, a->frame[t]);
        note_frame(128, 1, 1, b->frame[t]);
    }
    a->frame[300][17] = NAN;
    b->frame[303][17] = INFINITY;
    align(a, b, shift, &report);
    for (size_t t = 0; t < T; t++)
        assert_true(fabs((double)shift[t] - 28) < 0.1);
    assert_true(isfinite(report.before) && isfinite(report.after));
    memset(b, 0, sizeof *b);
    assert_no_shift(a, b);
    lts_free(a);
    lts_free(b);
}

static void settings_out_of_range_are_refused(void **state)
{
    (void)state;
    lts_error err;
    lts_align_tracker *tracker;
    lts_align_work *work;
    lts_align_config bad[] = {settings(), settings(), settings(), settings(), settings(),
                              settings(), settings(), settings(), settings(), settings()};
    bad[0].bins = 1;
    bad[1].bins = LTS_ALIGN_BINS + 1;
    bad[2].bins_per_octave = 0;
    bad[3].bins_per_octave = 4097;
    bad[4].frame_rate = 0;
    bad[5].frame_rate = NAN;
    bad[6].range = 0;
    bad[7].range = 3.01;
    bad[8].threshold = 0;
    bad[9].threshold = NAN;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_status(lts_align_check(&bad[i], &err), LTS_ERR_ARGUMENT);
        assert_non_null(strstr(err.text, "expected"));
        assert_status(lts_align_tracker_create(&bad[i], &tracker, NULL), LTS_ERR_ARGUMENT);
        assert_null(tracker);
    }
    assert_status(lts_align_work_create(1, 48, 344, &work, &err), LTS_ERR_ARGUMENT);
    assert_status(lts_align_work_create(384, 0, 344, &work, &err), LTS_ERR_ARGUMENT);
    assert_status(lts_align_work_create(384, 48, 0, &work, &err), LTS_ERR_ARGUMENT);
    assert_null(work);
    lts_align_config extreme = {LTS_ALIGN_BINS, 4096, 1e-3, 3, 1};
    assert_ok(lts_align_check(&extreme, &err));
    assert_ok(lts_align_tracker_create(&extreme, &tracker, &err));
    lts_align_tracker_destroy(tracker);
}

static void short_memory_is_an_error(void **state)
{
    (void)state;
    lts_error err;
    const lts_align_config config = settings();
    sound *a = new_sound(), *b = new_sound();
    float shift[T];
    lts_status status = LTS_ERR_MEMORY;
    size_t failures = 0;
    while (status == LTS_ERR_MEMORY) {
        test_fail_allocation(++failures);
        status = lts_align_pitch(&config, a->frame[0], b->frame[0], T, shift, NULL, &err);
        test_fail_allocation(0);
    }
    assert_status(status, LTS_OK);
    assert_true(failures > 8);
    lts_free(a);
    lts_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_give_the_same_bits),
        cmocka_unit_test(following_finds_it_a_moment_later),
        cmocka_unit_test(silence_and_what_is_not_finite_do_no_harm),
        cmocka_unit_test(settings_out_of_range_are_refused),
        cmocka_unit_test(short_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
