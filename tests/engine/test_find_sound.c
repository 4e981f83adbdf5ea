#include "testing.h"

#include "engine/handlers/handlers.h"
#include "lts/audio.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A server that knows a data set and nothing else. */
typedef struct place {
    char *folder;
    lts_server server;
} place;

static void make_sound(const place *p, const char *name)
{
    lts_error err;
    const float x[100] = {0.5f};
    const lts_audio_format format = {.sample_rate = 8000, .bits = LTS_AUDIO_16};
    char *path = lts_path_join(p->folder, name);
    assert_ok(lts_audio_save(path, x, 100, &format, &err));
    lts_free(path);
}

static int set_up(void **state)
{
    lts_error err;
    place *p = lts_alloc(1, sizeof *p);
    p->folder = test_folder();
    p->server.state.dataset = lts_path_join(p->folder, "ds");
    char *deep = lts_path_join(p->folder, "ds/audio/deep");
    assert_ok(lts_make_folder(deep, &err));
    lts_free(deep);
    *state = p;
    return 0;
}

static int tear_down(void **state)
{
    place *p = *state;
    lts_free(p->server.state.dataset);
    test_folder_remove(p->folder);
    lts_free(p);
    return 0;
}

/* What is found for `sent` must be ds/audio/NAME, or nothing when NAME is NULL. */
static void finds(const place *p, const char *sent, const char *name)
{
    lts_error err = {0};
    char *path;
    lts_status status = find_sound(&p->server, sent, &path, &err);
    if ((status == LTS_OK) != (name != NULL))
        fail_msg("%s: %s", sent, status == LTS_OK ? path : err.text);
    if (name) {
        const size_t length = strlen(path), tail = strlen(name);
        if (length < tail || strcmp(path + length - tail, name) != 0)
            fail_msg("%s: %s instead of %s", sent, path, name);
    }
    lts_free(path);
}

static void the_better_name_is_found_whatever_the_order(void **state)
{
    place *p = *state;
    static const char *const names[] = {"ds/audio/b.aiff", "ds/audio/deep/b.c.wav",
                                        "ds/audio/b.d.wav", "ds/audio/z.x.wav",
                                        "ds/audio/deep/z.flac"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        make_sound(p, names[i]);
    finds(p, "b.c.wav", "/deep/b.c.wav");
    finds(p, "b.c", "/deep/b.c.wav"); /* not b.aiff, which comes first */
    finds(p, "b", "/b.aiff");
    finds(p, "b.aiff", "/b.aiff");
    finds(p, "b.wav", "/b.aiff"); /* another extension */
    finds(p, "b.d", "/b.d.wav");
    finds(p, "z.x", "/z.x.wav");
    finds(p, "z", "/z.flac");
    finds(p, "D:\\somewhere\\b.c.wav", "/deep/b.c.wav");
    finds(p, "q", NULL);
    finds(p, "/x/", NULL);
}

/* Why `sent` is refused. */
static void refuses(const place *p, const char *sent, lts_status expected, const char *why)
{
    lts_error err = {0};
    char *path;
    assert_status(find_sound(&p->server, sent, &path, &err), expected);
    assert_null(path);
    if (!strstr(err.text, why))
        fail_msg("%s: '%s' instead of '%s'", sent, err.text, why);
}

static void what_was_meant_is_named(void **state)
{
    place *p = *state;
    static const char *const names[] = {"ds/audio/pan.wav", "ds/audio/deep/kettle.flac",
                                        "ds/audio/b.c.wav"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        make_sound(p, names[i]);
    static const struct {
        const char *sent, *why;
    } misspelt[] = {
        {"pna.wav", "pna.wav: not in the data set: did you mean pan.wav?"},
        {"pna", "pna: not in the data set: did you mean pan.wav?"},
        {"Pan", "did you mean pan.wav?"},
        {"ketle.aiff", "ketle.aiff: not in the data set: did you mean kettle.flac?"},
        {"/there/audio/ketle.wav", "did you mean kettle.flac?"},
        {"D:\\there\\ketle.wav", "did you mean kettle.flac?"},
        {"b.d", "did you mean b.c.wav?"},
        {"trumpet", "trumpet: not in the data set: see /dataset/list"},
        {"/there/trumpet.wav", "trumpet.wav: not in the data set: see /dataset/list"},
    };
    for (size_t i = 0; i < sizeof misspelt / sizeof *misspelt; i++)
        refuses(p, misspelt[i].sent, LTS_ERR_NOT_FOUND, misspelt[i].why);

    /* What is there, but no sound, is not taken for a misspelt name. */
    char *text = lts_path_join(p->folder, "pam.wav");
    test_write(text, "text", 4);
    lts_error err;
    char *path;
    assert_status(find_sound(&p->server, text, &path, &err), LTS_ERR_FORMAT);
    lts_free(text);

    refuses(p, "", LTS_ERR_ARGUMENT, "empty path: name a sound file");
    refuses(p, "audio/", LTS_ERR_ARGUMENT, "audio/: names no file");

    /* A link out of the root is not told of; nor is anything before there is a data set. */
    char *link = lts_path_join(p->folder, "ds/audio/secret.wav"),
         *target = lts_path_join(p->folder, "outside.wav");
    make_sound(p, "outside.wav");
    assert_int_equal(symlink(target, link), 0);
    refuses(p, "secert.wav", LTS_ERR_NOT_FOUND, "did you mean secret.wav?");
    p->server.rules.root = p->server.state.dataset;
    refuses(p, "secert.wav", LTS_ERR_NOT_FOUND, "see /dataset/list");
    refuses(p, target, LTS_ERR_ARGUMENT, "lies outside of");
    lts_free(target);
    lts_free(link);
    p->server.rules.root = NULL;
    char *dataset = p->server.state.dataset;
    p->server.state.dataset = NULL;
    refuses(p, "pna.wav", LTS_ERR_ARGUMENT, "give the whole path");
    p->server.state.dataset = dataset;

    for (size_t n = 1; n < 60; n++) { /* short of memory it says less, and loses nothing */
        test_fail_allocation(n);
        lts_status status = find_sound(&p->server, "pna.wav", &path, &err);
        test_fail_allocation(0);
        assert_int_not_equal(status, LTS_OK);
        assert_null(path);
    }
}

static void links_out_of_the_root_are_not_sounds(void **state)
{
    place *p = *state;
    make_sound(p, "outside.wav");
    char *link = lts_path_join(p->folder, "ds/audio/in.wav");
    char *target = lts_path_join(p->folder, "outside.wav");
    assert_int_equal(symlink(target, link), 0);
    finds(p, "in.wav", "/in.wav");
    finds(p, target, "/outside.wav");
    p->server.rules.root = p->server.state.dataset;
    finds(p, "in.wav", NULL);
    finds(p, target, NULL);

    /* The audio folder itself. */
    char *audio = lts_path_join(p->folder, "ds/audio"), *away = lts_path_join(p->folder, "away");
    assert_int_equal(unlink(link), 0);
    make_sound(p, "ds/audio/a.wav");
    finds(p, "a.wav", "/a.wav");
    assert_int_equal(rename(audio, away), 0);
    assert_int_equal(symlink(away, audio), 0);
    finds(p, "a.wav", NULL);
    p->server.rules.root = NULL;
    finds(p, "a.wav", "/a.wav");
    lts_free(away);
    lts_free(audio);
    lts_free(target);
    lts_free(link);
}

static void what_is_no_file_is_refused_at_once(void **state)
{
    place *p = *state;
    lts_error err;
    char *path, *pipe = lts_path_join(p->folder, "ds/audio/pipe.wav");
    assert_int_equal(mkfifo(pipe, 0600), 0);
    const char *const sent[] = {pipe, "/dev/zero", "/dev/null", p->folder};
    for (size_t i = 0; i < sizeof sent / sizeof *sent; i++) {
        const double before = lts_now();
        assert_status(find_sound(&p->server, sent[i], &path, &err), LTS_ERR_IO);
        assert_true(lts_now() - before < 1);
        assert_null(path);
    }
    lts_free(pipe);
}

#define PLACED(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACED(the_better_name_is_found_whatever_the_order),
        PLACED(what_was_meant_is_named),
        PLACED(links_out_of_the_root_are_not_sounds),
        PLACED(what_is_no_file_is_refused_at_once),
    };
    return cmocka_run_group_tests_name("find sound", tests, NULL, NULL);
}
