/* Tables of comma-separated values. */
#include "formats/csv.h"
#include "testing.h"

#include <string.h>

static lts_error err;
static char *folder, *path;

static int set_up(void **state)
{
    (void)state;
    folder = test_folder();
    path = lts_path_join(folder, "a.csv");
    return !path;
}

static int tear_down(void **state)
{
    (void)state;
    lts_free(path);
    test_folder_remove(folder);
    return 0;
}

static void load(const char *text, csv_table *table)
{
    test_write(path, text, strlen(text));
    assert_ok(csv_load(path, table, &err));
}

static void cells_are_taken_as_they_stand(void **state)
{
    (void)state;
    csv_table t;
    load("\xef\xbb\xbf"
         "File,a b,n\r\n\r\n\"x, \"\"y\"\"\nz\",,3\rq,\"\",\n",
         &t);
    assert_int_equal(t.columns, 3);
    assert_int_equal(t.rows, 2);
    assert_int_equal(csv_column(&t, "file"), 0);
    assert_int_equal(csv_column(&t, "A B"), 1);
    assert_int_equal(csv_column(&t, "m"), SIZE_MAX);
    assert_string_equal(csv_at(&t, 0, 0), "x, \"y\"\nz");
    assert_string_equal(csv_at(&t, 0, 1), "");
    assert_string_equal(csv_at(&t, 0, 2), "3");
    assert_string_equal(csv_at(&t, 1, 0), "q");
    assert_string_equal(csv_at(&t, 1, SIZE_MAX), "");
    assert_int_equal(t.line[0], 3);
    csv_free(&t);
    csv_free(&t);
}

static void a_last_line_needs_no_end(void **state)
{
    (void)state;
    csv_table t;
    load("a,b\n1,2", &t);
    assert_int_equal(t.rows, 1);
    assert_string_equal(csv_at(&t, 0, 1), "2");
    csv_free(&t);
    load("a", &t);
    assert_int_equal(t.rows, 0);
    csv_free(&t);
}

static void what_is_wrong_is_named_with_its_line(void **state)
{
    (void)state;
    static const char *const cases[][2] = {{"", "a line of column names"},
                                           {"\n\n", "a line of column names"},
                                           {"a,b\n1,2\n\n3\n", ":4: 1 cells, expected 2"},
                                           {"a,b\n1,2,3\n", ":2: 3 cells, expected 2"},
                                           {"a\n\"x\ny", ":2: a quote that is not closed"}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        csv_table t;
        test_write(path, cases[c][0], strlen(cases[c][0]));
        assert_status(csv_load(path, &t, &err), LTS_ERR_FORMAT);
        if (!strstr(err.text, cases[c][1]))
            fail_msg("'%s' does not say \"%s\"", err.text, cases[c][1]);
    }
    csv_table t;
    test_write(path, "a\nb\0c", 5);
    assert_status(csv_load(path, &t, &err), LTS_ERR_FORMAT);
}

static void what_is_written_is_read_again(void **state)
{
    (void)state;
    static const char *const cells[] = {"plain", "a,b", "\"", "", "two\nlines", "\r"};
    const size_t count = sizeof cells / sizeof *cells;
    csv_table t;
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    for (int row = 0; row < 2; row++) {
        for (size_t c = 0; c < count; c++)
            assert_true(csv_write(stream, cells[c], c == 0));
        fputc('\n', stream);
    }
    fclose(stream);
    assert_ok(csv_load(path, &t, &err));
    assert_int_equal(t.rows, 1);
    for (size_t c = 0; c < count; c++)
        assert_string_equal(csv_at(&t, 0, c), cells[c]);
    csv_free(&t);
}

static void every_failed_allocation_is_reported(void **state)
{
    (void)state;
    lts_status status = LTS_ERR_MEMORY;
    test_write(path, "a,b\n1,2\n", 8);
    for (size_t i = 1; status != LTS_OK; i++) {
        csv_table t;
        test_fail_allocation(i);
        status = csv_load(path, &t, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK || status == LTS_ERR_MEMORY);
        if (status == LTS_OK)
            csv_free(&t);
        assert_true(i < 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_taken_as_they_stand),
        cmocka_unit_test(a_last_line_needs_no_end),
        cmocka_unit_test(what_is_wrong_is_named_with_its_line),
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
