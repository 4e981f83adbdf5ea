/* LV2 instruments as spaces: their files, which are read without the plugin, and, in a build with
 * lilv, the sounds of the test instrument. */
#include "lts/lv2.h"
#include "spaces.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define SINE "[synth]\nsource = lv2\nplugin = urn:lts-test:sine\nduration = 0.1\ngate = 0.05\n"

static const char text[] =
    SINE "note = 69\nvelocity = 127\ntimeout = 1\n[parameters]\nratio = 1 2 4\ngain = 0.5\n"
         "[ranges]\nrange.ratio = 0.5 8\n";

static void need_lv2(void)
{
    if (!lts_lv2_version())
        skip();
}

static void a_file_is_read_without_the_plugin(void **state)
{
    (void)state;
    double least, most;
    lts_synth_space *space = space_of("[synth]\nsource = lv2\nplugin = urn:nowhere#at all\n"
                                      "[parameters]\na = 1 2\nb = -7\n[ranges]\nrange.a = 0 3\n");
    const lts_synth_settings *settings = lts_synth_space_settings(space);
    assert_int_equal(settings->source, LTS_SYNTH_LV2);
    assert_string_equal(settings->lv2.plugin, "urn:nowhere#at all");
    assert_int_equal(settings->lv2.note, 60);
    assert_int_equal(settings->lv2.velocity, 100);
    assert_true(settings->lv2.timeout == 10 && settings->sample_rate == 16384);
    assert_int_equal(lts_synth_space_count(space), 2);
    assert_int_equal(lts_synth_space_free(space), 1);
    lts_synth_space_limits(space, 0, &least, &most);
    assert_true(least == 0 && most == 3);
    lts_synth_space_limits(space, 1, &least, &most);
    assert_true(least < -1e20 && most > 1e20);
    lts_synth_space_destroy(space);
}

static void its_text_reads_back_as_the_same_space(void **state)
{
    (void)state;
    lts_error err;
    lts_synth_space *space = space_of(text), *again, *copy;
    double values[2], least, most;
    char *written = lts_synth_space_text(space);
    again = space_of(written);
    assert_ok(lts_synth_space_compare(space, "a", again, "b", &err));
    char *twice = lts_synth_space_text(again);
    assert_string_equal(twice, written);
    assert_int_equal(lts_synth_space_settings(again)->lv2.note, 69);
    assert_ok(lts_synth_space_copy(again, &copy, &err));
    lts_synth_space_limits(copy, 0, &least, &most);
    assert_true(least == 0.5 && most == 8);
    lts_synth_space_destroy(copy);

    lts_synth_space_values(space, values);
    values[0] = 3;
    char *patch = lts_synth_patch_text(space, values);
    assert_ok(lts_synth_patch_parse(patch, strlen(patch), "patch", &copy, &err));
    assert_int_equal(lts_synth_space_free(copy), 0);
    lts_synth_space_values(copy, values);
    assert_true(values[0] == 3 && values[1] == 0.5);
    lts_synth_space_destroy(copy);
    lts_free(patch);
    lts_free(written);
    lts_free(twice);
    lts_synth_space_destroy(again);
    lts_synth_space_destroy(space);
}

static void other_plugins_and_controls_are_other_spaces(void **state)
{
    (void)state;
    lts_error err;
    lts_synth_space *space = space_of(text), *plugin, *control, *fm = builtin_space("two-sines");
    plugin = space_of("[synth]\nsource = lv2\nplugin = urn:lts-test:other\n[parameters]\n"
                      "ratio = 1 2 4\ngain = 0.5\n");
    control = space_of(SINE "[parameters]\npitch = 1 2 4\ngain = 0.5\n");
    assert_int_equal(lts_synth_space_compare(space, "a", plugin, "b", &err), LTS_ERR_SHAPE);
    assert_string_equal(err.text, "a and b: [synth] plugin differs");
    assert_int_equal(lts_synth_space_compare(space, "a", control, "b", &err), LTS_ERR_SHAPE);
    assert_string_equal(err.text, "a: free parameter 1 is ratio, in b it is pitch");
    assert_int_equal(lts_synth_space_compare(space, "a", fm, "b", &err), LTS_ERR_SHAPE);
    lts_synth_space_destroy(fm);
    lts_synth_space_destroy(control);
    lts_synth_space_destroy(plugin);
    lts_synth_space_destroy(space);
}

static void wrong_files_are_refused_in_one_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } wrong[] = {
        {"[synth]\nsource = lv2\n[parameters]\na = 1\n", "a.ini: [synth] plugin: is missing"},
        {"[synth]\nsource = lv3\n", "a.ini: [synth] source = lv3: must be fm or lv2"},
        {SINE "note = 128\n", "[synth] note = 128: must be a whole number, at most 127"},
        {SINE "velocity = 0\n", "[synth] velocity = 0: must be 1 to 127"},
        {SINE "timeout = 0\n", "[synth] timeout = 0: must be 0.1 to 3600 s"},
        {SINE "timeout = soon\n", "[synth] timeout = soon: must be a number of seconds"},
        {SINE "plugin =\n", "plugin"},
        {SINE "filter = no\n", "a.ini:6: [synth] filter: is no setting of this synthesizer"},
        {SINE "[parameters]\na = 2\n[ranges]\nrange.a = 0 1\n",
         "a.ini:7: [parameters] a = 2: must be 0 to 1"},
        {SINE "[parameters]\na = 2\n[ranges]\nrange.b = 0 1\n",
         "a.ini:9: [ranges] range.b: is no range.NAME of [parameters]"},
        {SINE "[parameters]\na = 2\n[ranges]\na = 0 1\n", "[ranges] a: is no range.NAME"},
        {SINE "[parameters]\na = 2\n[ranges]\nrange.a = 0\n",
         "[ranges] range.a = 0: must be two numbers, the least and the most"},
        {SINE "[parameters]\na = 2\n[ranges]\nrange.a = 3 1\n", "must be two numbers"},
        {SINE "[parameter]\na = 2\n", "only [synth], [ranges] and [parameters] have a meaning"},
        {"[synth]\nsource = fm\n[ranges]\nrange.a = 0 1\n",
         "only [synth] and [parameters] have a meaning"},
    };
    for (size_t w = 0; w < sizeof wrong / sizeof *wrong; w++) {
        lts_error err = {0};
        lts_synth_space *space;
        assert_int_not_equal(
            lts_synth_space_parse(wrong[w].text, strlen(wrong[w].text), "a.ini", &space, &err),
            LTS_OK);
        assert_null(space);
        if (!strstr(err.text, wrong[w].says) || strchr(err.text, '\n'))
            fail_msg("'%s' does not say '%s'", err.text, wrong[w].says);
    }
}

static void a_build_without_lilv_says_so(void **state)
{
    (void)state;
    lts_error err;
    lts_synth *synth;
    lts_synth_space *space = space_of(text);
    if (lts_lv2_version()) {
        lts_synth_space_destroy(space);
        skip();
    }
    assert_int_equal(lts_synth_create(space, &synth, &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "this build has no LV2 instruments"));
    lts_synth_space_destroy(space);
}

enum { SAMPLES = 1638 };

/* A4 of the sine on two outputs, of which the second has half the level. */
static void a_note_sounds_from_its_beginning_to_the_gate(void **state)
{
    (void)state;
    need_lv2();
    lts_error err;
    lts_synth *synth;
    lts_synth_space *space = space_of(text);
    float x[SAMPLES];
    assert_ok(lts_synth_create(space, &synth, &err));
    assert_int_equal(lts_synth_samples(synth), SAMPLES);
    for (int32_t class = 0; class < 3; class ++) {
        const double f = 440 << class;
        assert_ok(lts_synth_render_classes(synth, &class, x, &err));
        for (int n = 0; n < SAMPLES; n++) {
            const double y = n < 819 ? 0.375 * sin(2 * 3.14159265358979 * f * n / 16384) : 0;
            assert_true(fabs(x[n] - y) < 1e-5);
        }
    }
    lts_synth_destroy(synth);
    lts_synth_space_destroy(space);
}

/* The instrument's level falls with every sound of its process, and rand() is drawn from. */
static void nothing_of_one_sound_reaches_the_next(void **state)
{
    (void)state;
    need_lv2();
    static const int32_t order[] = {0, 2, 1, 0, 2};
    lts_error err;
    lts_synth *synth;
    lts_synth_space *space = space_of(SINE "[parameters]\nratio = 1 2 4\nspoil = 2\n");
    float first[3][SAMPLES], x[SAMPLES];
    for (int32_t class = 0; class < 3; class ++) {
        assert_ok(lts_synth_create(space, &synth, &err));
        assert_ok(lts_synth_render_classes(synth, &class, first[class], &err));
        lts_synth_destroy(synth);
    }
    assert_ok(lts_synth_create(space, &synth, &err));
    for (size_t o = 0; o < sizeof order / sizeof *order; o++) {
        assert_ok(lts_synth_render_classes(synth, &order[o], x, &err));
        assert_memory_equal(x, first[order[o]], sizeof x);
    }
    lts_synth_destroy(synth);
    lts_synth_space_destroy(space);
}

static void a_sound_that_fails_is_lost_alone(void **state)
{
    (void)state;
    need_lv2();
    static const struct {
        const char *control, *says;
    } failing[] = {{"crash = 0 1", "crashed: "},
                   {"hang = 0 1", "took longer than 0.3 s"},
                   {"leave = 0 1", "ended its process"},
                   {"spoil = 0 1", "sample 0 is no finite number"}};
    for (size_t f = 0; f < sizeof failing / sizeof *failing; f++) {
        lts_error err = {0};
        lts_synth *synth;
        float before[SAMPLES], x[SAMPLES];
        char *made = lts_format(SINE "timeout = 0.3\n[parameters]\n%s\n", failing[f].control);
        lts_synth_space *space = space_of(made);
        const int32_t good = 0, bad = 1;
        assert_ok(lts_synth_create(space, &synth, &err));
        assert_ok(lts_synth_render_classes(synth, &good, before, &err));
        for (int again = 0; again < 2; again++) {
            assert_int_equal(lts_synth_render_classes(synth, &bad, x, &err), LTS_ERR_PLUGIN);
            if (!strstr(err.text, failing[f].says) || strncmp(err.text, "urn:lts-test:sine: ", 19))
                fail_msg("'%s' does not say '%s'", err.text, failing[f].says);
            assert_ok(lts_synth_render_classes(synth, &good, x, &err));
            assert_memory_equal(x, before, sizeof x);
        }
        lts_synth_destroy(synth);
        lts_synth_space_destroy(space);
        lts_free(made);
    }
}

static void older_event_ports_are_played(void **state)
{
    (void)state;
    need_lv2();
    lts_error err;
    lts_synth *synth;
    const int32_t class = 1;
    lts_synth_space *space =
        space_of("[synth]\nsource = lv2\nplugin = urn:lts-test:event\nnote = 69\nvelocity = 127\n"
                 "duration = 0.1\ngate = 0.05\n[parameters]\ngain = 0.25 0.5\n");
    float x[SAMPLES];
    assert_ok(lts_synth_create(space, &synth, &err));
    assert_ok(lts_synth_render_classes(synth, &class, x, &err));
    for (int n = 0; n < SAMPLES; n++) {
        const double y = n < 819 ? 0.5 * sin(2 * 3.14159265358979 * 440 * n / 16384) : 0;
        assert_true(fabs(x[n] - y) < 1e-5);
    }
    lts_synth_destroy(synth);
    lts_synth_space_destroy(space);
}

static void what_cannot_be_played_is_refused(void **state)
{
    (void)state;
    need_lv2();
    static const struct {
        const char *plugin, *parameters, *says;
        lts_status status;
    } wrong[] = {
        {"sine", "ratoi = 1 2",
         "urn:lts-test:sine: ratoi: is no control of this plugin (did you "
         "mean ratio?)",
         LTS_ERR_ARGUMENT},
        {"sine", "ratio = 1 9", "urn:lts-test:sine: ratio = 9: the plugin takes 0.5 to 8",
         LTS_ERR_ARGUMENT},
        {"sine", "meter = 1 2", "meter: is no control of this plugin", LTS_ERR_ARGUMENT},
        {"needy", "",
         "urn:lts-test:needy: needs the feature urn:lts-test:telepathy, which this "
         "host does not have",
         LTS_ERR_ARGUMENT},
        {"gain", "", "urn:lts-test:gain: is no instrument: it has no input for MIDI notes",
         LTS_ERR_ARGUMENT},
        {"lost", "", "urn:lts-test:lost: cannot be loaded: ", LTS_ERR_NOT_FOUND},
        {"nothing", "", "urn:lts-test:nothing: no such plugin is installed", LTS_ERR_NOT_FOUND},
    };
    for (size_t w = 0; w < sizeof wrong / sizeof *wrong; w++) {
        lts_error err = {0};
        lts_synth *synth;
        char *made =
            lts_format("[synth]\nsource = lv2\nplugin = urn:lts-test:%s\n[parameters]\n%s\n",
                       wrong[w].plugin, wrong[w].parameters);
        lts_synth_space *space = space_of(made);
        assert_int_equal(lts_synth_create(space, &synth, &err), wrong[w].status);
        assert_null(synth);
        if (!strstr(err.text, wrong[w].says) || strchr(err.text, '\n'))
            fail_msg("'%s' does not say '%s'", err.text, wrong[w].says);
        lts_synth_space_destroy(space);
        lts_free(made);
    }
}

static void a_host_that_is_not_there_is_named(void **state)
{
    (void)state;
    need_lv2();
    lts_error err;
    lts_lv2_plugins plugins;
    char *host = lts_strdup(getenv("LTS_LV2_HOST"));
    assert_int_equal(setenv("LTS_LV2_HOST", "/no/such/host", 1), 0);
    assert_int_equal(lts_lv2_list(&plugins, &err), LTS_ERR_IO);
    assert_non_null(strstr(err.text, "/no/such/host: cannot be started: "));
    assert_int_equal(setenv("LTS_LV2_HOST", "/bin/true", 1), 0);
    assert_int_equal(lts_lv2_list(&plugins, &err), LTS_ERR_PLUGIN);
    assert_non_null(strstr(err.text, "ended its process"));
    assert_int_equal(setenv("LTS_LV2_HOST", host, 1), 0);
    lts_free(host);
}

static void controls_become_levels(void **state)
{
    (void)state;
    need_lv2();
    static const double expected[6][4] = {{0.5, 1.2599210498948732, 3.1748021039363987, 8},
                                          {0, 1 / 3.0, 2 / 3.0, 1},
                                          {0, 1},
                                          {0, 1},
                                          {0, 1, 2, 3},
                                          {0, 1, 2}};
    static const size_t levels[6] = {4, 4, 2, 2, 4, 3};
    lts_error err;
    lts_synth_space *space;
    assert_ok(lts_lv2_space("urn:lts-test:sine", 44100, 4, &space, &err));
    assert_int_equal(lts_synth_space_count(space), 6);
    assert_int_equal(lts_synth_space_free(space), 6);
    assert_true(lts_synth_space_settings(space)->sample_rate == 44100);
    for (size_t p = 0; p < 6; p++) {
        const lts_synth_parameter parameter = lts_synth_space_at(space, p);
        assert_int_equal(parameter.levels, levels[p]);
        for (size_t l = 0; l < levels[p]; l++)
            assert_true(fabs(parameter.level[l] - expected[p][l]) < 1e-12);
    }
    lts_synth_space_destroy(space);
    assert_ok(lts_lv2_space("urn:lts-test:sine", 16384, 0, &space, &err));
    assert_int_equal(lts_synth_space_free(space), 0);
    assert_true(lts_synth_space_at(space, 1).value == 0.5);
    lts_synth_space_destroy(space);
    assert_int_equal(lts_lv2_space("urn:lts-test:sine", 16384, 1, &space, &err), LTS_ERR_ARGUMENT);
    assert_int_equal(lts_lv2_space("no uri", 16384, 2, &space, &err), LTS_ERR_ARGUMENT);
    assert_null(space);
}

/* Everything that is asked for while a plugin's space is made, opened and played. */
static lts_status make_and_play(lts_error *err)
{
    lts_synth_space *space = NULL;
    lts_synth *synth = NULL;
    lts_lv2_plugins plugins = {0};
    const double level[2] = {0.25, 0.5};
    const int32_t class = 1;
    float *x = NULL;
    lts_status status = lts_lv2_list(&plugins, err);
    if (status == LTS_OK)
        status = lts_lv2_space("urn:lts-test:sine", 16384, 0, &space, err);
    if (status == LTS_OK)
        status = lts_synth_space_set_levels(space, 1, level, 2, err);
    if (status == LTS_OK)
        status = lts_synth_create(space, &synth, err);
    if (status == LTS_OK)
        status = lts_alloc_checked(&x, lts_synth_samples(synth), sizeof *x, "x", err);
    if (status == LTS_OK)
        status = lts_synth_render_classes(synth, &class, x, err);
    lts_free(x);
    lts_synth_destroy(synth);
    lts_synth_space_destroy(space);
    lts_lv2_plugins_free(&plugins);
    return status;
}

static void memory_that_runs_out_is_reported_and_given_back(void **state)
{
    (void)state;
    need_lv2();
    lts_error err;
    test_fail_allocation(0);
    assert_ok(make_and_play(&err));
    const size_t asked = test_fail_allocation(0);
    assert_true(asked > 20);
    for (size_t i = 1; i <= asked; i++) {
        test_fail_allocation(i);
        assert_int_equal(make_and_play(&err), LTS_ERR_MEMORY);
    }
    test_fail_allocation(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read_without_the_plugin),
        cmocka_unit_test(its_text_reads_back_as_the_same_space),
        cmocka_unit_test(other_plugins_and_controls_are_other_spaces),
        cmocka_unit_test(wrong_files_are_refused_in_one_line),
        cmocka_unit_test(a_build_without_lilv_says_so),
        cmocka_unit_test(a_note_sounds_from_its_beginning_to_the_gate),
        cmocka_unit_test(nothing_of_one_sound_reaches_the_next),
        cmocka_unit_test(a_sound_that_fails_is_lost_alone),
        cmocka_unit_test(older_event_ports_are_played),
        cmocka_unit_test(what_cannot_be_played_is_refused),
        cmocka_unit_test(a_host_that_is_not_there_is_named),
        cmocka_unit_test(controls_become_levels),
        cmocka_unit_test(memory_that_runs_out_is_reported_and_given_back),
    };
    return cmocka_run_group_tests_name("synth lv2", tests, NULL, NULL);
}
