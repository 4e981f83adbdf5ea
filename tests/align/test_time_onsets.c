#include "testing.h"

#include "align/time/time.h"

#include <math.h>

/* Peaks of the flux: sharp ones at known places are found to a fraction of a frame, slow swells and
 * a level floor are not. */
static void peaks_are_onsets_and_swells_are_not(void **state)
{
    (void)state;
    enum { FRAMES = 2000 };
    static float flux[FRAMES], strength[FRAMES];
    static double onset[FRAMES];
    const double rate = 44100.0 / 128, peaks[] = {0, 200.25, 400.75, 612, 1999};
    time_profile profile = {.frames = FRAMES, .flux = flux, .onset = onset, .strength = strength};
    for (size_t t = 0; t < FRAMES; t++) {
        flux[t] = (float)(0.02 + 0.018 * sin(0.01 * (double)t));
        for (size_t n = 0; n < sizeof peaks / sizeof *peaks; n++) {
            const double off = (double)t - peaks[n];
            flux[t] = fmaxf(flux[t], (float)(0.3 - 0.05 * off * off));
        }
    }
    time_pick_onsets(rate, &profile);
    assert_int_equal(profile.onsets, 5);
    for (size_t n = 0; n < profile.onsets; n++)
        assert_true(fabs(onset[n] - peaks[n]) < 1e-3 && strength[n] > 0.25f);
}

/* The mean flux of eight partials that swing `swing` bins, six times a second, once they are there.
 */
static double flux_of_vibrato(double swing)
{
    enum { FRAMES = 1000, BINS = 384 };
    const lts_align_time_config config = lts_align_time_defaults();
    lts_error err;
    time_profile profile = {0};
    double sum = 0;
    float *x = lts_alloc(FRAMES * BINS, sizeof *x);
    assert_non_null(x);
    for (size_t t = 0; t < FRAMES; t++) {
        const double now = swing * sin(6.283185307 * 6 * (double)t / config.frame_rate);
        for (int k = 0; k < BINS; k++)
            for (int partial = 1; partial <= 8; partial++) {
                const double off = k - 144 - 48 * log2(partial) - now;
                x[t * BINS + (size_t)k] += (float)exp(-0.1 * off * off);
            }
    }
    assert_ok(time_profile_create(x, FRAMES, BINS, &config, &profile, &err));
    for (size_t t = 10; t < FRAMES; t++)
        sum += profile.flux[t] / (FRAMES - 10);
    time_profile_free(&profile);
    lts_free(x);
    return sum;
}

/* A move by less than a quarter of a tone in 10 ms is no rise. */
static void vibrato_has_no_flux(void **state)
{
    (void)state;
    assert_true(flux_of_vibrato(3) < 1e-3);
    assert_true(flux_of_vibrato(30) > 1e-2);
}

/* Onsets on the diagonal, two of which would need a speed of 3.7: the weaker one is dropped. Then
 * the ends, which join where the speeds allow it. */
static void knots_keep_the_limit_of_speed(void **state)
{
    (void)state;
    double of_a[] = {100, 110, 300, 302}, of_b[] = {90, 127, 300, 400};
    float strength[] = {1, 2, 1, 3};
    time_profile a = {.frames = 500, .steps = 500, .decimation = 1, .onset = of_a, .onsets = 4};
    time_profile b = a;
    b.onset = of_b;
    a.strength = b.strength = strength;
    time_cell path[500];
    lts_error err;
    for (size_t i = 0; i < 500; i++)
        path[i] = (time_cell){i, i};
    lts_align_time alignment = {.frames_a = 500, .frames_b = 500};
    assert_ok(time_match(&a, &b, 44100.0 / 128, path, 500, &alignment, &err));
    const double expected[][2] = {{0, 0}, {110, 127}, {300, 300}, {499, 499}};
    assert_int_equal(alignment.gain.matched, 2);
    assert_int_equal(alignment.knots, 4);
    assert_int_equal(alignment.first, 1);
    for (size_t n = 0; n < 4; n++) {
        const time_knot *knot = &alignment.knot[n];
        assert_true(knot->m + knot->d == expected[n][0] && knot->m - knot->d == expected[n][1]);
    }
    lts_free(alignment.knot);
    alignment = (lts_align_time){.frames_a = 310, .frames_b = 500};
    assert_ok(time_match(&a, &b, 44100.0 / 128, path, 500, &alignment, &err));
    assert_int_equal(alignment.knots, 3); /* not the end */
    lts_free(alignment.knot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(peaks_are_onsets_and_swells_are_not),
        cmocka_unit_test(vibrato_has_no_flux),
        cmocka_unit_test(knots_keep_the_limit_of_speed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
