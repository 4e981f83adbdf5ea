/* Files that get their names together: what is on the disk before what, and what failing leaves. */
#include "disk_watch.h"
#include "small_disk.h"
#include "testing.h"

static lts_error err;

static int set_up(void **state)
{
    *state = test_folder();
    return 0;
}

static int tear_down(void **state)
{
    test_folder_remove(*state);
    return 0;
}

static void add(lts_outfile_batch *batch, const char *folder, const char *name)
{
    lts_outfile *file;
    char *path = lts_path_join(folder, name);
    assert_ok(lts_outfile_open(path, &file, &err));
    fputs(name, lts_outfile_stream(file));
    assert_ok(lts_outfile_commit_in(file, batch, &err));
    lts_free(path);
}

static void a_batch_is_on_the_disk_before_it_has_names(void **state)
{
    enum { FILES = 50 };
    char *folder = *state, *first = lts_path_join(folder, "first"), name[32];
    char *second = lts_path_join(folder, "second");
    lts_outfile_batch *batch;
    assert_ok(lts_make_folder(first, &err));
    assert_ok(lts_make_folder(second, &err));
    assert_ok(lts_outfile_batch_create(&batch, &err));
    assert_ok(lts_outfile_batch_commit(batch, &err));
    disk_watch_begin(folder);
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "%s/%d", i < FILES / 2 ? "first" : "second", i);
        add(batch, folder, name);
    }
    assert_int_equal(disk_event_count, 0);
    assert_ok(lts_outfile_batch_commit(batch, &err));
    disk_watch_end();
    assert_int_equal(disk_event_count, 2 * FILES + 2);
    for (size_t e = 0; e < disk_event_count; e++) {
        if (disk_event[e].kind != DISK_RENAME)
            continue;
        assert_true(disk_was_synced(e));
        if (strstr(disk_event[e].path, "/second/"))
            for (size_t i = 0; i < e; i++)
                if (disk_event[i].kind == DISK_RENAME && strstr(disk_event[i].path, "/first/"))
                    assert_true(disk_is_named(disk_event[i].path, e));
    }
    assert_int_equal(disk_event[disk_event_count - 1].kind, DISK_SYNC_FOLDER);
    char *path = lts_path_join(folder, "first/7");
    char *bytes = test_read(path, NULL);
    assert_string_equal(bytes, "first/7");
    lts_free(bytes);
    lts_free(path);

    /* It can be used again; what is given up leaves nothing. */
    add(batch, folder, "third");
    add(batch, folder, "fourth");
    lts_outfile_batch_abort(batch);
    add(batch, folder, "fifth");
    lts_outfile_batch_destroy(batch);
    assert_int_equal(test_folder_count(folder), 2);
    assert_int_equal(test_folder_count(first), FILES / 2);
    assert_int_equal(test_folder_count(second), FILES / 2);
    lts_outfile_batch_destroy(NULL);
    lts_free(first);
    lts_free(second);
}

static void a_batch_that_fails_says_where(void **state)
{
    char *folder = *state, *path = lts_path_join(folder, "b");
    lts_outfile_batch *batch;
    lts_outfile *file;
    assert_ok(lts_outfile_batch_create(&batch, &err));
    add(batch, folder, "a");
    add(batch, folder, "b");
    add(batch, folder, "c");
    assert_int_equal(mkdir(path, 0755), 0); /* in the way of the second */
    assert_status(lts_outfile_batch_commit(batch, &err), LTS_ERR_IO);
    assert_non_null(strstr(err.text, "/b: could not be written whole: "));
    assert_int_equal(test_folder_count(folder), 2); /* a, and the folder b */
    lts_free(path);
    path = lts_path_join(folder, "large");
    assert_ok(lts_outfile_open(path, &file, &err));
    for (int i = 0; i < 100; i++)
        fputs("0123456789", lts_outfile_stream(file));
    test_limit_files(500);
    lts_status status = lts_outfile_commit_in(file, batch, &err);
    test_limit_files(0);
    assert_status(status, LTS_ERR_IO);
    assert_non_null(strstr(err.text, "large: could not be written whole: File too large"));
    assert_ok(lts_outfile_batch_commit(batch, &err));
    assert_int_equal(test_folder_count(folder), 2);
    lts_outfile_batch_destroy(batch);
    lts_free(path);
}

static void without_memory_nothing_is_left(void **state)
{
    char *folder = *state, *path = lts_path_join(folder, "x"), *link_path;
    link_path = lts_path_join(folder, "link");
    assert_int_equal(symlink("x", link_path), 0);
    lts_status status = LTS_ERR_MEMORY;
    size_t failures = 0;
    for (size_t n = 1; status != LTS_OK; n++) {
        lts_outfile_batch *batch = NULL;
        lts_outfile *file = NULL;
        test_fail_allocation(n);
        status = lts_outfile_batch_create(&batch, &err);
        if (status == LTS_OK)
            status = lts_outfile_open(link_path, &file, &err);
        if (status == LTS_OK)
            status = lts_outfile_commit_in(file, batch, &err);
        test_fail_allocation(0);
        if (status == LTS_OK)
            assert_ok(lts_outfile_batch_commit(batch, &err));
        else
            assert_status(status, LTS_ERR_MEMORY);
        lts_outfile_batch_destroy(batch);
        failures += status != LTS_OK;
        assert_int_equal(test_folder_count(folder), status == LTS_OK ? 2 : 1);
    }
    assert_true(failures > 5);
    lts_free(link_path);
    lts_free(path);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_batch_is_on_the_disk_before_it_has_names),
        TEST(a_batch_that_fails_says_where),
        TEST(without_memory_nothing_is_left),
    };
    return cmocka_run_group_tests_name("outfile_batch", tests, NULL, NULL);
}
