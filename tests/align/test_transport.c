/* Optimal transport between the lobes of two frames. */
#include "notes.h"

#include "align/align_parts.h"

static lts_align_work *new_work(void)
{
    lts_error err;
    lts_align_work *work;
    assert_ok(lts_align_work_create(NOTE_BINS, NOTE_OCTAVE, NOTE_RATE, &work, &err));
    return work;
}

/* Adds one partial. */
static void add_partial(double at, double top, float *frame)
{
    for (int k = 0; k < NOTE_BINS; k++)
        frame[k] += (float)(top * note_lobe(k - at));
}

static void a_partial_is_one_lobe_side_lobes_and_all(void **state)
{
    (void)state;
    align_lobe lobe[NOTE_BINS];
    for (double at = 100; at < 101; at += 0.13) {
        float m[NOTE_BINS] = {0};
        add_partial(at, 1, m);
        memset(m, 0, 90 * sizeof *m);
        memset(m + 111, 0, (NOTE_BINS - 111) * sizeof *m);
        assert_int_equal(align_find_lobes(m, NOTE_BINS, lobe), 1);
        assert_true(lobe->begin == 0 && lobe->end == NOTE_BINS);
        assert_true(fabs((double)lobe->centre - at) < 0.1);
        add_partial(at + 5, 0.2, m);
        assert_true(align_find_lobes(m, NOTE_BINS, lobe) >= 2);
        size_t i = 0;
        while ((double)lobe[i].end <= at)
            i++;
        assert_true(fabs((double)lobe[i].centre - at) < 0.2);
        assert_true((double)lobe[i].end > at + 1.5 && (double)lobe[i].end < at + 5);
    }
    const float zero[NOTE_BINS] = {0};
    assert_int_equal(align_find_lobes(zero, NOTE_BINS, lobe), 0);
}

static void lobes_hold_every_bin_once(void **state)
{
    (void)state;
    align_lobe lobe[NOTE_BINS];
    float m[NOTE_BINS];
    lts_rng rng;
    lts_rng_seed(&rng, 1, 0);
    for (int round = 0; round < 100; round++) {
        double mass = 0, sum = 0;
        note_noise(&rng, 1, m);
        const size_t count = align_find_lobes(m, NOTE_BINS, lobe);
        assert_true(count > 20 && lobe[0].begin == 0 && lobe[count - 1].end == NOTE_BINS);
        for (size_t i = 0; i < count; i++) {
            assert_true(lobe[i].begin < lobe[i].end);
            assert_true(i == 0 || lobe[i].begin == lobe[i - 1].end);
            assert_true(lobe[i].centre > (float)lobe[i].begin - 1 &&
                        lobe[i].centre < (float)lobe[i].end);
            mass += lobe[i].mass;
        }
        for (int k = 0; k < NOTE_BINS; k++)
            sum += (double)m[k];
        assert_true(fabs(mass / sum - 1) < 1e-5);
    }
}

static void a_partial_glides(void **state)
{
    (void)state;
    lts_align_work *work = new_work();
    double worst = 0, off = 0;
    for (double alpha = 0.05; alpha < 1; alpha += 0.05) {
        float a[NOTE_BINS] = {0}, b[NOTE_BINS] = {0}, out[NOTE_BINS];
        const double at = alpha * 80.3 + (1 - alpha) * 203.8;
        add_partial(80.3, 1, a);
        add_partial(203.8, 0.7, b);
        lts_align_transport(work, a, b, alpha, out);
        worst = fmax(worst, NOTE_CENTS * fabs(note_peak(out, at) - at));
        const double path = alpha * note_level(a) + (1 - alpha) * note_level(b);
        off = fmax(off, fabs(note_level(out) - path));
        for (int k = 0; k < NOTE_BINS; k++)
            assert_true(fabs(k - at) < 8 || (double)out[k] < 0.01);
    }
    printf("a partial: within %.2f cents, level within %.2f dB\n", worst, off);
    assert_true(worst < 3 && off < 1);
    lts_align_work_destroy(work);
}

static void notes_of_one_spectrum_glide_whole(void **state)
{
    (void)state;
    static const double intervals[] = {28, 12.37, -19.5};
    lts_align_work *work = new_work();
    double worst = 0, off = 0;
    for (size_t i = 0; i < sizeof intervals / sizeof *intervals; i++)
        for (double alpha = 0.25; alpha < 1; alpha += 0.25) {
            float a[NOTE_BINS], b[NOTE_BINS], out[NOTE_BINS];
            note_frame(130.4, 1, 1, a);
            note_frame(130.4 + intervals[i], 1, 1, b);
            lts_align_work_restart(work);
            lts_align_transport(work, a, b, alpha, out);
            for (int h = 1; h <= 6; h++) {
                const double at = note_partial(130.4 + (1 - alpha) * intervals[i], h);
                worst = fmax(worst, NOTE_CENTS * fabs(note_peak(out, at) - at));
            }
            const double path = alpha * note_level(a) + (1 - alpha) * note_level(b);
            off = fmax(off, fabs(note_level(out) - path));
        }
    printf("one spectrum: partials within %.2f cents, level within %.2f dB\n", worst, off);
    assert_true(worst < 10 && off < 1);
    lts_align_work_destroy(work);
}

/* Spectra whose partials weigh differently couple across partials; the fundamental, the first in
 * order and the heaviest, still glides. */
static void other_spectra_keep_their_fundamental_and_level(void **state)
{
    (void)state;
    lts_align_work *work = new_work();
    for (double alpha = 0.25; alpha < 1; alpha += 0.25) {
        float a[NOTE_BINS], b[NOTE_BINS], out[NOTE_BINS];
        note_frame(130.4, 1, 1, a);
        note_frame(158.4, 1, 0.3, b);
        lts_align_transport(work, a, b, alpha, out);
        const double at = 130.4 + (1 - alpha) * 28;
        assert_true(NOTE_CENTS * fabs(note_peak(out, at) - at) < 10);
        const double path = alpha * note_level(a) + (1 - alpha) * note_level(b);
        assert_true(fabs(note_level(out) - path) < 1);
    }
    lts_align_work_destroy(work);
}

/* One partial of mass 1 becomes two of half of it, which part as alpha falls. */
static void a_partial_splits(void **state)
{
    (void)state;
    lts_align_work *work = new_work();
    float a[NOTE_BINS] = {0}, b[NOTE_BINS] = {0}, out[NOTE_BINS];
    add_partial(200, 1, a);
    add_partial(180, 0.5, b);
    add_partial(230, 0.5, b);
    lts_align_transport(work, a, b, 0.5, out);
    assert_true(fabs(note_peak(out, 190) - 190) < 0.2);
    assert_true(fabs(note_peak(out, 215) - 215) < 0.2);
    assert_true(fabs((double)out[190] / (double)out[215] - 1) < 0.05);
    assert_true(out[200] < 0.1f * out[190]);
    lts_align_work_destroy(work);
}

static void equal_frames_stay(void **state)
{
    (void)state;
    lts_align_work *work = new_work();
    float a[NOTE_BINS], out[NOTE_BINS];
    lts_rng rng;
    lts_rng_seed(&rng, 2, 0);
    note_noise(&rng, 0.01, a);
    note_add(120.3, 1, 0.5, a);
    for (double alpha = 0.1; alpha < 1; alpha += 0.2) {
        lts_align_transport(work, a, a, alpha, out);
        assert_true(signal_to_noise(out, a, NOTE_BINS) > 100);
    }
    lts_align_transport(work, a, a, 1, out);
    assert_memory_equal(out, a, sizeof a);
    lts_align_transport(work, a, a, 0, out);
    assert_memory_equal(out, a, sizeof a);
    lts_align_work_destroy(work);
}

static void swapped_sounds_give_the_same(void **state)
{
    (void)state;
    lts_align_work *work = new_work();
    float a[NOTE_BINS], b[NOTE_BINS], out[NOTE_BINS], other[NOTE_BINS];
    lts_rng rng;
    lts_rng_seed(&rng, 2, 0);
    note_noise(&rng, 0.01, a);
    note_noise(&rng, 0.03, b);
    note_add(120.3, 1, 0.5, a);
    note_add(99.2, 1, 0.8, b);
    lts_align_transport(work, a, b, 0.3, out);
    lts_align_work_restart(work);
    lts_align_transport(work, b, a, 0.7, other);
    assert_true(signal_to_noise(out, other, NOTE_BINS) > 80);
    lts_align_mix(work, a, b, -21.1, 0.3, out);
    lts_align_mix(work, b, a, 21.1, 0.7, other);
    assert_true(signal_to_noise(out, other, NOTE_BINS) > 80);
    lts_align_work_destroy(work);
}

/* Noise between notes that stay: the plan stays too, and hardly more changes from frame to frame
 * than in the sounds themselves. */
static void plans_do_not_flicker(void **state)
{
    (void)state;
    enum { T = 200 };
    lts_align_work *work = new_work();
    float out[NOTE_BINS], before[NOTE_BINS], a[NOTE_BINS], b[NOTE_BINS], last[NOTE_BINS];
    double change = 0, own = 0;
    lts_rng rng;
    lts_rng_seed(&rng, 2, 0);
    for (size_t t = 0; t < T; t++) {
        note_noise(&rng, 2e-3, a);
        note_noise(&rng, 2e-3, b);
        note_add(100.3, 1, 1, a);
        note_add(117.8, 1, 1, b);
        lts_align_transport(work, a, b, 0.5, out);
        for (int k = 0; t > T / 2 && k < NOTE_BINS; k++) {
            change += pow((double)(out[k] - before[k]), 2);
            own += pow((double)(a[k] - last[k]), 2);
        }
        memcpy(before, out, sizeof out);
        memcpy(last, a, sizeof a);
    }
    printf("change from frame to frame, beside that of a sound: %.2f\n", sqrt(change / own));
    assert_true(change < 2 * own);
    lts_align_work_destroy(work);
}

/* Fifty cents of vibrato on one sound, faster than the mean follows: half of it on the way. */
static void vibrato_is_shared(void **state)
{
    (void)state;
    lts_align_work *work = new_work();
    float a[NOTE_BINS], b[NOTE_BINS], out[NOTE_BINS];
    double worst = 0;
    for (size_t t = 0; t < 400; t++) {
        const double pitch = 100.3 + 2 * sin(2 * 3.14159265358979 * 6 * (double)t / NOTE_RATE);
        note_frame(pitch, 1, 1, a);
        note_frame(117.8, 1, 1, b);
        lts_align_transport(work, a, b, 0.5, out);
        for (int h = 1; t > 100 && h <= 6; h++) {
            const double at = note_partial((pitch + 117.8) / 2, h);
            worst = fmax(worst, NOTE_CENTS * fabs(note_peak(out, at) - at));
        }
    }
    printf("vibrato: partials within %.2f cents\n", worst);
    assert_true(worst < 10);
    lts_align_work_destroy(work);
}

/* The ends are copies, and what comes after them knows what came before. */
static void frames_at_the_ends_count_for_the_plan(void **state)
{
    (void)state;
    lts_align_work *work = new_work(), *other = new_work();
    float a[2][NOTE_BINS], b[NOTE_BINS], out[NOTE_BINS], same[NOTE_BINS];
    note_frame(100, 1, 1, a[0]);
    note_frame(104, 1, 1, a[1]);
    note_frame(117.8, 1, 1, b);
    lts_align_transport(work, a[0], b, 1, out);
    assert_memory_equal(out, a[0], sizeof out);
    lts_align_transport(other, a[0], b, 0.2, same);
    lts_align_transport(work, a[1], b, 0.2, out);
    lts_align_transport(other, a[1], b, 0.2, same);
    assert_memory_equal(out, same, sizeof out);
    lts_align_work_restart(other);
    lts_align_transport(other, a[1], b, 0.2, same);
    assert_memory_not_equal(out, same, sizeof out);
    lts_align_work_destroy(work);
    lts_align_work_destroy(other);
}

static void nothing_allocates(void **state)
{
    (void)state;
    lts_align_work *work = new_work();
    float a[NOTE_BINS], b[NOTE_BINS], out[NOTE_BINS];
    note_frame(100, 1, 1, a);
    note_frame(110, 1, 1, b);
    test_fail_allocation(0);
    lts_align_mix(work, a, b, 3.3, 0.5, out);
    lts_align_transport(work, a, b, 0.5, out);
    lts_align_move(a, NOTE_BINS, 0.5, out);
    assert_int_equal(test_fail_allocation(0), 0);
    lts_align_work_destroy(work);
    lts_error err;
    size_t failures = 0;
    lts_status status = LTS_ERR_MEMORY;
    while (status == LTS_ERR_MEMORY) {
        test_fail_allocation(++failures);
        status = lts_align_work_create(NOTE_BINS, NOTE_OCTAVE, NOTE_RATE, &work, &err);
        test_fail_allocation(0);
    }
    assert_status(status, LTS_OK);
    assert_true(failures > 8);
    lts_align_work_destroy(work);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_partial_is_one_lobe_side_lobes_and_all),
        cmocka_unit_test(lobes_hold_every_bin_once),
        cmocka_unit_test(a_partial_glides),
        cmocka_unit_test(notes_of_one_spectrum_glide_whole),
        cmocka_unit_test(other_spectra_keep_their_fundamental_and_level),
        cmocka_unit_test(a_partial_splits),
        cmocka_unit_test(equal_frames_stay),
        cmocka_unit_test(swapped_sounds_give_the_same),
        cmocka_unit_test(plans_do_not_flicker),
        cmocka_unit_test(vibrato_is_shared),
        cmocka_unit_test(frames_at_the_ends_count_for_the_plan),
        cmocka_unit_test(nothing_allocates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
