/* Spaces and patches: their files, classes and values. */
#include "spaces.h"

#include <math.h>
#include <stdio.h>

static void the_paper_s_parameters(void **state)
{
    (void)state;
    static const char *const names[] = {"sin_f",   "sin_v",   "sin_A", "sin_B", "saw_f",  "saw_v",
                                        "saw_A",   "saw_B",   "tri_f", "tri_v", "tri_A",  "tri_B",
                                        "sqr_f",   "sqr_v",   "sqr_A", "sqr_B", "attack", "decay",
                                        "sustain", "release", "f_cut", "q",     "f_gate"};
    static const struct {
        const char *name, *unit;
        double first, second, last;
    } levels[] = {{"tri_f", "Hz", 440, 466.1637615180899, 1046.5022612023945},
                  {"saw_v", "Hz", 1, 1 + 29.0 / 15, 30},
                  {"sqr_A", "", 0.001, 0.0676, 1},
                  {"sin_B", "Hz", 0, 100, 1500},
                  {"release", "s", 0.001, 0.0676, 1},
                  {"f_cut", "Hz", 200, 200 + 3800.0 / 15, 4000},
                  {"q", "", 0.01, 0.676, 10},
                  {"f_gate", "Hz", 0.5, 0.5 + 29.5 / 15, 30}};
    lts_synth_space *space = builtin_space("paper");
    assert_int_equal(lts_synth_space_count(space), 23);
    assert_int_equal(lts_synth_space_free(space), 23);
    assert_int_equal(lts_synth_space_levels(space), 23 * 16);
    assert_int_equal(lts_synth_space_samples(space), 16384);
    assert_true(fabs(lts_synth_space_size(space) / pow(16, 23) - 1) < 1e-12);
    for (size_t p = 0; p < 23; p++)
        assert_string_equal(lts_synth_space_at(space, p).name, names[p]);
    for (size_t l = 0; l < sizeof levels / sizeof *levels; l++) {
        const size_t at = lts_synth_space_find(space, levels[l].name);
        const lts_synth_parameter parameter = lts_synth_space_at(space, at);
        assert_string_equal(parameter.unit, levels[l].unit);
        assert_int_equal(parameter.levels, 16);
        assert_true(fabs(parameter.level[0] - levels[l].first) < 1e-12);
        assert_true(fabs(parameter.level[1] - levels[l].second) < 1e-9);
        assert_true(fabs(parameter.level[15] - levels[l].last) < 1e-9);
    }
    assert_int_equal(lts_synth_space_find(space, "sin_g"), 23);
    lts_synth_space_destroy(space);
}

static void the_implementation_s_parameters(void **state)
{
    (void)state;
    lts_synth_space *space = builtin_space("implementation");
    assert_int_equal(lts_synth_space_free(space), 16);
    assert_int_equal(lts_synth_space_count(space), 20);
    assert_true(lts_synth_space_settings(space)->fm.relative);
    assert_int_equal(lts_synth_space_at(space, 3).levels, 16);
    assert_true(lts_synth_space_at(space, 3).level[15] == 1.5);
    assert_int_equal(lts_synth_space_at(space, lts_synth_space_find(space, "decay")).levels, 0);
    lts_synth_space_destroy(space);
    space = builtin_space("two-sines");
    assert_int_equal(lts_synth_space_free(space), 4);
    assert_true(lts_synth_space_size(space) == 81);
    lts_synth_space_destroy(space);
    lts_error err;
    assert_status(lts_synth_space_builtin("papre", &space, &err), LTS_ERR_ARGUMENT);
}

static void texts_read_back_as_equal(void **state)
{
    (void)state;
    lts_error err;
    char *folder = test_folder(), *path = lts_path_join(folder, "p.ini");
    for (size_t s = 0; lts_synth_space_name(s); s++) {
        lts_synth_space *a = builtin_space(lts_synth_space_name(s)), *b;
        char *text = lts_synth_space_text(a);
        assert_non_null(text);
        assert_ok(lts_synth_space_save(a, path, &err));
        assert_ok(lts_synth_space_load(path, &b, &err));
        assert_ok(lts_synth_space_compare(a, "a", b, "b", &err));
        char *again = lts_synth_space_text(b), *file = test_read(path, NULL);
        assert_string_equal(text, again);
        assert_string_equal(text, file);
        lts_free(text);
        lts_free(again);
        lts_free(file);
        lts_synth_space_destroy(a);
        lts_synth_space_destroy(b);
    }
    lts_free(path);
    test_folder_remove(folder);
}

static void patches_read_back_with_their_values(void **state)
{
    (void)state;
    lts_error err;
    double values[64], back[64];
    char *folder = test_folder(), *path = lts_path_join(folder, "patch.ini");
    lts_synth_space *space = builtin_space("paper"), *patch;
    lts_synth_space_values(space, values);
    values[0] = 443.21987654321;
    values[3] = 1.0 / 3;
    assert_ok(lts_synth_patch_save(space, values, path, &err));
    assert_ok(lts_synth_patch_load(path, &patch, &err));
    assert_int_equal(lts_synth_space_count(patch), 23);
    assert_int_equal(lts_synth_space_free(patch), 0);
    lts_synth_space_values(patch, back);
    assert_memory_equal(values, back, 23 * sizeof *values);
    values[20] = 0;
    assert_status(lts_synth_patch_save(space, values, path, &err), LTS_ERR_ARGUMENT);
    assert_string_equal(err.text, "f_cut = 0: must be 1 to 8028.16 Hz");
    lts_synth_space_destroy(space);
    lts_synth_space_destroy(patch);
    lts_free(path);
    test_folder_remove(folder);
}

/* What is not said is the paper's; levels in every form. */
static const char small[] = "[synth]\nwaves = sin\nfilter = no\n[parameters]\n"
                            "sin_f = 100 200, 400\n"
                            "sin_v = linear 1 3 5\n"
                            "sin_A = geometric 0.01 1 3\n"
                            "sin_B = 0\n"
                            "attack = 0.1\ndecay = 0.1\nsustain = 0.5 1\nrelease = .1\n"
                            "f_gate = semitones 1 13\n";

static void files_may_be_edited(void **state)
{
    (void)state;
    lts_error err;
    lts_synth_space *space = space_of(small);
    assert_int_equal(lts_synth_space_count(space), 9);
    assert_int_equal(lts_synth_space_free(space), 5);
    assert_true(lts_synth_space_size(space) == 3 * 5 * 3 * 2 * 13);
    assert_true(lts_synth_space_at(space, 0).level[2] == 400);
    assert_true(lts_synth_space_at(space, 1).level[1] == 1.5);
    assert_true(fabs(lts_synth_space_at(space, 2).level[1] - 0.1) < 1e-15);
    assert_true(lts_synth_space_at(space, 8).level[12] == 2);
    assert_int_equal(lts_synth_space_free_at(space, 3), 6);
    assert_true(lts_synth_space_settings(space)->gate == 0.6);
    assert_ok(lts_synth_space_set_levels(space, 0, (const double[]){500}, 1, &err));
    assert_int_equal(lts_synth_space_free(space), 4);
    assert_ok(lts_synth_space_set_levels(space, 0, (const double[]){500, 600}, 2, &err));
    assert_int_equal(lts_synth_space_free(space), 5);
    assert_status(lts_synth_space_set_levels(space, 0, (const double[]){600, 500}, 2, &err),
                  LTS_ERR_ARGUMENT);
    assert_status(lts_synth_space_set_levels(space, 0, (const double[]){-1}, 1, &err),
                  LTS_ERR_ARGUMENT);
    assert_true(lts_synth_space_at(space, 0).level[1] == 600);
    lts_synth_settings settings = *lts_synth_space_settings(space);
    settings.fm.gater = false;
    assert_status(lts_synth_space_set_settings(space, &settings, &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "f_gate"));
    assert_true(lts_synth_space_settings(space)->fm.gater);
    settings.source = (lts_synth_source)99;
    assert_status(lts_synth_space_set_settings(space, &settings, &err), LTS_ERR_ARGUMENT);
    lts_synth_space_destroy(space);
}

/* `small` with one line in place of another must be refused with these words. */
static void refuse(const char *line, const char *instead, const char *words)
{
    lts_error err;
    lts_synth_space *space;
    char text[2048];
    const char *at = strstr(small, line);
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - small), small, instead, at + strlen(line));
    assert_status(lts_synth_space_parse(text, strlen(text), "p.ini", &space, &err),
                  LTS_ERR_ARGUMENT);
    assert_null(space);
    assert_memory_equal(err.text, "p.ini", 5);
    assert_null(strchr(err.text, '\n'));
    if (!strstr(err.text, words))
        fail_msg("'%s' does not say '%s'", err.text, words);
}

static void what_a_file_says_wrongly_is_named(void **state)
{
    (void)state;
    refuse("sin_f = 100", "sin_f = x",
           "p.ini:5: [parameters] sin_f = x 200, 400: must be a number");
    refuse("sin_f = 100", "sin_f = 300", "level 2, 200, is not above");
    refuse("sin_f = 100", "sin_f = -1", "p.ini:5: [parameters] sin_f = -1: must be 0 to 20000 Hz");
    refuse("sin_f = 100 200, 400", "sin_f =", "must be a number");
    refuse("sin_f = 100 200, 400\n", "", "p.ini: [parameters] sin_f: is missing");
    refuse("sin_f", "sim_f", "[parameters] sim_f: is no parameter of this synthesizer");
    refuse("sin_f", "sim_f", "did you mean sin_f?");
    refuse("sin_f", "cutoff_of_filter", "remove it");
    refuse("linear 1 3 5", "linear 1 3", "linear FROM TO COUNT");
    refuse("linear 1 3 5", "linear 1 3 1", "linear FROM TO COUNT");
    refuse("linear 1 3 5", "linear 1 3 5 7", "linear FROM TO COUNT");
    refuse("linear 1 3 5", "linear 1 3 9999", "linear FROM TO COUNT");
    refuse("geometric 0.01", "geometric 0", "geometric FROM TO COUNT");
    refuse("geometric 0.01 1", "geometric 1 .1", "must rise");
    refuse("semitones 1 13", "semitones -1 13", "semitones FROM COUNT");
    refuse("filter = no", "filter = off", "p.ini: [synth] filter = off: must be yes or no");
    refuse("filter = no", "filter = yes", "[parameters] f_cut: is missing");
    refuse("filter = no", "filter = no\ngater = no", "f_gate: is no parameter");
    refuse("waves = sin", "waves = sin saw", "[parameters] saw_f: is missing");
    refuse("waves = sin", "waves = sinus_2", "[synth] waves = sinus_2: must be 1 to 8 of sin");
    refuse("waves = sin", "waves = sin sin", "sin comes twice");
    refuse("waves = sin", "waves = noise", "must be 1 to 8 of sin, saw");
    refuse("waves = sin", "waves =", "must be 1 to 8 of sin, saw");
    refuse("waves = sin", "waves = sin\nphases = 0 0", "must be 1 numbers");
    refuse("waves = sin", "waves = sin\nphases = 2", "[synth] phases: 2 of sin");
    refuse("waves = sin", "waves = sin\nmodulation = cents", "must be hertz or relative");
    refuse("waves = sin", "waves = sin\noscillators = best", "must be auto, naive or bandlimited");
    refuse("waves = sin", "waves = sin\nsource = vst", "[synth] source = vst: must be fm");
    refuse("waves = sin", "waves = sin\nsample_rate = 1e9", "[synth] sample_rate = 1e+09: must be");
    refuse("waves = sin", "waves = sin\nsample_rate = fast", "[synth] sample_rate = fast: must be");
    refuse("waves = sin", "waves = sin\nduration = 0", "[synth] duration = 0: must be");
    refuse("waves = sin", "waves = sin\ngate = -1", "[synth] gate = -1: must be");
    refuse("waves = sin", "waves = sin\nnormalize = 1", "[synth] normalize = 1: must be yes or no");
    refuse("waves = sin", "waves = sin\nlength = 1", "p.ini:3: [synth] length: is no setting");
    refuse("[parameters]", "[params]", "[params]: only [synth] and [parameters]");
    lts_error err;
    lts_synth_space *space;
    assert_status(lts_synth_space_parse("[synth", 6, "p.ini", &space, &err), LTS_ERR_FORMAT);
    assert_status(lts_synth_space_load("no-such.ini", &space, &err), LTS_ERR_NOT_FOUND);
    static const char levels[] = "[synth]\nwaves = sin\n[patch]\nsin_f = 1 2\n";
    assert_status(lts_synth_patch_parse(levels, strlen(levels), "a.ini", &space, &err),
                  LTS_ERR_ARGUMENT);
    assert_string_equal(err.text, "a.ini:4: [patch] sin_f = 1 2: must be a number");
}

static void classes_are_values_and_back(void **state)
{
    (void)state;
    lts_error err;
    double values[64];
    int32_t classes[64], back[64];
    lts_synth_space *space = space_of(small);
    for (uint64_t i = 0; i < 100; i++) {
        lts_synth_draw(space, 4, i, classes);
        assert_ok(lts_synth_values(space, classes, values, &err));
        lts_synth_classes(space, values, back);
        assert_memory_equal(classes, back, 5 * sizeof *classes);
    }
    values[0] = 150; /* as near to 100 as to 200 */
    lts_synth_classes(space, values, back);
    assert_int_equal(back[0], 0);
    values[0] = 301;
    lts_synth_classes(space, values, back);
    assert_int_equal(back[0], 2);
    lts_synth_space_destroy(space);
}

static void drawing_is_even_and_by_seed_and_index_alone(void **state)
{
    (void)state;
    enum { DRAWS = 16000 };
    int32_t classes[64], again[64];
    size_t counts[16] = {0};
    lts_synth_space *space = builtin_space("paper");
    for (uint64_t i = 0; i < DRAWS; i++) {
        lts_synth_draw(space, 9, i, classes);
        for (size_t p = 0; p < 23; p++)
            assert_in_range(classes[p], 0, 15);
        counts[classes[7]]++;
    }
    for (size_t c = 0; c < 16; c++) /* 1000 each, a deviation of 31 */
        assert_in_range(counts[c], 850, 1150);
    lts_synth_draw(space, 9, 5, classes);
    lts_synth_draw(space, 9, 6, again);
    assert_memory_not_equal(classes, again, 23 * sizeof *classes);
    lts_synth_draw(space, 10, 5, again);
    assert_memory_not_equal(classes, again, 23 * sizeof *classes);
    /* The same on every machine, and for good. */
    const int32_t first[] = {1,  9, 1, 8,  15, 12, 4, 3, 2, 11, 9, 4,
                             15, 7, 4, 10, 11, 10, 4, 9, 8, 7,  13};
    lts_synth_draw(space, 1, 0, classes);
    assert_memory_equal(classes, first, sizeof first);
    lts_synth_space_destroy(space);
}

static void counting_goes_through_all(void **state)
{
    (void)state;
    int32_t classes[4], last[4] = {0, 0, 0, -1};
    lts_synth_space *space = builtin_space("two-sines");
    for (uint64_t i = 0; i < 81; i++) {
        lts_synth_enumerate(space, i, classes);
        size_t digit = 3;
        while (++last[digit] == 3)
            last[digit--] = 0;
        assert_memory_equal(classes, last, sizeof last);
    }
    lts_synth_space_destroy(space);
}

static void spaces_that_differ_are_told_apart(void **state)
{
    (void)state;
    static const char *const changes[][3] = {
        {"sin_f = 100", "sin_f = 101", "level 1 of sin_f is 100, in b.ini 101"},
        {"linear 1 3 5", "linear 1 3 6", "sin_v has 5 levels, in b.ini 6"},
        {"linear 1 3 5", "1", "has 5 free parameters, b.ini has 4"},
        {"waves = sin", "waves = sin\nmodulation = relative", "modulation differs"},
        {"waves = sin", "waves = sin\nphases = 0.5", "phases differ"},
    };
    lts_error err;
    lts_synth_space *a = space_of(small), *b;
    for (size_t c = 0; c < sizeof changes / sizeof *changes; c++) {
        char text[2048];
        const char *at = strstr(small, changes[c][0]);
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - small), small, changes[c][1],
                 at + strlen(changes[c][0]));
        b = space_of(text);
        assert_status(lts_synth_space_compare(a, "a.ini", b, "b.ini", &err), LTS_ERR_SHAPE);
        if (!strstr(err.text, changes[c][2]))
            fail_msg("'%s' does not say '%s'", err.text, changes[c][2]);
        lts_synth_space_destroy(b);
    }
    assert_ok(lts_synth_space_compare(a, "a.ini", a, "a.ini", &err));
    lts_synth_space_destroy(a);
}

static void a_decimal_comma_changes_nothing(void **state)
{
    (void)state;
    char *folder = test_folder();
    lts_synth_space *space = space_of(small);
    char *text = lts_synth_space_text(space);
    test_comma_locale(folder);
    char *comma = lts_synth_space_text(space);
    lts_synth_space_destroy(space);
    space = space_of(comma);
    test_plain_locale();
    assert_string_equal(text, comma);
    lts_synth_space_destroy(space);
    lts_free(text);
    lts_free(comma);
    test_folder_remove(folder);
}

static void every_failed_allocation_is_reported(void **state)
{
    (void)state;
    lts_error err;
    lts_synth_space *space;
    test_fail_allocation(0);
    space = space_of(small);
    const size_t asked = test_fail_allocation(0);
    lts_synth_space_destroy(space);
    for (size_t i = 1; i <= asked; i++) {
        test_fail_allocation(i);
        lts_status status = lts_synth_space_parse(small, strlen(small), "p.ini", &space, &err);
        test_fail_allocation(0);
        assert_status(status, LTS_ERR_MEMORY);
        assert_null(space);
    }
    assert_true(asked > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_paper_s_parameters),
        cmocka_unit_test(the_implementation_s_parameters),
        cmocka_unit_test(texts_read_back_as_equal),
        cmocka_unit_test(patches_read_back_with_their_values),
        cmocka_unit_test(files_may_be_edited),
        cmocka_unit_test(what_a_file_says_wrongly_is_named),
        cmocka_unit_test(classes_are_values_and_back),
        cmocka_unit_test(drawing_is_even_and_by_seed_and_index_alone),
        cmocka_unit_test(counting_goes_through_all),
        cmocka_unit_test(spaces_that_differ_are_told_apart),
        cmocka_unit_test(a_decimal_comma_changes_nothing),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
