/* The limiter of live sound, held against its law sample by sample. */
#include "engine/play/limiter.h"
#include "loudness.h"
#include "testing.h"

#include <math.h>
#include <string.h>

enum { RATE = 44100, N = RATE };

typedef enum kind { SINE, NOISE, PULSES } kind;
static const char *const kinds[] = {"a sine", "noise", "pulses"};

static double normal(lts_rng *rng)
{
    float x;
    lts_rng_fill_normal(rng, &x, 1);
    return (double)x;
}

static double sample(kind k, lts_rng *rng, size_t i, double hz)
{
    const double phase = fmod(hz * (double)i / RATE, 1);
    switch (k) {
    case SINE: return sqrt(2) * sin(2 * 3.14159265358979323846 * phase);
    case NOISE: return normal(rng);
    default: return phase * 20 < 1 ? sqrt(20) : 0;
    }
}

/* In groups as live voices come, and in some that are no multiple of anything. */
static void run(limiter *l, float *x, size_t n, size_t group)
{
    for (size_t i = 0; i < n; i += group)
        limiter_run(l, x + i, n - i < group ? n - i : group);
}

static void no_jump_is_sudden_or_beyond_full_scale(void **state)
{
    (void)state;
    static const double before[] = {0, 0.001, 0.05, 0.15, 0.19};
    static const double after[] = {0.25, 0.5, 1, 4, 100, 1e6};
    static const double hz[] = {40, 70, 440, 3000};
    static float x[N];
    double worst = 0;
    for (kind k = SINE; k <= PULSES; k++)
        for (size_t b = 0; b < 5; b++)
            for (size_t a = 0; a < 6; a++)
                for (size_t f = 0; f < (k == NOISE ? 1 : 4); f++) {
                    lts_rng rng;
                    limiter l = limiter_start(RATE);
                    lts_rng_seed(&rng, 1, 1);
                    for (size_t i = 0; i < N; i++)
                        x[i] = (float)(sample(k, &rng, i, hz[f]) *
                                       (i < N / 2 + 77 ? before[b] : after[a]));
                    run(&l, x, N, f % 2 ? 256 : 300);
                    const double found = loudness_at_once(x, N);
                    worst = fmax(worst, found);
                    if (loudness_peak(x, N) > 1 || found > 0.4)
                        fail_msg("%s, %g Hz, from %g to %g: peak %g, a sudden level of %g",
                                 kinds[k], hz[f], before[b], after[a], loudness_peak(x, N), found);
                }
    print_message("the most that came at once: %.3f\n", worst);
}

/* What was loud within the last three seconds may be again, at once; after that it may not. */
static void what_was_heard_lately_is_not_sudden(void **state)
{
    (void)state;
    static float x[8 * RATE], y[8 * RATE];
    lts_rng rng;
    limiter l = limiter_start(RATE);
    lts_rng_seed(&rng, 1, 1);
    for (size_t i = 0; i < 8 * RATE; i++) {
        const double t = (double)i / RATE;
        const bool hit = t < 0.5 || (t > 2 && t < 2.2) || t > 7.5;
        x[i] = (float)(hit ? fmin(fmax(0.4 * normal(&rng), -0.95), 0.95) : 0);
    }
    memcpy(y, x, sizeof y);
    run(&l, y, 8 * RATE, 256);
    assert_memory_not_equal(x, y, RATE / 2 * sizeof *x);
    assert_memory_equal(x + RATE, y + RATE, 6 * RATE * sizeof *x);
    assert_memory_not_equal(x + 7 * RATE, y + 7 * RATE, RATE * sizeof *x);
    assert_true(l.least_level < 1);
}

static void ordinary_sound_passes_bit_for_bit(void **state)
{
    (void)state;
    static float x[N], y[N];
    limiter l = limiter_start(RATE);
    lts_rng rng;
    lts_rng_seed(&rng, 1, 1);
    /* Beats that last 20 ms, with a peak of 0.6, over a hum. */
    for (size_t i = 0; i < N; i++) {
        const double since = fmod((double)i / RATE, 0.25);
        x[i] = (float)(0.1 * sample(SINE, &rng, i, 220) +
                       fmin(fmax(0.2 * normal(&rng), -0.45), 0.45) * exp(-since / 0.005));
    }
    memcpy(y, x, sizeof y);
    run(&l, y, N, 256);
    assert_memory_equal(x, y, sizeof x);
    assert_true(l.least_level == 1 && l.least_peak == 1);
}

static void what_is_no_number_becomes_silence(void **state)
{
    (void)state;
    static float x[N];
    limiter l = limiter_start(RATE);
    for (size_t i = 0; i < N; i++)
        x[i] = i % 1000 == 3 ? NAN : i % 1000 == 5 ? INFINITY : 0.1f;
    run(&l, x, N, 256);
    for (size_t i = 0; i < N; i++)
        assert_true(x[i] == (i % 1000 == 3 || i % 1000 == 5 ? 0 : 0.1f));
}

static void loud_sound_is_turned_down_without_a_change_of_shape(void **state)
{
    (void)state;
    static float x[N];
    limiter l = limiter_start(RATE);
    for (size_t i = 0; i < N; i++)
        x[i] = (float)(3 * sin(2 * 3.14159265358979323846 * 441 * (double)i / RATE));
    run(&l, x, N, 256);
    double s = 0, c = 0, all = 0;
    for (size_t i = N / 2; i < N; i++) {
        const double phase = 2 * 3.14159265358979323846 * 441 * (double)i / RATE;
        s += 2 * (double)x[i] * sin(phase) / (N / 2);
        c += 2 * (double)x[i] * cos(phase) / (N / 2);
        all += (double)x[i] * (double)x[i] / (N / 2);
    }
    const double left = all - (s * s + c * c) / 2;
    print_message("amplitude %.3f, distortion %.1f dB\n", hypot(s, c), 10 * log10(left / all));
    assert_true(hypot(s, c) > 0.9 && hypot(s, c) <= 1);
    assert_true(left < 1e-3 * all);
    assert_true(l.least_level < 0.4 && l.least_peak < 0.4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_jump_is_sudden_or_beyond_full_scale),
        cmocka_unit_test(what_was_heard_lately_is_not_sudden),
        cmocka_unit_test(ordinary_sound_passes_bit_for_bit),
        cmocka_unit_test(what_is_no_number_becomes_silence),
        cmocka_unit_test(loud_sound_is_turned_down_without_a_change_of_shape),
    };
    return cmocka_run_group_tests_name("limiter", tests, NULL, NULL);
}
