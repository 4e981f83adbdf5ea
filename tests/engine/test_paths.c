#include "testing.h"

#include "engine/paths/paths.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A root with folders, files and links, and something beside it. */
typedef struct place {
    char *folder, *root; /* without links */
} place;

static void make_file(const place *p, const char *name)
{
    char *path = lts_path_join(p->folder, name);
    test_write(path, "x", 1);
    lts_free(path);
}

static void make_folder(const place *p, const char *name)
{
    char *path = lts_path_join(p->folder, name);
    lts_error err;
    assert_ok(lts_make_folder(path, &err));
    lts_free(path);
}

static void make_link(const place *p, const char *target, const char *name)
{
    char *path = lts_path_join(p->folder, name);
    assert_int_equal(symlink(target, path), 0);
    lts_free(path);
}

static int make_place(void **state)
{
    place *p = calloc(1, sizeof *p);
    char *folder = test_folder();
    p->folder = realpath(folder, NULL);
    assert_non_null(p->folder);
    make_folder(p, "root/ds/audio");
    make_folder(p, "root2");
    make_file(p, "root/ds/audio/01 Now.wav");
    make_file(p, "beside.wav");
    make_link(p, "ds", "root/link");
    make_link(p, "..", "root/out");
    make_link(p, "../beside.wav", "root/beside.wav");
    make_link(p, "ds/nowhere", "root/dangling");
    make_link(p, "../nowhere", "root/dangling_out");
    make_link(p, "loop", "root/loop");
    make_link(p, "root", "alias");
    p->root = lts_path_join(p->folder, "root");
    *state = p;
    lts_free(folder);
    return 0;
}

static int remove_place(void **state)
{
    place *p = *state;
    char *folder = lts_strdup(p->folder);
    test_folder_remove(folder);
    lts_free(p->root);
    free(p->folder);
    free(p);
    return 0;
}

static void a_map_is_two_texts(void **state)
{
    (void)state;
    lts_error err;
    path_map map;
    assert_ok(path_map_parse("D:/=/mnt/d=1/", &map, &err));
    assert_string_equal(map.from, "D:/");
    assert_string_equal(map.to, "/mnt/d=1/");
    path_map_free(&map);
    path_map_free(&map);
    const char *const bad[] = {"", "=", "D:/", "D:/=", "=/mnt"};
    for (size_t b = 0; b < sizeof bad / sizeof *bad; b++) {
        assert_status(path_map_parse(bad[b], &map, &err), LTS_ERR_ARGUMENT);
        assert_null(map.from);
    }
    for (size_t n = 1; n <= 2; n++) {
        test_fail_allocation(n);
        assert_status(path_map_parse("a=b", &map, &err), LTS_ERR_MEMORY);
    }
    test_fail_allocation(0);
}

static void paths_come_in_every_spelling(void **state)
{
    (void)state;
    static const path_map maps[] = {
        {"D:/", "/mnt/d/"},        {"E:\\sounds", "/srv/e"}, {"\\\\host\\share", "/mnt/share"},
        {"Macintosh HD:", "/mac"}, {"/Users/x", "/home/x"},  {"Z:", "/"},
        {"F:/", "relative"}};
    static const struct {
        const char *sent, *path; /* NULL: refused */
    } table[] = {
        {"/a/b c/\xc3\xa9.wav", "/a/b c/\xc3\xa9.wav"},
        {"/a//b/../c/", "/a//b/../c/"},
        {"/we\\ird:name", "/we\\ird:name"},
        {"/", "/"},
        {"D:/ds/audio/01 Now.wav", "/mnt/d/ds/audio/01 Now.wav"},
        {"d:\\ds\\", "/mnt/d/ds/"},
        {"D:/", "/mnt/d"},
        {"D:\\ds/x\\y", "/mnt/d/ds/x/y"},
        {"E:/sounds/a", "/srv/e/a"},
        {"e:\\sounds", "/srv/e"},
        {"E:/soundsx/a", "/soundsx/a"}, /* the map's folder has another name */
        {"\\\\host\\share\\a\\b", "/mnt/share/a/b"},
        {"//host/share/a", "/mnt/share/a"},
        {"\\\\other\\share\\a", NULL},
        {"Macintosh HD:/Users/x", "/mac/Users/x"},
        {"Macintosh HD:Users:x", "/mac/Users/x"},
        {"macintosh HD:/Users/x", "/Users/x"},
        {"Other HD:/Users/x/a", "/Users/x/a"}, /* maps come first */
        {"Other HD:Users:x", NULL},
        {"/Users/x/a", "/home/x/a"},
        {"/Users/xy/a", "/Users/xy/a"},
        {"Z:\\", "/"},
        {"Z:\\a", "/a"},
        {"C:\\a\\b.wav", "/a/b.wav"},
        {"C:/", "/"},
        {"C:a", NULL},
        {"C:", NULL},
        {"F:/x", NULL}, /* mapped to nowhere in particular */
        {"a/b", NULL},
        {"./a", NULL},
        {"", NULL},
        {":/a", NULL},
        {"/a\nb", NULL},
        {"/a\x7f", NULL},
        {"D:/a\tb", NULL},
    };
    const path_rules rules = {.maps = maps, .map_count = sizeof maps / sizeof *maps};
    for (size_t t = 0; t < sizeof table / sizeof *table; t++) {
        char *path;
        lts_error err = {0};
        lts_status status = path_resolve(&rules, table[t].sent, &path, &err);
        if (status != (table[t].path ? LTS_OK : LTS_ERR_ARGUMENT) ||
            (table[t].path && strcmp(path, table[t].path) != 0))
            fail_msg("'%s': %s %s, not %s", table[t].sent, path ? path : "refused", err.text,
                     table[t].path ? table[t].path : "refused");
        assert_true(table[t].path || (!path && err.text[0] && !strchr(err.text, '\n')));
        lts_free(path);
    }
}

static void the_first_map_that_fits_is_applied(void **state)
{
    (void)state;
    static const path_map maps[] = {{"", "/never"}, {"/a", "/1"}, {"/a/b", "/2"}, {"/1", "/3"}};
    const path_rules rules = {.maps = maps, .map_count = 4};
    lts_error err;
    char *path;
    assert_ok(path_resolve(&rules, "/a/b/c", &path, &err));
    assert_string_equal(path, "/1/b/c");
    lts_free(path);
}

static void too_long_a_path_is_refused(void **state)
{
    (void)state;
    lts_error err;
    const path_rules rules = {0};
    char *path, *text = malloc(60001);
    memset(text, 'a', 60000);
    text[0] = '/';
    text[60000] = '\0';
    assert_status(path_resolve(&rules, text, &path, &err), LTS_ERR_ARGUMENT);
    assert_null(path);
    assert_true(strlen(err.text) < 200);
    text[4095] = '\0';
    assert_ok(path_resolve(&rules, text, &path, &err));
    lts_free(path);
    free(text);
}

static void nothing_leads_out_of_the_root(void **state)
{
    const place *p = *state;
    static const struct {
        const char *sent, *path; /* relative to the root; NULL: refused */
    } table[] = {
        {"ds/audio/01 Now.wav", "/ds/audio/01 Now.wav"},
        {"./ds//audio/.", "/ds/audio"},
        {".", ""},
        {"link/audio", "/ds/audio"},
        {"link/../ds", "/ds"},
        {"ds/audio/../../new", "/new"},
        {"new/file.wav", "/new/file.wav"},
        {"new/../ds", "/ds"},
        {"new/../../root/ds", "/ds"},
        {"out/root/ds", "/ds"},
        {"..", NULL},
        {"../beside.wav", NULL},
        {"../root2", NULL},
        {"out", NULL},
        {"out/new.wav", NULL},
        {"beside.wav", NULL},
        {"new/../../new", NULL},
        {"new/../../../../../../../../../../../../etc/passwd", NULL},
        {"dangling", NULL},
        {"dangling/x", NULL},
        {"dangling_out", NULL},
        {"loop/x", NULL},
        {"ds/audio/01 Now.wav/x", NULL},
        {"/etc/passwd", NULL},
        {"/", NULL},
    };
    for (size_t t = 0; t < sizeof table / sizeof *table; t++) {
        char *path, *expected = lts_format("%s%s", p->root, table[t].path ? table[t].path : "");
        lts_error err = {0};
        const path_rules rules = {.root = p->root};
        lts_status status = path_resolve(&rules, table[t].sent, &path, &err);
        if (status != (table[t].path ? LTS_OK : LTS_ERR_ARGUMENT) ||
            (table[t].path && strcmp(path, expected) != 0))
            fail_msg("'%s': %s %s, not %s", table[t].sent, path ? path : "refused", err.text,
                     table[t].path ? expected : "refused");
        lts_free(path);
        lts_free(expected);
    }
}

static void a_root_may_be_reached_by_links_itself(void **state)
{
    const place *p = *state;
    lts_error err;
    char *path, *alias = lts_path_join(p->folder, "alias"), *sent = lts_path_join(alias, "ds");
    const path_rules rules = {.root = alias};
    assert_ok(path_resolve(&rules, sent, &path, &err));
    assert_true(strncmp(path, p->root, strlen(p->root)) == 0);
    assert_string_equal(path + strlen(p->root), "/ds");
    lts_free(path);
    assert_ok(path_resolve(&rules, "ds", &path, &err));
    lts_free(path);
    const path_rules all = {.root = "/"};
    assert_ok(path_resolve(&all, sent, &path, &err));
    assert_string_equal(path + strlen(p->root), "/ds");
    lts_free(path);
    assert_ok(path_resolve(&all, "../..", &path, &err));
    assert_string_equal(path, "/");
    lts_free(path);
    lts_free(sent);
    lts_free(alias);
}

static void a_root_that_is_none_is_an_error(void **state)
{
    const place *p = *state;
    lts_error err;
    char *path, *none = lts_path_join(p->folder, "none");
    const path_rules rules = {.root = none};
    assert_status(path_resolve(&rules, "ds", &path, &err), LTS_ERR_NOT_FOUND);
    assert_null(path);
    lts_free(none);
}

static void maps_apply_below_a_root_too(void **state)
{
    const place *p = *state;
    lts_error err;
    char *path;
    const path_map maps[] = {{"D:/", p->root}, {"E:/", p->folder}};
    const path_rules rules = {.root = p->root, .maps = maps, .map_count = 2};
    assert_ok(path_resolve(&rules, "d:\\link\\audio\\01 Now.wav", &path, &err));
    assert_string_equal(path + strlen(p->root), "/ds/audio/01 Now.wav");
    lts_free(path);
    assert_status(path_resolve(&rules, "E:/beside.wav", &path, &err), LTS_ERR_ARGUMENT);
}

/* Random walks against the system's own resolution. */
static void what_the_system_resolves_is_resolved_alike(void **state)
{
    const place *p = *state;
    static const char *const names[] = {
        "..", "..", "..",  "root",       "ds",         "audio", "link",         "out",
        "",   ".",  "new", "beside.wav", "01 Now.wav", "alias", "dangling_out", "root2"};
    const path_rules rules = {.root = p->root};
    const size_t root = strlen(p->root);
    size_t inside = 0, outside = 0, missing = 0;
    lts_rng rng;
    lts_rng_seed(&rng, 5, 0);
    for (int round = 0; round < 20000; round++) {
        char sent[256] = ".";
        lts_error err;
        char *path;
        for (uint64_t left = lts_rng_below(&rng, 7); left > 0; left--) {
            strcat(sent, "/");
            strcat(sent, names[lts_rng_below(&rng, sizeof names / sizeof *names)]);
        }
        char *whole = lts_path_join(p->root, sent), *real = realpath(whole, NULL);
        bool not_there = !real && errno == ENOENT;
        bool below =
            real && strncmp(real, p->root, root) == 0 && (real[root] == '/' || real[root] == '\0');
        lts_status status = path_resolve(&rules, sent, &path, &err);
        if (real && (status == LTS_OK) != below)
            fail_msg("'%s' is %s: %s", sent, real, status == LTS_OK ? path : err.text);
        if (below)
            assert_string_equal(path, real);
        if (status == LTS_OK) {
            assert_memory_equal(path, p->root, root);
            assert_true(path[root] == '/' || path[root] == '\0');
            assert_null(strstr(path, "/.."));
        } else {
            assert_status(status, LTS_ERR_ARGUMENT);
        }
        inside += below;
        outside += real && !below;
        missing += not_there;
        lts_free(path);
        lts_free(whole);
        free(real);
    }
    print_message("%zu inside, %zu outside, %zu not there\n", inside, outside, missing);
    assert_true(inside > 500 && outside > 500 && missing > 500);
}

static void short_memory_resolves_nothing(void **state)
{
    const place *p = *state;
    lts_error err;
    char *path;
    size_t n = 0;
    lts_status status = LTS_ERR_MEMORY;
    const path_map maps[] = {{"D:/", p->root}};
    const path_rules rules = {.root = p->root, .maps = maps, .map_count = 1};
    while (status == LTS_ERR_MEMORY) {
        test_fail_allocation(++n);
        status = path_resolve(&rules, "D:/link/../new/x", &path, &err);
        assert_true((status == LTS_OK) == (path != NULL));
    }
    test_fail_allocation(0);
    assert_status(status, LTS_OK);
    assert_true(n > 5);
    lts_free(path);
}

static void the_last_component_is_found_in_every_spelling(void **state)
{
    (void)state;
    static const char *const table[][2] = {
        {"D:/x/audio/01 Now.wav", "01 Now.wav"},
        {"C:\\a\\b.c.wav", "b.c.wav"},
        {"C:\\a/b\\c.wav", "c.wav"},
        {"\\\\host\\share\\c.wav", "c.wav"},
        {"HD:a:b.wav", "b.wav"},
        {"Macintosh HD:/Users/x/10:15.wav", "10:15.wav"},
        {"/a/we\\ird.wav", "we\\ird.wav"},
        {"/a/10:15.wav", "10:15.wav"},
        {"audio\\b.wav", "b.wav"},
        {"b.wav", "b.wav"},
        {"C:b.wav", "b.wav"},
        {"/a/b/", ""},
        {"C:\\", ""},
        {"", ""},
    };
    for (size_t t = 0; t < sizeof table / sizeof *table; t++)
        assert_string_equal(path_last(table[t][0]), table[t][1]);
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)

static void what_lies_below_a_folder_stays_below_the_root(void **state)
{
    place *p = *state;
    lts_error err;
    char *path, *folder = lts_path_join(p->root, "ds"), *expected;
    const path_map map = {"/", "/elsewhere"};
    const path_rules rules = {.root = p->root, .maps = &map, .map_count = 1};
    const path_rules none = {.maps = &map, .map_count = 1};
    static const char *const good[] = {"", "audio", "audio/01 Now.wav", "audio/not there"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        expected = good[i][0] ? lts_path_join(folder, good[i]) : lts_strdup(folder);
        assert_ok(path_below(&rules, folder, good[i], &path, &err));
        assert_string_equal(path, expected);
        lts_free(path);
        assert_ok(path_below(&none, folder, good[i], &path, &err));
        assert_string_equal(path, expected);
        lts_free(path);
        lts_free(expected);
    }
    static const char *const bad[] = {"../..",         "../out/beside.wav", "../beside.wav",
                                      "../../root2/x", "../dangling",       "../dangling_out",
                                      "../loop"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_status(path_below(&rules, folder, bad[i], &path, &err), LTS_ERR_ARGUMENT);
        assert_null(path);
        assert_ok(path_below(&none, folder, bad[i], &path, &err));
        lts_free(path);
    }
    lts_status status = LTS_ERR_MEMORY;
    for (size_t n = 1; status != LTS_OK; n++) {
        test_fail_allocation(n);
        status = path_below(&rules, folder, "audio/x", &path, &err);
        test_fail_allocation(0);
        if (status != LTS_OK) {
            assert_status(status, LTS_ERR_MEMORY);
            assert_null(path);
        }
    }
    lts_free(path);
    lts_free(folder);
}

static void a_folder_has_no_slash_at_its_end(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"/a/b//", "/a/b"}, {"/a", "/a"}, {"///", "/"}, {"/", "/"}, {"", ""}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char *path = lts_strdup(texts[i][0]);
        path_drop_slashes(path);
        assert_string_equal(path, texts[i][1]);
        lts_free(path);
    }
}

static void a_folder_is_opened_as_it_was_resolved(void **state)
{
    place *p = *state;
    lts_error err;
    int at;
    const path_rules rules = {.root = p->root}, none = {0};
    char *path, *inner = lts_path_join(p->root, "ds/audio"), *ds = lts_path_join(p->root, "ds"),
                *away = lts_path_join(p->root, "away"), *outside = lts_path_join(p->root, ".."),
                *gone = lts_path_join(p->root, "gone");
    struct stat held, expected;
    assert_ok(path_resolve(&rules, "ds/audio", &path, &err));
    assert_ok(path_open_folder(&rules, path, &at, &err));
    assert_int_equal(fstat(at, &held) | stat(inner, &expected), 0);
    assert_int_equal(held.st_ino, expected.st_ino);
    close(at);
    assert_ok(path_open_folder(&none, path, &at, &err));
    close(at);
    assert_ok(path_open_folder(&rules, p->root, &at, &err));
    close(at);
    assert_status(path_open_folder(&rules, outside, &at, &err), LTS_ERR_ARGUMENT);
    assert_status(path_open_folder(&rules, "/", &at, &err), LTS_ERR_ARGUMENT);
    assert_status(path_open_folder(&rules, gone, &at, &err), LTS_ERR_NOT_FOUND);
    assert_status(path_open_folder(&none, gone, &at, &err), LTS_ERR_NOT_FOUND);

    /* A link in its place, or in that of a folder above, is refused wherever it leads. */
    char *const places[] = {inner, ds}, *const targets[] = {outside, away};
    for (size_t i = 0; i < 2; i++)
        for (size_t t = 0; t < 2; t++) {
            assert_int_equal(rename(places[i], away), 0);
            assert_int_equal(symlink(targets[t], places[i]), 0);
            assert_status(path_open_folder(&rules, path, &at, &err), LTS_ERR_ARGUMENT);
            assert_non_null(strstr(err.text, "has become a link"));
            assert_int_equal(at, -1);
            assert_int_equal(unlink(places[i]) | rename(away, places[i]), 0);
        }
    assert_int_equal(chmod(ds, 0300), 0); /* to be passed through, not to be listed */
    assert_ok(path_open_folder(&rules, path, &at, &err));
    close(at);
    assert_int_equal(chmod(ds, 0700), 0);

    lts_status status = LTS_ERR_MEMORY;
    for (size_t n = 1; status != LTS_OK; n++) {
        test_fail_allocation(n);
        status = path_open_folder(&rules, path, &at, &err);
        test_fail_allocation(0);
        if (status != LTS_OK)
            assert_status(status, LTS_ERR_MEMORY);
    }
    close(at);
    lts_free(gone);
    lts_free(outside);
    lts_free(away);
    lts_free(ds);
    lts_free(inner);
    lts_free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_map_is_two_texts),
        cmocka_unit_test(paths_come_in_every_spelling),
        cmocka_unit_test(the_first_map_that_fits_is_applied),
        cmocka_unit_test(too_long_a_path_is_refused),
        IN_PLACE(nothing_leads_out_of_the_root),
        IN_PLACE(a_root_may_be_reached_by_links_itself),
        IN_PLACE(a_root_that_is_none_is_an_error),
        IN_PLACE(maps_apply_below_a_root_too),
        IN_PLACE(what_the_system_resolves_is_resolved_alike),
        IN_PLACE(short_memory_resolves_nothing),
        IN_PLACE(what_lies_below_a_folder_stays_below_the_root),
        cmocka_unit_test(a_folder_has_no_slash_at_its_end),
        IN_PLACE(a_folder_is_opened_as_it_was_resolved),
        cmocka_unit_test(the_last_component_is_found_in_every_spelling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
