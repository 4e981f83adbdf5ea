#include "testing.h"

#include "rhythm.h"

static const double TOLERANCE = LTS_ALIGN_TIME_COINCIDENCE * RHYTHM_FRAME_RATE;

static lts_align_time *align(const rhythm *a, const rhythm *b, bool always)
{
    lts_error err;
    lts_align_time *alignment;
    lts_align_time_config config = lts_align_time_defaults();
    config.always = always;
    assert_ok(lts_align_time_create(a->magnitudes, a->frames, b->magnitudes, b->frames, RHYTHM_BINS,
                                    &config, &alignment, &err));
    return alignment;
}

/* Where in the morph each sound stands, for one weight throughout. */
typedef struct positions {
    size_t frames;
    double *a, *b;
} positions;

static positions positions_of(const lts_align_time *alignment, double alpha)
{
    positions p = {.frames = lts_align_time_frames(alignment, alpha)};
    float *weight = lts_alloc(p.frames, sizeof *weight);
    p.a = lts_alloc(p.frames, sizeof *p.a);
    p.b = lts_alloc(p.frames, sizeof *p.b);
    assert_true(weight && p.a && p.b);
    for (size_t t = 0; t < p.frames; t++)
        weight[t] = (float)alpha;
    lts_align_time_positions(alignment, weight, p.frames, p.a, p.b);
    lts_free(weight);
    for (size_t t = 1; t < p.frames; t++) {
        const double of_a = p.a[t] - p.a[t - 1], of_b = p.b[t] - p.b[t - 1];
        assert_true(fmin(of_a, of_b) > 1.0 / 3 - 1e-5 && fmax(of_a, of_b) < 3 + 1e-5);
    }
    return p;
}

static void positions_free(positions *p)
{
    lts_free(p->a);
    lts_free(p->b);
}

/* The time in the morph at which a sound is heard at `at`; negative when it never is. */
static double heard_at(const double *position, size_t frames, double at)
{
    for (size_t t = 1; t < frames; t++)
        if (position[t - 1] <= at && at < position[t])
            return (double)(t - 1) + (at - position[t - 1]) / (position[t] - position[t - 1]);
    return -1;
}

/* How many onsets of a are heard, and how many of them with one of b. */
static size_t count_meetings(const rhythm *a, const rhythm *b, const positions *p, size_t *heard)
{
    size_t meetings = 0, next = 0;
    *heard = 0;
    for (size_t i = 0; i < a->onsets; i++) {
        const double at = heard_at(p->a, p->frames, a->onset[i]);
        *heard += at >= 0;
        for (size_t j = next; at >= 0 && j < b->onsets; j++) {
            const double other = heard_at(p->b, p->frames, b->onset[j]);
            if (other < 0 || fabs(other - at) > TOLERANCE)
                continue;
            meetings++;
            next = j + 1;
            break;
        }
    }
    return meetings;
}

/* Every beat of a, which has fewer, falls together with one of b at every weight. */
static void check_all_meet(rhythm a, rhythm b)
{
    lts_align_time *alignment = align(&a, &b, false);
    const lts_align_time_gain gain = lts_align_time_gained(alignment);
    assert_true(gain.aligned);
    assert_true(gain.coincidence_after >= gain.coincidence_before + 0.15);
    assert_true(gain.distance_after < gain.distance_before);
    for (double alpha = 0; alpha <= 1; alpha += 0.25) {
        size_t heard;
        positions p = positions_of(alignment, alpha);
        const size_t meetings = count_meetings(&a, &b, &p, &heard);
        assert_int_equal(meetings, heard);
        assert_true(heard + 1 >= a.onsets);
        positions_free(&p);
    }
    lts_align_time_destroy(alignment);
    lts_free(a.magnitudes);
    lts_free(b.magnitudes);
}

static void onsets_of_different_tempo_meet_within_10_ms(void **state)
{
    (void)state;
    for (int a = CLICK; a <= TOM; a++)
        for (int b = CLICK; b <= TOM; b++)
            check_all_meet(rhythm_make((rhythm_voice)a, 6, 0.1, 90, 0),
                           rhythm_make((rhythm_voice)b, 6, 0.1, 110, 0));
    check_all_meet(rhythm_make(BURST, 20, 0.2, 97, 0), rhythm_make(TOM, 20, 0.05, 134, 0));
}

static void onsets_of_different_length_meet(void **state)
{
    (void)state;
    check_all_meet(rhythm_make(BURST, 3, 0.1, 90, 0), rhythm_make(TOM, 12, 0.1, 100, 0));
    check_all_meet(rhythm_make(BURST, 6, 0.1, 90, 0), rhythm_make(TOM, 5, 0.1, 108, 0));
}

static void swing_meets_even_beats(void **state)
{
    (void)state;
    check_all_meet(rhythm_make(BURST, 6, 0.1, 100, 0.33), rhythm_make(TOM, 6, 0.1, 100, 0));
    check_all_meet(rhythm_make(TOM, 6, 0.1, 100, 0.33), rhythm_make(BURST, 6, 0.3, 120, 0));
}

/* Nothing may be moved in such a pair. */
static void check_identity(const rhythm *a, const rhythm *b)
{
    lts_align_time *alignment = align(a, b, false);
    assert_false(lts_align_time_gained(alignment).aligned);
    for (double alpha = 0; alpha <= 1; alpha += 0.5) {
        positions p = positions_of(alignment, alpha);
        for (size_t t = 0; t < p.frames; t++)
            assert_true(p.a[t] == (double)t && p.b[t] == (double)t);
        positions_free(&p);
    }
    lts_align_time_destroy(alignment);
}

/* Frames of x along a morph. */
static rhythm read_along(const rhythm *x, const double *position, size_t frames)
{
    rhythm along = {.frames = frames};
    along.magnitudes = lts_alloc(frames * RHYTHM_BINS, sizeof(float));
    assert_non_null(along.magnitudes);
    for (size_t t = 0; t < frames; t++)
        lts_align_time_read(x->magnitudes, x->frames, RHYTHM_BINS, position[t],
                            along.magnitudes + t * RHYTHM_BINS);
    return along;
}

/* What is read of two loops along their morph needs no alignment any more. */
static void aligned_sounds_are_aligned(void **state)
{
    (void)state;
    rhythm a = rhythm_make(BURST, 6, 0.1, 90, 0.2), b = rhythm_make(TOM, 5, 0.3, 110, 0);
    lts_align_time *alignment = align(&a, &b, false);
    assert_true(lts_align_time_gained(alignment).coincidence_before < 0.4);
    positions p = positions_of(alignment, 0.5);
    rhythm along_a = read_along(&a, p.a, p.frames), along_b = read_along(&b, p.b, p.frames);
    check_identity(&along_a, &along_b);
    lts_align_time *again = align(&along_a, &along_b, false);
    assert_true(lts_align_time_gained(again).coincidence_before > 0.8);
    lts_align_time_destroy(again);
    positions_free(&p);
    lts_align_time_destroy(alignment);
    lts_free(a.magnitudes);
    lts_free(b.magnitudes);
    lts_free(along_a.magnitudes);
    lts_free(along_b.magnitudes);
}

/* Two sounds that differ by the silence before them are shifted, and nothing is stretched. */
static void a_late_beginning_is_a_shift(void **state)
{
    (void)state;
    rhythm a = rhythm_make(BURST, 5, 0.2, 100, 0.2), b = rhythm_make(BURST, 5, 0.9, 100, 0.2);
    lts_align_time *alignment = align(&a, &b, false);
    assert_true(lts_align_time_gained(alignment).aligned);
    positions p = positions_of(alignment, 1);
    for (size_t i = 0; i + 2 < a.onsets; i++) {
        const double at = heard_at(p.b, p.frames, b.onset[i]);
        assert_true(fabs(at - a.onset[i]) <= TOLERANCE);
    }
    positions_free(&p);
    lts_align_time_destroy(alignment);
    lts_free(a.magnitudes);
    lts_free(b.magnitudes);
}

static void fill_noise(rhythm *r, uint64_t seed)
{
    lts_rng rng;
    lts_rng_seed(&rng, seed, 0);
    for (size_t i = 0; i < r->frames * RHYTHM_BINS; i++) {
        const double x = lts_rng_uniform(&rng);
        r->magnitudes[i] = (float)(0.1 * sqrt(-log(1 - x))); /* Rayleigh, as of white noise */
    }
}

static void what_gains_nothing_stays_as_it_is(void **state)
{
    (void)state;
    rhythm beats = rhythm_make(BURST, 4, 0.1, 120, 0), others = rhythm_make(TOM, 4, 0.1, 120, 0);
    rhythm silence = rhythm_make(CLICK, 4, 0, 0, 0), noise = rhythm_make(CLICK, 4, 0, 0, 0);
    rhythm more_noise = rhythm_make(CLICK, 4, 0, 0, 0);
    fill_noise(&noise, 1);
    fill_noise(&more_noise, 2);
    check_identity(&beats, &beats);
    check_identity(&beats, &others);
    check_identity(&silence, &silence);
    check_identity(&silence, &beats);
    check_identity(&beats, &silence);
    check_identity(&noise, &noise);
    check_identity(&noise, &more_noise);
    check_identity(&noise, &beats);
    lts_align_time *alignment = align(&beats, &beats, false);
    const lts_align_time_gain gain = lts_align_time_gained(alignment);
    assert_true(gain.onsets_a >= beats.onsets && gain.onsets_a == gain.onsets_b);
    assert_true(gain.coincidence_before == 1 && gain.distance_before == 0);
    lts_align_time_destroy(alignment);
    alignment = align(&noise, &more_noise, false);
    assert_int_equal(lts_align_time_gained(alignment).onsets_a, 1); /* its beginning */
    lts_align_time_destroy(alignment);
    lts_free(beats.magnitudes);
    lts_free(others.magnitudes);
    lts_free(silence.magnitudes);
    lts_free(noise.magnitudes);
    lts_free(more_noise.magnitudes);
}

/* Magnitudes so small that their reciprocals are not finite are silence. */
static void what_is_nearly_nothing_is_silence(void **state)
{
    (void)state;
    rhythm a = rhythm_make(BURST, 2, 0.1, 120, 0);
    for (size_t i = 0; i < a.frames * RHYTHM_BINS; i++)
        a.magnitudes[i] *= 1e-38f;
    check_identity(&a, &a);
    lts_align_time *alignment = align(&a, &a, true);
    assert_int_equal(lts_align_time_gained(alignment).onsets_a, 0);
    assert_true(lts_align_time_gained(alignment).distance_after == 0);
    lts_align_time_destroy(alignment);
    lts_free(a.magnitudes);
}

static void always_aligns_where_onsets_match(void **state)
{
    (void)state;
    rhythm a = rhythm_make(BURST, 4, 0.1, 120, 0), silence = rhythm_make(CLICK, 4, 0, 0, 0);
    lts_align_time *alignment = align(&a, &a, true);
    const lts_align_time_gain gain = lts_align_time_gained(alignment);
    assert_true(gain.aligned && gain.matched >= a.onsets);
    for (size_t i = 0; i < gain.matched; i++) {
        double at_a, at_b;
        lts_align_time_pair(alignment, i, &at_a, &at_b);
        assert_true(at_a == at_b);
    }
    lts_align_time_destroy(alignment);
    alignment = align(&a, &silence, true);
    assert_false(lts_align_time_gained(alignment).aligned);
    lts_align_time_destroy(alignment);
    lts_free(a.magnitudes);
    lts_free(silence.magnitudes);
}

static void one_frame_is_enough(void **state)
{
    (void)state;
    rhythm a = rhythm_make(BURST, 2, 0.1, 120, 0);
    float row[RHYTHM_BINS] = {0.5f, 0.25f};
    rhythm one = {.frames = 1, .magnitudes = row};
    check_identity(&one, &one);
    check_identity(&one, &a);
    check_identity(&a, &one);
    lts_free(a.magnitudes);
}

static void equal_input_gives_equal_alignments_and_swapped_swapped(void **state)
{
    (void)state;
    rhythm a = rhythm_make(BURST, 5, 0.1, 90, 0.1), b = rhythm_make(TOM, 5, 0.3, 110, 0);
    lts_align_time *alignment = align(&a, &b, false), *again = align(&a, &b, false);
    lts_align_time *swapped = align(&b, &a, false);
    for (double alpha = 0; alpha <= 1; alpha += 0.25) {
        positions p = positions_of(alignment, alpha), q = positions_of(again, alpha);
        positions s = positions_of(swapped, 1 - alpha);
        assert_memory_equal(p.a, q.a, p.frames * sizeof *p.a);
        assert_memory_equal(p.b, q.b, p.frames * sizeof *p.b);
        for (size_t t = 0; t < p.frames; t++)
            assert_true(fabs(p.a[t] - s.b[t]) < 1e-6 && fabs(p.b[t] - s.a[t]) < 1e-6);
        positions_free(&p);
        positions_free(&q);
        positions_free(&s);
    }
    lts_align_time_destroy(alignment);
    lts_align_time_destroy(again);
    lts_align_time_destroy(swapped);
    lts_free(a.magnitudes);
    lts_free(b.magnitudes);
}

static void wrong_arguments_are_refused(void **state)
{
    (void)state;
    enum { FRAMES = 8, BINS = 12 };
    float a[FRAMES * BINS] = {0}, b[FRAMES * BINS] = {0};
    const lts_align_time_config right = lts_align_time_defaults();
    lts_align_time *out = (lts_align_time *)a;
    lts_error err;
#define assert_refused(frames_a, frames_b, bins, config, expected)                                 \
    do {                                                                                           \
        out = (lts_align_time *)a;                                                                 \
        assert_status(                                                                             \
            lts_align_time_create(a, frames_a, b, frames_b, bins, &(config), &out, &err),          \
            expected);                                                                             \
        assert_null(out);                                                                          \
    } while (0)
    const double rates[] = {0, -1, 19.9, 100001, NAN, INFINITY};
    const int bins[] = {0, -1, 4097};
    lts_align_time_config wrong = right;
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        wrong.frame_rate = rates[i];
        assert_refused(FRAMES, FRAMES, BINS, wrong, LTS_ERR_ARGUMENT);
    }
    wrong = right;
    for (size_t i = 0; i < sizeof bins / sizeof *bins; i++) {
        wrong.bins_per_octave = bins[i];
        assert_refused(FRAMES, FRAMES, BINS, wrong, LTS_ERR_ARGUMENT);
    }
    assert_refused(0, FRAMES, BINS, right, LTS_ERR_SHAPE);
    assert_refused(FRAMES, 0, BINS, right, LTS_ERR_SHAPE);
    assert_refused(FRAMES, FRAMES, 0, right, LTS_ERR_SHAPE);
    assert_refused((size_t)1 << 20, FRAMES, BINS, right, LTS_ERR_SHAPE);
    b[2 * BINS + 3] = NAN;
    assert_refused(FRAMES, FRAMES, BINS, right, LTS_ERR_NONFINITE);
    assert_string_equal(err.text, "sound B: frame 2, bin 3 is not a finite number");
    b[2 * BINS + 3] = -1;
    assert_refused(FRAMES, FRAMES, BINS, right, LTS_ERR_ARGUMENT);
    assert_status(lts_align_time_identity(0, 1, &out, &err), LTS_ERR_SHAPE);
    assert_null(out);
    lts_align_time_destroy(NULL);
}

static void every_failed_allocation_is_reported(void **state)
{
    (void)state;
    rhythm a = rhythm_make(BURST, 2, 0.1, 90, 0), b = rhythm_make(BURST, 2, 0.1, 110, 0);
    const lts_align_time_config config = lts_align_time_defaults();
    lts_align_time *out = NULL;
    lts_error err;
    size_t failed = 0;
    for (;; failed++) {
        test_fail_allocation(failed + 1);
        lts_status status = lts_align_time_create(a.magnitudes, a.frames, b.magnitudes, b.frames,
                                                  RHYTHM_BINS, &config, &out, &err);
        test_fail_allocation(0);
        if (status == LTS_OK)
            break;
        assert_status(status, LTS_ERR_MEMORY);
        assert_null(out);
    }
    assert_true(failed > 20);
    assert_true(lts_align_time_gained(out).aligned);
    lts_align_time_destroy(out);
    lts_free(a.magnitudes);
    lts_free(b.magnitudes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(onsets_of_different_tempo_meet_within_10_ms),
        cmocka_unit_test(onsets_of_different_length_meet),
        cmocka_unit_test(swing_meets_even_beats),
        cmocka_unit_test(aligned_sounds_are_aligned),
        cmocka_unit_test(a_late_beginning_is_a_shift),
        cmocka_unit_test(what_gains_nothing_stays_as_it_is),
        cmocka_unit_test(what_is_nearly_nothing_is_silence),
        cmocka_unit_test(always_aligns_where_onsets_match),
        cmocka_unit_test(one_frame_is_enough),
        cmocka_unit_test(equal_input_gives_equal_alignments_and_swapped_swapped),
        cmocka_unit_test(wrong_arguments_are_refused),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
