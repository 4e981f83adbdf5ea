#include "testing.h"

#include "lts/formats.h"

#include <string.h>

/* XXH3-128 with seed 0, as xxhsum -H2 prints it. */
static void hashes_are_those_of_xxh3(void **state)
{
    (void)state;
    static const char *const cases[][2] = {{"", "99aa06d3014798d86001c324468d497f"},
                                           {"a", "a96faf705af16834e6c632b61e964e1f"},
                                           {"abc", "06b05ab6733a618578af5f94892f3950"}};
    char text[LTS_HASH_TEXT];
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        lts_hash_bytes(cases[c][0], strlen(cases[c][0]), text);
        assert_string_equal(text, cases[c][1]);
    }
}

static void a_file_hashes_as_its_bytes(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 300000};
    lts_error err;
    char of_file[LTS_HASH_TEXT], of_bytes[LTS_HASH_TEXT];
    char *folder = test_folder(), *path = lts_path_join(folder, "file");
    unsigned char *bytes = lts_alloc(300000, 1);
    for (size_t i = 0; i < 300000; i++)
        bytes[i] = (unsigned char)(i * i >> 5);
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        test_write(path, bytes, sizes[s]);
        assert_ok(lts_hash_file(path, of_file, &err));
        lts_hash_bytes(bytes, sizes[s], of_bytes);
        assert_string_equal(of_file, of_bytes);
        assert_int_equal(strlen(of_file), LTS_HASH_TEXT - 1);
    }
    lts_free(bytes);
    lts_free(path);
    test_folder_remove(folder);
}

static void what_is_no_file_is_named(void **state)
{
    (void)state;
    lts_error err;
    char text[LTS_HASH_TEXT] = "untouched";
    char *folder = test_folder(), *path = lts_path_join(folder, "missing");
    assert_status(lts_hash_file(path, text, &err), LTS_ERR_NOT_FOUND);
    assert_string_equal(text, "");
    assert_non_null(strstr(err.text, path));
    assert_status(lts_hash_file(folder, text, &err), LTS_ERR_IO);
    test_fail_allocation(1);
    assert_status(lts_hash_file(path, text, &err), LTS_ERR_MEMORY);
    test_fail_allocation(0);
    lts_free(path);
    test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_those_of_xxh3),
        cmocka_unit_test(a_file_hashes_as_its_bytes),
        cmocka_unit_test(what_is_no_file_is_named),
    };
    return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
