#include "testing.h"

#include "lts/dsp.h"

#include "small_disk.h"

#include "engine/state/state.h"
#include "lts/align.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { POINTS = 5 };

/* A state with every member set to what is hard to keep. */
static server_state full_state(void)
{
    server_state s = state_defaults();
    s.dataset = lts_strdup("/sounds/a \"b\" \\ \xc3\xa9");
    s.run = lts_strdup("/runs/run-000");
    s.save_folder = lts_strdup("/not utf-8: \xff\x01");
    s.device = lts_strdup("file:/out.wav");
    s.sound[0] = lts_strdup("D:/x/audio/01 Now.wav");
    s.sound[1] = lts_strdup("");
    s.duration = 0.1;
    s.offset[0] = nextafter(1e9, 0);
    s.offset[1] = DBL_MIN;
    s.curve.count = POINTS;
    s.curve.time = lts_alloc(POINTS, sizeof *s.curve.time);
    s.curve.value = lts_alloc(POINTS, sizeof *s.curve.value);
    const double time[POINTS] = {0, 1.0 / 3, 1.0 / 3, nextafter(1, 0), 1};
    const float value[POINTS] = {-0.15f, FLT_MIN, -0.0f, FLT_MAX, 1.0f / 3};
    memcpy(s.curve.time, time, sizeof time);
    memcpy(s.curve.value, value, sizeof value);
    s.normalize = s.sample = true;
    s.level = 1;
    s.limit = 1.0 / 3;
    s.iterations = 64;
    s.align = 3;
    s.batch_size = 1;
    s.live_align = 4;
    s.seed_given = true;
    s.seed = UINT64_MAX - 1;
    s.synth_gain = nextafter(4, 0);
    s.patch.count = 2;
    s.patch.value = lts_alloc(2, sizeof *s.patch.value);
    s.patch.value[0] = (patch_value){"sin_f", nextafter(440, 0)};
    s.patch.value[1] = (patch_value){"a \"b\" \xff", -0.0};
    s.patch.controller = lts_alloc(STATE_CONTROLLERS, sizeof *s.patch.controller);
    strcpy(s.patch.controller[0], "sin_f");
    memset(s.patch.controller[127], 'x', LTS_SYNTH_NAME - 1);
    return s;
}

static void assert_same_text(const char *a, const char *b)
{
    assert_int_equal(a == NULL, b == NULL);
    if (a)
        assert_string_equal(a, b);
}

static void assert_same_patch(const synth_patch *a, const synth_patch *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        assert_string_equal(a->value[i].name, b->value[i].name);
        assert_memory_equal(&a->value[i].value, &b->value[i].value, sizeof(double));
    }
    assert_int_equal(a->controller == NULL, b->controller == NULL);
    for (int c = 0; a->controller && c < STATE_CONTROLLERS; c++)
        assert_string_equal(a->controller[c], b->controller[c]);
}

static void assert_same(const server_state *a, const server_state *b)
{
    assert_same_text(a->dataset, b->dataset);
    assert_same_text(a->run, b->run);
    assert_same_text(a->save_folder, b->save_folder);
    assert_same_text(a->device, b->device);
    for (int i = 0; i < STATE_SOUNDS; i++)
        assert_same_text(a->sound[i], b->sound[i]);
    assert_memory_equal(&a->duration, &b->duration, sizeof a->duration);
    assert_memory_equal(a->offset, b->offset, sizeof a->offset);
    assert_int_equal(a->curve.count, b->curve.count);
    if (a->curve.count) {
        assert_memory_equal(a->curve.time, b->curve.time, a->curve.count * sizeof(double));
        assert_memory_equal(a->curve.value, b->curve.value, a->curve.count * sizeof(float));
        assert_int_equal(a->curve_seconds, b->curve_seconds);
    }
    assert_int_equal(a->normalize, b->normalize);
    assert_true(a->limit == b->limit);
    assert_int_equal(a->sample, b->sample);
    assert_int_equal(a->level, b->level);
    assert_int_equal(a->iterations, b->iterations);
    assert_int_equal(a->align, b->align);
    assert_int_equal(a->batch_size, b->batch_size);
    assert_int_equal(a->live_align, b->live_align);
    assert_int_equal(a->seed_given, b->seed_given);
    if (a->seed_given)
        assert_true(a->seed == b->seed);
    assert_memory_equal(&a->synth_gain, &b->synth_gain, sizeof a->synth_gain);
    assert_same_patch(&a->patch, &b->patch);
}

static void comes_back(const server_state *s)
{
    lts_error err;
    server_state again;
    char *text = state_to_text(s);
    assert_non_null(text);
    assert_ok(state_from_text(text, strlen(text), "state", &again, &err));
    assert_same(s, &again);
    state_free(&again);
    lts_free(text);
}

static void every_bit_comes_back(void **state)
{
    (void)state;
    server_state s = full_state(), none = state_defaults();
    comes_back(&s);
    comes_back(&none);
    s.curve_seconds = true;
    s.curve.time[POINTS - 1] = 1e6;
    comes_back(&s);
    state_free(&s);
    state_free(&s);
    lts_rng rng;
    lts_rng_seed(&rng, 9, 0);
    for (int round = 0; round < 200; round++) {
        s = full_state();
        /* Any finite bits, and times in order. */
        for (int i = 0; i < POINTS; i++) {
            uint32_t bits = (uint32_t)lts_rng_next(&rng) & ~(1u << 30);
            memcpy(&s.curve.value[i], &bits, sizeof bits);
            s.curve.time[i] = (i + lts_rng_uniform(&rng)) / POINTS;
        }
        uint64_t bits = lts_rng_next(&rng) & ~(UINT64_C(1) << 62);
        memcpy(&s.duration, &bits, sizeof bits);
        s.seed = lts_rng_next(&rng);
        comes_back(&s);
        state_free(&s);
    }
}

static void the_locale_changes_nothing(void **state)
{
    (void)state;
    char *folder = test_folder();
    server_state s = full_state();
    char *plain = state_to_text(&s);
    test_comma_locale(folder);
    char *text = state_to_text(&s);
    assert_string_equal(text, plain);
    comes_back(&s);
    assert_string_equal(localeconv()->decimal_point, ",");
    test_plain_locale();
    lts_free(text);
    lts_free(plain);
    state_free(&s);
    test_folder_remove(folder);
}

static lts_status read_text(const char *text, server_state *s, lts_error *err)
{
    return state_from_text(text, strlen(text), "the file", s, err);
}

static void what_is_missing_keeps_its_default(void **state)
{
    (void)state;
    lts_error err;
    server_state s, defaults = state_defaults();
    static const char *const texts[] = {
        "{}", " \r\n\t{ } \n", "{\"seed\": null, \"curve\": null, \"dataset\": null}",
        "{\"later\": [1, {\"a\": []}], \"sound\": 7, \"Dataset\": \"/other case\"}"};
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
        assert_ok(read_text(texts[t], &s, &err));
        assert_same(&s, &defaults);
        state_free(&s);
    }
    assert_int_equal(defaults.iterations, 4);
    assert_int_equal(lts_phase_defaults().iterations, defaults.iterations);
    assert_int_equal(defaults.batch_size, 16);
    assert_int_equal(defaults.live_align, LTS_ALIGNED_NONE);
    assert_ok(read_text("{\"iterations\": 0, \"seed\": \"0\", \"duration\": -1.5e0}", &s, &err));
    assert_int_equal(s.iterations, 0);
    assert_true(s.seed_given && s.seed == 0 && s.duration == -1.5);
    state_free(&s);
}

static void wrong_values_are_refused_by_their_key(void **state)
{
    (void)state;
    static const char *const table[][2] = {
        {"", "no JSON object"},
        {"[]", "no JSON object"},
        {"null", "no JSON object"},
        {"{\"dataset\": ", "no JSON object"},
        {"{} {}", "no JSON object, from byte 2 on"},
        {"{\"duration\": nan}", "no JSON object"},
        {"{\"duration\": Infinity}", "no JSON object"},
        {"{\"dataset\": 3}", "'dataset' must be a text or null"},
        {"{\"second\": []}", "'second' must be a text or null"},
        {"{\"duration\": \"3\"}", "'duration' must be a finite number"},
        {"{\"duration\": 1e999}", "'duration' must be a finite number"},
        {"{\"first_offset\": null}", "'first_offset' must be a finite number"},
        {"{\"normalize\": 1}", "'normalize' must be true or false"},
        {"{\"sample\": \"true\"}", "'sample' must be true or false"},
        {"{\"iterations\": 65}", "'iterations' must be a whole number, 0 to 64"},
        {"{\"align\": 5}", "'align' must be a whole number, 0 to 4"},
        {"{\"align\": \"both\"}", "'align' must be"},
        {"{\"iterations\": -1}", "'iterations' must be"},
        {"{\"iterations\": 1.5}", "'iterations' must be"},
        {"{\"iterations\": true}", "'iterations' must be"},
        {"{\"live_align\": \"sideways\"}", "'live_align' must be a word"},
        {"{\"live_align\": 1}", "'live_align' must be a word"},
        {"{\"live_align\": null}", "'live_align' must be a word"},
        {"{\"batch_size\": 0}", "'batch_size' must be a whole number, 1 to"},
        {"{\"batch_size\": 4294967297}", "'batch_size' must be"},
        {"{\"seed\": 5}", "'seed' must be a text of digits"},
        {"{\"seed\": \"\"}", "'seed' must be"},
        {"{\"seed\": \"-1\"}", "'seed' must be"},
        {"{\"seed\": \" 1\"}", "'seed' must be"},
        {"{\"seed\": \"1x\"}", "'seed' must be"},
        {"{\"seed\": \"18446744073709551616\"}", "'seed' must be"},
        {"{\"curve\": []}", "'curve' must be null, or"},
        {"{\"curve\": {}}", "'curve' must be null, or"},
        {"{\"curve\": {\"time\": [], \"value\": []}}", "'curve' must be null, or"},
        {"{\"curve\": {\"time\": [0, 1], \"value\": [1]}}", "'curve' must be null, or"},
        {"{\"curve\": {\"time\": 0, \"value\": 1}}", "'curve' must be null, or"},
        {"{\"curve\": {\"time\": {\"a\": 0}, \"value\": [1]}}", "'curve' must be null, or"},
        {"{\"curve\": {\"seconds\": 1, \"time\": [0], \"value\": [1]}}", "'curve.seconds' must be"},
        {"{\"curve\": {\"time\": [null], \"value\": [1]}}", "'curve.time' must be"},
        {"{\"curve\": {\"time\": [-0.1], \"value\": [1]}}", "'curve.time' must be"},
        {"{\"curve\": {\"time\": [1.1], \"value\": [1]}}", "'curve.time' must be"},
        {"{\"curve\": {\"time\": [1, 0], \"value\": [1, 1]}}", "'curve.time' must be"},
        {"{\"curve\": {\"seconds\": true, \"time\": [1e999], \"value\": [1]}}", "'curve.time'"},
        {"{\"curve\": {\"time\": [0], \"value\": [\"1\"]}}", "'curve.value' must be"},
        {"{\"curve\": {\"time\": [0], \"value\": [1e39]}}", "'curve.value' must be"},
        {"{\"curve\": {\"time\": [0], \"value\": [[1]]}}", "'curve.value' must be"},
        {"{\"synth_gain\": 4.5}", "'synth_gain' must be a number, 0 to 4"},
        {"{\"synth_gain\": -1}", "'synth_gain' must be a number, 0 to 4"},
        {"{\"synth_gain\": null}", "'synth_gain' must be a number, 0 to 4"},
        {"{\"synth_patch\": 1}", "'synth_patch' must be null, or finite numbers"},
        {"{\"synth_patch\": {\"sin_f\": \"440\"}}", "'synth_patch' must be"},
        {"{\"synth_patch\": {\"sin_f\": 1e999}}", "'synth_patch' must be"},
        {"{\"synth_patch\": {\"\": 1}}", "'synth_patch' must be"},
        {"{\"synth_controllers\": []}", "'synth_controllers' must be null, or names"},
        {"{\"synth_controllers\": {\"128\": \"sin_f\"}}", "'synth_controllers' must be"},
        {"{\"synth_controllers\": {\"-1\": \"sin_f\"}}", "'synth_controllers' must be"},
        {"{\"synth_controllers\": {\"x\": \"sin_f\"}}", "'synth_controllers' must be"},
        {"{\"synth_controllers\": {\"20\": 5}}", "'synth_controllers' must be"},
        {"{\"synth_controllers\": {\"20\": \"\"}}", "'synth_controllers' must be"},
    };
    for (size_t t = 0; t < sizeof table / sizeof *table; t++) {
        server_state s;
        lts_error err = {0};
        lts_status status = read_text(table[t][0], &s, &err);
        if (status != LTS_ERR_FORMAT || !strstr(err.text, table[t][1]) ||
            strncmp(err.text, "the file: ", 10) != 0)
            fail_msg("%s: %s: '%s', not '%s'", table[t][0], lts_strerror(status), err.text,
                     table[t][1]);
        assert_null(s.dataset);
        assert_int_equal(s.iterations, 4);
        assert_int_equal(s.curve.count, 0);
        assert_true(s.synth_gain == 1 && s.patch.count == 0 && !s.patch.controller);
    }
}

/* Names and parameters beyond what a synthesizer has. */
static void too_large_a_patch_is_refused(void **state)
{
    (void)state;
    lts_error err;
    server_state s;
    for (size_t most = LTS_SYNTH_PARAMETERS; most <= LTS_SYNTH_PARAMETERS + 1; most++) {
        size_t at = 0, room = 32 * most;
        char *text = malloc(room);
        at += (size_t)snprintf(text, room, "{\"synth_patch\": {");
        for (size_t p = 0; p < most; p++)
            at += (size_t)snprintf(text + at, room - at, "%s\"p%zu\": %zu", p ? "," : "", p, p);
        snprintf(text + at, room - at, "}}");
        const bool fits = most <= LTS_SYNTH_PARAMETERS;
        assert_status(read_text(text, &s, &err), fits ? LTS_OK : LTS_ERR_FORMAT);
        assert_int_equal(s.patch.count, fits ? most : 0);
        state_free(&s);
        free(text);
    }
    char name[LTS_SYNTH_NAME + 1], text[128];
    memset(name, 'n', LTS_SYNTH_NAME);
    name[LTS_SYNTH_NAME] = '\0';
    snprintf(text, sizeof text, "{\"synth_patch\": {\"%s\": 1}}", name);
    assert_status(read_text(text, &s, &err), LTS_ERR_FORMAT);
    snprintf(text, sizeof text, "{\"synth_controllers\": {\"1\": \"%s\"}}", name);
    assert_status(read_text(text, &s, &err), LTS_ERR_FORMAT);
}

static void no_part_of_a_state_is_one(void **state)
{
    (void)state;
    server_state s = full_state(), part;
    char *text = state_to_text(&s);
    size_t whole = strrchr(text, '}') - text;
    for (size_t size = 0; size <= whole; size++) {
        lts_error err;
        char *copy = malloc(size + 1); /* of just its size: a sanitizer sees who looks beyond */
        memcpy(copy, text, size);
        char *exact = realloc(copy, size ? size : 1);
        assert_status(state_from_text(exact, size, "part", &part, &err), LTS_ERR_FORMAT);
        free(exact);
    }
    lts_free(text);
    state_free(&s);
}

static void too_much_is_refused_before_it_takes_memory(void **state)
{
    (void)state;
    lts_error err;
    server_state s;
    const size_t size = 12 << 20;
    char *text = malloc(size);
    memset(text, ',', size);
    memcpy(text, "{\"later\": [0", 12);
    for (size_t i = 12; i + 1 < size; i += 2)
        text[i + 1] = '0';
    assert_status(state_from_text(text, size, "huge", &s, &err), LTS_ERR_FORMAT);
    assert_non_null(strstr(err.text, "more than any state"));
    memset(text, '[', 100000);
    memcpy(text, "{\"a\":", 5);
    assert_status(state_from_text(text, 100000, "deep", &s, &err), LTS_ERR_FORMAT);
    free(text);
}

static void the_longest_curve_comes_back_and_a_longer_one_is_left_out(void **state)
{
    (void)state;
    lts_error err;
    server_state s = state_defaults(), again;
    const size_t count = STATE_MAX_POINTS + 1;
    s.curve.time = lts_alloc(count, sizeof *s.curve.time);
    s.curve.value = lts_alloc(count, sizeof *s.curve.value);
    for (size_t i = 0; i < count; i++) {
        s.curve.time[i] = (double)i / 3e6;
        s.curve.value[i] = -(float)i / 3e6f;
    }
    s.run = lts_strdup("/run");
    char *folder = test_folder(), *path = lts_path_join(folder, "s.json");
    s.curve.count = count;
    assert_ok(state_save(&s, path, &err));
    assert_ok(state_load(path, &again, &err));
    assert_int_equal(again.curve.count, 0);
    assert_string_equal(again.run, "/run");
    state_free(&again);
    s.curve.count = STATE_MAX_POINTS;
    assert_ok(state_save(&s, path, &err));
    assert_ok(state_load(path, &again, &err));
    assert_same(&s, &again);
    state_free(&again);
    state_free(&s);
    lts_free(path);
    test_folder_remove(folder);
}

static void short_memory_is_an_error_and_no_leak(void **state)
{
    (void)state;
    lts_error err;
    server_state s = full_state(), again;
    char *text = state_to_text(&s), *second = NULL;
    lts_status status = LTS_ERR_MEMORY;
    size_t n = 0;
    while (status == LTS_ERR_MEMORY) {
        test_fail_allocation(++n);
        status = state_from_text(text, strlen(text), "state", &again, &err);
        assert_true(status == LTS_OK || !again.dataset);
    }
    assert_int_equal(n, 6 + 2 + 2 + 1);
    for (n = 0; !second; second = state_to_text(&s))
        test_fail_allocation(++n);
    test_fail_allocation(0);
    assert_status(status, LTS_OK);
    assert_string_equal(text, second);
    assert_true(n > 2);
    state_free(&s);
    state_free(&again);
    lts_free(text);
    lts_free(second);
}

static void a_missing_folder_is_made(void **state)
{
    (void)state;
    lts_error err;
    server_state s = full_state(), again;
    char *folder = test_folder(), *path = lts_path_join(folder, "a/b c/server.json");
    assert_status(state_load(path, &again, &err), LTS_ERR_NOT_FOUND);
    assert_int_equal(again.batch_size, 16);
    assert_ok(state_save(&s, path, &err));
    assert_ok(state_load(path, &again, &err));
    assert_same(&s, &again);
    state_free(&again);
    lts_status status = LTS_ERR_MEMORY;
    for (size_t n = 1; status == LTS_ERR_MEMORY; n++) {
        test_fail_allocation(n);
        status = state_save(&s, path, &err);
        test_fail_allocation(0);
        assert_ok(state_load(path, &again, &err));
        state_free(&again);
    }
    assert_status(status, LTS_OK);
    assert_status(state_save(&s, folder, &err), LTS_ERR_IO);
    assert_status(state_load(folder, &again, &err), LTS_ERR_IO);
    state_free(&s);
    lts_free(path);
    test_folder_remove(folder);
}

static void a_full_disk_leaves_the_state_before(void **state)
{
    (void)state;
    lts_error err;
    server_state s = full_state(), before = state_defaults(), again;
    char *folder = test_folder(), *path = lts_path_join(folder, "s.json");
    assert_ok(state_save(&before, path, &err));
    test_limit_files(100);
    lts_status status = state_save(&s, path, &err);
    test_limit_files(0);
    assert_status(status, LTS_ERR_IO);
    assert_int_equal(test_folder_count(folder), 1);
    assert_ok(state_load(path, &again, &err));
    assert_same(&before, &again);
    state_free(&again);
    state_free(&s);
    lts_free(path);
    test_folder_remove(folder);
}

/* Killed at any moment, a server leaves the state it had before or the one after. */
static void a_kill_leaves_a_whole_state(void **state)
{
    (void)state;
    lts_error err;
    lts_rng rng;
    lts_rng_seed(&rng, 13, 0);
    server_state s = full_state(), other = state_defaults(), again;
    char *folder = test_folder(), *path = lts_path_join(folder, "s.json");
    assert_ok(state_save(&s, path, &err));
    for (int round = 0; round < 30; round++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0)
            for (;;)
                if (state_save(&other, path, NULL) != LTS_OK ||
                    state_save(&s, path, NULL) != LTS_OK)
                    _exit(1);
        usleep((useconds_t)lts_rng_below(&rng, 20000));
        kill(child, SIGKILL);
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        assert_ok(state_load(path, &again, &err));
        assert_same(again.dataset ? &s : &other, &again);
        state_free(&again);
    }
    state_free(&s);
    lts_free(path);
    test_folder_remove(folder);
}

static void the_standard_path_follows_the_environment(void **state)
{
    (void)state;
    static const struct {
        const char *state_home, *home, *path;
    } table[] = {
        {"/s", "/h", "/s/latent-timbre/server.json"},
        {NULL, "/h", "/h/.local/state/latent-timbre/server.json"},
        {"", "/h", "/h/.local/state/latent-timbre/server.json"},
        {"relative", "/h", "/h/.local/state/latent-timbre/server.json"},
        {NULL, NULL, NULL},
        {NULL, "", NULL},
    };
    const char *home = getenv("HOME");
    char *kept = home ? lts_strdup(home) : NULL;
    for (size_t t = 0; t < sizeof table / sizeof *table; t++) {
        unsetenv("XDG_STATE_HOME");
        unsetenv("HOME");
        if (table[t].state_home)
            setenv("XDG_STATE_HOME", table[t].state_home, 1);
        if (table[t].home)
            setenv("HOME", table[t].home, 1);
        char *path = state_standard_path();
        assert_same_text(path, table[t].path);
        lts_free(path);
    }
    unsetenv("XDG_STATE_HOME");
    if (kept)
        setenv("HOME", kept, 1);
    lts_free(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bit_comes_back),
        cmocka_unit_test(the_locale_changes_nothing),
        cmocka_unit_test(what_is_missing_keeps_its_default),
        cmocka_unit_test(wrong_values_are_refused_by_their_key),
        cmocka_unit_test(too_large_a_patch_is_refused),
        cmocka_unit_test(no_part_of_a_state_is_one),
        cmocka_unit_test(too_much_is_refused_before_it_takes_memory),
        cmocka_unit_test(the_longest_curve_comes_back_and_a_longer_one_is_left_out),
        cmocka_unit_test(short_memory_is_an_error_and_no_leak),
        cmocka_unit_test(a_missing_folder_is_made),
        cmocka_unit_test(a_full_disk_leaves_the_state_before),
        cmocka_unit_test(a_kill_leaves_a_whole_state),
        cmocka_unit_test(the_standard_path_follows_the_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
