#include "testing.h"

#include "pipeline/dataset/frames_index.h"

#include <math.h>
#include <string.h>
#include <sys/resource.h>

enum { BINS = 12 };

static lts_feature small_feature(void)
{
    lts_feature feature = lts_feature_defaults(LTS_FEATURE_CQT);
    feature.cqt.bins_per_octave = BINS;
    feature.cqt.octaves = 1;
    return feature;
}

/* NAME.npy whose frame t holds 1000 file + t in its first bin. */
static void write_file(const char *folder, const char *name, int file, size_t rows)
{
    lts_error err;
    char *path = lts_format("%s/%s.npy", folder, name);
    float *x = lts_alloc(rows * BINS, sizeof *x);
    for (size_t t = 0; t < rows; t++)
        x[t * BINS] = (float)(1000 * file) + (float)t;
    assert_ok(lts_npy_save(path, x, rows, BINS, &err));
    lts_free(x);
    lts_free(path);
}

/* Ten files of 3, 4, .. 12 frames, one empty one among them, and what is not a frame file. */
static char *ten_files(void)
{
    char *folder = test_folder();
    for (int i = 0; i < 10; i++) {
        char name[32];
        snprintf(name, sizeof name, "file %d \xc3\xa9", i);
        write_file(folder, name, i, 3 + (size_t)i);
    }
    write_file(folder, "file 5 empty", 77, 0);
    char *path = lts_path_join(folder, "config.ini");
    test_write(path, "[audio]\n", 8);
    lts_free(path);
    path = lts_path_join(folder, "._file 1.npy");
    test_write(path, "fork", 4);
    lts_free(path);
    return folder;
}

static void files_are_one_array_in_order_of_their_names(void **state)
{
    (void)state;
    lts_error err;
    lts_frames *frames;
    char *folder = ten_files();
    lts_feature feature = small_feature();
    assert_ok(lts_frames_open(folder, &feature, &frames, &err));
    assert_int_equal(lts_frames_files(frames), 10);
    assert_int_equal(lts_frames_bins(frames), BINS);
    assert_int_equal(lts_frames_count(frames, LTS_FRAMES_TRAIN), 75);
    assert_int_equal(lts_frames_count(frames, LTS_FRAMES_VALIDATION), 0);
    assert_string_equal(lts_frames_name(frames, 3), "file 3 \xc3\xa9");
    assert_int_equal(lts_frames_rows(frames, 3), 6);
    float row[75 * BINS];
    assert_ok(lts_frames_gather(frames, LTS_FRAMES_TRAIN, NULL, 0, 75, row, &err));
    for (int i = 0, t = 0; i < 10; i++)
        for (int r = 0; r < 3 + i; r++, t++)
            assert_true(row[t * BINS] == (float)(1000 * i + r));
    assert_ok(lts_frames_read(frames, 9, 10, 2, row, &err));
    assert_true(row[0] == 9010 && row[BINS] == 9011);
    lts_frames_close(frames);
    test_folder_remove(folder);
}

static void a_shuffled_epoch_meets_every_frame_once(void **state)
{
    (void)state;
    lts_error err;
    lts_frames *frames;
    char *folder = ten_files();
    lts_feature feature = small_feature();
    assert_ok(lts_frames_open(folder, &feature, &frames, &err));
    size_t held = lts_frames_hold_out(frames, 0.3, 5);
    assert_int_equal(held, 3);
    uint64_t train = lts_frames_count(frames, LTS_FRAMES_TRAIN);
    assert_int_equal(train + lts_frames_count(frames, LTS_FRAMES_VALIDATION), 75);
    lts_rng rng;
    lts_permutation order;
    lts_rng_seed(&rng, 1, 1);
    lts_permutation_init(&order, train, &rng);
    float row[BINS];
    bool met[10][12] = {{false}};
    size_t in_place = 0;
    for (uint64_t i = 0; i < train; i++) {
        assert_ok(lts_frames_gather(frames, LTS_FRAMES_TRAIN, &order, i, 1, row, &err));
        int file = (int)row[0] / 1000, t = (int)row[0] % 1000;
        assert_false(lts_frames_held_out(frames, (size_t)file));
        assert_false(met[file][t]);
        met[file][t] = true;
        float plain[BINS];
        assert_ok(lts_frames_gather(frames, LTS_FRAMES_TRAIN, NULL, i, 1, plain, &err));
        in_place += plain[0] == row[0];
    }
    assert_true(in_place < train / 4);
    lts_frames_close(frames);
    test_folder_remove(folder);
}

static void whole_files_are_held_out_and_one_is_left(void **state)
{
    (void)state;
    lts_error err;
    lts_frames *frames;
    char *folder = ten_files();
    lts_feature feature = small_feature();
    assert_ok(lts_frames_open(folder, &feature, &frames, &err));
    const struct {
        double share;
        size_t held;
    } cases[] = {{0, 0}, {0.001, 1}, {0.1, 1}, {0.25, 3}, {0.99, 9}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        assert_int_equal(lts_frames_hold_out(frames, cases[c].share, c), cases[c].held);
        size_t counted = 0, rows = 0;
        for (size_t f = 0; f < 10; f++)
            if (lts_frames_held_out(frames, f)) {
                counted++;
                rows += lts_frames_rows(frames, f);
            }
        assert_int_equal(counted, cases[c].held);
        assert_int_equal(lts_frames_count(frames, LTS_FRAMES_VALIDATION), rows);
    }
    /* Every file has its turn as seeds go by, and a seed chooses alike each time. */
    bool chosen[10] = {false};
    for (uint64_t seed = 0; seed < 100; seed++) {
        size_t first = 10;
        for (int again = 0; again < 2; again++) {
            lts_frames_hold_out(frames, 0.1, seed);
            size_t f = 0;
            while (!lts_frames_held_out(frames, f))
                f++;
            assert_true(again == 0 || f == first);
            first = f;
        }
        chosen[first] = true;
    }
    for (size_t f = 0; f < 10; f++)
        assert_true(chosen[f]);
    lts_frames_close(frames);
    test_folder_remove(folder);
}

static void a_single_file_is_never_held_out(void **state)
{
    (void)state;
    lts_error err;
    lts_frames *frames;
    char *folder = test_folder();
    write_file(folder, "only", 0, 4);
    lts_feature feature = small_feature();
    assert_ok(lts_frames_open(folder, &feature, &frames, &err));
    assert_int_equal(lts_frames_hold_out(frames, 0.5, 0), 0);
    assert_int_equal(lts_frames_count(frames, LTS_FRAMES_TRAIN), 4);
    lts_frames_close(frames);
    test_folder_remove(folder);
}

static void a_wrong_number_of_bins_names_the_file_and_the_way_out(void **state)
{
    (void)state;
    lts_error err;
    lts_frames *frames;
    char *folder = ten_files();
    lts_feature feature = lts_feature_defaults(LTS_FEATURE_CQT);
    assert_status(lts_frames_open(folder, &feature, &frames, &err), LTS_ERR_SHAPE);
    assert_null(frames);
    assert_non_null(strstr(err.text, "file 0 \xc3\xa9.npy: 12 bins, expected 384 (8 octaves x 48): "
                                     "re-run lts-dataset or correct [audio]"));
    test_folder_remove(folder);
}

static void a_folder_without_frames_is_refused(void **state)
{
    (void)state;
    lts_error err;
    lts_frames *frames;
    lts_feature feature = small_feature();
    char *folder = test_folder();
    assert_status(lts_frames_open(folder, &feature, &frames, &err), LTS_ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "lts-dataset"));
    write_file(folder, "empty", 0, 0);
    assert_status(lts_frames_open(folder, &feature, &frames, &err), LTS_ERR_NOT_FOUND);
    char *missing = lts_path_join(folder, "none");
    assert_status(lts_frames_open(missing, &feature, &frames, &err), LTS_ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, missing));
    lts_free(missing);
    test_folder_remove(folder);
}

static void a_value_that_is_no_magnitude_is_named(void **state)
{
    (void)state;
    lts_error err;
    lts_frames *frames;
    lts_feature feature = small_feature();
    const struct {
        float value;
        const char *says;
    } bad[] = {{NAN, ": not a number where"},   {INFINITY, ": infinity where"},
               {-INFINITY, ": infinity where"}, {-1e-6f, ": -1e-06 where a linear magnitude"},
               {3e38f, ": 3e+38 where"},        {1.1e15f, ": 1.1e+15 where"}};
    for (size_t b = 0; b < sizeof bad / sizeof *bad; b++) {
        char *folder = test_folder(), *path = lts_path_join(folder, "b.npy");
        float x[5 * BINS] = {0}, rows[7 * BINS];
        x[3 * BINS + 7] = bad[b].value;
        x[3 * BINS + 6] = -0.0f;
        x[3 * BINS + 5] = 1e15f;
        assert_ok(lts_npy_save(path, x, 5, BINS, &err));
        write_file(folder, "a", 0, 4);
        assert_ok(lts_frames_open(folder, &feature, &frames, &err));
        assert_ok(lts_frames_gather(frames, LTS_FRAMES_TRAIN, NULL, 0, 7, rows, &err));
        assert_status(lts_frames_gather(frames, LTS_FRAMES_TRAIN, NULL, 5, 4, rows, &err),
                      LTS_ERR_NONFINITE);
        assert_non_null(strstr(err.text, "b.npy: frame 3, bin 7"));
        assert_non_null(strstr(err.text, bad[b].says));
        assert_status(lts_frames_read(frames, 1, 2, 3, rows, &err), LTS_ERR_NONFINITE);
        assert_non_null(strstr(err.text, "b.npy: frame 3, bin 7"));
        lts_frames_close(frames);
        lts_free(path);
        test_folder_remove(folder);
    }
}

/* Of a kind whose examples may lie below 0. */
static void a_value_of_either_sign_is_read_where_it_may_be(void **state)
{
    (void)state;
    lts_error err;
    lts_frames *frames;
    const lts_feature feature = small_feature();
    const float bad[] = {NAN, INFINITY, -INFINITY, 1.1e15f, -1.1e15f};
    for (size_t b = 0; b <= sizeof bad / sizeof *bad; b++) {
        char *folder = test_folder(), *path = lts_path_join(folder, "b.npy");
        float x[2 * BINS] = {-1, -1e15f, 1e15f, -0.0f}, rows[2 * BINS];
        x[BINS + 7] = b < sizeof bad / sizeof *bad ? bad[b] : -0.5f;
        assert_ok(lts_npy_save(path, x, 2, BINS, &err));
        assert_ok(lts_frames_open(folder, &feature, &frames, &err));
        assert_true(frames->magnitudes);
        frames->magnitudes = false;
        lts_status status = lts_frames_read(frames, 0, 0, 2, rows, &err);
        if (b < sizeof bad / sizeof *bad) {
            assert_int_equal(status, LTS_ERR_NONFINITE);
            assert_non_null(strstr(err.text, "b.npy: frame 1, bin 7: "));
            assert_non_null(strstr(err.text, "where a number (-1e15 to 1e15) should be"));
        } else {
            assert_ok(status);
            assert_memory_equal(rows, x, sizeof x);
        }
        lts_frames_close(frames);
        lts_free(path);
        test_folder_remove(folder);
    }
}

static void the_fingerprint_tells_data_sets_apart(void **state)
{
    (void)state;
    lts_error err;
    lts_frames *frames;
    lts_feature feature = small_feature();
    enum { SAME, AGAIN, RENAMED, LONGER, OTHER_CONTENT, FEWER, CASES };
    char mark[CASES][LTS_HASH_TEXT];
    for (int c = 0; c < CASES; c++) {
        char *folder = test_folder();
        write_file(folder, c == RENAMED ? "c" : "a", 0, 5);
        if (c != FEWER)
            write_file(folder, "b", c == OTHER_CONTENT ? 3 : 1, c == LONGER ? 7 : 6);
        assert_ok(lts_frames_open(folder, &feature, &frames, &err));
        lts_frames_hold_out(frames, 0.5, (uint64_t)c);
        strcpy(mark[c], lts_frames_fingerprint(frames));
        lts_frames_close(frames);
        test_folder_remove(folder);
    }
    assert_string_equal(mark[SAME], mark[AGAIN]);
    for (int a = AGAIN; a < CASES; a++)
        for (int b = AGAIN; b < a; b++)
            assert_string_not_equal(mark[a], mark[b]);
}

static void many_files_need_no_descriptors(void **state)
{
    (void)state;
    lts_error err;
    lts_frames *frames;
    struct rlimit limit, low;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    char *folder = test_folder();
    for (int i = 0; i < 200; i++) {
        char name[16];
        snprintf(name, sizeof name, "%03d", i);
        write_file(folder, name, i, 1);
    }
    low = limit;
    low.rlim_cur = 32;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
    lts_feature feature = small_feature();
    lts_status status = lts_frames_open(folder, &feature, &frames, &err);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_ok(status);
    assert_int_equal(lts_frames_count(frames, LTS_FRAMES_TRAIN), 200);
    lts_frames_close(frames);
    test_folder_remove(folder);
}

/* Kilobytes of this process's memory that are pages of files; 0 where the system does not say. */
static size_t mapped_kilobytes(void)
{
    char line[256];
    unsigned long found = 0;
    FILE *stream = fopen("/proc/self/status", "r");
    while (stream && fgets(line, sizeof line, stream))
        if (sscanf(line, "RssFile: %lu", &found) == 1)
            break;
    if (stream)
        fclose(stream);
    return found;
}

static void a_large_data_set_takes_little_memory(void **state)
{
    (void)state;
    lts_error err;
    lts_frames *frames;
    enum { ROWS = 8 << 20, READS = 12000 }; /* 384 MiB of holes, but for the last frame */
    char *folder = test_folder(), *path = lts_path_join(folder, "large.npy");
    char header[129];
    const char start[] = "\x93NUMPY\x01\0v\0";
    char *dictionary = lts_format(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }%60s", ROWS, BINS, "");
    memcpy(header, start, 10);
    memcpy(header + 10, dictionary, 117);
    header[127] = '\n';
    float last[BINS] = {1.5f}, row[BINS];
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    fwrite(header, 1, 128, stream);
    assert_int_equal(fseeko(stream, 128 + (off_t)(ROWS - 1) * (off_t)sizeof last, SEEK_SET), 0);
    fwrite(last, 1, sizeof last, stream);
    assert_int_equal(fclose(stream), 0);
    lts_feature feature = small_feature();
    assert_ok(lts_frames_open(folder, &feature, &frames, &err));
    lts_rng rng;
    lts_permutation order;
    lts_rng_seed(&rng, 3, 0);
    lts_permutation_init(&order, ROWS, &rng);
    for (uint64_t i = 0; i < READS; i++) {
        assert_ok(lts_frames_gather(frames, LTS_FRAMES_TRAIN, &order, i, 1, row, &err));
        assert_true(row[0] == 0);
    }
    assert_ok(lts_frames_gather(frames, LTS_FRAMES_TRAIN, NULL, ROWS - 1, 1, row, &err));
    assert_true(row[0] == 1.5f);
    assert_in_range(mapped_kilobytes(), 0, 300 << 10);
    lts_frames_close(frames);
    lts_free(dictionary);
    lts_free(path);
    test_folder_remove(folder);
}

static void running_out_of_memory_is_reported_and_leaks_nothing(void **state)
{
    (void)state;
    lts_error err;
    lts_frames *frames;
    char *folder = ten_files();
    lts_feature feature = small_feature();
    lts_status status = LTS_ERR_MEMORY;
    for (size_t n = 1; status != LTS_OK; n++) {
        test_fail_allocation(n);
        status = lts_frames_open(folder, &feature, &frames, &err);
        test_fail_allocation(0);
        if (status != LTS_OK) {
            assert_status(status, LTS_ERR_MEMORY);
            assert_null(frames);
        }
    }
    lts_frames_close(frames);
    test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_one_array_in_order_of_their_names),
        cmocka_unit_test(a_shuffled_epoch_meets_every_frame_once),
        cmocka_unit_test(whole_files_are_held_out_and_one_is_left),
        cmocka_unit_test(a_single_file_is_never_held_out),
        cmocka_unit_test(a_wrong_number_of_bins_names_the_file_and_the_way_out),
        cmocka_unit_test(a_folder_without_frames_is_refused),
        cmocka_unit_test(a_value_that_is_no_magnitude_is_named),
        cmocka_unit_test(a_value_of_either_sign_is_read_where_it_may_be),
        cmocka_unit_test(the_fingerprint_tells_data_sets_apart),
        cmocka_unit_test(many_files_need_no_descriptors),
        cmocka_unit_test(a_large_data_set_takes_little_memory),
        cmocka_unit_test(running_out_of_memory_is_reported_and_leaks_nothing),
    };
    return cmocka_run_group_tests_name("frames", tests, NULL, NULL);
}
