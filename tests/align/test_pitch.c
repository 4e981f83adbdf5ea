/* The shift between two sounds. */
#include "sounds.h"

#include "align/align_parts.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_are_correlations),
        cmocka_unit_test(the_shift_follows_within_ten_cents),
        cmocka_unit_test(equal_sounds_and_noise_are_not_shifted),
        cmocka_unit_test(it_begins_and_ends_and_stays_through_silence),
        cmocka_unit_test(an_octave_for_a_moment_is_passed_over),
        cmocka_unit_test(a_melody_jumps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
