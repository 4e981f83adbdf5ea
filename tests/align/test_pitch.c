/* The shift between two sounds. */
#include "notes.h"

#include "align/align.h"

enum { T = 700 };
static const double pi = 3.14159265358979;

typedef struct sound {
    float frame[T][NOTE_BINS];
} sound;

/* Fifty cents, six times a second. */
static double vibrato(size_t t)
{
    return 2 * sin(2 * pi * 6 * (double)t / NOTE_RATE);
}

static lts_align_config settings(void)
{
    return lts_align_defaults(NOTE_BINS, NOTE_OCTAVE, NOTE_RATE);
}

static void align(const sound *a, const sound *b, float *shift, lts_align_report *report)
{
    lts_error err;
    const lts_align_config config = settings();
    assert_ok(lts_align_pitch(&config, a->frame[0], b->frame[0], T, shift, report, &err));
}

static void assert_no_shift(const sound *a, const sound *b)
{
    float shift[T];
    lts_align_report report;
    align(a, b, shift, &report);
    for (size_t t = 0; t < T; t++)
        assert_true(shift[t] == 0);
    assert_true(report.aligned == 0 && report.shift == 0 && report.after == report.before);
}

static sound *new_sound(void)
{
    sound *s = lts_alloc(1, sizeof *s);
    assert_non_null(s);
    return s;
}

/* s(d) of the header, in double. */
static double slow_score(const float *a, const float *b, int span, int shift)
{
    double c[2][NOTE_BINS], x[2][NOTE_BINS];
    double peaks = 0, whole[2] = {0, 0}, size[2][2] = {{0}};
    for (int i = 0; i < 2; i++)
        for (int k = 0; k < NOTE_BINS; k++)
            c[i][k] = cbrt((double)(i ? b : a)[k]);
    for (int i = 0; i < 2; i++)
        for (int k = 0; k < NOTE_BINS; k++) {
            double sum = 0;
            int count = 0;
            for (int j = k - span; j <= k + span; j++)
                if (j >= 0 && j < NOTE_BINS)
                    sum += c[i][j], count++;
            x[i][k] = c[i][k] - sum / count;
            size[0][i] += c[i][k] * c[i][k];
            size[1][i] += x[i][k] * x[i][k];
        }
    for (int k = 0; k < NOTE_BINS; k++) {
        whole[0] += c[0][k] * c[1][k];
        if (k - shift >= 0 && k - shift < NOTE_BINS) {
            whole[1] += c[0][k - shift] * c[1][k];
            peaks += x[0][k - shift] * x[1][k];
        }
    }
    const double gain = (whole[1] - whole[0]) / sqrt(size[0][0] * size[0][1]);
    return peaks / sqrt(size[1][0] * size[1][1]) + fmin(0, gain);
}

static void scores_are_correlations(void **state)
{
    (void)state;
    enum { RANGE = 60 };
    float a[NOTE_BINS], b[NOTE_BINS], scratch[5 * NOTE_BINS + 1];
    float score[2 * RANGE + 1], swapped[2 * RANGE + 1], energy[2];
    lts_rng rng;
    lts_rng_seed(&rng, 1, 0);
    note_noise(&rng, 0.01, a);
    note_noise(&rng, 0.02, b);
    note_add(100.3, 1, 1, a);
    note_add(119.8, 1, 0.5, b);
    align_scores(a, b, NOTE_BINS, 8, RANGE, scratch, score, energy);
    for (int d = -RANGE; d <= RANGE; d++)
        assert_true(fabs((double)score[RANGE + d] - slow_score(a, b, 8, d)) < 1e-5);
    align_scores(b, a, NOTE_BINS, 8, RANGE, scratch, swapped, energy);
    for (int d = -RANGE; d <= RANGE; d++)
        assert_true(score[RANGE + d] == swapped[RANGE - d]);
}

/* Bins by which B lies above A at each frame. */
static double fifth(size_t t)
{
    return 28 + vibrato(t);
}

static double glissando(size_t t)
{
    return -20 + 40 * (double)t / T;
}

static double both(size_t t)
{
    return glissando(t) + vibrato(t);
}

static void the_shift_follows_within_ten_cents(void **state)
{
    (void)state;
    double (*const cases[])(size_t) = {fifth, glissando, both};
    sound *a = new_sound(), *b = new_sound();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        float shift[T], back[T];
        lts_align_report report;
        double worst = 0, mean = 0;
        lts_rng rng;
        lts_rng_seed(&rng, i, 0);
        for (size_t t = 0; t < T; t++) {
            note_noise(&rng, 1e-4, a->frame[t]);
            note_noise(&rng, 1e-4, b->frame[t]);
            note_add(120.4, 1, 1, a->frame[t]);
            note_add(120.4 + cases[i](t), 0.5, 0.4, b->frame[t]);
        }
        align(a, b, shift, &report);
        for (size_t t = 0; t < T; t++) {
            const double cents = NOTE_CENTS * fabs((double)shift[t] - cases[i](t));
            worst = fmax(worst, cents);
            mean += cents / T;
        }
        printf("shift: worst %.2f cents, mean %.2f\n", worst, mean);
        assert_true(worst < 10 && mean < 3);
        assert_true(report.aligned == 1 && report.after > 0.6 && report.before < 0.3);
        align(b, a, back, &report);
        for (size_t t = 0; t < T; t++)
            assert_true(back[t] == -shift[t]);
    }
    lts_free(a);
    lts_free(b);
}

static void equal_sounds_and_noise_are_not_shifted(void **state)
{
    (void)state;
    sound *note = new_sound(), *noise = new_sound(), *other = new_sound();
    for (uint64_t seed = 0; seed < 4; seed++) {
        lts_rng rng;
        lts_rng_seed(&rng, seed, 0);
        for (size_t t = 0; t < T; t++) {
            note_frame(90.3 + vibrato(t), 1, 1, note->frame[t]);
            note_noise(&rng, 0.1, noise->frame[t]);
            note_noise(&rng, 0.02, other->frame[t]);
            if (t % 8) { /* noise as the transform shows it changes slowly */
                memcpy(noise->frame[t], noise->frame[t - 1], sizeof *noise->frame);
                memcpy(other->frame[t], other->frame[t - 1], sizeof *other->frame);
            }
        }
        assert_no_shift(note, note);
        assert_no_shift(noise, noise);
        assert_no_shift(note, noise);
        assert_no_shift(noise, note);
        assert_no_shift(noise, other);
    }
    lts_free(note);
    lts_free(noise);
    lts_free(other);
}

/* A fifth for the first half, noise for the second, silence in a gap of the first. */
static void it_begins_and_ends_and_stays_through_silence(void **state)
{
    (void)state;
    sound *a = new_sound(), *b = new_sound();
    float shift[T];
    lts_align_report report;
    lts_rng rng;
    lts_rng_seed(&rng, 5, 0);
    for (size_t t = 0; t < T; t++) {
        note_noise(&rng, t < T / 2 ? 1e-5 : 0.1, b->frame[t]);
        note_frame(100, 1, 1, a->frame[t]);
        if (t < T / 2)
            note_add(128, 1, 1, b->frame[t]);
        if (t >= 100 && t < 200)
            memset(t < 150 ? a->frame[t] : b->frame[t], 0, sizeof *a->frame);
    }
    align(a, b, shift, &report);
    for (size_t t = 0; t < T / 2 - 10; t++)
        assert_true(fabs((double)shift[t] - 28) < 0.1);
    for (size_t t = T / 2 + 40; t < T; t++)
        assert_true(shift[t] == 0);
    for (size_t t = 1; t < T; t++)
        assert_true(fabs((double)(shift[t] - shift[t - 1])) < 4);
    assert_true(report.aligned > 0.25 && report.aligned < 0.5 && fabs(report.shift - 28) < 0.1);
    lts_free(a);
    lts_free(b);
}

/* For a tenth of a second at a time an octave fits better than the fifth that goes on. */
static void an_octave_for_a_moment_is_passed_over(void **state)
{
    (void)state;
    sound *a = new_sound(), *b = new_sound();
    float shift[T];
    for (size_t t = 0; t < T; t++) {
        note_frame(100, 1, 1, a->frame[t]);
        note_frame(128, 1, 1, b->frame[t]);
        if (t % 200 >= 100 && t % 200 < 130)
            note_add(128 - NOTE_OCTAVE, 1, 0.5, b->frame[t]);
    }
    align(a, b, shift, NULL);
    for (size_t t = 0; t < T; t++)
        assert_true(fabs((double)shift[t] - 28) < 0.5);
    lts_free(a);
    lts_free(b);
}

static void a_melody_jumps(void **state)
{
    (void)state;
    static const double melody[] = {28, -12, 20, 0, 36};
    sound *a = new_sound(), *b = new_sound();
    float shift[T];
    size_t right = 0;
    for (size_t t = 0; t < T; t++) {
        note_frame(100, 1, 1, a->frame[t]);
        note_frame(100 + melody[t * 5 / T], 1, 0.6, b->frame[t]);
    }
    align(a, b, shift, NULL);
    for (size_t t = 0; t < T; t++)
        right += fabs((double)shift[t] - melody[t * 5 / T]) < 0.4;
    printf("melody: %zu of %d frames right\n", right, T);
    assert_true(right > T - 60);
    lts_free(a);
    lts_free(b);
}

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
        cmocka_unit_test(scores_are_correlations),
        cmocka_unit_test(the_shift_follows_within_ten_cents),
        cmocka_unit_test(equal_sounds_and_noise_are_not_shifted),
        cmocka_unit_test(it_begins_and_ends_and_stays_through_silence),
        cmocka_unit_test(an_octave_for_a_moment_is_passed_over),
        cmocka_unit_test(a_melody_jumps),
        cmocka_unit_test(pieces_give_the_same_bits),
        cmocka_unit_test(following_finds_it_a_moment_later),
        cmocka_unit_test(silence_and_what_is_not_finite_do_no_harm),
        cmocka_unit_test(settings_out_of_range_are_refused),
        cmocka_unit_test(short_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
