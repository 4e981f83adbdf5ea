#include "testing.h"

#include "lts/audio.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Makes FOLDER/NAME and the folders on the way. */
static void touch(const char *folder, const char *name)
{
    lts_error err;
    char *path = lts_path_join(folder, name);
    char *parent = lts_format("%.*s", (int)(strrchr(path, '/') - path), path);
    assert_ok(lts_make_folder(parent, &err));
    test_write(path, "", 0);
    lts_free(parent);
    lts_free(path);
}

static void link_to(const char *folder, const char *name, const char *target)
{
    char *path = lts_path_join(folder, name);
    assert_int_equal(symlink(target, path), 0);
    lts_free(path);
}

static void assert_paths(const lts_paths *paths, const char *folder, const char *const *expected,
                         size_t count)
{
    for (size_t i = 0; i < paths->count && i < count; i++) {
        assert_memory_equal(paths->item[i], folder, strlen(folder));
        assert_string_equal(paths->item[i] + strlen(folder) + 1, expected[i]);
    }
    assert_int_equal(paths->count, count);
}

static void sounds_are_found_by_extension_in_order(void **state)
{
    (void)state;
    static const char *const names[] = {
        "b.wav",          "a b/\xc3\xa9.FLAC", "a b/z.Ogg",  "B.wav",
        "c/d/e/deep.aif", "c/x.mp3",           "note.txt",   "c/README",
        ".hidden.wav",    ".git/x.wav",        "wav",        "c/.wav",
        "raw.raw",        "c.d/noextension",   "tail.wav~",  "x.wave",
        "y.opus",         "it's \"q\".aiff",   "c/.DS_Store"};
    static const char *const found[] = {"B.wav",           "a b/z.Ogg",      "a b/\xc3\xa9.FLAC",
                                        "b.wav",           "c/d/e/deep.aif", "c/x.mp3",
                                        "it's \"q\".aiff", "x.wave",         "y.opus"};
    static const char *const others[] = {"c.d/noextension", "c/README",  "note.txt",
                                         "raw.raw",         "tail.wav~", "wav"};
    lts_error err;
    lts_paths a, b;
    char *folder = test_folder();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        touch(folder, names[i]);
    assert_ok(lts_audio_walk(folder, &a, &b, &err));
    assert_paths(&a, folder, found, sizeof found / sizeof *found);
    assert_paths(&b, folder, others, sizeof others / sizeof *others);
    lts_paths_free(&a);
    lts_paths_free(&b);
    lts_paths_free(&b);
    lts_paths_free(NULL);
    assert_ok(lts_audio_walk(folder, &a, NULL, &err));
    assert_int_equal(a.count, sizeof found / sizeof *found);
    lts_paths_free(&a);
    test_folder_remove(folder);
}

static void links_are_followed_and_loops_end(void **state)
{
    (void)state;
    static const char *const found[] = {"a/broken.wav", "a/linked.wav", "a/real.wav"};
    lts_error err;
    lts_paths paths, others;
    char *folder = test_folder(), *fifo = lts_path_join(folder, "pipe.wav");
    touch(folder, "a/real.wav");
    link_to(folder, "a/linked.wav", "real.wav");
    link_to(folder, "a/broken.wav", "nowhere.wav"); /* listed, so that its reader complains */
    link_to(folder, "a/up", "..");
    link_to(folder, "a/self", "self");
    link_to(folder, "b", "a");
    link_to(folder, "c", "a");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_ok(lts_audio_walk(folder, &paths, &others, &err));
    assert_paths(&paths, folder, found, 3);
    assert_int_equal(others.count, 2); /* the pipe and a/self */
    lts_paths_free(&paths);
    lts_paths_free(&others);
    lts_free(fifo);
    test_folder_remove(folder);
}

static void a_folder_that_cannot_be_walked_is_named(void **state)
{
    (void)state;
    lts_error err;
    lts_paths paths, others;
    char *folder = test_folder();
    touch(folder, "a.wav");
    touch(folder, "locked/b.wav");
    char *file = lts_path_join(folder, "a.wav"), *none = lts_path_join(folder, "none");
    char *locked = lts_path_join(folder, "locked");
    assert_status(lts_audio_walk(none, &paths, &others, &err), LTS_ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, none));
    assert_status(lts_audio_walk(file, &paths, NULL, &err), LTS_ERR_IO);
    assert_non_null(strstr(err.text, "expected a folder"));
    assert_int_equal(chmod(locked, 0), 0);
    if (geteuid() != 0) {
        assert_status(lts_audio_walk(folder, &paths, &others, &err), LTS_ERR_IO);
        assert_non_null(strstr(err.text, locked));
        assert_int_equal(paths.count + others.count, 0);
    }
    assert_int_equal(chmod(locked, 0700), 0);
    lts_free(locked);
    lts_free(file);
    lts_free(none);
    test_folder_remove(folder);
}

static void an_empty_folder_is_no_error(void **state)
{
    (void)state;
    lts_error err;
    lts_paths paths, others;
    char *folder = test_folder();
    assert_ok(lts_audio_walk(folder, &paths, &others, &err));
    assert_int_equal(paths.count + others.count, 0);
    lts_paths_free(&paths);
    lts_paths_free(&others);
    test_folder_remove(folder);
}

static void a_shortage_of_memory_is_reported(void **state)
{
    (void)state;
    lts_error err;
    lts_paths paths, others;
    char *folder = test_folder();
    for (int i = 0; i < 70; i++) {
        char name[32];
        snprintf(name, sizeof name, "f%d/a.%s", i / 4, i % 2 ? "wav" : "txt");
        touch(folder, name);
    }
    lts_status status = LTS_ERR_MEMORY;
    for (size_t fuse = 1; status != LTS_OK; fuse++) {
        test_fail_allocation(fuse);
        status = lts_audio_walk(folder, &paths, &others, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK ? fuse > 70 : status == LTS_ERR_MEMORY);
    }
    lts_paths_free(&paths);
    lts_paths_free(&others);
    test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sounds_are_found_by_extension_in_order),
        cmocka_unit_test(links_are_followed_and_loops_end),
        cmocka_unit_test(a_folder_that_cannot_be_walked_is_named),
        cmocka_unit_test(an_empty_folder_is_no_error),
        cmocka_unit_test(a_shortage_of_memory_is_reported),
    };
    return cmocka_run_group_tests_name("audio walk", tests, NULL, NULL);
}
