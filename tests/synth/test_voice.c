/* Voices: that what stands still is the rendered sound, and that nothing that moves clicks. */
#include "spaces.h"

#include <math.h>
#include <stdio.h>

enum { MOST = 65536 };

static lts_synth_voice *voice_of(const lts_synth_space *space)
{
    lts_error err;
    lts_synth_voice *voice;
    assert_ok(lts_synth_voice_create(space, 0, &voice, &err));
    return voice;
}

/* The voice of standing values, pressed at once and let go at sample `gate`, in uneven blocks. */
static void play(lts_synth_voice *voice, const double *values, float *x, size_t n, size_t gate)
{
    const size_t blocks[] = {64, 1, 100, 7, 1000, 63, 128};
    lts_synth_voice_key(voice, true);
    for (size_t done = 0, b = 0; done < n; b++) {
        size_t count = blocks[b % 7];
        if (done == gate)
            lts_synth_voice_key(voice, false);
        if (done < gate && count > gate - done)
            count = gate - done;
        if (count > n - done)
            count = n - done;
        lts_synth_voice_process(voice, values, x + done, count);
        done += count;
    }
}

static void standing_still(double rate, lts_synth_quality quality)
{
    static float x[MOST], y[MOST];
    lts_error err;
    double values[64];
    int32_t classes[64];
    lts_synth *synth;
    lts_synth_space *space = paper_at(rate, quality, 0.5);
    lts_synth_voice *voice = voice_of(space);
    assert_ok(lts_synth_create(space, &synth, &err));
    const size_t n = lts_synth_samples(synth);
    for (uint64_t i = 0; i < 8; i++) {
        double far = 0, peak = 0;
        lts_synth_draw(space, 21, i, classes);
        assert_ok(lts_synth_values(space, classes, values, &err));
        assert_ok(lts_synth_render(synth, values, x, &err));
        lts_synth_voice_reset(voice);
        play(voice, values, y, n, (size_t)(rate / 2));
        for (size_t s = 0; s < n; s++) {
            far = fmax(far, fabs((double)x[s] - y[s]));
            peak = fmax(peak, fabs(x[s]));
        }
        if (!(far < 1e-5 * peak))
            fail_msg("sound %d of seed 21 at %g Hz: %g apart, its peak is %g", (int)i, rate, far,
                     peak);
    }
    lts_synth_voice_destroy(voice);
    lts_synth_destroy(synth);
    lts_synth_space_destroy(space);
}

static void what_stands_still_is_the_rendered_sound(void **state)
{
    (void)state;
    standing_still(16384, LTS_SYNTH_NAIVE);
    standing_still(44100, LTS_SYNTH_NAIVE);
    standing_still(44100, LTS_SYNTH_BANDLIMITED);
}

static double steepest(const float *x, size_t first, size_t n)
{
    double most = 0;
    for (size_t i = first + 1; i + 1 < n; i++)
        most = fmax(most, fabs((double)x[i + 1] - 2 * (double)x[i] + x[i - 1]));
    return most;
}

/* The two patches in turn, blocks of SIZE samples of which the first `moving` go from one to the
 * other; the key is let go and pressed again before it is silent. */
static double steepest_of_moves(lts_synth_voice *voice, const double *a, const double *b, float *x,
                                size_t n, size_t moving)
{
    enum { SIZE = 256 };
    lts_synth_voice_key(voice, true);
    for (size_t block = 0; block < n / SIZE; block++) {
        const double *values = block % 2 ? b : a;
        if (block == 25 || block == 28)
            lts_synth_voice_key(voice, block == 28);
        lts_synth_voice_process(voice, values, x + block * SIZE, moving);
        lts_synth_voice_process(voice, values, x + block * SIZE + moving, SIZE - moving);
    }
    return steepest(x, 0, n);
}

/* One sine, of which everything goes to another value from block to block, with the low-pass or
 * without; `most` bends it. A voice that moves within a single sample must bend more, when asked.
 */
static void move(bool filter, double most, double at_once)
{
    static float x[MOST];
    enum { SIZE = 256, N = 40 * SIZE };
    char text[512];
    snprintf(text, sizeof text,
             "[synth]\nsample_rate = 44100\nwaves = sin\nfilter = %s\n[parameters]\nsin_f = 300\n"
             "sin_v = 3\nsin_A = 0.8\nsin_B = 50\nattack = 0.02\ndecay = 0.05\nsustain = 0.6\n"
             "release = 0.05\n%sf_gate = 4\n",
             filter ? "yes" : "no", filter ? "f_cut = 2000\nq = 0.7\n" : "");
    static const struct {
        const char *name;
        double value;
    } changes[] = {{"sin_f", 700}, {"sin_v", 9},   {"sin_A", 0.1}, {"sin_B", 200},
                   {"sustain", 1}, {"f_gate", 15}, {"f_cut", 900}, {"q", 3}};
    lts_synth_space *space = space_of(text);
    lts_synth_voice *voice = voice_of(space);
    double values[64], changed[64];
    lts_synth_space_values(space, values);
    memcpy(changed, values, sizeof values);
    for (size_t c = 0; c < (filter ? 8 : 6); c++)
        changed[lts_synth_space_find(space, changes[c].name)] = changes[c].value;
    const double bend = steepest_of_moves(voice, values, changed, x, N, SIZE);
    if (!(bend < most))
        fail_msg("a bend of %g: a click", bend);
    assert_true(lts_synth_voice_active(voice));
    lts_synth_voice_reset(voice);
    assert_true(steepest_of_moves(voice, values, changed, x, N, 1) > at_once);
    lts_synth_voice_destroy(voice);
    lts_synth_space_destroy(space);
}

static void moving_parameters_do_not_click(void **state)
{
    (void)state;
    /* 0.8 at 900 Hz: (2 pi 900 / 44100)^2 * 0.8 = 0.0132. */
    move(false, 0.0132, 0.05);
    /* The same, doubled by resonance; the low-pass softens what jumps. */
    move(true, 0.0264, 0);
}

/* f goes from 500 to 1000 Hz in a line over a second: 750 periods have gone by. */
static void phases_are_carried_on(void **state)
{
    (void)state;
    static float x[MOST];
    enum { RATE = 16384 };
    double values[64];
    lts_synth_space *space = space_of(
        "[synth]\nwaves = sin\nfilter = no\ngater = no\n[parameters]\nsin_f = 500\nsin_v = 1\n"
        "sin_A = 1\nsin_B = 0\nattack = 0\ndecay = 0\nsustain = 1\nrelease = 0\n");
    lts_synth_voice *voice = voice_of(space);
    lts_synth_space_values(space, values);
    lts_synth_voice_key(voice, true);
    lts_synth_voice_process(voice, values, x, 1);
    values[0] = 1000;
    lts_synth_voice_process(voice, values, x + 1, RATE);
    size_t crossings = 0;
    for (size_t i = 1; i <= RATE; i++)
        crossings += x[i - 1] < 0 && x[i] >= 0;
    assert_in_range(crossings, 749, 751);
    const double t = 0.5; /* phase = 500 t + 250 t^2, within a sample's step of the line's ends */
    const size_t at = 1 + RATE / 2;
    double best = 1;
    for (double late = -1; late <= 1; late += 0.01) {
        const double s = t + late / RATE;
        best = fmin(best, fabs(x[at] - sin(2 * M_PI * (500 * s + 250 * s * s))));
    }
    assert_true(best < 0.01);
    lts_synth_voice_destroy(voice);
    lts_synth_space_destroy(space);
}

static void a_voice_begins_silent_and_ends_so(void **state)
{
    (void)state;
    static float x[MOST];
    double values[64];
    lts_synth_space *space = paper_at(44100, LTS_SYNTH_AUTO, 0.6);
    lts_synth_voice *voice = voice_of(space);
    lts_synth_space_values(space, values);
    values[lts_synth_space_find(space, "release")] = 0.1;
    values[lts_synth_space_find(space, "q")] = 0.5;
    assert_false(lts_synth_voice_active(voice));
    lts_synth_voice_process(voice, values, x, 1000);
    for (size_t i = 0; i < 1000; i++)
        assert_true(x[i] == 0);
    lts_synth_voice_key(voice, true);
    lts_synth_voice_process(voice, values, x, 10000);
    assert_true(lts_synth_voice_active(voice));
    lts_synth_voice_key(voice, false);
    lts_synth_voice_process(voice, values, x, 20000);
    assert_false(lts_synth_voice_active(voice));
    lts_synth_voice_process(voice, values, x, 1000);
    for (size_t i = 0; i < 1000; i++)
        assert_true(fabsf(x[i]) < 1e-5f);
    lts_synth_voice_destroy(voice);
    lts_synth_space_destroy(space);
}

/* NaN, infinity and far too much are taken as the nearest legal value, or as none; and nothing is
 * allocated. */
static void no_value_breaks_a_voice(void **state)
{
    (void)state;
    static float x[MOST];
    const double wild[] = {NAN, INFINITY, -INFINITY, 1e300, -1e300, 0, 1e-300};
    double values[64];
    lts_rng rng;
    lts_synth_space *space = paper_at(48000, LTS_SYNTH_AUTO, 0.6);
    lts_synth_voice *voice = voice_of(space);
    lts_rng_seed(&rng, 1, 0);
    test_fail_allocation(1);
    for (int block = 0; block < 60; block++) {
        for (size_t p = 0; p < lts_synth_space_count(space); p++)
            values[p] = wild[lts_rng_below(&rng, sizeof wild / sizeof *wild)];
        lts_synth_voice_key(voice, block % 3 != 0);
        lts_synth_voice_process(voice, values, x, 333);
        for (size_t i = 0; i < 333; i++)
            if (!isfinite(x[i]))
                fail_msg("block %d, sample %zu: %g", block, i, x[i]);
    }
    assert_int_equal(test_fail_allocation(0), 0);
    lts_synth_voice_destroy(voice);
    lts_synth_space_destroy(space);
}

static void voices_are_refused_where_they_cannot_be(void **state)
{
    (void)state;
    lts_error err;
    lts_synth_voice *voice;
    lts_synth_space *space = builtin_space("paper");
    assert_status(lts_synth_voice_create(space, 8000, &voice, &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "f_cut"));
    assert_null(voice);
    assert_status(lts_synth_voice_create(space, 10, &voice, &err), LTS_ERR_ARGUMENT);
    assert_ok(lts_synth_voice_create(space, 96000, &voice, &err));
    lts_synth_voice_destroy(voice);
    test_fail_allocation(0);
    assert_ok(lts_synth_voice_create(space, 0, &voice, &err));
    const size_t asked = test_fail_allocation(0);
    lts_synth_voice_destroy(voice);
    for (size_t i = 1; i <= asked; i++) {
        test_fail_allocation(i);
        assert_status(lts_synth_voice_create(space, 0, &voice, &err), LTS_ERR_MEMORY);
    }
    test_fail_allocation(0);
    lts_synth_space_destroy(space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_stands_still_is_the_rendered_sound),
        cmocka_unit_test(moving_parameters_do_not_click),
        cmocka_unit_test(phases_are_carried_on),
        cmocka_unit_test(a_voice_begins_silent_and_ends_so),
        cmocka_unit_test(no_value_breaks_a_voice),
        cmocka_unit_test(voices_are_refused_where_they_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
