#include "testing.h"

#include "lts/formats.h"
#include "small_disk.h"

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROWS = 7, COLUMNS = 5 };

static const float *reference(void)
{
    static float array[ROWS * COLUMNS];
    lts_error err;
    float *data;
    size_t rows, columns;
    assert_ok(lts_npy_load(test_data("npy/good_c_f4.npy"), &data, &rows, &columns, &err));
    assert_int_equal(rows, ROWS);
    assert_int_equal(columns, COLUMNS);
    memcpy(array, data, sizeof array);
    lts_free(data);
    return array;
}

/* Calls check(path) for every file of tests/data/npy whose name begins with `prefix`. */
static void for_each(const char *prefix, size_t at_least, void (*check)(const char *path))
{
    DIR *folder = opendir(test_data("npy"));
    size_t met = 0;
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
            continue;
        char *path = lts_path_join(test_data("npy"), entry->d_name);
        check(path);
        lts_free(path);
        met++;
    }
    closedir(folder);
    assert_in_range(met, at_least, 1000);
}

static void check_good(const char *path)
{
    lts_error err;
    float *data;
    size_t rows, columns;
    assert_ok(lts_npy_load(path, &data, &rows, &columns, &err));
    assert_int_equal(rows, strstr(path, "1d") ? 1 : strstr(path, "empty_rows") ? 0 : ROWS);
    assert_int_equal(columns, COLUMNS);
    assert_memory_equal(data, reference(), rows * columns * sizeof *data);
    lts_free(data);
}

static void every_good_file_holds_the_same_array(void **state)
{
    (void)state;
    for_each("good_", 8, check_good);
}

/* One line that begins with the file and names a place in it. */
static void assert_clear(const lts_error *err, const char *path)
{
    assert_memory_equal(err->text, path, strlen(path));
    assert_null(strchr(err->text, '\n'));
    const char *place = err->text + strlen(path);
    assert_true(strncmp(place, ": byte ", 7) == 0 || strncmp(place, ": header: ", 10) == 0);
    for (const char *c = err->text; *c; c++)
        assert_in_range((unsigned char)*c, 0x20, 0x7e);
}

static void check_bad(const char *path)
{
    lts_error err;
    lts_npy *npy = (lts_npy *)&err;
    assert_status(lts_npy_open(path, &npy, &err), LTS_ERR_FORMAT);
    assert_null(npy);
    assert_clear(&err, path);
    assert_status(lts_npy_open(path, &npy, NULL), LTS_ERR_FORMAT);
}

static void every_bad_file_is_refused_with_its_place(void **state)
{
    (void)state;
    for_each("bad_", 11, check_bad);
}

/* A version 1.0 file with the given dictionary and `size` bytes of zeros behind it. */
static void write_file(const char *path, const char *dictionary, size_t size)
{
    char bytes[4096] = "\x93NUMPY\x01";
    size_t length = strlen(dictionary);
    assert_true(10 + length + size <= sizeof bytes);
    bytes[8] = (char)(length & 255);
    bytes[9] = (char)(length >> 8);
    memcpy(bytes + 10, dictionary, length);
    test_write(path, bytes, 10 + length + size);
}

static void spellings_of_the_header_do_not_matter(void **state)
{
    (void)state;
    static const struct {
        const char *dictionary;
        size_t rows, columns;
    } cases[] = {
        {"{'descr':'<f4','fortran_order':False,'shape':(2,3)}", 2, 3},
        {"{\"shape\": (2, 3,), \"fortran_order\": True , \"descr\": \"<f4\" , } \n", 2, 3},
        {"{'descr': '=f8', 'fortran_order': False, 'shape': (3L, 1L), }", 3, 1},
        {" { 'descr' : '>f8' , 'fortran_order' : True , 'shape' : ( 3 , 1 ) } ", 3, 1},
        {"{'descr': '<f4', 'fortran_order': True, 'shape': (6,), }", 1, 6},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (0, 9), }", 0, 9},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2, 1), }", 3, 2},
        /* Bytes behind the array are ignored, as NumPy ignores them. */
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }", 1, 2},
    };
    lts_error err;
    char *folder = test_folder(), *path = lts_path_join(folder, "a.npy");
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        lts_npy *npy;
        write_file(path, cases[c].dictionary, 24);
        assert_ok(lts_npy_open(path, &npy, &err));
        assert_int_equal(lts_npy_rows(npy), cases[c].rows);
        assert_int_equal(lts_npy_columns(npy), cases[c].columns);
        assert_string_equal(lts_npy_path(npy), path);
        lts_npy_close(npy);
    }
    lts_free(path);
    test_folder_remove(folder);
}

static void sounds_may_have_channels(void **state)
{
    (void)state;
    static const struct {
        const char *dictionary, *complaint;
        size_t rows, columns, channels;
    } cases[] = {
        {"{'descr':'<f4','fortran_order':False,'shape':(1,2,3)}", NULL, 2, 3, 2},
        {"{'descr':'<f4','fortran_order':False,'shape':(3,1,2)}", NULL, 3, 2, 1},
        {"{'descr':'<f4','fortran_order':False,'shape':(2,3)}", NULL, 2, 3, 1},
        {"{'descr':'<f4','fortran_order':True,'shape':(2,3)}", NULL, 2, 3, 1},
        {"{'descr':'<f4','fortran_order':True,'shape':(1,2,3)}", "Fortran order", 0, 0, 0},
        {"{'descr':'<f4','fortran_order':False,'shape':(1,0,3)}", "no channels", 0, 0, 0},
        {"{'descr':'<f4','fortran_order':False,'shape':(1,2,4)}", "ends within", 0, 0, 0},
        {"{'descr':'<f4','fortran_order':False,'shape':(4294967296,4294967296,1)}", "larger than",
         0, 0, 0},
        {"{'descr':'<f4','fortran_order':False,'shape':(1,1,1,1)}", "3 dimensions", 0, 0, 0},
    };
    lts_error err;
    char *folder = test_folder(), *path = lts_path_join(folder, "a.npy");
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        lts_npy *npy = NULL;
        write_file(path, cases[c].dictionary, 24);
        const lts_status status = lts_npy_open_sounds(path, &npy, &err);
        if (cases[c].complaint) {
            assert_status(status, LTS_ERR_FORMAT);
            assert_clear(&err, path);
            assert_non_null(strstr(err.text, cases[c].complaint));
            continue;
        }
        assert_ok(status);
        assert_int_equal(lts_npy_rows(npy), cases[c].rows);
        assert_int_equal(lts_npy_columns(npy), cases[c].columns);
        assert_int_equal(lts_npy_channels(npy), cases[c].channels);
        lts_npy_close(npy);
    }
    lts_free(path);
    test_folder_remove(folder);
}

static void every_damage_to_the_header_is_refused(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "'{' expected"},
        {"{", "quoted key"},
        {"{}", "'descr' is missing"},
        {"{'descr': '<f4', 'fortran_order': False}", "'shape' is missing"},
        {"{'descr': '<f4', 'shape': (1, 2)}", "'fortran_order' is missing"},
        {"{'descr': '<f4', 'descr': '<f4'}", "given twice"},
        {"{'descr' '<f4'}", "':' expected"},
        {"{'colour': 1}", "unknown key 'colour'"},
        {"{'a\nb\x01\xff': 1}", "unknown key 'a?b?"},
        {"{'descr': '<f4' 'shape': (1, 2)}", "',' or '}'"},
        {"{'descr': <f4}", "'descr' must be"},
        {"{'descr': '<f4", "'descr' must be"},
        {"{'descr': '<f4', 'fortran_order': 0, 'shape': (1, 2)}", "True or False"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': 2}", "tuple"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2)}", "tuple"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1 2)}", "',' or ')'"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1, x)}", "whole numbers"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (,)}", "whole numbers"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': ()}", "single number"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 3, 4)}", "3 dimensions"},
        {"{'descr': '<f4', 'fortran_order': True, 'shape': (1, 2, 3)}", "ascontiguousarray"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 0, 3)}", "no columns"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 4611686018427387904, 8)}",
         "larger than any file"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2, 3)}", "ends within its data"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1, -2)}", "negative"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 0)}", "no columns"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 18446744073709551616)}",
         "larger than any file"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4)}",
         "ends within its data"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (7, 1)}", "ends within its data"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2)} x", "nothing expected"},
        {"{'descr': '<i4', 'fortran_order': False, 'shape': (1, 2)}", "'descr' is '<i4'"},
        {"{'descr': '<f2', 'fortran_order': False, 'shape': (1, 2)}", "'descr' is '<f2'"},
        {"{'descr': '', 'fortran_order': False, 'shape': (1, 2)}", "'descr' is ''"},
        {"{'descr': '|f4', 'fortran_order': False, 'shape': (1, 2)}", "'descr' is '|f4'"},
    };
    lts_error err;
    char *folder = test_folder(), *path = lts_path_join(folder, "a.npy");
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        lts_npy *npy;
        write_file(path, cases[c][0], 24);
        assert_status(lts_npy_open(path, &npy, &err), LTS_ERR_FORMAT);
        assert_clear(&err, path);
        if (!strstr(err.text, cases[c][1]))
            fail_msg("'%s' does not say \"%s\"", err.text, cases[c][1]);
    }
    lts_free(path);
    test_folder_remove(folder);
}

static void integers_and_channels_are_written_and_read(void **state)
{
    (void)state;
    enum { COUNT = 3, LENGTH = 4 };
    lts_error err;
    lts_npy_writer *writer;
    const int32_t classes[COUNT * LENGTH] = {0, 15, -1, 3, 4, 5, 6, INT32_MAX, INT32_MIN, 9, 1, 2};
    const float x[COUNT * 2 * LENGTH] = {1, 2, 3};
    int32_t *back;
    size_t rows, columns, size;
    char *folder = test_folder(), *path = lts_path_join(folder, "a.npy");
    const lts_npy_layout integers = {.columns = LENGTH, .integers = true};
    assert_ok(lts_npy_writer_open_as(path, &integers, &writer, &err));
    assert_status(lts_npy_writer_append(writer, x, 1, &err), LTS_ERR_ARGUMENT);
    assert_ok(lts_npy_writer_append_integers(writer, classes, 1, &err));
    assert_ok(lts_npy_writer_append_integers(writer, classes + LENGTH, COUNT - 1, &err));
    assert_ok(lts_npy_writer_commit(writer, &err));
    assert_ok(lts_npy_load_integers(path, &back, &rows, &columns, &err));
    assert_int_equal(rows, COUNT);
    assert_int_equal(columns, LENGTH);
    assert_memory_equal(back, classes, sizeof classes);
    lts_free(back);
    float *floats;
    assert_status(lts_npy_load(path, &floats, &rows, &columns, &err), LTS_ERR_FORMAT);
    assert_status(
        lts_npy_load_integers(test_data("npy/good_c_f4.npy"), &back, &rows, &columns, &err),
        LTS_ERR_FORMAT);
    assert_non_null(strstr(err.text, "expected '<i4'"));

    const lts_npy_layout stereo = {.channels = 2, .columns = LENGTH, .own = true};
    assert_ok(lts_npy_writer_open_as(path, &stereo, &writer, &err));
    assert_status(lts_npy_writer_append_integers(writer, classes, 1, &err), LTS_ERR_ARGUMENT);
    assert_ok(lts_npy_writer_append(writer, x, COUNT, &err));
    assert_ok(lts_npy_writer_commit(writer, &err));
    char *bytes = test_read(path, &size);
    assert_int_equal(size, 128 + sizeof x);
    assert_non_null(strstr(bytes + 10, "'shape': (3, 2, 4), }"));
    assert_memory_equal(bytes + 128, x, sizeof x);
    lts_free(bytes);
    assert_status(lts_npy_writer_open_as(path, &(lts_npy_layout){0}, &writer, &err),
                  LTS_ERR_ARGUMENT);
    lts_free(path);
    test_folder_remove(folder);
}

/* int64 in columns, big-endian, as other programs may write them. */
static void foreign_integers_are_read(void **state)
{
    (void)state;
    lts_error err;
    int32_t *back;
    size_t rows, columns;
    unsigned char file[10 + 118 + 4 * 8] = "\x93NUMPY\x01\0\x76";
    char *folder = test_folder(), *path = lts_path_join(folder, "a.npy");
    memset(file + 10, ' ', 118);
    static const char header[] = "{'descr': '>i8', 'fortran_order': True, 'shape': (2, 2)}";
    memcpy(file + 10, header, sizeof header - 1);
    for (unsigned n = 0; n < 4; n++)
        file[128 + 8 * n + 7] = (unsigned char)(n + 1);
    test_write(path, file, sizeof file);
    assert_ok(lts_npy_load_integers(path, &back, &rows, &columns, &err));
    const int32_t expected[] = {1, 3, 2, 4};
    assert_memory_equal(back, expected, sizeof expected);
    lts_free(back);
    file[128 + 8 * 2 + 3] = 1;
    test_write(path, file, sizeof file);
    assert_status(lts_npy_load_integers(path, &back, &rows, &columns, &err), LTS_ERR_FORMAT);
    assert_non_null(strstr(err.text, "byte 144: a number beyond 32 bits"));
    lts_free(path);
    test_folder_remove(folder);
}

static void every_cut_of_a_file_is_refused(void **state)
{
    (void)state;
    lts_error err;
    char *bytes, *folder = test_folder(), *path = lts_path_join(folder, "a.npy");
    size_t size;
    assert_ok(lts_read_file(test_data("npy/good_v2.npy"), 1 << 20, &bytes, &size, &err));
    for (size_t cut = 0; cut < size; cut++) {
        lts_npy *npy;
        test_write(path, bytes, cut);
        assert_status(lts_npy_open(path, &npy, &err), LTS_ERR_FORMAT);
        assert_clear(&err, path);
    }
    lts_free(bytes);
    lts_free(path);
    test_folder_remove(folder);
}

static void what_is_no_file_is_named(void **state)
{
    (void)state;
    lts_error err;
    lts_npy *npy;
    char *folder = test_folder(), *path = lts_path_join(folder, "a.npy");
    assert_status(lts_npy_open(path, &npy, &err), LTS_ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, path));
    assert_status(lts_npy_open(folder, &npy, &err), LTS_ERR_IO);
    assert_non_null(strstr(err.text, "is a folder"));
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_status(lts_npy_open(path, &npy, &err), LTS_ERR_IO);
    assert_non_null(strstr(err.text, "give a pipe as -"));
    lts_npy_close(NULL);
    lts_free(path);
    test_folder_remove(folder);
}

static void any_rows_can_be_read_alone(void **state)
{
    (void)state;
    static const char *const names[] = {"npy/good_c_f4.npy", "npy/good_fortran_f4.npy",
                                        "npy/good_big_endian.npy", "npy/good_f8.npy"};
    lts_error err;
    for (size_t f = 0; f < sizeof names / sizeof *names; f++) {
        lts_npy *npy;
        assert_ok(lts_npy_open(test_data(names[f]), &npy, &err));
        for (size_t first = 0; first <= ROWS; first++)
            for (size_t count = 0; first + count <= ROWS; count++) {
                float rows[ROWS * COLUMNS + 1];
                rows[count * COLUMNS] = 42;
                assert_ok(lts_npy_read(npy, first, count, rows, &err));
                assert_memory_equal(rows, reference() + first * COLUMNS,
                                    count * COLUMNS * sizeof *rows);
                assert_true(rows[count * COLUMNS] == 42);
            }
        lts_npy_close(npy);
    }
}

enum { CUT_ROWS = 5000, CUT_COLUMNS = 3, CUT_SIZE = CUT_ROWS * CUT_COLUMNS };

typedef struct cut_reader {
    const lts_npy *npy;
    lts_status status;
    lts_error err;
} cut_reader;

static void *read_cut(void *user)
{
    cut_reader *reader = user;
    static _Thread_local float x[CUT_SIZE];
    reader->status = LTS_ERR_IO;
    for (int round = 0; round < 20 && reader->status == LTS_ERR_IO; round++)
        reader->status = lts_npy_read(reader->npy, 0, CUT_ROWS, x, &reader->err);
    return NULL;
}

static void a_file_cut_by_another_program_is_an_error_in_any_thread(void **state)
{
    (void)state;
    static const char fortran[] = "{'descr': '<f8', 'fortran_order': True, 'shape': (5000, 3)}";
    static float x[CUT_SIZE];
    lts_error err;
    char *folder = test_folder(), *path = lts_path_join(folder, "cut.npy");
    for (int kind = 0; kind < 2; kind++) {
        lts_npy *npy;
        if (kind == 1) {
            write_file(path, fortran, 0);
            assert_int_equal(truncate(path, 8 * CUT_SIZE + 200), 0);
        } else {
            assert_ok(lts_npy_save(path, x, CUT_ROWS, CUT_COLUMNS, &err));
        }
        assert_ok(lts_npy_open(path, &npy, &err));
        assert_ok(lts_npy_check(npy, &err));
        assert_ok(lts_npy_read(npy, 0, CUT_ROWS, x, &err));
        assert_int_equal(truncate(path, 5 * 4096 - 1000), 0);
        pthread_t thread[4];
        cut_reader reader[4];
        for (int i = 0; i < 4; i++) {
            reader[i].npy = npy;
            assert_int_equal(pthread_create(&thread[i], NULL, read_cut, &reader[i]), 0);
        }
        for (int i = 0; i < 4; i++) {
            assert_int_equal(pthread_join(thread[i], NULL), 0);
            assert_status(reader[i].status, LTS_ERR_IO);
            /* Of C order, 5 pages less a header of 128 bytes hold 1696 rows of 12 bytes. */
            assert_non_null(strstr(reader[i].err.text,
                                   kind ? "cut.npy: frame " : "cut.npy: frame 1696: another"));
        }
        assert_ok(lts_npy_read(npy, 0, kind ? 0 : 1000, x, &err));
        assert_status(lts_npy_check(npy, &err), LTS_ERR_IO);
        assert_non_null(strstr(err.text, "shortened the file to 19480 of "));
        lts_npy_close(npy);
        unlink(path);
    }
    lts_free(path);
    test_folder_remove(folder);
}

static void what_is_saved_loads_back_bit_for_bit(void **state)
{
    (void)state;
    static const size_t shapes[][2] = {{0, 1}, {1, 1}, {3, 384}, {1000, 7}};
    lts_error err;
    lts_rng rng;
    char *folder = test_folder(), *path = lts_path_join(folder, "with space \xc3\xa9.npy");
    lts_rng_seed(&rng, 5, 0);
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        size_t n = shapes[s][0] * shapes[s][1], rows, columns, size;
        float *x = lts_alloc(n, sizeof *x), *y;
        char *bytes;
        lts_rng_fill_normal(&rng, x, n);
        assert_ok(lts_npy_save(path, x, shapes[s][0], shapes[s][1], &err));
        assert_ok(lts_npy_load(path, &y, &rows, &columns, &err));
        assert_int_equal(rows, shapes[s][0]);
        assert_int_equal(columns, shapes[s][1]);
        assert_memory_equal(x, y, n * sizeof *x);
        assert_ok(lts_read_file(path, 1 << 20, &bytes, &size, &err));
        assert_int_equal(size, 128 + 4 * n);
        assert_memory_equal(bytes, "\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order'", 42);
        assert_int_equal(bytes[127], '\n');
        lts_free(bytes);
        lts_free(x);
        lts_free(y);
    }
    assert_int_equal(test_folder_count(folder), 1);
    lts_free(path);
    test_folder_remove(folder);
}

static void pieces_make_the_same_file_as_the_whole(void **state)
{
    (void)state;
    lts_error err;
    lts_npy_writer *writer;
    char *folder = test_folder();
    char *whole = lts_path_join(folder, "whole.npy"), *pieces = lts_path_join(folder, "pieces.npy");
    char hash[2][LTS_HASH_TEXT];
    assert_ok(lts_npy_save(whole, reference(), ROWS, COLUMNS, &err));
    assert_ok(lts_npy_writer_open(pieces, COLUMNS, &writer, &err));
    assert_ok(lts_npy_writer_append(writer, reference(), 4, &err));
    assert_ok(lts_npy_writer_append(writer, reference(), 0, &err));
    assert_ok(lts_npy_writer_append(writer, reference() + 4 * COLUMNS, 3, &err));
    assert_false(lts_is_file(pieces));
    assert_ok(lts_npy_writer_commit(writer, &err));
    assert_ok(lts_hash_file(whole, hash[0], &err));
    assert_ok(lts_hash_file(pieces, hash[1], &err));
    assert_string_equal(hash[0], hash[1]);
    lts_free(whole);
    lts_free(pieces);
    test_folder_remove(folder);
}

static void a_writer_leaves_nothing_but_whole_files(void **state)
{
    (void)state;
    lts_error err;
    lts_npy_writer *writer;
    char *folder = test_folder(), *path = lts_path_join(folder, "a.npy");
    assert_ok(lts_npy_writer_open(path, COLUMNS, &writer, &err));
    assert_ok(lts_npy_writer_append(writer, reference(), ROWS, &err));
    assert_status(lts_npy_writer_append(writer, reference(), SIZE_MAX / 8, &err), LTS_ERR_ARGUMENT);
    lts_npy_writer_abort(writer);
    lts_npy_writer_abort(NULL);
    assert_int_equal(test_folder_count(folder), 0);
    assert_status(lts_npy_save(path, reference(), ROWS, 0, &err), LTS_ERR_ARGUMENT);
    assert_status(lts_npy_save(folder, reference(), ROWS, COLUMNS, &err), LTS_ERR_IO);
    lts_free(path);
    path = lts_path_join(folder, "missing/a.npy");
    assert_status(lts_npy_save(path, reference(), ROWS, COLUMNS, &err), LTS_ERR_IO);
    assert_non_null(strstr(err.text, path));
    lts_free(path);
    test_folder_remove(folder);
}

static void a_full_disk_leaves_nothing(void **state)
{
    (void)state;
    enum { N = 100000 };
    lts_error err;
    char *folder = test_folder(), *path = lts_path_join(folder, "a.npy");
    float *x = lts_alloc(N, sizeof *x);
    for (size_t size = 10; size < 4 * N; size *= 10) {
        test_limit_files(size);
        lts_status status = lts_npy_save(path, x, N, 1, &err);
        test_limit_files(0);
        assert_status(status, LTS_ERR_IO);
        assert_memory_equal(err.text, path, strlen(path));
        assert_int_equal(test_folder_count(folder), 0);
    }
    lts_free(x);
    lts_free(path);
    test_folder_remove(folder);
}

static void a_shortage_of_memory_is_reported(void **state)
{
    (void)state;
    lts_error err;
    char *folder = test_folder(), *path = lts_path_join(folder, "a.npy");
    lts_status status = LTS_ERR_MEMORY;
    for (size_t n = 1; status != LTS_OK; n++) {
        float *data;
        size_t rows, columns;
        test_fail_allocation(n);
        status = lts_npy_load(test_data("npy/good_f8.npy"), &data, &rows, &columns, &err);
        test_fail_allocation(0);
        if (status == LTS_OK) {
            lts_free(data);
            assert_true(n > 2);
        } else {
            assert_status(status, LTS_ERR_MEMORY);
        }
    }
    const float *x = reference();
    status = LTS_ERR_MEMORY;
    for (size_t n = 1; status != LTS_OK; n++) {
        test_fail_allocation(n);
        status = lts_npy_save(path, x, ROWS, COLUMNS, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK ? n > 4 : err.status == status);
        assert_int_equal(test_folder_count(folder), status == LTS_OK);
    }
    lts_free(path);
    test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_good_file_holds_the_same_array),
        cmocka_unit_test(every_bad_file_is_refused_with_its_place),
        cmocka_unit_test(spellings_of_the_header_do_not_matter),
        cmocka_unit_test(sounds_may_have_channels),
        cmocka_unit_test(every_damage_to_the_header_is_refused),
        cmocka_unit_test(integers_and_channels_are_written_and_read),
        cmocka_unit_test(foreign_integers_are_read),
        cmocka_unit_test(every_cut_of_a_file_is_refused),
        cmocka_unit_test(what_is_no_file_is_named),
        cmocka_unit_test(any_rows_can_be_read_alone),
        cmocka_unit_test(a_file_cut_by_another_program_is_an_error_in_any_thread),
        cmocka_unit_test(what_is_saved_loads_back_bit_for_bit),
        cmocka_unit_test(pieces_make_the_same_file_as_the_whole),
        cmocka_unit_test(a_writer_leaves_nothing_but_whole_files),
        cmocka_unit_test(a_full_disk_leaves_nothing),
        cmocka_unit_test(a_shortage_of_memory_is_reported),
    };
    return cmocka_run_group_tests_name("npy", tests, NULL, NULL);
}
