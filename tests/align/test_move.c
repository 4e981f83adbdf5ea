/* Frames moved along the bins. */
#include "notes.h"

#include "align/align_parts.h"

enum { LONG = 1700 };

static void draw(float *x, size_t n)
{
    lts_rng rng;
    lts_rng_seed(&rng, 3, 0);
    for (size_t k = 0; k < n; k++)
        x[k] = (float)lts_rng_uniform(&rng) + 0.001f;
}

static void roots_are_as_the_library_s(void **state)
{
    (void)state;
    float m[NOTE_BINS], c[NOTE_BINS], y[NOTE_BINS];
    for (int k = 0; k < NOTE_BINS; k++)
        m[k] = (float)(exp2(k / 1.7 - 115) * (1 + 0.003 * k));
    align_cube_roots(m, c, NOTE_BINS);
    align_cubes(c, y, NOTE_BINS);
    for (int k = 0; k < NOTE_BINS; k++) {
        assert_true(fabs((double)c[k] / cbrt((double)m[k]) - 1) < 4e-7);
        assert_true(fabs((double)y[k] / (double)m[k] - 1) < 2e-6);
    }
    m[0] = 0, m[1] = -1, m[2] = 1e-40f, m[3] = NAN;
    align_cube_roots(m, c, 4);
    assert_true(c[0] == 0 && c[1] == 0 && c[2] == 0 && isnan(c[3]));
}

static void whole_bins_are_copied(void **state)
{
    (void)state;
    float x[NOTE_BINS], y[NOTE_BINS];
    draw(x, NOTE_BINS);
    x[7] = -0.0f;
    x[8] = NAN;
    lts_align_move(x, NOTE_BINS, 0, y);
    assert_memory_equal(y, x, sizeof x);
    lts_align_move(x, NOTE_BINS, 28, y);
    assert_memory_equal(y + 28, x, sizeof x - 28 * sizeof *x);
    for (int k = 0; k < 28; k++)
        assert_true(y[k] == 0);
    lts_align_move(x, NOTE_BINS, -5, y);
    assert_memory_equal(y, x + 5, sizeof x - 5 * sizeof *x);
    for (int k = NOTE_BINS - 5; k < NOTE_BINS; k++)
        assert_true(y[k] == 0);
    lts_align_move(x, NOTE_BINS, NOTE_BINS - 1, y);
    assert_true(y[NOTE_BINS - 1] == x[0] && y[NOTE_BINS - 2] == 0);
}

static void what_leaves_the_bins_is_gone(void **state)
{
    (void)state;
    const double shifts[] = {NOTE_BINS, -NOTE_BINS, 1e30, -INFINITY, INFINITY, NAN};
    float x[NOTE_BINS], y[NOTE_BINS];
    draw(x, NOTE_BINS);
    for (size_t i = 0; i < sizeof shifts / sizeof *shifts; i++) {
        memset(y, 1, sizeof y);
        lts_align_move(x, NOTE_BINS, shifts[i], y);
        for (int k = 0; k < NOTE_BINS; k++)
            assert_true(y[k] == 0);
    }
    x[0] = 1;
    lts_align_move(x, 1, 0.25, y);
    assert_true(y[0] > 0 && y[0] < 1);
}

/* The cubic through square roots, bin by bin. */
static double slow(const float *x, int bins, double shift, int k)
{
    double sum = 0;
    for (int i = 0; i < bins; i++) {
        const double v = fabs(k - shift - i);
        const double weight = v < 1   ? 1.5 * v * v * v - 2.5 * v * v + 1
                              : v < 2 ? -0.5 * v * v * v + 2.5 * v * v - 4 * v + 2
                                      : 0;
        sum += weight * sqrt((double)x[i]);
    }
    return sum > 0 ? sum * sum : 0;
}

static void fractions_are_cubic_convolutions(void **state)
{
    (void)state;
    static const double shifts[] = {0.5, -0.25, 3.125, -47.9, 511.5, -600.75, LONG - 0.5, 1e-9};
    static float x[LONG], y[LONG];
    draw(x, LONG);
    for (size_t i = 0; i < sizeof shifts / sizeof *shifts; i++) {
        lts_align_move(x, LONG, shifts[i], y);
        for (int k = 0; k < LONG; k++)
            assert_true(fabs((double)y[k] - slow(x, LONG, shifts[i], k)) < 1e-5);
    }
}

/* Second moment of the power within five bins of a partial. */
static double width(const float *y, double at)
{
    double power = 0, first = 0, second = 0;
    for (int k = (int)lround(at) - 5; k <= (int)lround(at) + 5; k++) {
        const double p = (double)y[k] * (double)y[k];
        power += p, first += p * k, second += p * k * k;
    }
    return sqrt(second / power - first * first / power / power);
}

static void a_partial_keeps_pitch_height_and_width(void **state)
{
    (void)state;
    float x[NOTE_BINS], y[NOTE_BINS], back[NOTE_BINS], truth[NOTE_BINS];
    for (int place = 0; place < 7; place++)
        for (int tenth = 1; tenth < 10; tenth++) {
            const double at = 150 + 0.15 * place, shift = 5 + 0.1 * tenth;
            const double gain = exp2(0.5 * shift / NOTE_OCTAVE);
            note_frame(at, 1, 1, x);
            note_frame(at + shift, gain, 1, truth);
            lts_align_move(x, NOTE_BINS, shift, y);
            lts_align_move(y, NOTE_BINS, -shift, back);
            const double cents =
                NOTE_CENTS * (note_peak(y, at + shift) - note_peak(truth, at + shift));
            assert_true(fabs(cents) < 1);
            assert_true(fabs(NOTE_CENTS * (note_peak(back, at) - at)) < 3);
            const int top = (int)lround(note_peak(truth, at + shift));
            assert_true(fabs(20 * log10((double)y[top] / (double)truth[top])) < 0.3);
            assert_true(fabs(width(y, at + shift) / width(truth, at + shift) - 1) < 0.08);
            assert_true(signal_to_noise(back, x, NOTE_BINS) > 20);
        }
}

static void sounds_meet_at_the_pitch_between(void **state)
{
    (void)state;
    double a, b;
    lts_align_meet(28, 0.25, &a, &b);
    assert_true(a == 21 && b == -7);
    lts_align_meet(28, 1, &a, &b);
    assert_true(a == 0 && b == -28);
    lts_align_meet(28, 1.5, &a, &b);
    assert_true(a == -14 && b == -42);
    lts_align_meet(28, 99, &a, &b);
    assert_true(a == -28 && b == -56);
    lts_align_meet(28, -99, &a, &b);
    assert_true(a == 56 && b == 28);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roots_are_as_the_library_s),
        cmocka_unit_test(whole_bins_are_copied),
        cmocka_unit_test(what_leaves_the_bins_is_gone),
        cmocka_unit_test(fractions_are_cubic_convolutions),
        cmocka_unit_test(a_partial_keeps_pitch_height_and_width),
        cmocka_unit_test(sounds_meet_at_the_pitch_between),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
