/* Where written bytes go: along links, through pipes and descriptors. */
#include "small_disk.h"
#include "testing.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

static lts_status write_text(const char *path, const char *text)
{
    lts_outfile *file;
    lts_status status = lts_outfile_open(path, &file, &err);
    if (status != LTS_OK)
        return status;
    /* As writers do whose header is known last. */
    FILE *stream = lts_outfile_stream(file);
    fputs("????", stream);
    fputs(text + 4, stream);
    assert_int_equal(fseeko(stream, 0, SEEK_SET), 0);
    assert_int_equal(fwrite(text, 1, 4, stream), 4);
    return lts_outfile_commit(file, &err);
}

static void assert_holds(const char *path, const char *text)
{
    char *bytes = test_read(path, NULL);
    assert_string_equal(bytes, text);
    lts_free(bytes);
}

static mode_t kind_of(const char *path)
{
    struct stat info;
    assert_int_equal(lstat(path, &info), 0);
    return info.st_mode & S_IFMT;
}

static void a_link_stays_and_leads_to_the_new_file(void **state)
{
    char *folder = *state, *link_path = lts_path_join(folder, "link");
    char *second = lts_path_join(folder, "second"), *inside = lts_path_join(folder, "in");
    char *target = lts_path_join(folder, "in/target"),
         *absolute = lts_path_join(folder, "absolute");
    assert_ok(lts_make_folder(inside, &err));
    assert_int_equal(symlink("in/target", second), 0);
    assert_int_equal(symlink("second", link_path), 0);
    assert_int_equal(symlink(target, absolute), 0);
    /* First it leads nowhere, then to what is replaced. */
    assert_ok(write_text(link_path, "first text"));
    assert_holds(target, "first text");
    assert_ok(write_text(absolute, "second text"));
    assert_holds(target, "second text");
    assert_int_equal(kind_of(link_path), S_IFLNK);
    assert_int_equal(kind_of(second), S_IFLNK);
    assert_int_equal(kind_of(absolute), S_IFLNK);
    assert_int_equal(test_folder_count(inside), 1);
    assert_int_equal(test_folder_count(folder), 4);

    /* A reader that has the old file open keeps it. */
    FILE *reader = fopen(link_path, "r");
    char text[32] = "";
    assert_ok(write_text(link_path, "third text"));
    assert_non_null(fgets(text, sizeof text, reader));
    assert_string_equal(text, "second text");
    fclose(reader);

    /* A new name is not one that a link has. */
    lts_outfile *file;
    assert_ok(lts_outfile_open(link_path, &file, &err));
    assert_status(lts_outfile_commit_new(file, &err), LTS_ERR_EXISTS);
    assert_int_equal(unlink(target), 0);
    assert_ok(lts_outfile_open(link_path, &file, &err));
    assert_status(lts_outfile_commit_new(file, &err), LTS_ERR_EXISTS);
    assert_int_equal(test_folder_count(inside), 0);

    char *loop = lts_path_join(folder, "loop");
    assert_int_equal(symlink("loop", loop), 0);
    assert_status(write_text(loop, "text"), LTS_ERR_IO);
    assert_non_null(strstr(err.text, "loop"));
    lts_free(loop);
    lts_free(link_path);
    lts_free(second);
    lts_free(inside);
    lts_free(target);
    lts_free(absolute);
}

static void a_file_of_ones_own_replaces_what_has_its_name(void **state)
{
    char *folder = *state,
         *path[2] = {lts_path_join(folder, "link"), lts_path_join(folder, "pipe")};
    char *target = lts_path_join(folder, "target");
    test_write(target, "untouched", 9);
    assert_int_equal(symlink("target", path[0]), 0);
    assert_int_equal(mkfifo(path[1], 0600), 0);
    for (int i = 0; i < 2; i++) {
        lts_outfile *file;
        assert_ok(lts_outfile_open_own(path[i], &file, &err));
        fputs("own", lts_outfile_stream(file));
        assert_ok(lts_outfile_commit(file, &err));
        assert_int_equal(kind_of(path[i]), S_IFREG);
        assert_holds(path[i], "own");
        lts_free(path[i]);
    }
    assert_holds(target, "untouched");
    lts_free(target);
}

typedef struct pipe_reader {
    const char *path;
    char text[64];
} pipe_reader;

static void *read_pipe(void *user)
{
    pipe_reader *r = user;
    FILE *stream = fopen(r->path, "r");
    size_t got = fread(r->text, 1, sizeof r->text - 1, stream);
    r->text[got] = '\0';
    fclose(stream);
    return NULL;
}

static void a_pipe_gets_the_bytes_and_stays_a_pipe(void **state)
{
    char *folder = *state, *path = lts_path_join(folder, "pipe"), *link_path;
    assert_int_equal(mkfifo(path, 0600), 0);
    link_path = lts_path_join(folder, "link");
    assert_int_equal(symlink("pipe", link_path), 0);
    /* What is given up does not wake a reader, which would take it for the end. */
    lts_outfile *file;
    assert_ok(lts_outfile_open(path, &file, &err));
    lts_outfile_abort(file);
    assert_ok(lts_outfile_open(path, &file, &err));
    assert_status(lts_outfile_commit_new(file, &err), LTS_ERR_EXISTS);
    const char *const by[] = {path, link_path};
    for (int i = 0; i < 2; i++) {
        pthread_t thread;
        pipe_reader reader = {.path = path};
        assert_int_equal(pthread_create(&thread, NULL, read_pipe, &reader), 0);
        assert_ok(write_text(by[i], "text through a pipe"));
        pthread_join(thread, NULL);
        assert_string_equal(reader.text, "text through a pipe");
        assert_int_equal(kind_of(path), S_IFIFO);
    }
    assert_int_equal(test_folder_count(folder), 2);
    lts_free(link_path);
    lts_free(path);
}

static void a_device_stays_a_device(void **state)
{
    char *path = lts_path_join(*state, "null");
    struct stat null;
    if (stat("/dev/null", &null) != 0 || mknod(path, S_IFCHR | 0600, null.st_rdev) != 0) {
        lts_free(path);
        skip();
    }
    int descriptor = open(path, O_WRONLY);
    if (descriptor < 0) { /* mounted with nodev */
        lts_free(path);
        skip();
    }
    close(descriptor);
    assert_ok(write_text(path, "text for nobody"));
    assert_int_equal(kind_of(path), S_IFCHR);
    assert_int_equal(test_folder_count(*state), 1);
    lts_free(path);
}

static void descriptors_are_written_where_they_stand(void **state)
{
    char *path = lts_path_join(*state, "log"), name[64];
    int descriptor = open(path, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(descriptor, "before ", 7), 7);
    snprintf(name, sizeof name, "/dev/fd/%d", descriptor);
    assert_ok(write_text(name, "text"));
    assert_int_equal(write(descriptor, " after", 6), 6);
    assert_holds(path, "before text after");
    close(descriptor);
    lts_outfile *file;
    assert_status(lts_outfile_open(name, &file, &err), LTS_ERR_IO);
    assert_non_null(strstr(err.text, "is not open for writing"));
    descriptor = open(path, O_RDONLY);
    snprintf(name, sizeof name, "/dev/fd/%d", descriptor);
    assert_status(lts_outfile_open(name, &file, &err), LTS_ERR_IO);
    close(descriptor);

    int ends[2];
    assert_int_equal(pipe(ends), 0);
    signal(SIGPIPE, SIG_IGN);
    snprintf(name, sizeof name, "/dev/fd/%d", ends[1]);
    close(ends[0]);
    assert_status(write_text(name, "text for nobody"), LTS_ERR_IO);
    assert_non_null(strstr(err.text, "whoever read it has left before the end"));
    close(ends[1]);

    assert_true(lts_is_standard_output("-"));
    assert_true(lts_is_standard_output("/dev/stdout"));
    assert_true(lts_is_standard_output("/dev/fd/1"));
    assert_false(lts_is_standard_output("./-"));
    assert_false(lts_is_standard_output("/dev/fd/12"));
    assert_false(lts_is_standard_output("/dev/fd/"));
    lts_free(path);
}

static void no_room_for_what_goes_through_is_reported(void **state)
{
    char *path = lts_path_join(*state, "pipe");
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(setenv("TMPDIR", "/no/such/folder", 1), 0);
    assert_status(write_text(path, "text"), LTS_ERR_IO);
    assert_non_null(strstr(err.text, "pipe: no temporary file in /no/such/folder: "));
    unsetenv("TMPDIR");
    lts_outfile *file;
    assert_ok(lts_outfile_open(path, &file, &err));
    for (int i = 0; i < 1000; i++)
        fputs("0123456789", lts_outfile_stream(file));
    test_limit_files(4096);
    lts_status status = lts_outfile_commit(file, &err); /* no reader is waited for */
    test_limit_files(0);
    assert_status(status, LTS_ERR_IO);
    assert_non_null(strstr(err.text, "pipe: no room in /tmp"));
    lts_free(path);
}

static void one_file_is_known_by_any_name(void **state)
{
    char *folder = *state, *there = lts_path_join(folder, "there");
    char *dotted = lts_path_join(folder, "./there"), *soft = lts_path_join(folder, "soft");
    char *new_one = lts_path_join(folder, "new.npy"), *again = lts_path_join(folder, ".//new.npy");
    char *dangling = lts_path_join(folder, "dangling"), *pipe_path = lts_path_join(folder, "pipe");
    char *other = lts_path_join(folder, "other");
    test_write(there, "x", 1);
    test_write(other, "x", 1);
    assert_int_equal(symlink("there", soft), 0);
    assert_int_equal(symlink("new.npy", dangling), 0);
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    const char *const same[][2] = {{there, there},     {there, dotted},  {there, soft},
                                   {new_one, new_one}, {new_one, again}, {new_one, dangling}};
    const char *const different[][2] = {{there, other},
                                        {there, new_one},
                                        {there, dangling},
                                        {pipe_path, pipe_path},
                                        {"-", "-"},
                                        {"/dev/null", "/dev/null"},
                                        {"/no/such/x", "/no/other/x"}};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        assert_true(lts_same_file(same[i][0], same[i][1]) && lts_same_file(same[i][1], same[i][0]));
    for (size_t i = 0; i < sizeof different / sizeof *different; i++)
        assert_false(lts_same_file(different[i][0], different[i][1]) ||
                     lts_same_file(different[i][1], different[i][0]));
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        assert_status(lts_check_distinct(same[i][0], same[i][1], &err), LTS_ERR_ARGUMENT);
        assert_memory_equal(err.text, same[i][0], strlen(same[i][0]));
        assert_non_null(strstr(err.text, ": is read and would be overwritten: name another"));
    }
    for (size_t i = 0; i < sizeof different / sizeof *different; i++)
        assert_ok(lts_check_distinct(different[i][0], different[i][1], &err));
    char *const paths[] = {there, dotted, soft, new_one, again, dangling, pipe_path, other};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        lts_free(paths[i]);
}

static void a_closed_folder_is_said_to_be_closed(void **state)
{
    char *folder = *state, *closed = lts_path_join(folder, "closed");
    char *file_path = lts_path_join(closed, "x"), *deep = lts_path_join(closed, "a/b");
    assert_int_equal(chmod(folder, 0755), 0);
    assert_int_equal(mkdir(closed, 0555), 0);
    bool root = geteuid() == 0;
    if (root)
        assert_int_equal(seteuid(65534), 0);
    lts_status made = lts_make_folder(deep, &err);
    lts_error first = err;
    lts_status written = write_text(file_path, "text");
    if (root)
        assert_int_equal(seteuid(0), 0);
    assert_status(made, LTS_ERR_IO);
    assert_non_null(strstr(first.text, "closed/a: folder cannot be made: Permission denied: "));
    assert_status(written, LTS_ERR_IO);
    assert_non_null(strstr(err.text, "nothing new can be made in "));
    assert_non_null(strstr(err.text, "Permission denied: name another folder"));
    assert_int_equal(chmod(closed, 0755), 0);
    lts_free(file_path);
    file_path = lts_path_join(folder, "missing/x");
    assert_status(write_text(file_path, "text"), LTS_ERR_IO);
    assert_non_null(strstr(err.text, "there is no folder "));
    lts_free(file_path);
    lts_free(deep);
    lts_free(closed);
}

static void stale_files_are_swept_where_a_link_leads(void **state)
{
    char *folder = *state, *link_path = lts_path_join(folder, "link");
    char *inside = lts_path_join(folder, "in");
    char *stale = lts_path_join(folder, "in/state.json.tmp-400001-5");
    assert_ok(lts_make_folder(inside, &err));
    assert_int_equal(symlink("in/state.json", link_path), 0);
    test_write(stale, "half", 4);
    const struct timespec old[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};
    assert_int_equal(utimensat(AT_FDCWD, stale, old, 0), 0);
    assert_int_equal(lts_remove_stale_temporaries(link_path), 1);
    assert_int_equal(test_folder_count(inside), 0);
    lts_free(link_path);
    lts_free(inside);
    lts_free(stale);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_link_stays_and_leads_to_the_new_file),
        TEST(a_file_of_ones_own_replaces_what_has_its_name),
        TEST(a_pipe_gets_the_bytes_and_stays_a_pipe),
        TEST(a_device_stays_a_device),
        TEST(descriptors_are_written_where_they_stand),
        TEST(no_room_for_what_goes_through_is_reported),
        TEST(one_file_is_known_by_any_name),
        TEST(a_closed_folder_is_said_to_be_closed),
        TEST(stale_files_are_swept_where_a_link_leads),
    };
    return cmocka_run_group_tests_name("outfile", tests, NULL, NULL);
}
