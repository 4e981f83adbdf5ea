#include "testing.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

static void every_status_has_its_own_text(void **state)
{
    (void)state;
    for (int a = 0; a < LTS_STATUS_COUNT; a++) {
        assert_non_null(lts_strerror((lts_status)a));
        for (int b = 0; b < a; b++)
            assert_string_not_equal(lts_strerror((lts_status)a), lts_strerror((lts_status)b));
    }
    assert_string_equal(lts_strerror((lts_status)LTS_STATUS_COUNT), "unknown status");
    assert_string_equal(lts_strerror((lts_status)-1), "unknown status");
}

static void a_long_error_is_cut_not_overrun(void **state)
{
    (void)state;
    lts_error err;
    char text[4096];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_status(lts_fail(&err, LTS_ERR_FORMAT, "%s", text), LTS_ERR_FORMAT);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    assert_status(lts_fail(NULL, LTS_ERR_IO, "nobody listens"), LTS_ERR_IO);
}

static void an_error_is_one_line(void **state)
{
    (void)state;
    lts_error err;
    lts_fail(&err, LTS_ERR_FORMAT, "%s: no sound", "caf\xc3\xa9\n\x1b[2Jname\x7f");
    assert_string_equal(err.text, "caf\xc3\xa9??[2Jname?: no sound");
}

static void memory_is_zeroed_aligned_and_never_overflows(void **state)
{
    (void)state;
    unsigned char *memory = lts_alloc(1000, 3);
    assert_non_null(memory);
    assert_int_equal((uintptr_t)memory % 64, 0);
    for (int i = 0; i < 3000; i++)
        assert_int_equal(memory[i], 0);
    lts_free(memory);
    assert_null(lts_alloc(SIZE_MAX / 2, 3));
    assert_null(lts_alloc(1, SIZE_MAX));
    void *nothing = lts_alloc(0, 8);
    assert_non_null(nothing);
    lts_free(nothing);
}

static void numbers_keep_their_decimal_point(void **state)
{
    (void)state;
    double x;
    int64_t i;
    char *folder = test_folder();
    test_comma_locale(folder);
    assert_true(lts_parse_double(" 0.0005\t", &x) && x == 0.0005);
    assert_true(lts_parse_double("1e-4", &x) && x == 1e-4);
    test_plain_locale();
    test_folder_remove(folder);
    const char *const bad[] = {"", " ", "abc", "1.5x", "nan", "inf", "1,5", "1e999", "1 2"};
    for (size_t b = 0; b < sizeof bad / sizeof *bad; b++)
        assert_false(lts_parse_double(bad[b], &x));
    assert_true(lts_parse_int("-12 ", &i) && i == -12);
    assert_false(lts_parse_int("12.0", &i));
    assert_false(lts_parse_int("99999999999999999999", &i));
}

static void a_file_is_made_in_the_folder_that_is_held(void **state)
{
    (void)state;
    lts_error err;
    lts_outfile *file;
    char *top = test_folder(), *folder = lts_path_join(top, "folder"),
         *moved = lts_path_join(top, "moved"), *other = lts_path_join(top, "other"),
         *path = lts_path_join(folder, "result"), *made = lts_path_join(moved, "result");
    assert_int_equal(mkdir(folder, 0700) | mkdir(other, 0700), 0);
    int held = open(folder, O_RDONLY | O_DIRECTORY);
    assert_true(held >= 0);
    assert_int_equal(rename(folder, moved) | symlink(other, folder), 0);
    for (int attempt = 0; attempt < 3; attempt++) {
        assert_ok(lts_outfile_open_in(held, path, &file, &err));
        assert_int_equal(test_folder_count(moved), attempt == 0 ? 1 : 2);
        fputs("whole", lts_outfile_stream(file));
        if (attempt == 1)
            assert_status(lts_outfile_commit_new(file, &err), LTS_ERR_EXISTS);
        else if (attempt == 2)
            assert_ok(lts_outfile_commit(file, &err));
        else
            assert_ok(lts_outfile_commit_new(file, &err));
        assert_true(lts_is_file(made));
        assert_int_equal(test_folder_count(moved), 1);
        assert_int_equal(test_folder_count(other), 0);
    }
    assert_int_equal(unlink(made) | mkdir(made, 0700), 0);
    assert_status(lts_outfile_open_in(held, path, &file, &err), LTS_ERR_IO);
    assert_non_null(strstr(err.text, path));
    close(held);
    lts_free(made);
    lts_free(path);
    lts_free(other);
    lts_free(moved);
    lts_free(folder);
    test_folder_remove(top);
}

static void the_nearest_word_is_found(void **state)
{
    (void)state;
    const char *const words[] = {"pan.wav", "kettle.wav", "lid.wav", "Ah", "kettle2.wav"};
    const size_t count = sizeof words / sizeof *words;
    const struct {
        const char *word;
        size_t nearest;
    } expected[] = {
        {"pan.wav", 0},      {"pna.wav", 0},     {"PAN.WAV", 0},     {"ketle.wav", 1},
        {"kettle3.wav", 1},  {"kettel2.wav", 4}, {"li.wav", 2},      {"ah", 3},
        {"eh", count},       {"", count},        {"trumpet", count}, {"pan.wav.backup", count},
        {"saucepan", count},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_int_equal(lts_nearest(expected[i].word, words, count), expected[i].nearest);
    assert_int_equal(lts_nearest("pan.wav", words, 0), 0);

    char longest[257];
    memset(longest, 'x', sizeof longest);
    longest[256] = '\0';
    const char *const long_words[] = {longest, longest + 1};
    assert_int_equal(lts_nearest(longest + 1, long_words, 2), 1);
    assert_int_equal(lts_nearest(longest, long_words, 2), 2);
}

static void equal_seeds_draw_equal_numbers(void **state)
{
    (void)state;
    lts_rng a, b, other;
    lts_rng_seed(&a, 7, 3);
    lts_rng_seed(&b, 7, 3);
    lts_rng_seed(&other, 7, 4);
    size_t same = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t draw = lts_rng_next(&a);
        assert_int_equal(draw, lts_rng_next(&b));
        same += draw == lts_rng_next(&other);
    }
    assert_int_equal(same, 0);
}

static void draws_have_their_distributions(void **state)
{
    (void)state;
    enum { COUNT = 200001 };
    lts_rng rng;
    lts_rng_seed(&rng, 1, 0);
    double sum = 0;
    for (int i = 0; i < COUNT; i++) {
        double u = lts_rng_uniform(&rng);
        assert_true(u >= 0 && u < 1);
        sum += u;
    }
    assert_true(fabs(sum / COUNT - 0.5) < 0.005);
    size_t die[6] = {0};
    for (int i = 0; i < 60000; i++)
        die[lts_rng_below(&rng, 6)]++;
    for (int i = 0; i < 6; i++)
        assert_in_range(die[i], 9500, 10500);
    float *x = lts_alloc(COUNT, sizeof *x);
    lts_rng_fill_normal(&rng, x, COUNT);
    double mean = 0, square = 0, fourth = 0;
    for (int i = 0; i < COUNT; i++) {
        assert_true(isfinite(x[i]));
        mean += x[i];
        square += (double)x[i] * x[i];
        fourth += pow(x[i], 4);
    }
    assert_true(fabs(mean / COUNT) < 0.01);
    assert_true(fabs(square / COUNT - 1) < 0.02);
    assert_true(fabs(fourth / COUNT - 3) < 0.1);
    lts_free(x);
}

static void a_permutation_meets_every_index_once(void **state)
{
    (void)state;
    const uint64_t counts[] = {1, 2, 3, 5, 16, 17, 1000, 65537};
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        lts_rng rng;
        lts_permutation p;
        lts_rng_seed(&rng, 11, c);
        lts_permutation_init(&p, counts[c], &rng);
        bool *met = lts_alloc(counts[c], sizeof *met);
        uint64_t fixed = 0;
        for (uint64_t i = 0; i < counts[c]; i++) {
            uint64_t j = lts_permutation_at(&p, i);
            assert_true(j < counts[c]);
            assert_false(met[j]);
            met[j] = true;
            fixed += i == j;
        }
        if (counts[c] >= 1000)
            assert_true(fixed < 10);
        lts_free(met);
    }
}

static void a_file_has_its_name_only_when_whole(void **state)
{
    (void)state;
    lts_error err;
    lts_outfile *file;
    char *folder = test_folder();
    char *path = lts_path_join(folder, "with space and \xc3\xa9.txt");
    assert_ok(lts_outfile_open(path, &file, &err));
    fputs("half", lts_outfile_stream(file));
    assert_false(lts_is_file(path));
    lts_outfile_abort(file);
    assert_int_equal(test_folder_count(folder), 0);

    assert_ok(lts_outfile_open(path, &file, &err));
    fputs("whole", lts_outfile_stream(file));
    assert_ok(lts_outfile_commit(file, &err));
    assert_int_equal(test_folder_count(folder), 1);
    char *bytes;
    size_t size;
    assert_ok(lts_read_file(path, 100, &bytes, &size, &err));
    assert_string_equal(bytes, "whole");
    lts_free(bytes);
    assert_status(lts_read_file(path, 4, &bytes, &size, &err), LTS_ERR_FORMAT);
    assert_status(lts_read_file(folder, 4, &bytes, &size, &err), LTS_ERR_IO);
    lts_free(path);

    assert_status(lts_outfile_open(folder, &file, &err), LTS_ERR_IO);
    path = lts_path_join(folder, "no/such/folder.txt");
    assert_status(lts_outfile_open(path, &file, &err), LTS_ERR_IO);
    assert_non_null(strstr(err.text, "no/such/folder.txt"));
    assert_status(lts_read_file(path, 4, &bytes, &size, &err), LTS_ERR_NOT_FOUND);
    lts_free(path);
    test_folder_remove(folder);
}

static void only_regular_files_are_read(void **state)
{
    (void)state;
    lts_error err;
    char *bytes, *folder = test_folder(), *path = lts_path_join(folder, "pipe");
    size_t size;
    assert_int_equal(mkfifo(path, 0600), 0);
    const char *const paths[] = {path, "/dev/zero", "/dev/null", folder};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        const double before = lts_now();
        assert_status(lts_read_file(paths[i], 1 << 20, &bytes, &size, &err), LTS_ERR_IO);
        assert_true(lts_now() - before < 1);
        assert_ptr_equal(strstr(err.text, paths[i]), err.text);
        assert_non_null(strstr(err.text, "expected"));
        assert_null(bytes);
    }
    lts_free(path);

    /* 1 TiB of nothing: refused before a byte of it is read. */
    path = lts_path_join(folder, "sparse");
    test_write(path, "x", 1);
    if (truncate(path, (off_t)1 << 40) == 0) {
        const double before = lts_now();
        assert_status(lts_read_file(path, 1 << 20, &bytes, &size, &err), LTS_ERR_FORMAT);
        assert_true(lts_now() - before < 1);
    }
    lts_free(path);
    test_folder_remove(folder);
}

static void files_are_read_up_to_their_end_and_limit(void **state)
{
    (void)state;
    lts_error err;
    char *bytes, text[1000], *folder = test_folder(), *path = lts_path_join(folder, "x");
    size_t size;
    memset(text, 'x', sizeof text);
    for (size_t n = 0; n <= sizeof text; n += 250) {
        test_write(path, text, n);
        assert_ok(lts_read_file(path, n, &bytes, &size, &err));
        assert_int_equal(size, n);
        assert_memory_equal(bytes, text, n);
        assert_int_equal(bytes[n], 0);
        lts_free(bytes);
        if (n > 0)
            assert_status(lts_read_file(path, n - 1, &bytes, &size, &err), LTS_ERR_FORMAT);
    }
    /* Files of /proc say they are empty. */
    if (lts_is_file("/proc/self/maps")) {
        assert_ok(lts_read_file("/proc/self/maps", 1 << 24, &bytes, &size, &err));
        assert_true(size > 1000);
        lts_free(bytes);
    }
    lts_status status = LTS_ERR_MEMORY;
    for (size_t n = 1; status != LTS_OK; n++) {
        test_fail_allocation(n);
        status = lts_read_file(path, sizeof text, &bytes, &size, &err);
        test_fail_allocation(0);
        if (status != LTS_OK)
            assert_status(status, LTS_ERR_MEMORY);
    }
    lts_free(bytes);
    lts_free(path);
    test_folder_remove(folder);
}

static void a_new_name_is_taken_once(void **state)
{
    (void)state;
    lts_error err;
    char *folder = test_folder(), *path = lts_path_join(folder, "take.wav");
    for (int attempt = 0; attempt < 2; attempt++) {
        lts_outfile *file;
        assert_ok(lts_outfile_open(path, &file, &err));
        fputs(attempt ? "second" : "first", lts_outfile_stream(file));
        assert_status(lts_outfile_commit_new(file, &err), attempt ? LTS_ERR_EXISTS : LTS_OK);
    }
    assert_non_null(strstr(err.text, "take.wav: is there already"));
    char *text = test_read(path, NULL);
    assert_string_equal(text, "first");
    assert_int_equal(test_folder_count(folder), 1);
    lts_free(text);
    lts_free(path);
    test_folder_remove(folder);
}

/* A number that no process has: that of a child that is gone. */
static unsigned long gone_process(void)
{
    int status;
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    assert_int_equal(waitpid(child, &status, 0), child);
    return (unsigned long)child;
}

static char *make_old(const char *folder, const char *name, bool old)
{
    char *path = lts_path_join(folder, name);
    const struct utimbuf times = {time(NULL) - 3600, time(NULL) - 3600};
    test_write(path, "x", 1);
    if (old)
        assert_int_equal(utime(path, &times), 0);
    return path;
}

static void temporary_files_of_dead_processes_are_stale(void **state)
{
    (void)state;
    size_t length = 0;
    const unsigned long gone = gone_process(), here = (unsigned long)getpid();
    const struct {
        const char *form;
        unsigned long process;
        bool stale;
    } cases[] = {{"a b.json.tmp-%lx-1f", gone, true},
                 {"a b.json.tmp-%lx-1f", here, false},
                 {"a.tmp-1-2.tmp-%lx-1f", gone, true},
                 {"a b.json.tmp-%lx-1F", gone, false},
                 {"a b.json.tmp-%lx-", gone, false},
                 {"a b.json.tmp-%lx", gone, false},
                 {"a b.json.tmp-%lx-1f.wav", gone, false},
                 {".tmp-%lx-1f", gone, false},
                 {"a b.json.tmp-0%lx00000000-1f", gone, false},
                 {"a.tmp-0-%lx", gone, false},
                 {"a.tmp--%lx", gone, false},
                 {"a.tmp-ffffffffffffffff-%lx", gone, false},
                 {"a.tmp-0ffffffffffffffff%lx-1", gone, false}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char *name = lts_format(cases[c].form, cases[c].process);
        if (lts_is_stale_temporary(name, &length) != cases[c].stale)
            fail_msg("%s", name);
        if (cases[c].stale)
            assert_ptr_equal(strrchr(name, '.'), name + length);
        lts_free(name);
    }
    assert_false(lts_is_stale_temporary("", &length));
    assert_false(lts_is_stale_temporary("a.json", &length));
}

static void stale_temporaries_are_removed_where_they_are_old(void **state)
{
    (void)state;
    const unsigned long gone = gone_process(), here = (unsigned long)getpid();
    char *folder = test_folder(), *paths[6], names[6][64];
    snprintf(names[0], 64, "server.json.tmp-%lx-1", gone);
    snprintf(names[1], 64, "server.json.tmp-%lx-2", gone); /* young */
    snprintf(names[2], 64, "server.json.tmp-%lx-3", here);
    snprintf(names[3], 64, "other.json.tmp-%lx-4", gone);
    snprintf(names[4], 64, "server.json");
    snprintf(names[5], 64, "server.j.tmp-%lx-5", gone);
    for (size_t i = 0; i < 6; i++)
        paths[i] = make_old(folder, names[i], i != 1);
    char *begins = lts_path_join(folder, "server.json"), *all = lts_path_join(folder, "");
    assert_int_equal(lts_remove_stale_temporaries(begins), 1);
    assert_false(lts_is_file(paths[0]));
    for (size_t i = 1; i < 6; i++)
        assert_true(lts_is_file(paths[i]));
    assert_int_equal(lts_remove_stale_temporaries(begins), 0);
    assert_int_equal(lts_remove_stale_temporaries(all), 2);
    assert_int_equal(test_folder_count(folder), 3);
    for (size_t i = 0; i < 6; i++)
        lts_free(paths[i]);
    lts_free(begins);
    lts_free(all);
    test_folder_remove(folder);
    assert_int_equal(lts_remove_stale_temporaries("/no/such/folder/x"), 0);
    assert_int_equal(lts_remove_stale_temporaries(""), 0);
}

static void a_full_disk_is_reported(void **state)
{
    (void)state;
    lts_error err;
    FILE *full = fopen("/dev/full", "w");
    if (!full)
        skip();
    fclose(full);
    char *folder = test_folder(), *path = lts_path_join(folder, "x");
    lts_outfile *file;
    assert_ok(lts_outfile_open(path, &file, &err));
    FILE *stream = freopen("/dev/full", "w", lts_outfile_stream(file));
    assert_non_null(stream);
    fputs("text that never reaches a disk", stream);
    assert_status(lts_outfile_commit(file, &err), LTS_ERR_IO);
    assert_int_equal(test_folder_count(folder), 0);
    lts_free(path);
    test_folder_remove(folder);
}

static void folders_are_made_with_their_parents(void **state)
{
    (void)state;
    lts_error err;
    char *folder = test_folder(), *deep = lts_path_join(folder, "a/b//c/");
    assert_ok(lts_make_folder(deep, &err));
    assert_ok(lts_make_folder(deep, &err));
    assert_true(lts_is_folder(deep));
    lts_free(deep);
    deep = lts_path_join(folder, "file");
    test_write(deep, "x", 1);
    lts_free(deep);
    deep = lts_path_join(folder, "file/inside");
    assert_status(lts_make_folder(deep, &err), LTS_ERR_IO);
    lts_free(deep);
    test_folder_remove(folder);
}

static void paths_come_apart(void **state)
{
    (void)state;
    const char *const cases[][3] = {
        {"/a/b.c.wav", "b.c.wav", "b.c"}, {"x", "x", "x"}, {".hidden", ".hidden", ".hidden"},
        {"a/run/", "run", "run"},         {"/", "/", "/"}, {"01 Now.flac", "01 Now.flac", "01 Now"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char *name = lts_path_name(cases[c][0]), *stem = lts_path_stem(cases[c][0]);
        assert_string_equal(name, cases[c][1]);
        assert_string_equal(stem, cases[c][2]);
        lts_free(name);
        lts_free(stem);
    }
    char *joined = lts_path_join("a/", "b");
    assert_string_equal(joined, "a/b");
    lts_free(joined);
}

typedef struct tally {
    unsigned char seen[1000];
    bool bad_worker;
} tally;

static void count_item(void *context, size_t item, unsigned worker)
{
    tally *t = context;
    t->seen[item]++;
    if (worker >= 4)
        t->bad_worker = true;
}

static void parallel_for_does_every_item_once(void **state)
{
    (void)state;
    const size_t items[] = {0, 1, 3, 1000};
    for (unsigned workers = 0; workers <= 4; workers += 2)
        for (size_t c = 0; c < 4; c++) {
            tally t = {0};
            lts_parallel_for(items[c], workers, count_item, &t);
            for (size_t i = 0; i < items[c]; i++)
                assert_int_equal(t.seen[i], 1);
            assert_false(t.bad_worker);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_its_own_text),
        cmocka_unit_test(a_long_error_is_cut_not_overrun),
        cmocka_unit_test(an_error_is_one_line),
        cmocka_unit_test(memory_is_zeroed_aligned_and_never_overflows),
        cmocka_unit_test(numbers_keep_their_decimal_point),
        cmocka_unit_test(a_file_is_made_in_the_folder_that_is_held),
        cmocka_unit_test(the_nearest_word_is_found),
        cmocka_unit_test(equal_seeds_draw_equal_numbers),
        cmocka_unit_test(draws_have_their_distributions),
        cmocka_unit_test(a_permutation_meets_every_index_once),
        cmocka_unit_test(a_file_has_its_name_only_when_whole),
        cmocka_unit_test(only_regular_files_are_read),
        cmocka_unit_test(files_are_read_up_to_their_end_and_limit),
        cmocka_unit_test(a_new_name_is_taken_once),
        cmocka_unit_test(temporary_files_of_dead_processes_are_stale),
        cmocka_unit_test(stale_temporaries_are_removed_where_they_are_old),
        cmocka_unit_test(a_full_disk_is_reported),
        cmocka_unit_test(folders_are_made_with_their_parents),
        cmocka_unit_test(paths_come_apart),
        cmocka_unit_test(parallel_for_does_every_item_once),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
