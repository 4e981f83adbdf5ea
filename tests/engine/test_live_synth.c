/* The synthesizer as a live voice: that it sounds as it is rendered, goes where it is told to
 * without a click, and stops. */
#include "engine/synth/live_synth_parts.h"
#include "live_sound.h"
#include "testing.h"

#include <string.h>

enum { MOST = 2 * SOUND_RATE, BLOCK = 256 };

static lts_error err;

static lts_synth_space *paper(void)
{
    lts_synth_space *space;
    assert_ok(lts_synth_space_builtin("paper", &space, &err));
    return space;
}

static live_synth *open_synth(void)
{
    live_synth *s;
    lts_synth_space *space = paper();
    assert_ok(live_synth_create(space, SOUND_RATE, &s, &err));
    lts_synth_space_destroy(space);
    return s;
}

static size_t at(const live_synth *s, const char *name)
{
    const size_t p = lts_synth_space_find(live_synth_space(s), name);
    assert_true(p < lts_synth_space_count(live_synth_space(s)));
    return p;
}

static void move(live_synth *s, const char *name, double value)
{
    live_synth_move(s, at(s, name), value);
}

/* A sine alone, steady once it has begun. */
static void plain_sine(live_synth *s, double f)
{
    static const char *const silent[] = {"saw_A", "tri_A", "sqr_A"};
    for (size_t i = 0; i < 3; i++)
        move(s, silent[i], 0);
    move(s, "sin_A", 0.5);
    move(s, "sin_f", f);
    move(s, "sustain", 1);
    move(s, "f_cut", 20000);
    /* Of a gater at 0 Hz, half is left. */
}

static void fill(live_synth *s, float *x, size_t n)
{
    memset(x, 0, n * sizeof *x);
    for (size_t done = 0; done < n; done += BLOCK)
        live_synth_fill(s, x + done, n - done < BLOCK ? n - done : BLOCK);
}

static double rms(const float *x, size_t n)
{
    return sqrt(energy(x, n) / (double)n);
}

/* --- Sound ----------------------------------------------------------------------------------- */

/* In fills of any size; the gate ends where a fill does. */
static void what_stands_still_is_the_rendered_sound(void **state)
{
    (void)state;
    static float x[MOST], y[MOST];
    static const size_t fills[] = {64, 1, 100, 7, 1000, 63, 128};
    double values[64];
    int32_t classes[64];
    lts_synth *synth;
    live_synth *s = open_synth();
    assert_ok(lts_synth_create(live_synth_space(s), &synth, &err));
    const size_t n = lts_synth_samples(synth), gate = (size_t)(0.6 * SOUND_RATE);
    assert_int_equal(n, SOUND_RATE);
    for (uint64_t i = 0; i < 4; i++) {
        double far = 0, peak = 0;
        lts_synth_draw(live_synth_space(s), 33, i, classes);
        assert_ok(lts_synth_values(live_synth_space(s), classes, values, &err));
        assert_ok(lts_synth_render(synth, values, x, &err));
        live_synth_set(s, values);
        live_synth_press(s);
        memset(y, 0, sizeof y);
        for (size_t done = 0, b = 0; done < n; b++) {
            size_t count = fills[b % 7] < n - done ? fills[b % 7] : n - done;
            if (done < gate && count > gate - done)
                count = gate - done;
            if (done == gate)
                live_synth_release(s);
            live_synth_fill(s, y + done, count);
            done += count;
        }
        for (size_t t = 0; t < n; t++) {
            far = fmax(far, fabs((double)x[t] - y[t]));
            peak = fmax(peak, fabs((double)x[t]));
        }
        if (!(far < 2e-5 * peak))
            fail_msg("sound %d of seed 33: %g apart, its peak is %g", (int)i, far, peak);
        live_synth_silence(s);
        fill(s, y, 4 * BLOCK * 4);
        assert_false(live_synth_active(s));
    }
    lts_synth_destroy(synth);
    live_synth_destroy(s);
}

static void the_spectrum_is_where_it_is_told_to_be(void **state)
{
    (void)state;
    static float x[MOST];
    live_synth *s = open_synth();
    fill(s, x, BLOCK);
    assert_true(energy(x, BLOCK) == 0); /* silent before any key */
    plain_sine(s, 500);
    live_synth_press(s);
    fill(s, x, SOUND_RATE);
    assert_true(fabs(amplitude(x, 20000, 8192, 500) - 0.25) < 0.001);
    assert_true(amplitude(x, 20000, 8192, 1000) < 1e-4);
    live_synth_transpose(s, 12);
    live_synth_gain(s, 2);
    fill(s, x, SOUND_RATE);
    assert_true(fabs(amplitude(x, 20000, 8192, 1000) - 0.5) < 0.002);
    assert_true(amplitude(x, 20000, 8192, 500) < 1e-4);
    live_synth_transpose(s, 0);
    move(s, "sin_f", 750);
    /* Sidebands: amplitudes J0(2) and J1(2) at a modulation index of B / v. */
    move(s, "sin_v", 25);
    move(s, "sin_B", 50);
    fill(s, x, SOUND_RATE);
    assert_true(fabs(amplitude(x, 22050, 16384, 750) - 0.5 * 0.2239) < 0.002);
    assert_true(fabs(amplitude(x, 22050, 16384, 775) - 0.5 * 0.5767) < 0.002);
    live_synth_release(s);
    fill(s, x, SOUND_RATE);
    assert_true(energy(x + SOUND_RATE / 2, SOUND_RATE / 2) == 0);
    assert_false(live_synth_active(s));
    live_synth_destroy(s);
}

/* --- Moves ----------------------------------------------------------------------------------- */

static double bend(const float *x, size_t first, size_t n)
{
    double most = 0;
    for (size_t i = first + 1; i + 1 < n; i++)
        most = fmax(most, fabs((double)x[i + 1] - 2 * (double)x[i] + x[i - 1]));
    return most;
}

/* Everything of a sine goes to and fro from fill to fill, as many times as fit. */
static double bend_of_sweep(live_synth *s, float *x)
{
    static const struct {
        const char *name;
        double value[2];
    } moves[] = {{"sin_f", {300, 700}},  {"sin_v", {3, 9}},     {"sin_A", {0.8, 0.1}},
                 {"sin_B", {50, 200}},   {"sustain", {0.6, 1}}, {"f_gate", {4, 15}},
                 {"f_cut", {2000, 900}}, {"q", {0.7, 3}}};
    plain_sine(s, 300);
    for (size_t m = 0; m < sizeof moves / sizeof *moves; m++)
        move(s, moves[m].name, moves[m].value[0]);
    move(s, "attack", 0.02);
    live_synth_press(s);
    fill(s, x, 40 * BLOCK);
    for (size_t i = 40; i < 160; i++) {
        for (size_t m = 0; m < sizeof moves / sizeof *moves && i % 8 == 0; m++)
            move(s, moves[m].name, moves[m].value[i / 8 % 2]);
        if (i % 8 == 0) {
            live_synth_gain(s, i / 8 % 2 ? 1 : 0.3);
            live_synth_transpose(s, i / 8 % 2 ? 0 : -3);
        }
        memset(x + i * BLOCK, 0, BLOCK * sizeof *x);
        live_synth_fill(s, x + i * BLOCK, BLOCK);
    }
    return bend(x, 0, 160 * BLOCK);
}

static void a_sweep_of_everything_does_not_click(void **state)
{
    (void)state;
    static float x[MOST];
    live_synth *s = open_synth();
    /* 0.8 at 900 Hz, the highest there is, doubled by resonance: (2 pi 900 / 44100)^2 * 1.6. */
    const double smooth = bend_of_sweep(s, x);
    if (!(smooth < 0.0264))
        fail_msg("a bend of %g: a click", smooth);
    live_synth_silence(s);
    fill(s, x, SOUND_RATE);
    /* The measure is one that hears clicks: without slides there are some. */
    s->slide = 1;
    assert_true(bend_of_sweep(s, x) > 2 * smooth);
    live_synth_destroy(s);
}

static void keys_and_stops_do_not_click(void **state)
{
    (void)state;
    static float x[MOST];
    live_synth *s = open_synth();
    plain_sine(s, 400);
    live_synth_press(s);
    fill(s, x, 10 * BLOCK);
    live_synth_press(s); /* again, while it is down */
    fill(s, x + 10 * BLOCK, 10 * BLOCK);
    live_synth_release(s);
    fill(s, x + 20 * BLOCK, 4 * BLOCK);
    live_synth_press(s); /* in the middle of its release */
    fill(s, x + 24 * BLOCK, 10 * BLOCK);
    move(s, "release", 1);
    assert_true(live_synth_silence(s));
    fill(s, x + 34 * BLOCK, 10 * BLOCK);
    /* (2 pi 400 / 44100)^2 * 0.25, and the corners of fades. */
    assert_true(bend(x, 0, 44 * BLOCK) < 0.0015);
    const size_t silent = 34 * BLOCK + SOUND_RATE / 50;
    assert_true(energy(x + silent, 44 * BLOCK - silent) == 0);
    assert_false(live_synth_active(s));
    assert_false(live_synth_silence(s));
    live_synth_destroy(s);
}

static void a_loop_presses_the_key_in_time(void **state)
{
    (void)state;
    static float x[MOST];
    live_synth *s = open_synth();
    const size_t period = SOUND_RATE / 4;
    plain_sine(s, 1000);
    move(s, "attack", 0.001);
    move(s, "release", 0.001);
    live_synth_loop(s, 0.25, 0.1);
    fill(s, x, 4 * period);
    for (size_t p = 0; p < 4; p++) {
        assert_true(rms(x + p * period + 200, 4000) > 0.1);
        assert_true(rms(x + p * period + 4500, 6000) < 1e-4);
    }
    assert_true(live_synth_active(s));
    live_synth_release(s);
    fill(s, x, SOUND_RATE);
    assert_true(energy(x + 1000, SOUND_RATE - 1000) == 0);
    live_synth_destroy(s);
}

static void it_does_not_get_loud_at_once(void **state)
{
    (void)state;
    static float x[MOST];
    double level, peak;
    live_synth *s = open_synth();
    plain_sine(s, 400);
    move(s, "sin_A", 10);
    memset(x, 0, sizeof x);
    live_synth_press(s);
    live_synth_play(s, x, SOUND_RATE);
    for (size_t i = 0; i < SOUND_RATE; i++)
        assert_true(fabs((double)x[i]) <= 1);
    assert_true(rms(x, SOUND_RATE / 20) < 0.4);
    assert_true(rms(x + SOUND_RATE / 2, SOUND_RATE / 2) > 0.5);
    live_synth_take_gains(s, &level, &peak);
    assert_true(level < 0.5 && peak < 0.9);
    live_synth_take_gains(s, &level, &peak);
    assert_true(level == 1 && peak == 1);
    live_synth_destroy(s);
}

/* --- Scales ---------------------------------------------------------------------------------- */

static void frequencies_go_in_octaves(void **state)
{
    (void)state;
    live_synth *s = open_synth();
    const synth_scale *f = live_synth_scale(s, at(s, "tri_f")),
                      *cut = live_synth_scale(s, at(s, "f_cut")),
                      *q = live_synth_scale(s, at(s, "q")),
                      *b = live_synth_scale(s, at(s, "sin_B"));
    assert_true(f->octaves && cut->octaves && !q->octaves && !b->octaves);
    assert_true(fabs(scale_mix(f, 880, 440, 0.5) - 440 * sqrt(2)) < 1e-9);
    assert_true(fabs(scale_mix(f, 880, 440, 2) - 1760) < 1e-9);
    assert_true(scale_mix(f, 880, 440, 40) == 20000);
    assert_true(scale_mix(f, 880, 441.3, 0) == 441.3 && scale_mix(f, 880, 441.3, 1) == 880);
    assert_true(scale_mix(b, 1500, 0, 0.5) == 750);
    assert_true(scale_mix(b, 1500, 0, -1) == 0);
    assert_true(scale_mix(cut, 100, 0, 0.5) == 50); /* no octave leads to 0 */
    assert_true(cut->most == 0.49 * SOUND_RATE && cut->low == 200 && cut->high == 4000);
    live_synth_destroy(s);
}

static void a_rate_too_low_and_short_memory_are_refused(void **state)
{
    (void)state;
    live_synth *s = NULL;
    lts_synth_space *space = paper();
    assert_status(live_synth_create(space, 8000, &s, &err), LTS_ERR_ARGUMENT);
    assert_null(s);
    size_t failed = 0;
    for (size_t n = 1; !s; n++, failed++) {
        test_fail_allocation(n);
        lts_status status = live_synth_create(space, SOUND_RATE, &s, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_ERR_MEMORY || (status == LTS_OK && s));
    }
    assert_true(failed > 8);
    live_synth_destroy(s);
    lts_synth_space_destroy(space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_stands_still_is_the_rendered_sound),
        cmocka_unit_test(the_spectrum_is_where_it_is_told_to_be),
        cmocka_unit_test(a_sweep_of_everything_does_not_click),
        cmocka_unit_test(keys_and_stops_do_not_click),
        cmocka_unit_test(a_loop_presses_the_key_in_time),
        cmocka_unit_test(it_does_not_get_loud_at_once),
        cmocka_unit_test(frequencies_go_in_octaves),
        cmocka_unit_test(a_rate_too_low_and_short_memory_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
