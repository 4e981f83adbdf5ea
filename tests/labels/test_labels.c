/* Tables of notes: read, ordered, searched, and what they say when nothing is found. */
#include "lts/formats.h"
#include "lts/labels.h"
#include "testing.h"

#include <math.h>
#include <string.h>

enum { FLOATS = 6 };

static lts_error err;
static char *folder;

static int set_up(void **state)
{
    (void)state;
    folder = test_folder();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_folder_remove(folder);
    return 0;
}

/* An array of so many notes, and its table where there is one. */
static void put(const char *name, size_t rows, const char *table)
{
    static const float zeros[16 * FLOATS];
    char *array = lts_format("%s/%s.npy", folder, name);
    char *path = lts_format("%s/%s.csv", folder, name);
    assert_ok(lts_npy_save(array, zeros, rows, FLOATS, &err));
    if (table)
        test_write(path, table, strlen(table));
    lts_free(array);
    lts_free(path);
}

static lts_labels *open_labels(void)
{
    lts_labels *labels;
    assert_ok(lts_labels_open(folder, FLOATS, &labels, &err));
    return labels;
}

static lts_labels *guitar(void)
{
    put("b", 4,
        "file,group,descriptor,magnitude,pitch,min,max\n"
        "E/Crunch/75/1-5.wav,E,Crunch,75,1-5,-50.5,29\nE/Crunch/75/1-7.wav,E,Crunch,75,B4,,\n"
        "E/Bright/25/1-5.wav,E,Bright,25,A4,-40,20\nM/Fluttery/0/1-5.wav,M,Fluttery,0,69,-60,10\n");
    put("a", 3,
        "descriptor,file,pitch,magnitude\nCrunch,E/Crunch/25/1-5.wav,1-5,25\n"
        ",plain.wav,,\nFluttery,M/Fluttery/50/1-5.wav,A4,50\n");
    return open_labels();
}

static void assert_found(const lts_labels *labels, const char *descriptor, double magnitude,
                         int key, const char *file)
{
    size_t index;
    assert_ok(lts_labels_find(labels, descriptor, magnitude, key, &index, &err));
    assert_string_equal(lts_labels_at(labels, index)->file, file);
}

static void assert_missing(const lts_labels *labels, const char *descriptor, double magnitude,
                           int key, const char *says)
{
    size_t index;
    assert_status(lts_labels_find(labels, descriptor, magnitude, key, &index, &err),
                  LTS_ERR_NOT_FOUND);
    if (!strstr(err.text, says))
        fail_msg("'%s' does not say \"%s\"", err.text, says);
}

static void notes_are_in_order_of_their_files(void **state)
{
    (void)state;
    lts_labels *labels = guitar();
    assert_int_equal(lts_labels_count(labels), 7);
    for (size_t i = 1; i < 7; i++)
        assert_true(strcmp(lts_labels_at(labels, i - 1)->file, lts_labels_at(labels, i)->file) < 0);
    const lts_note *note = lts_labels_at(labels, 2);
    assert_string_equal(note->file, "E/Crunch/75/1-5.wav");
    assert_string_equal(note->array, "b");
    assert_int_equal(note->row, 0);
    assert_true(note->min == -50.5f && note->max == 29);
    assert_true(isnan(lts_labels_at(labels, 3)->min));
    const lts_note *plain = lts_labels_at(labels, 6);
    assert_true(plain->key == -1 && isnan(plain->magnitude));
    assert_int_equal(plain->descriptor_index, SIZE_MAX);
    assert_string_equal(lts_labels_descriptor(labels, 0), "Bright");
    assert_string_equal(lts_labels_descriptor(labels, 2), "Fluttery");
    assert_null(lts_labels_descriptor(labels, 3));
    lts_labels_close(labels);
}

static void notes_are_found_by_their_labels(void **state)
{
    (void)state;
    size_t index;
    lts_labels *labels = guitar();
    assert_found(labels, "Crunch", 75, 69, "E/Crunch/75/1-5.wav");
    assert_found(labels, "crunch", 75, 71, "E/Crunch/75/1-7.wav");
    assert_found(labels, "Crunch", 25, 69, "E/Crunch/25/1-5.wav");
    /* The notes of magnitude 0 are every descriptor's. */
    assert_found(labels, "Crunch", 0, 69, "M/Fluttery/0/1-5.wav");
    assert_found(labels, "Fluttery", 0, 69, "M/Fluttery/0/1-5.wav");
    assert_true(lts_labels_find_file(labels, "E/Bright/25/1-5", &index));
    assert_int_equal(index, 0);
    assert_true(lts_labels_find_file(labels, "plain.wav", &index));
    assert_false(lts_labels_find_file(labels, "E/Bright/25/1", &index));
    assert_false(lts_labels_find_file(labels, "z", &index));
    lts_labels_close(labels);
}

static void what_is_missing_is_told_with_what_is_there(void **state)
{
    (void)state;
    lts_labels *labels = guitar();
    assert_missing(labels, "Crnch", 75, 69,
                   "Crnch: no such descriptor: did you mean Crunch? There are Bright, Crunch, "
                   "Fluttery");
    assert_missing(labels, "Velvet", 75, 69,
                   "Velvet: no such descriptor: there are Bright, Crunch, Fluttery");
    assert_missing(labels, "Crunch", 80, 69,
                   "Crunch has no notes of magnitude 80: there are 25, 75");
    assert_missing(labels, "Crunch", 75, 70, "Crunch of magnitude 75 has no A#4: there are A4, B4");
    assert_missing(labels, "Bright", 0, 70, "Bright of magnitude 0 has no A#4: there are A4");
    lts_labels_close(labels);
}

static void of_two_notes_of_a_file_the_later_stays(void **state)
{
    (void)state;
    put("notes-000001-001", 2, "file,magnitude\nx.wav,1\ny.wav,2\n");
    put("notes-000002-001", 1, "file,magnitude\nx.wav,3\n");
    lts_labels *labels = open_labels();
    assert_int_equal(lts_labels_count(labels), 2);
    assert_true(lts_labels_at(labels, 0)->magnitude == 3);
    assert_string_equal(lts_labels_at(labels, 0)->array, "notes-000002-001");
    assert_null(lts_labels_descriptor(labels, 0));
    lts_labels_close(labels);
}

static void hundreds_of_thousands_are_found_at_once(void **state)
{
    (void)state;
    enum { DESCRIPTORS = 19, MAGNITUDES = 101, KEYS = 128 };
    char *path = lts_format("%s/all.csv", folder);
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    fputs("file,descriptor,magnitude,pitch\n", stream);
    for (int d = 0; d < DESCRIPTORS; d++)
        for (int m = 0; m < MAGNITUDES; m++)
            for (int k = 0; k < KEYS; k++)
                fprintf(stream, "D%d/%d/%d.wav,D%d,%d,%d\n", d, m, k, d, m, k);
    fclose(stream);
    lts_free(path);
    path = lts_format("%s/all.npy", folder);
    test_write(path, "", 0);
    const double began = lts_now();
    lts_labels *labels = open_labels();
    const double opened = lts_now() - began;
    assert_int_equal(lts_labels_count(labels), DESCRIPTORS * MAGNITUDES * KEYS);
    for (int n = 0; n < 10000; n++) {
        const int d = n % DESCRIPTORS, m = 1 + n % (MAGNITUDES - 1), k = n % KEYS;
        size_t index;
        char *name = lts_format("D%d", d);
        assert_ok(lts_labels_find(labels, name, m, k, &index, &err));
        assert_int_equal(lts_labels_at(labels, index)->key, k);
        assert_string_equal(lts_labels_at(labels, index)->descriptor, name);
        lts_free(name);
    }
    print_message("%.2f s to open, %.2f s in all\n", opened, lts_now() - began);
    lts_labels_close(labels);
    lts_free(path);
}

static void wrong_tables_are_refused_with_their_line(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"name\nx\n", ": line 1: no column 'file'"},
        {"file,pitch\nx,A4\n,B4\n", ": line 3: no file"},
        {"file,pitch\nx,H4\n", ": line 2: pitch"},
        {"file,magnitude\nx,loud\n", ": line 2: magnitude"},
        {"file,magnitude\nx,-1\n", ": line 2: magnitude"},
        {"file,min\nx,low\n", ": line 2: min"},
        {"file,max\n\"x\ny\",1\nz,high\n", ": line 4: max"},
        {"file,max\nx\n", "line 2: 1 cells, expected 2"},
    };
    lts_labels *labels = (lts_labels *)&err;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        put("a", 2, cases[c][0]);
        assert_status(lts_labels_open(folder, FLOATS, &labels, &err), LTS_ERR_FORMAT);
        assert_null(labels);
        if (!strstr(err.text, cases[c][1]))
            fail_msg("'%s' does not say \"%s\"", err.text, cases[c][1]);
    }
}

static void a_folder_without_notes_is_refused(void **state)
{
    (void)state;
    lts_labels *labels;
    char *nowhere = lts_path_join(folder, "nowhere");
    assert_status(lts_labels_open(nowhere, FLOATS, &labels, &err), LTS_ERR_NOT_FOUND);
    assert_status(lts_labels_open(folder, FLOATS, &labels, &err), LTS_ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "lts-dataset --features stft"));
    lts_free(nowhere);
}

static void every_failed_allocation_is_reported(void **state)
{
    (void)state;
    lts_labels_close(guitar());
    put("CrunchX75X1-7.wav", 1, NULL);
    lts_status status = LTS_ERR_MEMORY;
    for (size_t i = 1; status != LTS_OK; i++) {
        lts_labels *labels;
        test_fail_allocation(i);
        status = lts_labels_open(folder, FLOATS, &labels, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK || status == LTS_ERR_MEMORY);
        lts_labels_close(labels);
        assert_true(i < 10000);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(notes_are_in_order_of_their_files),
        TEST(notes_are_found_by_their_labels),
        TEST(what_is_missing_is_told_with_what_is_there),
        TEST(of_two_notes_of_a_file_the_later_stays),
        TEST(hundreds_of_thousands_are_found_at_once),
        TEST(wrong_tables_are_refused_with_their_line),
        TEST(a_folder_without_notes_is_refused),
        TEST(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
