/* Labels by the names of files, and pitches by all their names. */
#include "lts/labels.h"
#include "testing.h"

#include <math.h>
#include <string.h>

static void every_pitch_of_the_first_string_goes_there_and_back(void **state)
{
    (void)state;
    static const char *const names[] = {"E4",  "F4",  "F#4", "G4",  "G#4", "A4",  "A#4", "B4",
                                        "C5",  "C#5", "D5",  "D#5", "E5",  "F5",  "F#5", "G5",
                                        "G#5", "A5",  "A#5", "B5",  "C6",  "C#6", "D6"};
    for (int fret = 0; fret < (int)(sizeof names / sizeof *names); fret++) {
        char *text = lts_format("1-%d", fret), name[LTS_KEY_TEXT], again[LTS_KEY_TEXT];
        int key = -1, by_name = -1;
        assert_true(lts_label_parse_key(text, &key));
        assert_true(lts_label_parse_key(names[fret], &by_name));
        assert_int_equal(key, 64 + fret);
        assert_int_equal(by_name, key);
        lts_label_key_text(key, name);
        lts_label_fret_text(key, again);
        assert_string_equal(name, names[fret]);
        assert_string_equal(again, text);
        lts_free(text);
    }
}

static void other_spellings_of_pitches_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int key;
    } good[] = {{"a4", 69},   {"Bb3", 58}, {"C-1", 0},  {"G9", 127}, {"0", 0},
                {"127", 127}, {"6-0", 40}, {"2-5", 64}, {"6-22", 62}};
    static const char *const bad[] = {
        "",     "H4",          "A",   "A#", "A4x", "1-",  "1-37",  "7-0",
        "0-0",  "1--1",        "128", "-1", "G#9", "A4 ", "1-0.5", "99999999999999999999",
        "Cb-1", "A99999999999"};
    char text[LTS_KEY_TEXT];
    int key = -7;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(lts_label_parse_key(good[i].text, &key));
        assert_int_equal(key, good[i].key);
    }
    key = -7;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(lts_label_parse_key(bad[i], &key));
    assert_int_equal(key, -7);
    lts_label_fret_text(63, text);
    assert_string_equal(text, "");
}

static void assert_label(const char *pattern, const char *path, const lts_label *expected)
{
    lts_label label;
    lts_error err;
    assert_ok(lts_label_check_pattern(pattern, &err));
    assert_true(lts_label_parse(pattern, path, &label));
    assert_string_equal(label.group, expected->group);
    assert_string_equal(label.descriptor, expected->descriptor);
    assert_true(isnan(expected->magnitude) ? isnan(label.magnitude) != 0
                                           : label.magnitude == expected->magnitude);
    assert_int_equal(label.key, expected->key);
}

static void patterns_take_names_apart(void **state)
{
    (void)state;
    const double none = (double)NAN;
    const lts_label crunch = {"DistortionFX", "Crunch", 100, 64};
    assert_label(LTS_LABEL_TREE, "DistortionFX/Crunch/100/1-0", &crunch);
    assert_label(LTS_LABEL_TREE, "audio/more/DistortionFX/Crunch/100/E4", &crunch);
    assert_label(LTS_LABEL_FLAT, "CrunchX100X1-0", &(lts_label){"", "Crunch", 100, 64});
    assert_label(LTS_LABEL_FLAT, "below/CrunchX100X1-0", &(lts_label){"", "Crunch", 100, 64});
    /* The letter between the fields may be in a descriptor. */
    assert_label(LTS_LABEL_FLAT, "FlXXedX12.5X1-22", &(lts_label){"", "FlXXed", 12.5, 86});
    assert_label("{pitch}_{*}_{descriptor}", "A4_take_2_Dark", &(lts_label){"", "Dark", none, 69});
    assert_label("{descriptor}/{*}", "a/b/Dark/x", &(lts_label){"", "Dark", none, -1});
    assert_label("piano/{pitch}", "piano/60", &(lts_label){"", "", none, 60});
}

static void names_of_another_form_have_no_labels(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {LTS_LABEL_TREE, "Crunch/100/1-0"},
        {LTS_LABEL_TREE, "a/Crunch/loud/1-0"},
        {LTS_LABEL_TREE, "a/Crunch/-5/1-0"},
        {LTS_LABEL_TREE, "a/Crunch/100/x"},
        {LTS_LABEL_TREE, ""},
        {LTS_LABEL_TREE, "////"},
        {LTS_LABEL_FLAT, "Crunch-100-1-0"},
        {LTS_LABEL_FLAT, "X100X1-0"},
        {LTS_LABEL_FLAT, "CrunchX100X1-0.wav"},
        {"{descriptor}a{*}a{pitch}", "aaaaaaaaaaa"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lts_label label = {.key = 5};
        assert_false(lts_label_parse(cases[i][0], cases[i][1], &label));
        assert_true(label.key == -1 && isnan(label.magnitude) && !label.descriptor[0]);
    }
}

/* Every way to share out a long name would take years. */
static void a_hopeless_match_ends(void **state)
{
    (void)state;
    char name[256];
    lts_label label;
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_false(lts_label_parse("{*}a{*}a{*}a{*}a{*}a{*}a{*}a{*}a{pitch}", name, &label));
}

static void wrong_patterns_are_refused(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "no field"},
        {"plain", "no field"},
        {"{*}", "no field"},
        {"{colour}/{pitch}", "{colour} is no field"},
        {"{pitch", "{pitch is no field"},
        {"{}", "is no field"},
        {"{pitch}/{pitch}", "{pitch} is there twice"},
        {"{descriptor}{pitch}", "put a text between"},
        {"/{pitch}", "folder without a name"},
        {"{group}//{pitch}", "folder without a name"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lts_error err;
        assert_status(lts_label_check_pattern(cases[i][0], &err), LTS_ERR_ARGUMENT);
        if (!strstr(err.text, cases[i][1]))
            fail_msg("'%s' does not say \"%s\"", err.text, cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pitch_of_the_first_string_goes_there_and_back),
        cmocka_unit_test(other_spellings_of_pitches_are_read),
        cmocka_unit_test(patterns_take_names_apart),
        cmocka_unit_test(names_of_another_form_have_no_labels),
        cmocka_unit_test(a_hopeless_match_ends),
        cmocka_unit_test(wrong_patterns_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
