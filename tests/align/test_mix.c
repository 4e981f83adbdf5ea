/* Two frames mixed at the pitch between. */
#include "notes.h"

#include "lts/dsp.h"

static lts_align_work *new_work(void)
{
    lts_error err;
    lts_align_work *work;
    assert_ok(lts_align_work_create(NOTE_BINS, NOTE_OCTAVE, NOTE_RATE, &work, &err));
    return work;
}

static void the_ends_are_copies(void **state)
{
    (void)state;
    lts_align_work *work = new_work();
    float a[NOTE_BINS], b[NOTE_BINS], out[NOTE_BINS];
    note_frame(100, 1, 1, a);
    note_frame(128, 1, 1, b);
    a[3] = NAN;
    lts_align_mix(work, a, b, 28, 1, out);
    assert_memory_equal(out, a, sizeof a);
    lts_align_mix(work, a, b, 28, 0, out);
    assert_memory_equal(out, b, sizeof b);
    lts_align_work_destroy(work);
    lts_align_work_destroy(NULL);
}

static void pitch_and_level_lie_on_the_path(void **state)
{
    (void)state;
    static const double intervals[] = {28, 12.37, -19.5, 40, -48};
    lts_align_work *work = new_work();
    double worst = 0, off = 0;
    for (size_t i = 0; i < sizeof intervals / sizeof *intervals; i++)
        for (int spectrum = 0; spectrum < 3; spectrum++)
            for (double alpha = 0.125; alpha < 1; alpha += 0.125) {
                float a[NOTE_BINS], b[NOTE_BINS], out[NOTE_BINS];
                const double pitch = 130.4, between = pitch + (1 - alpha) * intervals[i];
                note_frame(pitch, 1, 1, a);
                note_frame(pitch + intervals[i], spectrum == 2 ? 0.4 : 1, spectrum ? 0.3 : 1, b);
                lts_align_mix(work, a, b, intervals[i], alpha, out);
                for (int h = 1; h <= 8; h++) {
                    const double at = note_partial(between, h);
                    worst = fmax(worst, NOTE_CENTS * fabs(note_peak(out, at) - at));
                }
                const double path = alpha * note_level(a) + (1 - alpha) * note_level(b);
                off = fmax(off, fabs(note_level(out) - path));
            }
    printf("mix: partials within %.2f cents, level within %.2f dB\n", worst, off);
    assert_true(worst < 2 && off < 1);
    lts_align_work_destroy(work);
}

/* Mixed where they are, partials that do not meet lose 18 dB each; the level holds. */
static void without_a_shift_the_level_holds(void **state)
{
    (void)state;
    lts_align_work *work = new_work();
    float a[NOTE_BINS], b[NOTE_BINS], out[NOTE_BINS];
    note_frame(100, 1, 1, a);
    note_frame(111, 1, 1, b);
    lts_align_mix(work, a, b, 0, 0.5, out);
    assert_true(fabs(note_level(out) - 0.5 * (note_level(a) + note_level(b))) < 1);
    lts_align_work_destroy(work);
}

static void beyond_the_ends_it_stays_in_bounds(void **state)
{
    (void)state;
    static const double alphas[] = {-1e30, -1, -0.3, 1.3, 2, 5, INFINITY};
    lts_align_work *work = new_work();
    float a[NOTE_BINS], b[NOTE_BINS], out[NOTE_BINS], bound[NOTE_BINS];
    note_frame(130.4, 1, 1, a);
    note_frame(142.4, 0.3, 0.5, b);
    for (int transport = 0; transport < 2; transport++) {
        for (size_t i = 0; i < sizeof alphas / sizeof *alphas; i++) {
            if (transport)
                lts_align_transport(work, a, b, alphas[i], out);
            else
                lts_align_mix(work, a, b, 12, alphas[i], out);
            for (int k = 0; k < NOTE_BINS; k++)
                assert_true(isfinite(out[k]) && out[k] >= 0);
            assert_true(note_level(out) < fmax(note_level(a), note_level(b)) + 12.05);
        }
        /* A little past A it sounds like A, a little beyond it in pitch. */
        lts_align_mix(work, a, b, 12, 1.1, out);
        const double at = 130.4 - 0.1 * 12;
        assert_true(fabs(NOTE_CENTS * (note_peak(out, at) - at)) < 3);
        assert_true(note_level(out) > note_level(a));
    }
    lts_align_mix(work, a, b, 12, 2, bound);
    lts_align_mix(work, a, b, 12, 7, out);
    assert_memory_equal(out, bound, sizeof out);
    lts_align_work_destroy(work);
}

static void silence_and_odd_numbers_do_no_harm(void **state)
{
    (void)state;
    lts_align_work *work = new_work();
    float a[NOTE_BINS], zero[NOTE_BINS] = {0}, out[NOTE_BINS];
    note_frame(130.4, 1, 1, a);
    for (int transport = 0; transport < 2; transport++)
        for (double alpha = -0.5; alpha < 1.6; alpha += 0.25) {
            const float *const pairs[][2] = {{zero, zero}, {a, zero}, {zero, a}};
            for (size_t i = 0; i < 3; i++) {
                if (transport)
                    lts_align_transport(work, pairs[i][0], pairs[i][1], alpha, out);
                else
                    lts_align_mix(work, pairs[i][0], pairs[i][1], 7.5, alpha, out);
                for (int k = 0; k < NOTE_BINS; k++)
                    assert_true(isfinite(out[k]) && out[k] >= 0 && (i > 0 || out[k] == 0));
            }
        }
    /* Half of a sound and half of silence: an eighth of the amplitude. */
    lts_align_mix(work, a, zero, 0, 0.5, out);
    assert_true(fabs(note_level(a) - note_level(out) - 60 * log10(2)) < 0.1);
    lts_align_transport(work, zero, a, 0.5, out);
    assert_true(fabs(note_level(a) - note_level(out) - 60 * log10(2)) < 0.1);
    a[5] = NAN;
    a[9] = INFINITY;
    lts_align_mix(work, a, a, NAN, NAN, out);
    lts_align_transport(work, a, a, NAN, out);
    lts_align_transport(work, a, zero, 0.3, out);
    lts_align_transport(work, a, a, 0.3, out);
    a[5] = a[9] = 0; /* and what was not finite is forgotten */
    lts_align_transport(work, a, a, 0.3, out);
    for (int k = 0; k < NOTE_BINS; k++)
        assert_true(isfinite(out[k]));
    lts_align_work_destroy(work);
}

/* --- Through the transform ---------------------------------------------------------------------
 */

enum { SECONDS = 2, SAMPLES = SECONDS * 44100 };

typedef struct note {
    double hz, tilt, depth; /* depth of the vibrato, as a ratio */
} note;

/* Magnitudes (T,K) of a note; free with lts_free. */
static float *transform(const note *n, size_t *frames)
{
    lts_error err;
    lts_cqt *cqt;
    lts_cqt_work *work;
    const lts_cqt_config config = lts_cqt_defaults();
    float *x = lts_alloc(SAMPLES, sizeof *x);
    double phase = 0;
    assert_non_null(x);
    for (size_t i = 0; i < SAMPLES; i++) {
        const double wave = 2 * 3.14159265358979 * 5 * (double)i / 44100;
        phase += 2 * 3.14159265358979 * n->hz * (1 + n->depth * sin(wave)) / 44100;
        for (int h = 1; h <= 12; h++)
            x[i] += (float)(0.1 * pow(h, -n->tilt) * sin(h * phase + h));
    }
    assert_ok(lts_cqt_create(&config, SAMPLES, &cqt, &err));
    assert_ok(lts_cqt_work_create(cqt, &work, &err));
    *frames = lts_cqt_frames(&config, SAMPLES);
    float *magnitudes = lts_alloc(*frames * NOTE_BINS, sizeof *magnitudes);
    assert_non_null(magnitudes);
    lts_cqt_magnitudes(cqt, work, x, SAMPLES, magnitudes);
    lts_cqt_work_destroy(work);
    lts_cqt_destroy(cqt);
    lts_free(x);
    return magnitudes;
}

static double bin_of(double hz)
{
    return NOTE_OCTAVE * log2(hz / lts_cqt_defaults().fmin);
}

static void notes_a_fifth_apart_meet_between(void **state)
{
    (void)state;
    static const note first = {220, 1, 0}, second = {330, 0.4, 0};
    lts_error err;
    const lts_align_config config = lts_align_defaults(NOTE_BINS, NOTE_OCTAVE, NOTE_RATE);
    lts_align_report report;
    lts_align_work *work = new_work();
    size_t frames;
    float *a = transform(&first, &frames), *b = transform(&second, &frames);
    float *shift = lts_alloc(frames, sizeof *shift);
    double worst = 0, off = 0;
    assert_non_null(shift);
    assert_ok(lts_align_pitch(&config, a, b, frames, shift, &report, &err));
    assert_true(report.aligned > 0.99);
    assert_true(fabs(report.shift - NOTE_OCTAVE * log2(1.5)) < 0.1);
    for (size_t t = frames / 4; t < 3 * frames / 4; t++)
        for (int quarter = 1; quarter < 4; quarter++) {
            float out[NOTE_BINS];
            const float *row_a = a + t * NOTE_BINS, *row_b = b + t * NOTE_BINS;
            const double alpha = 0.25 * quarter;
            const double pitch = alpha * bin_of(first.hz) + (1 - alpha) * bin_of(second.hz);
            lts_align_mix(work, row_a, row_b, (double)shift[t], alpha, out);
            for (int h = 1; h <= 6; h++) {
                const double at = note_partial(pitch, h);
                worst = fmax(worst, NOTE_CENTS * fabs(note_peak(out, at) - at));
            }
            const double path = alpha * note_level(row_a) + (1 - alpha) * note_level(row_b);
            off = fmax(off, fabs(note_level(out) - path));
        }
    printf("a fifth: partials within %.2f cents, level within %.2f dB\n", worst, off);
    assert_true(worst < 10 && off < 1);
    lts_free(a);
    lts_free(b);
    lts_free(shift);
    lts_align_work_destroy(work);
}

/* Vibrato on the second, half a semitone up and down. The lowest partials' filters are longer than
 * its period and show its mean; the shift is what the partials above them do. */
static void vibrato_is_followed(void **state)
{
    (void)state;
    static const note first = {440, 1, 0}, second = {587.33, 0.4, 0.0145};
    lts_error err;
    const lts_align_config config = lts_align_defaults(NOTE_BINS, NOTE_OCTAVE, NOTE_RATE);
    lts_align_report report;
    size_t frames;
    float *a = transform(&first, &frames), *b = transform(&second, &frames);
    float *shift = lts_alloc(frames, sizeof *shift);
    double low = 1e9, high = -1e9;
    assert_non_null(shift);
    assert_ok(lts_align_pitch(&config, a, b, frames, shift, &report, &err));
    assert_true(report.aligned > 0.99 && report.after > report.before + 0.3);
    for (size_t t = frames / 4; t < 3 * frames / 4; t++) {
        low = fmin(low, (double)shift[t]);
        high = fmax(high, (double)shift[t]);
    }
    printf("vibrato: shifts of %.2f to %.2f bins\n", low, high);
    const double interval = NOTE_OCTAVE * log2(second.hz / first.hz);
    assert_true(NOTE_CENTS * fabs((low + high) / 2 - interval) < 10);
    lts_free(a);
    lts_free(b);
    lts_free(shift);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ends_are_copies),
        cmocka_unit_test(pitch_and_level_lie_on_the_path),
        cmocka_unit_test(without_a_shift_the_level_holds),
        cmocka_unit_test(beyond_the_ends_it_stays_in_bounds),
        cmocka_unit_test(silence_and_odd_numbers_do_no_harm),
        cmocka_unit_test(notes_a_fifth_apart_meet_between),
        cmocka_unit_test(vibrato_is_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
