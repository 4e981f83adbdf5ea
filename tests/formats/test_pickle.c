/* Pickles of the original's least and largest values, and what must not be read. */
#include "formats/pickle/pickle.h"
#include "testing.h"

#include <dirent.h>
#include <string.h>

static lts_error err;

typedef struct tally {
    size_t taken;
} tally;

static lts_status count(void *user, const char *key, const char *name, double value, lts_error *e)
{
    tally *t = user;
    (void)e;
    char *expected = lts_format("spectrograms/BrightX%dX1-%d.wav.npy", (int)(t->taken / 2) * 25,
                                (int)(t->taken / 2));
    const double number = (double)(t->taken / 2);
    assert_string_equal(key, expected);
    assert_string_equal(name, t->taken % 2 ? "max" : "min");
    assert_true(value == (t->taken % 2 ? 29.25 + number : -50.5 - number));
    lts_free(expected);
    t->taken++;
    return LTS_OK;
}

static lts_status ignore(void *user, const char *key, const char *name, double value, lts_error *e)
{
    (void)user, (void)key, (void)name, (void)value, (void)e;
    return LTS_OK;
}

static void every_protocol_gives_the_same_numbers(void **state)
{
    (void)state;
    static const char *const files[] = {"pickle/protocol_3.pkl", "pickle/protocol_4.pkl",
                                        "pickle/protocol_5.pkl", "pickle/plain.pkl",
                                        "pickle/big_endian.pkl"};
    for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
        tally t = {0};
        assert_ok(pickle_read(test_data(files[f]), &(pickle_reader){count, &t}, &err));
        assert_int_equal(t.taken, 6);
    }
}

static void anything_else_is_refused_and_never_run(void **state)
{
    (void)state;
    size_t met = 0;
    DIR *folder = opendir(test_data("pickle"));
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (strncmp(entry->d_name, "bad_", 4) != 0)
            continue;
        char *path = lts_path_join(test_data("pickle"), entry->d_name);
        assert_status(pickle_read(path, &(pickle_reader){ignore, NULL}, &err), LTS_ERR_FORMAT);
        assert_non_null(strstr(err.text, entry->d_name));
        lts_free(path);
        met++;
    }
    closedir(folder);
    assert_true(met >= 7);
}

/* Every cut and every change of one byte ends in an answer. */
static void no_damage_goes_further(void **state)
{
    (void)state;
    char *bytes, *folder = test_folder(), *path = lts_path_join(folder, "a.pkl");
    size_t size;
    assert_ok(lts_read_file(test_data("pickle/protocol_4.pkl"), 1 << 20, &bytes, &size, &err));
    for (size_t cut = 0; cut < size; cut++) {
        test_write(path, bytes, cut);
        assert_status(pickle_read(path, &(pickle_reader){ignore, NULL}, &err), LTS_ERR_FORMAT);
    }
    for (size_t at = 0; at < size; at++)
        for (int change = 1; change < 256; change += 36) {
            const char before = bytes[at];
            bytes[at] = (char)(before + change);
            test_write(path, bytes, size);
            const lts_status status = pickle_read(path, &(pickle_reader){ignore, NULL}, &err);
            assert_true(status == LTS_OK || status == LTS_ERR_FORMAT);
            bytes[at] = before;
        }
    lts_free(bytes);
    lts_free(path);
    test_folder_remove(folder);
}

static void every_failed_allocation_is_reported(void **state)
{
    (void)state;
    lts_status status = LTS_ERR_MEMORY;
    for (size_t i = 1; status != LTS_OK; i++) {
        test_fail_allocation(i);
        status =
            pickle_read(test_data("pickle/protocol_4.pkl"), &(pickle_reader){ignore, NULL}, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK || status == LTS_ERR_MEMORY);
        assert_true(i < 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_protocol_gives_the_same_numbers),
        cmocka_unit_test(anything_else_is_refused_and_never_run),
        cmocka_unit_test(no_damage_goes_further),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
