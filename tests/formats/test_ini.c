#include "testing.h"

#include "lts/formats.h"
#include "small_disk.h"

#include <string.h>

static char *folder;

static int make_folder(void **state)
{
    (void)state;
    folder = test_folder();
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    test_folder_remove(folder);
    return 0;
}

/* Loads `text` from a file of its own. */
static lts_status load(const char *text, lts_ini **ini, lts_error *err)
{
    char *path = lts_path_join(folder, "a.ini");
    test_write(path, text, strlen(text));
    lts_status status = lts_ini_load(path, ini, err);
    lts_free(path);
    return status;
}

static void assert_value(const lts_ini *ini, const char *section, const char *key,
                         const char *expected)
{
    const char *value = lts_ini_get(ini, section, key);
    if (!value)
        fail_msg("[%s] %s is not there", section, key);
    assert_string_equal(value, expected);
}

/* The shape of the original systems' files, written by hand and by configparser. */
static const char original[] = "# dataset\n"
                               "[audio]\n"
                               "sample_rate = 44100   \n"
                               "hop_length= 128\n"
                               "cqt_fmin=C1\n"
                               "# number of bins\n"
                               "bins_per_octave : 48\n"
                               "\n"
                               "[dataset]\n"
                               "datapath = D:\\my_workspace\\erokia\\\n"
                               "workspace =\n"
                               "generate_test\n"
                               "\n"
                               "[VAE]\n"
                               "kl_beta = 5e-4\n"
                               "output_activation = relu ; or sigmoid\n"
                               "[notes]\n"
                               "text = take #3; 100% \"wet\", it's a = b\n"
                               "    second line\n"
                               "\n"
                               "    # a remark\n"
                               "    third line: = \n"
                               "\n"
                               "[empty]\n";

static void the_originals_files_read_right(void **state)
{
    (void)state;
    lts_error err;
    lts_ini *ini;
    assert_ok(load(original, &ini, &err));
    assert_value(ini, "audio", "sample_rate", "44100");
    assert_value(ini, "audio", "hop_length", "128");
    assert_value(ini, "audio", "cqt_fmin", "C1");
    assert_value(ini, "audio", "bins_per_octave", "48");
    assert_value(ini, "dataset", "datapath", "D:\\my_workspace\\erokia\\");
    assert_value(ini, "dataset", "workspace", "");
    assert_value(ini, "dataset", "generate_test", "");
    assert_value(ini, "vae", "KL_BETA", "5e-4");
    assert_value(ini, "VAE", "output_activation", "relu ; or sigmoid");
    assert_value(ini, "notes", "text",
                 "take #3; 100% \"wet\", it's a = b\nsecond line\n\nthird line: =");
    assert_true(lts_ini_has_section(ini, "empty"));
    assert_true(lts_ini_has_section(ini, "AUDIO"));
    assert_false(lts_ini_has_section(ini, "CVAE"));
    assert_null(lts_ini_get(ini, "audio", "kl_beta"));
    assert_null(lts_ini_get(ini, "empty", "text"));
    lts_ini_destroy(ini);
}

static void entries_come_in_file_order_with_their_lines(void **state)
{
    (void)state;
    static const struct {
        const char *section, *key;
        size_t line;
    } expected[] = {{"audio", "sample_rate", 3},      {"audio", "hop_length", 4},
                    {"audio", "cqt_fmin", 5},         {"audio", "bins_per_octave", 7},
                    {"dataset", "datapath", 10},      {"dataset", "workspace", 11},
                    {"dataset", "generate_test", 12}, {"VAE", "kl_beta", 15},
                    {"VAE", "output_activation", 16}, {"notes", "text", 18}};
    lts_error err;
    lts_ini *ini;
    lts_ini_entry entry;
    size_t i = 0;
    assert_ok(load(original, &ini, &err));
    for (; lts_ini_at(ini, i, &entry); i++) {
        assert_string_equal(entry.section, expected[i].section);
        assert_string_equal(entry.key, expected[i].key);
        assert_int_equal(entry.line, expected[i].line);
        assert_string_equal(entry.value, lts_ini_get(ini, entry.section, entry.key));
    }
    assert_int_equal(i, sizeof expected / sizeof *expected);
    lts_ini_destroy(ini);
}

static void line_ends_and_byte_order_marks_do_not_matter(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "\xef\xbb\xbf[a]\nx = 1\n\ny = 2\n", "[a]\r\nx = 1\r\n\r\ny = 2\r\n", "[a]\rx = 1\r\ry = 2",
        "  [ a ]  # said\n\tx\t=\t1\n\n\ty = 2 \f", "[a]\nx = \"1\"\n[A]\ny = '2'"};
    lts_error err;
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
        lts_ini *ini;
        lts_ini_entry entry;
        assert_ok(load(texts[t], &ini, &err));
        assert_value(ini, "a", "x", "1");
        assert_value(ini, "a", "y", "2");
        assert_true(lts_ini_at(ini, 1, &entry));
        assert_false(lts_ini_at(ini, 2, &entry));
        assert_int_equal(entry.line, 4);
        lts_ini_destroy(ini);
    }
}

static void a_malformed_line_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t line;
        const char *says;
    } cases[] = {
        {"x = 1\n", 1, "before the first [section]"},
        {"# c\n\n[a\nx = 1\n", 3, "expected [section]"},
        {"[a]\n[]\n", 2, "not usable as a section"},
        {"[a] b\n", 1, "expected [section]"},
        {"[a]\nx = 1\n= 2\n", 3, "expected key = value"},
        {"[a]\nthis is a letter\n", 2, "'this is a letter': expected key = value"},
        {"[a]\nx = 1\nX = 2\n", 3, "'X' stands in [a] already, in line 2"},
        {"[a]\nx = 1\n[b]\ny = 1\n[A]\nx = 1\n", 6, "in line 2"},
        {"[a]\nbell \x07 and \x1b more text that goes on for very long\n", 2, "'bell ? and ? more"},
    };
    lts_error err;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        lts_ini *ini;
        char place[64];
        assert_status(load(cases[c].text, &ini, &err), LTS_ERR_FORMAT);
        assert_null(ini);
        snprintf(place, sizeof place, "a.ini: line %zu: ", cases[c].line);
        if (!strstr(err.text, place) || !strstr(err.text, cases[c].says))
            fail_msg("'%s' does not say \"%s%s\"", err.text, place, cases[c].says);
        assert_null(strchr(err.text, '\n'));
        assert_status(load(cases[c].text, &ini, NULL), LTS_ERR_FORMAT);
    }
}

static void what_is_no_text_is_refused(void **state)
{
    (void)state;
    lts_error err;
    lts_ini *ini;
    char *path = lts_path_join(folder, "bytes.ini");
    test_write(path, "[a]\nx = 1\0 2\n", 13);
    assert_status(lts_ini_load(path, &ini, &err), LTS_ERR_FORMAT);
    assert_non_null(strstr(err.text, "byte 9"));
    char *large = lts_alloc((1 << 20) + 1, 1);
    memset(large, '#', (1 << 20) + 1);
    test_write(path, large, (1 << 20) + 1);
    assert_status(lts_ini_load(path, &ini, &err), LTS_ERR_FORMAT);
    size_t length = (size_t)sprintf(large, "[a]\n");
    for (int i = 0; i < 10001; i++)
        length += (size_t)sprintf(large + length, "k%d=\n", i);
    test_write(path, large, length);
    assert_status(lts_ini_load(path, &ini, &err), LTS_ERR_FORMAT);
    assert_non_null(strstr(err.text, "line 10002: more than 10000 entries"));
    memset(large, 'k', 300);
    memcpy(large, "[a]\n", 4);
    test_write(path, large, 300);
    assert_status(lts_ini_load(path, &ini, &err), LTS_ERR_FORMAT);
    assert_non_null(strstr(err.text, "line 2: key of 296 bytes"));
    lts_free(large);
    lts_free(path);
    path = lts_path_join(folder, "missing.ini");
    assert_status(lts_ini_load(path, &ini, &err), LTS_ERR_NOT_FOUND);
    assert_status(lts_ini_load(folder, &ini, &err), LTS_ERR_IO);
    lts_free(path);
}

static void every_value_goes_round(void **state)
{
    (void)state;
    static char very_long[5000];
    memset(very_long, 'v', sizeof very_long - 1);
    const char *const values[] = {"",
                                  "1",
                                  "a b",
                                  "  both ends  ",
                                  "\ttab",
                                  "end ",
                                  "\"quoted\"",
                                  "'quoted'",
                                  "\"",
                                  "'",
                                  "\"'",
                                  "say \"no\" # really; = : %",
                                  "%(home)s 100%%",
                                  "# not a comment",
                                  "; neither",
                                  "[nor] this",
                                  "D:\\my_workspace\\",
                                  "\\",
                                  "\\\\server\\share",
                                  "caf\xc3\xa9 \xe2\x99\xab",
                                  "latin \xe9",
                                  "a\nb",
                                  "a\n",
                                  "a\n\nb",
                                  "\na",
                                  "\nfirst\nsecond",
                                  "it's \"both\"",
                                  "''",
                                  "\"\"",
                                  "\"a\" and \"b\"",
                                  "=",
                                  ":",
                                  "= x",
                                  "${x}",
                                  "#\nb",
                                  " \"inner blanks\" ",
                                  very_long};
    enum { COUNT = sizeof values / sizeof *values };
    lts_error err;
    lts_ini *ini, *again;
    char *path = lts_path_join(folder, "round.ini");
    assert_ok(lts_ini_create(&ini, &err));
    for (size_t v = 0; v < COUNT; v++) {
        char key[16];
        snprintf(key, sizeof key, "Key%zu", v);
        assert_ok(lts_ini_set(ini, v % 2 ? "Odd" : "even section", key, values[v], &err));
    }
    assert_ok(lts_ini_save(ini, path, &err));
    assert_ok(lts_ini_load(path, &again, &err));
    for (size_t v = 0; v < COUNT; v++) {
        lts_ini_entry entry;
        char key[16];
        snprintf(key, sizeof key, "Key%zu", v);
        assert_value(again, v % 2 ? "odd" : "EVEN section", key, values[v]);
        assert_true(lts_ini_at(ini, v, &entry));
        assert_int_equal(entry.line, 0);
        assert_string_equal(entry.key, key);
    }
    lts_ini_destroy(ini);
    lts_ini_destroy(again);
    lts_free(path);
}

static void what_would_not_read_back_is_refused(void **state)
{
    (void)state;
    static const char *const values[] = {"a\n# b", "a\n; b", "a\r",        "a\rb",
                                         "a\n b",  " \"'",   "'a' \" 'b' "};
    lts_error err;
    lts_ini *ini;
    char *path = lts_path_join(folder, "refused.ini");
    for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
        assert_ok(lts_ini_create(&ini, &err));
        assert_ok(lts_ini_set(ini, "a", "x", values[v], &err));
        if (lts_ini_save(ini, path, &err) != LTS_ERR_ARGUMENT)
            fail_msg("value %zu was saved", v);
        assert_non_null(strstr(err.text, "refused.ini: [a] x: "));
        assert_null(strchr(err.text, '\n'));
        assert_false(lts_is_file(path));
        lts_ini_destroy(ini);
    }
    lts_free(path);
}

static void names_that_no_file_can_hold_are_refused(void **state)
{
    (void)state;
    static const char *const keys[] = {"", " x", "x ", "a=b", "a:b", "#x", ";x", "[x]", "a\nb"};
    static const char *const sections[] = {"", " a", "a]b", "a\nb"};
    lts_error err;
    lts_ini *ini;
    lts_ini_entry entry;
    assert_ok(lts_ini_create(&ini, &err));
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        assert_status(lts_ini_set(ini, "a", keys[k], "1", &err), LTS_ERR_ARGUMENT);
    for (size_t s = 0; s < sizeof sections / sizeof *sections; s++)
        assert_status(lts_ini_set(ini, sections[s], "x", "1", &err), LTS_ERR_ARGUMENT);
    assert_false(lts_ini_at(ini, 0, &entry));
    lts_ini_destroy(ini);
}

static void a_file_is_written_as_configparser_would(void **state)
{
    (void)state;
    static const char expected[] = "[audio]\n"
                                   "sample_rate = 48000\n"
                                   "hop_length = 128\n"
                                   "note = one\n"
                                   "\ttwo\n"
                                   "new = \" x\"\n"
                                   "\n"
                                   "[VAE]\n"
                                   "empty = \n"
                                   "\n"
                                   "[late]\n"
                                   "y = 2\n";
    lts_error err;
    lts_ini *ini;
    char *bytes, *path = lts_path_join(folder, "written.ini");
    size_t size;
    assert_ok(load("[audio]\nsample_rate=44100\nhop_length: 128\nnote=one\n two\n[VAE]\nempty\n",
                   &ini, &err));
    assert_ok(lts_ini_set(ini, "late", "y", "2", &err));
    assert_ok(lts_ini_set(ini, "AUDIO", "SAMPLE_RATE", "48000", &err));
    assert_ok(lts_ini_set(ini, "Audio", "new", " x", &err));
    assert_ok(lts_ini_set(ini, "late", "y", lts_ini_get(ini, "late", "y"), &err));
    assert_ok(lts_ini_save(ini, path, &err));
    assert_ok(lts_read_file(path, 4096, &bytes, &size, &err));
    assert_string_equal(bytes, expected);
    test_limit_files(20);
    lts_status status = lts_ini_save(ini, path, &err);
    test_limit_files(0);
    assert_status(status, LTS_ERR_IO);
    lts_free(bytes);
    lts_ini_destroy(ini);
    lts_ini_destroy(NULL);
    lts_free(path);
}

static void a_shortage_of_memory_is_reported(void **state)
{
    (void)state;
    lts_error err;
    lts_ini *ini = NULL;
    char *path = lts_path_join(folder, "a.ini"), *copy = lts_path_join(folder, "copy.ini");
    test_write(path, original, sizeof original - 1);
    lts_status status = LTS_ERR_MEMORY;
    for (size_t fuse = 1; status != LTS_OK; fuse++) {
        test_fail_allocation(fuse);
        status = lts_ini_load(path, &ini, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK ? fuse > 20 : status == LTS_ERR_MEMORY);
    }
    size_t before = test_folder_count(folder);
    status = LTS_ERR_MEMORY;
    for (size_t fuse = 1; status != LTS_OK; fuse++) {
        test_fail_allocation(fuse);
        status = lts_ini_save(ini, copy, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK ? fuse > 20
                                     : status == LTS_ERR_MEMORY || status == LTS_ERR_IO);
        assert_int_equal(test_folder_count(folder), before + (status == LTS_OK));
    }
    lts_ini_destroy(ini);
    lts_free(path);
    lts_free(copy);
}

/* configparser's basic interpolation, in which the originals read what is saved here. */
static void percents_are_doubled_in_files_alone(void **state)
{
    (void)state;
    static const struct {
        const char *stored, *value, *saved;
    } cases[] = {{"50%%", "50%", "x = 50%%\n"},
                 {"50%", "50%", "x = 50%%\n"},
                 {"%%%%a%%b%", "%%a%b%", "x = %%%%a%%b%%\n"},
                 {"%(home)s", "%(home)s", "x = %%(home)s\n"}};
    lts_error err;
    char *path = lts_path_join(folder, "b.ini"), *bytes;
    size_t size;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        lts_ini *ini;
        char *text = lts_format("[a]\nx = %s\n", cases[c].stored);
        assert_ok(load(text, &ini, &err));
        assert_value(ini, "a", "x", cases[c].value);
        assert_ok(lts_ini_save(ini, path, &err));
        assert_ok(lts_read_file(path, 1 << 20, &bytes, &size, &err));
        assert_string_equal(strchr(bytes, 'x'), cases[c].saved);
        lts_free(bytes);
        lts_ini_destroy(ini);
        lts_free(text);
    }
    lts_free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_originals_files_read_right),
        cmocka_unit_test(percents_are_doubled_in_files_alone),
        cmocka_unit_test(entries_come_in_file_order_with_their_lines),
        cmocka_unit_test(line_ends_and_byte_order_marks_do_not_matter),
        cmocka_unit_test(a_malformed_line_is_named),
        cmocka_unit_test(what_is_no_text_is_refused),
        cmocka_unit_test(every_value_goes_round),
        cmocka_unit_test(what_would_not_read_back_is_refused),
        cmocka_unit_test(names_that_no_file_can_hold_are_refused),
        cmocka_unit_test(a_file_is_written_as_configparser_would),
        cmocka_unit_test(a_shortage_of_memory_is_reported),
    };
    return cmocka_run_group_tests_name("ini", tests, make_folder, remove_folder);
}
