/* Tables of comma-separated values. */
#include "formats/csv.h"
#include "testing.h"

#include <pthread.h>
#include <string.h>
#include <sys/stat.h>

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
    assert_ok(csv_load(path, 0, table, &err));
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
                                           {"a,b\n1,2\n\n3\n", "line 4: 1 cells, expected 2"},
                                           {"a,b\n1,2,3\n", "line 2: 3 cells, expected 2"},
                                           {"a\n\"x\ny", "line 2: a quotation does not end"},
                                           {"a\n\n\"x\"y\n", "line 3: a quotation does not end"}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        csv_table t;
        test_write(path, cases[c][0], strlen(cases[c][0]));
        assert_status(csv_load(path, 0, &t, &err), LTS_ERR_FORMAT);
        if (!strstr(err.text, cases[c][1]))
            fail_msg("'%s' does not say \"%s\"", err.text, cases[c][1]);
    }
    csv_table t;
    test_write(path, "a\nb\0c", 5);
    assert_status(csv_load(path, 0, &t, &err), LTS_ERR_FORMAT);
    assert_non_null(strstr(err.text, "byte 3 is 0: no table in text: save it as UTF-8"));
}

static void a_loose_table_has_rows_of_any_length(void **state)
{
    (void)state;
    csv_table t;
    static const char text[] = " a ,\t\"b \" , c\n \t\n 1 2 ,\n4,\" 5\",6,7\n\" 8 \"";
    test_write(path, text, sizeof text - 1);
    assert_ok(csv_load(path, CSV_LOOSE, &t, &err));
    assert_int_equal(t.columns, 3);
    assert_int_equal(t.rows, 3);
    assert_int_equal(csv_column(&t, "A"), 0);
    assert_int_equal(csv_column(&t, "b "), 1);
    assert_int_equal(csv_cells(&t, 0), 2);
    assert_string_equal(csv_at(&t, 0, 0), "1 2");
    assert_string_equal(csv_at(&t, 0, 2), "");
    assert_int_equal(csv_cells(&t, 1), 3);
    assert_string_equal(csv_at(&t, 1, 1), " 5");
    assert_string_equal(csv_at(&t, 1, 2), "6");
    assert_int_equal(csv_cells(&t, 2), 1);
    assert_string_equal(csv_at(&t, 2, 0), " 8 ");
    assert_int_equal(t.line[2], 5);
    csv_free(&t);
    test_write(path, "", 0);
    assert_ok(csv_load(path, CSV_LOOSE, &t, &err));
    assert_int_equal(t.columns, 0);
    assert_int_equal(csv_column(&t, "a"), SIZE_MAX);
    csv_free(&t);
}

static void an_unfinished_line_of_a_growing_table_is_left_out(void **state)
{
    (void)state;
    csv_table t;
    test_write(path, "a,b\n1,2\n3,4", 11);
    assert_ok(csv_load(path, CSV_GROWING, &t, &err));
    assert_int_equal(t.rows, 1);
    csv_free(&t);
    test_write(path, "a,b", 3);
    assert_status(csv_load(path, CSV_GROWING, &t, &err), LTS_ERR_FORMAT);
    assert_ok(csv_load(path, CSV_GROWING | CSV_LOOSE, &t, &err));
    assert_int_equal(t.columns, 0);
    csv_free(&t);
}

static void *write_to_pipe(void *name)
{
    FILE *stream = fopen(name, "w");
    if (stream) {
        fputs("a,b\n1,2\n", stream);
        fclose(stream);
    }
    return NULL;
}

static void a_pipe_is_read_where_it_may_be(void **state)
{
    (void)state;
    csv_table t;
    pthread_t writer;
    char *pipe = lts_path_join(folder, "pipe");
    assert_int_equal(mkfifo(pipe, 0600), 0);
    assert_status(csv_load(pipe, 0, &t, &err), LTS_ERR_IO);
    assert_int_equal(pthread_create(&writer, NULL, write_to_pipe, pipe), 0);
    assert_ok(csv_load(pipe, CSV_PIPE, &t, &err));
    pthread_join(writer, NULL);
    assert_string_equal(csv_at(&t, 0, 1), "2");
    csv_free(&t);
    lts_free(pipe);
}

static void numbers_of_cells(void **state)
{
    (void)state;
    static const char *const none[] = {"", "nan", "-inf", "+NaN"};
    double value;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_true(csv_number(none[i], &value) && value != value);
    assert_true(csv_number("-2.5e1", &value) && value == -25);
    assert_false(csv_number("loud", &value));
    assert_false(csv_number("1 2", &value));
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
    assert_ok(csv_load(path, 0, &t, &err));
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
        status = csv_load(path, 0, &t, &err);
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
        cmocka_unit_test(a_loose_table_has_rows_of_any_length),
        cmocka_unit_test(an_unfinished_line_of_a_growing_table_is_left_out),
        cmocka_unit_test(a_pipe_is_read_where_it_may_be),
        cmocka_unit_test(numbers_of_cells),
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
