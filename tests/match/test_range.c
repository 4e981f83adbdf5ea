/* The lines that a search goes along, and what is heard of a target. */
#include "match/range/axis.h"
#include "match/range/guess.h"
#include "testing.h"

#include <math.h>
#include <string.h>

static lts_error err;

static lts_synth_space *paper(void)
{
    lts_synth_space *space;
    assert_ok(lts_synth_space_builtin("paper", &space, &err));
    return space;
}

/* Between the levels or past them: every place is a legal value, and the way back leads there. */
static void places_and_values_are_inverse(void **state)
{
    (void)state;
    static const char *const names[] = {"paper", "implementation", "two-sines"};
    for (size_t n = 0; n < 3; n++) {
        lts_synth_space *space;
        assert_ok(lts_synth_space_builtin(names[n], &space, &err));
        for (size_t f = 0; f < lts_synth_space_free(space); f++)
            for (int wide = 0; wide < 2; wide++) {
                const range_axis axis = range_axis_of(space, f, wide);
                double least, most, before = -1;
                lts_synth_space_limits(space, axis.parameter, &least, &most);
                for (int i = 0; i <= 20; i++) {
                    const double u = axis.span * i / 20;
                    const double value = range_value(space, &axis, u);
                    assert_true(value >= least && value <= most && value > before);
                    assert_true(fabs(range_place(space, &axis, value) - u) < 1e-9);
                    before = value;
                }
                assert_true(range_value(space, &axis, -0.1) == range_value(space, &axis, 0.1));
                assert_true(range_place(space, &axis, -1e9) == 0);
                assert_true(range_place(space, &axis, 1e9) == axis.span);
            }
        lts_synth_space_destroy(space);
    }
}

static range_axis axis_named(const lts_synth_space *space, const char *name, bool wide)
{
    size_t f = 0;
    while (lts_synth_space_free_at(space, f) != lts_synth_space_find(space, name))
        f++;
    return range_axis_of(space, f, wide);
}

static void wide_axes_hold_the_levels_and_more(void **state)
{
    lts_synth_space *space = paper();
    (void)state;
    for (size_t f = 0; f < lts_synth_space_free(space); f++) {
        const range_axis narrow = range_axis_of(space, f, false);
        const range_axis wide = range_axis_of(space, f, true);
        const lts_synth_parameter p = lts_synth_space_at(space, narrow.parameter);
        assert_true(narrow.least == p.level[0] && narrow.most == p.level[p.levels - 1]);
        assert_true(wide.least <= narrow.least && wide.most >= narrow.most);
    }
    assert_true(axis_named(space, "saw_f", true).least == 27.5);
    assert_true(axis_named(space, "f_cut", true).most == 0.49 * 16384);
    assert_true(axis_named(space, "f_gate", true).least == 0);
    lts_synth_space_destroy(space);
}

enum { N = 16384 };

/* Two sines below the paper's range, which swell for 0.1 s and stand at a half. */
static void sing(float *x)
{
    for (int i = 0; i < N; i++) {
        const double t = i / 16384.0, turn = 6.283185307179586 * t;
        const double level = t < 0.1 ? t / 0.1 : fmax(0.5, 1 - (t - 0.1) / 0.2);
        x[i] = (float)(level * (0.6 * sin(turn * 110.3) + 0.3 * sin(turn * 251.7)));
    }
}

static void partials_and_envelope_are_heard(void **state)
{
    lts_synth_space *space = paper();
    float x[N];
    guess heard;
    (void)state;
    sing(x);
    assert_ok(guess_listen(x, N, lts_synth_space_settings(space), (double)NAN, &heard, &err));
    assert_true(heard.partials >= 2);
    assert_true(fabs(heard.partial[0] - 110.3) < 1 && fabs(heard.partial[1] - 251.7) < 1);
    assert_true(heard.strength[0] == 1 && fabs(heard.strength[1] - 0.5) < 0.1);
    assert_true(fabs(heard.attack - 0.1) < 0.05 && fabs(heard.sustain - 0.5) < 0.1);
    assert_true(heard.release > 2); /* it does not end */
    lts_synth_space_destroy(space);
}

/* Drawn carriers are where the sound's are, and what is fixed stays. */
static void patches_are_drawn_from_what_is_heard(void **state)
{
    lts_synth_space *space = paper();
    float x[N];
    double values[LTS_SYNTH_LEVELS];
    guess heard;
    lts_rng rng;
    int near = 0, patches = 64;
    const size_t fixed = lts_synth_space_find(space, "q"),
                 saw = lts_synth_space_find(space, "saw_f");
    const double q = 3;
    (void)state;
    sing(x);
    assert_ok(lts_synth_space_set_levels(space, fixed, &q, 1, &err));
    assert_ok(guess_listen(x, N, lts_synth_space_settings(space), 110.3, &heard, &err));
    lts_rng_seed(&rng, 5, 0);
    for (int i = 0; i < patches; i++) {
        lts_synth_space_values(space, values);
        guess_draw(&heard, space, &rng, values);
        for (size_t p = 0; p < lts_synth_space_count(space); p++)
            assert_true(isfinite(values[p]));
        assert_true(values[fixed] == q);
        near += fabs(values[saw] - 110.3) < 1 || fabs(values[saw] - 251.7) < 1;
    }
    assert_true(near > patches / 2);
    lts_synth_space_destroy(space);
}

static void listening_may_lack_memory(void **state)
{
    lts_synth_space *space = paper();
    float x[N];
    guess heard;
    lts_status status = LTS_ERR_MEMORY;
    size_t i = 0;
    (void)state;
    sing(x);
    while (status == LTS_ERR_MEMORY && ++i < 100) {
        test_fail_allocation(i);
        status = guess_listen(x, N, lts_synth_space_settings(space), 110, &heard, &err);
    }
    test_fail_allocation(0);
    assert_ok(status);
    assert_true(i > 2);
    lts_synth_space_destroy(space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_and_values_are_inverse),
        cmocka_unit_test(wide_axes_hold_the_levels_and_more),
        cmocka_unit_test(partials_and_envelope_are_heard),
        cmocka_unit_test(patches_are_drawn_from_what_is_heard),
        cmocka_unit_test(listening_may_lack_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
