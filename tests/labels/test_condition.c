/* Conditions: the rows that labels and measures become, and their text. */
#include "testing.h"

#include "lts/condition.h"

#include <math.h>
#include <string.h>

static const char text[] = "descriptor 64 67 100\nBright\nFuzz";

static lts_conditions *parse(const char *from)
{
    lts_error err = {0};
    lts_conditions *conditions;
    assert_ok(lts_conditions_parse(from, &conditions, &err));
    return conditions;
}

static void text_is_read_back(void **state)
{
    (void)state;
    static const char *const texts[] = {text, "descriptor 0 127 1",
                                        "perceptual 60 60 100\n1 2\n-3 0.5\n0 1\n4.25 8"};
    static const size_t counts[] = {6, 128, 5};
    for (size_t t = 0; t < 3; t++) {
        lts_conditions *conditions = parse(texts[t]);
        char *back = lts_conditions_text(conditions);
        assert_string_equal(back, texts[t]);
        assert_int_equal(lts_conditions_count(conditions), counts[t]);
        assert_true(lts_conditions_are_measured(conditions) == (t == 2));
        lts_free(back);
        lts_conditions_destroy(conditions);
    }
}

static void wrong_texts_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        "descriptor",
                                        "descriptor 64 67",
                                        "descriptor 67 64 100\nA",
                                        "descriptor 64 128 100\nA",
                                        "descriptor -1 12 100\nA",
                                        "descriptor 64 67 0\nA",
                                        "descriptor 64 67 nan\nA",
                                        "descriptor 64 67 100 2\nA",
                                        "descriptor 64 67 100\nA\n",
                                        "descriptor 64 67 100\n\nA",
                                        "perceptual 60 60 1\n1 2\n1 2\n1 2",
                                        "perceptual 60 60 1\n1 2\n1 2\n1 2\n1 0",
                                        "perceptual 60 60 1\n1 2\n1 2\n1 2\n1 2\n1 2",
                                        "measured 60 60 1"};
    for (size_t w = 0; w < sizeof wrong / sizeof *wrong; w++) {
        lts_error err = {0};
        lts_conditions *conditions;
        if (lts_conditions_parse(wrong[w], &conditions, &err) != LTS_ERR_FORMAT)
            fail_msg("'%s' was read", wrong[w]);
        assert_null(conditions);
    }
}

static void labels_become_a_row(void **state)
{
    (void)state;
    static const struct {
        lts_condition_part part[2];
        size_t parts;
        double key;
        float row[6];
    } cases[] = {
        {{{"Bright", 100}}, 1, 64, {1, 0, 1, 0, 0, 0}},
        {{{"Fuzz", 25}}, 1, 67, {0, 0.25f, 0, 0, 0, 1}},
        {{{"Fuzz", 150}}, 1, 66, {0, 1.5f, 0, 0, 1, 0}}, /* beyond the trained ones */
        {{{"Bright", 60}, {"Fuzz", 40}}, 2, 65.25, {0.6f, 0.4f, 0, 0.75f, 0.25f, 0}},
        {{{"none at all", 0}}, 1, 20, {0, 0, 1, 0, 0, 0}}, /* clean, and below the lowest key */
        {{{"", 0}}, 0, 99, {0, 0, 0, 0, 0, 1}},
    };
    lts_conditions *conditions = parse(text);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        lts_error err = {0};
        float row[6];
        assert_ok(lts_conditions_describe(conditions, cases[c].part, cases[c].parts, cases[c].key,
                                          row, &err));
        for (size_t i = 0; i < 6; i++)
            assert_true(fabsf(row[i] - cases[c].row[i]) < 1e-6f);
    }
    lts_conditions_destroy(conditions);
}

static void what_is_not_known_is_refused(void **state)
{
    (void)state;
    lts_error err = {0};
    float row[6];
    const float measures[LTS_NOTE_MEASURES] = {1, 2, 3, 4};
    lts_conditions *conditions = parse(text);
    const lts_condition_part dark = {"Dark", 50}, much = {"Fuzz", INFINITY};
    assert_status(lts_conditions_describe(conditions, &dark, 1, 64, row, &err), LTS_ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "Dark: the model was told no such descriptor: name one of "
                                     "Bright, Fuzz"));
    assert_status(lts_conditions_describe(conditions, &much, 1, 64, row, &err), LTS_ERR_ARGUMENT);
    assert_status(lts_conditions_describe(conditions, &dark, 0, (double)NAN, row, &err),
                  LTS_ERR_ARGUMENT);
    assert_status(lts_conditions_measure(conditions, measures, 64, row, &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "condition = perceptual"));
    lts_conditions_destroy(conditions);
}

static void measures_are_normalised(void **state)
{
    (void)state;
    lts_error err = {0};
    float row[5];
    const float measures[LTS_NOTE_MEASURES] = {3, -3, 2, 0.25f};
    lts_conditions *conditions = parse("perceptual 60 60 100\n1 2\n-3 0.5\n0 1\n4.25 8");
    assert_ok(lts_conditions_measure(conditions, measures, 60, row, &err));
    const float expected[5] = {1, 0, 2, -0.5f, 1};
    for (size_t i = 0; i < 5; i++)
        assert_true(fabsf(row[i] - expected[i]) < 1e-6f);
    const lts_condition_part fuzz = {"Fuzz", 50};
    assert_status(lts_conditions_describe(conditions, &fuzz, 1, 60, row, &err), LTS_ERR_ARGUMENT);
    lts_conditions_destroy(conditions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_read_back),       cmocka_unit_test(wrong_texts_are_refused),
        cmocka_unit_test(labels_become_a_row),     cmocka_unit_test(what_is_not_known_is_refused),
        cmocka_unit_test(measures_are_normalised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
