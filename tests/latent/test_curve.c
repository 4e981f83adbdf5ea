#include "testing.h"

#include "lts/latent.h"

#include <math.h>
#include <string.h>

static lts_status parse(const char *text, double duration, lts_curve *curve, lts_error *err)
{
    return lts_curve_parse(text, strlen(text), "drawn.txt", duration, curve, err);
}

static void expect_curve(const char *text, double duration, size_t count, const double *time,
                         const float *value)
{
    lts_error err = {0};
    lts_curve curve;
    assert_ok(parse(text, duration, &curve, &err));
    assert_int_equal(curve.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_true(fabs(curve.time[i] - time[i]) < 1e-12);
        assert_true(curve.value[i] == value[i]);
    }
    lts_curve_free(&curve);
}

static void plain_values_are_spread_evenly(void **state)
{
    (void)state;
    const double time[] = {0, 0.5, 1};
    const float value[] = {0, 2.5f, -1};
    const char *const forms[] = {
        "0\n2.5\n-1\n",
        "0\n2.5\n-1",
        "0\r\n2.5\r\n-1\r\n",
        "0\r2.5\r-1\r",
        "\n\n0\n\n2.5\n-1\n\n",
        " 0\t\n\t2.5 \n -1",
        "# drawn\n0 # start\n2.5\n#\n-1\n",
        "\xef\xbb\xbf"
        "0\n2.5\n-1\n",
        "value\n0\n2.5\n-1\n",
        "+0\n25e-1\n-1.0\n",
    };
    for (size_t f = 0; f < sizeof forms / sizeof *forms; f++)
        expect_curve(forms[f], 0, 3, time, value);
    expect_curve("0.25", 0, 1, time, (const float[]){0.25f});
}

static void breakpoints_are_read_in_every_form(void **state)
{
    (void)state;
    const double time[] = {0, 0.25, 1};
    const float value[] = {1, -0.5f, 3};
    const char *const forms[] = {
        "0 1\n0.25 -0.5\n1 3\n",           "0\t1\n0.25\t-0.5\n1\t3\n",
        "0,1\n0.25,-0.5\n1,3\n",           "0;1\n0.25;-0.5\n1;3\n",
        "0, 1\n0.25 , -0.5\n1  ,3\n",      "0;1\r\n\r\n0.25;-0.5 # low\r\n1;3\r\n",
        "time,value\n0,1\n0.25,-0.5\n1,3", "Time;Alpha\n0;1\n0.25;-0.5\n1;3",
    };
    for (size_t f = 0; f < sizeof forms / sizeof *forms; f++)
        expect_curve(forms[f], 1, 3, time, value);
}

static void times_are_seconds_of_the_sound(void **state)
{
    (void)state;
    expect_curve("0 1\n2 5\n", 4, 2, (const double[]){0, 0.5}, (const float[]){1, 5});
    expect_curve("0 1\n4 5\n", 4, 2, (const double[]){0, 1}, (const float[]){1, 5});
    /* Also when all of them are below 1: a fade over the first 0.8 s is not stretched. */
    expect_curve("0 1\n0.8 0\n", 2, 2, (const double[]){0, 0.4}, (const float[]){1, 0});
    expect_curve("0 1\n0.25 0\n", 0.25, 2, (const double[]){0, 1}, (const float[]){1, 0});
    /* A hair past the end, as rounding makes it, is the end. */
    expect_curve("0 1\n4.03 5\n", 4, 2, (const double[]){0, 1}, (const float[]){1, 5});
    expect_curve("0 1\n1 5\n", 4, 2, (const double[]){0, 0.25}, (const float[]){1, 5});
}

static void what_is_no_curve_is_refused_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double duration;
        lts_status status;
        const char *said;
    } bad[] = {
        {"", 1, LTS_ERR_FORMAT, "drawn.txt: no values"},
        {"\n# nothing\n\r\n", 1, LTS_ERR_FORMAT, "no values"},
        {"value\n", 1, LTS_ERR_FORMAT, "no values"},
        {"0\n1\nx\n", 1, LTS_ERR_FORMAT, "line 3: 'x' is not a number"},
        {"0\r\n1\r\nx\r\n", 1, LTS_ERR_FORMAT, "line 3"},
        {"0\nnan\n", 1, LTS_ERR_FORMAT, "line 2: 'nan'"},
        {"0\n-inf\n", 1, LTS_ERR_FORMAT, "line 2: '-inf'"},
        {"0\n1e39\n", 1, LTS_ERR_NONFINITE, "line 2"},
        {"0 0\nnan 1\n", 1, LTS_ERR_FORMAT, "line 2: 'nan'"},
        {"value\n0\nvalue\n", 1, LTS_ERR_FORMAT, "line 3: 'value'"},
        {"0 1\n0.5 2\n0.4 3\n", 1, LTS_ERR_FORMAT, "line 3: time 0.4 after 0.5"},
        {"-0.1 1\n1 2\n", 1, LTS_ERR_FORMAT, "line 1: time -0.1"},
        {"0 1\n5 2\n", 4, LTS_ERR_FORMAT, "line 2: time 5 s is past the sound's end at 4 s"},
        {"0 1\n# long\n5 2\n6 0\n", 4, LTS_ERR_FORMAT, "line 3: time 5 s"},
        {"0 1\n1 2\n", 0.8, LTS_ERR_FORMAT, "line 2: time 1 s is past the sound's end at 0.8 s"},
        {"0 1\n4.05 2\n", 4, LTS_ERR_FORMAT, "line 2: time 4.05 s"},
        {"0 1\n2 2\n", 0, LTS_ERR_ARGUMENT, "times are seconds of a sound"},
        {"0 1\n2 2\n", NAN, LTS_ERR_ARGUMENT, "times are seconds of a sound"},
        {"0 1\n0.5\n", 1, LTS_ERR_FORMAT, "line 2: a single value"},
        {"0\n0.5 1\n", 1, LTS_ERR_FORMAT, "line 2: a time and a value"},
        {"0 1 2\n", 1, LTS_ERR_FORMAT, "line 1: more than two numbers"},
        {"0,\n", 1, LTS_ERR_FORMAT, "line 1: '' is not a number"},
        {",1\n", 1, LTS_ERR_FORMAT, "line 1: '' is not a number"},
        {"0,,1\n", 1, LTS_ERR_FORMAT, "line 1"},
        {"0;0,5\n1;0,75\n", 1, LTS_ERR_FORMAT, "decimals have a point"},
        {"0,0 0,5\n", 1, LTS_ERR_FORMAT, "decimals have a point"},
        {"0,1\n0,25\n0,5\n", 1, LTS_ERR_FORMAT, "decimal commas"},
        {"\xff\xfe"
         "0",
         1, LTS_ERR_FORMAT, "line 1"},
        {"RIFF\x04WAVEfmt ", 1, LTS_ERR_FORMAT, "line 1"},
        {"00000000000000000000000000000000000000000000000000000000000000000000000000000000", 1,
         LTS_ERR_FORMAT, "line 1"},
    };
    for (size_t b = 0; b < sizeof bad / sizeof *bad; b++) {
        lts_error err = {0};
        lts_curve curve;
        assert_status(parse(bad[b].text, bad[b].duration, &curve, &err), bad[b].status);
        if (!strstr(err.text, bad[b].said) || strncmp(err.text, "drawn.txt: ", 11) != 0)
            fail_msg("case %zu: '%s' does not say '%s'", b, err.text, bad[b].said);
        for (const char *c = err.text; *c; c++)
            assert_true((unsigned char)*c >= 0x20);
        assert_int_equal(curve.count, 0);
        lts_curve_free(&curve);
    }
    lts_error err = {0};
    lts_curve curve;
    assert_status(lts_curve_parse("1\n\0002\n", 5, "drawn.txt", 1, &curve, &err), LTS_ERR_FORMAT);
    assert_non_null(strstr(err.text, "plain text"));
}

static void a_jump_is_no_decimal_comma(void **state)
{
    (void)state;
    expect_curve("0 0\n0 1\n1 1\n", 1, 3, (const double[]){0, 0, 1}, (const float[]){0, 1, 1});
    expect_curve("0,0\n1,1\n", 1, 2, (const double[]){0, 1}, (const float[]){0, 1});
    expect_curve("0.0,0\n0.5,1\n0.5,2\n", 1, 3, (const double[]){0, 0.5, 0.5},
                 (const float[]){0, 1, 2});
}

static void the_locale_changes_no_number(void **state)
{
    (void)state;
    char *folder = test_folder();
    test_comma_locale(folder);
    expect_curve("0.5 0.25\n", 1, 1, (const double[]){0.5}, (const float[]){0.25f});
    test_plain_locale();
    test_folder_remove(folder);
}

static void arrays_make_the_same_curves(void **state)
{
    (void)state;
    lts_error err = {0};
    lts_curve curve;
    const float pairs[] = {0, 1, 2, -3, 4, 7}, values[] = {1, -3, 7};
    assert_ok(lts_curve_from_array(pairs, 3, 2, "c.npy", 4, &curve, &err));
    assert_int_equal(curve.count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_true(curve.time[i] == 0.5 * (double)i);
        assert_true(curve.value[i] == values[i]);
    }
    lts_curve_free(&curve);
    /* A one-dimensional array is read as one row. */
    for (int row = 0; row < 2; row++) {
        assert_ok(lts_curve_from_array(values, row ? 1 : 3, row ? 3 : 1, "c.npy", 0, &curve, &err));
        assert_int_equal(curve.count, 3);
        assert_true(curve.time[1] == 0.5 && curve.time[2] == 1);
        assert_memory_equal(curve.value, values, sizeof values);
        lts_curve_free(&curve);
    }
}

static void arrays_that_are_no_curve_are_refused(void **state)
{
    (void)state;
    lts_error err = {0};
    lts_curve curve;
    const float bad_value[] = {0, 1, 0.5f, NAN}, bad_time[] = {0, 1, INFINITY, 2};
    const float falling[] = {0.5f, 1, 0, 1}, early[] = {-1, 1, 0, 1};
    assert_status(lts_curve_from_array(bad_value, 2, 2, "c.npy", 1, &curve, &err),
                  LTS_ERR_NONFINITE);
    assert_non_null(strstr(err.text, "c.npy: row 1"));
    assert_status(lts_curve_from_array(bad_time, 2, 2, "c.npy", 1, &curve, &err),
                  LTS_ERR_NONFINITE);
    assert_status(lts_curve_from_array(bad_value, 4, 1, "c.npy", 1, &curve, &err),
                  LTS_ERR_NONFINITE);
    assert_non_null(strstr(err.text, "row 3"));
    assert_status(lts_curve_from_array(falling, 2, 2, "c.npy", 1, &curve, &err), LTS_ERR_FORMAT);
    assert_status(lts_curve_from_array(early, 2, 2, "c.npy", 1, &curve, &err), LTS_ERR_FORMAT);
    assert_status(lts_curve_from_array(falling, 0, 1, "c.npy", 1, &curve, &err), LTS_ERR_FORMAT);
    const float late[] = {0, 1, 1.5f, 2};
    assert_status(lts_curve_from_array(late, 2, 2, "c.npy", 1, &curve, &err), LTS_ERR_FORMAT);
    assert_non_null(strstr(err.text, "c.npy: row 1: time 1.5 s is past the sound's end at 1 s"));
    const float six[6] = {0};
    assert_status(lts_curve_from_array(six, 2, 3, "c.npy", 1, &curve, &err), LTS_ERR_SHAPE);
    assert_status(lts_curve_from_array(six, 6, 0, "c.npy", 1, &curve, &err), LTS_ERR_SHAPE);
    assert_int_equal(curve.count, 0);
}

static void a_constant_is_the_same_everywhere(void **state)
{
    (void)state;
    lts_error err = {0};
    lts_curve curve;
    float values[7];
    assert_ok(lts_curve_constant(-0.3, &curve, &err));
    lts_curve_resample(&curve, 7, values);
    for (size_t t = 0; t < 7; t++)
        assert_true(values[t] == -0.3f);
    lts_curve_free(&curve);
    lts_curve_free(&curve);
    assert_status(lts_curve_constant(NAN, &curve, &err), LTS_ERR_NONFINITE);
    assert_status(lts_curve_constant(1e300, &curve, &err), LTS_ERR_NONFINITE);
}

static void resampling_keeps_the_ends_and_its_own_points(void **state)
{
    (void)state;
    lts_error err = {0};
    lts_curve curve;
    float values[1001];
    assert_ok(parse("0.1\n0.7\n-0.3\n0.2\n", 0, &curve, &err));
    const size_t frames[] = {2, 3, 7, 1000, 1001};
    for (size_t f = 0; f < 5; f++) {
        lts_curve_resample(&curve, frames[f], values);
        assert_true(values[0] == 0.1f);
        assert_true(values[frames[f] - 1] == 0.2f);
    }
    lts_curve_resample(&curve, 4, values);
    assert_memory_equal(values, curve.value, 4 * sizeof *values);
    lts_curve_resample(&curve, 7, values);
    for (size_t i = 0; i < 3; i++)
        assert_true(fabsf(values[2 * i + 1] - 0.5f * (curve.value[i] + curve.value[i + 1])) <
                    1e-7f);
    lts_curve_resample(&curve, 1, values);
    assert_true(values[0] == 0.1f);
    lts_curve_resample(&curve, 0, values);
    lts_curve_free(&curve);
}

static void outside_its_breakpoints_a_curve_holds(void **state)
{
    (void)state;
    lts_error err = {0};
    lts_curve curve;
    float values[9];
    assert_ok(parse("0.25 1\n0.5 2\n0.5 5\n0.75 3\n", 1, &curve, &err));
    lts_curve_resample(&curve, 9, values);
    const float expected[] = {1, 1, 1, 1.5f, 5, 4, 3, 3, 3};
    assert_memory_equal(values, expected, sizeof expected);
    lts_curve_free(&curve);
}

static void short_memory_leaves_nothing_behind(void **state)
{
    (void)state;
    lts_error err = {0};
    lts_curve curve;
    size_t n = 1;
    for (lts_status status = LTS_ERR_MEMORY; status != LTS_OK; n++) {
        test_fail_allocation(n);
        status = parse("0 1\n1 2\n", 1, &curve, &err);
        test_fail_allocation(0);
        if (status != LTS_OK)
            assert_status(status, LTS_ERR_MEMORY);
        assert_true(n < 10);
    }
    assert_int_equal(n, 4);
    lts_curve_free(&curve);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_values_are_spread_evenly),
        cmocka_unit_test(breakpoints_are_read_in_every_form),
        cmocka_unit_test(times_are_seconds_of_the_sound),
        cmocka_unit_test(what_is_no_curve_is_refused_with_its_line),
        cmocka_unit_test(a_jump_is_no_decimal_comma),
        cmocka_unit_test(the_locale_changes_no_number),
        cmocka_unit_test(arrays_make_the_same_curves),
        cmocka_unit_test(arrays_that_are_no_curve_are_refused),
        cmocka_unit_test(a_constant_is_the_same_everywhere),
        cmocka_unit_test(resampling_keeps_the_ends_and_its_own_points),
        cmocka_unit_test(outside_its_breakpoints_a_curve_holds),
        cmocka_unit_test(short_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests_name("curve", tests, NULL, NULL);
}
