/* Rendered sounds, the playback of them, and their files. */
#include "testing.h"

#include "engine/play/playback.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

enum { N = 4000, RATE = 44100, BLOCK = 256, FADE_LIMIT = 441 /* 10 ms */ };

static lts_error err;
static const path_rules anywhere;

static rendered *constant_take(float value, size_t ready, bool normalize)
{
    rendered *t;
    assert_ok(rendered_create(N, RATE, normalize, &t, &err));
    for (size_t i = 0; i < N; i++)
        t->x[i] = value;
    if (ready == N)
        rendered_finish(t, lts_strdup("how it was made"));
    else
        rendered_extend(t, ready);
    return t;
}

static void a_take_is_saved_under_the_next_free_name(void **state)
{
    (void)state;
    char *folder = test_folder(), *path;
    rendered *t = constant_take(0.5f, N, false);
    for (int i = 0; i < 3; i++) {
        char expected[64];
        assert_ok(rendered_save(t, &anywhere, folder, LTS_AUDIO_16, &path, &err));
        snprintf(expected, sizeof expected, "generated_audio-%05d.wav", i);
        char *name = lts_path_name(path);
        assert_string_equal(name, expected);
        lts_free(name);
        lts_free(path);
    }
    assert_int_equal(test_folder_count(folder), 3);
    rendered_drop(t);
    test_folder_remove(folder);
}

typedef struct saver {
    rendered *sound;
    const char *folder;
    lts_status status;
} saver;

static void *save_many(void *argument)
{
    saver *s = argument;
    for (int i = 0; i < 10 && s->status == LTS_OK; i++) {
        char *path = NULL;
        s->status = rendered_save(s->sound, &anywhere, s->folder, LTS_AUDIO_16, &path, NULL);
        lts_free(path);
    }
    return NULL;
}

static void savers_at_once_do_not_take_each_others_names(void **state)
{
    (void)state;
    char *folder = test_folder();
    rendered *t = constant_take(0.5f, N, true);
    pthread_t thread[3];
    saver savers[3];
    for (int i = 0; i < 3; i++) {
        savers[i] = (saver){.sound = t, .folder = folder};
        assert_int_equal(pthread_create(&thread[i], NULL, save_many, &savers[i]), 0);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(thread[i], NULL);
        assert_int_equal(savers[i].status, LTS_OK);
    }
    assert_int_equal(test_folder_count(folder), 30);
    rendered_drop(t);
    test_folder_remove(folder);
}

static void a_normalised_take_is_saved_at_full_scale(void **state)
{
    (void)state;
    char *folder = test_folder(), *path;
    float *x;
    size_t n;
    rendered *t = constant_take(0.25f, N, true);
    assert_ok(rendered_save(t, &anywhere, folder, LTS_AUDIO_FLOAT, &path, &err));
    assert_ok(lts_audio_load(path, 0, 0, -1, &x, &n, &err));
    assert_int_equal(n, N);
    assert_true(x[0] == 1);
    assert_true(t->x[0] == 0.25f);
    lts_free(x);
    lts_free(path);
    rendered_drop(t);
    test_folder_remove(folder);
}

static void a_folder_that_is_gone_is_an_error(void **state)
{
    (void)state;
    char *path = NULL;
    rendered *t = constant_take(0.5f, N, false);
    assert_status(rendered_save(t, &anywhere, "/nonexistent/folder", LTS_AUDIO_16, &path, &err),
                  LTS_ERR_NOT_FOUND);
    assert_null(path);
    rendered_drop(t);
}

/* What the playback gives next, in blocks. */
static void fill(playback *d, float *x, size_t n)
{
    memset(x, 0, n * sizeof *x);
    for (size_t i = 0; i < n; i += BLOCK)
        playback_fill(d, x + i, n - i < BLOCK ? n - i : BLOCK);
}

static float steepest(const float *x, size_t n)
{
    float most = 0;
    for (size_t i = 1; i < n; i++)
        most = fmaxf(most, fabsf(x[i] - x[i - 1]));
    return most;
}

static void the_deck_plays_a_take_once_and_bit_for_bit(void **state)
{
    (void)state;
    playback *d;
    double position;
    static float x[N + 1000];
    rendered *t = constant_take(0.3f, N, false);
    for (size_t i = 0; i < N; i++)
        t->x[i] = sinf((float)i);
    assert_ok(playback_create(&d, &err));
    playback_play(d, t);
    fill(d, x, N + 1000);
    assert_memory_equal(x, t->x, N * sizeof *x);
    for (size_t i = N; i < N + 1000; i++)
        assert_true(x[i] == 0);
    assert_false(playback_position(d, &position));
    rendered_drop(t);
    playback_destroy(d);
}

static void stop_fades_out_within_ten_milliseconds(void **state)
{
    (void)state;
    playback *d;
    static float x[N];
    rendered *t = constant_take(1, N, false);
    assert_ok(playback_create(&d, &err));
    playback_play(d, t);
    rendered_drop(t);
    fill(d, x, 1000);
    /* The second stop finds a playback that fades already. */
    playback_stop(d);
    playback_stop(d);
    fill(d, x + 1000, N - 1000);
    assert_true(steepest(x + 1, N - 1) < 0.006f);
    for (size_t i = 1000 + FADE_LIMIT; i < N; i++)
        assert_true(x[i] == 0);
    playback_destroy(d);
}

static void a_take_waits_for_samples_without_a_click(void **state)
{
    (void)state;
    playback *d;
    static float x[2 * N];
    rendered *t = constant_take(1, 1000, false);
    assert_ok(playback_create(&d, &err));
    playback_play(d, t);
    fill(d, x, 2000);
    assert_true(x[999] == 0 && x[1999] == 0);
    rendered_finish(t, NULL);
    fill(d, x + 2000, N);
    assert_true(steepest(x + 1, 2000 + N - 1001 - 1) < 0.006f);
    size_t sounding = 0;
    for (size_t i = 0; i < 2000 + N; i++)
        sounding += x[i] > 0;
    /* Nothing is lost but what the fades leave at nothing. */
    assert_in_range(sounding, N - 4, N);
    rendered_drop(t);
    playback_destroy(d);
}

static void an_abandoned_take_ends(void **state)
{
    (void)state;
    playback *d;
    double position;
    static float x[N];
    rendered *t = constant_take(1, 1000, false);
    assert_ok(playback_create(&d, &err));
    playback_play(d, t);
    fill(d, x, 500);
    assert_true(playback_position(d, &position));
    assert_float_equal(position, 500.0 / N, 1e-9);
    atomic_store(&t->abandoned, true);
    fill(d, x, N);
    assert_false(playback_position(d, &position));
    rendered_drop(t);
    playback_destroy(d);
}

static void a_take_to_be_normalised_is_heard_when_it_is_whole(void **state)
{
    (void)state;
    playback *d;
    static float x[N];
    rendered *t = constant_take(0.5f, 2000, true);
    assert_ok(playback_create(&d, &err));
    playback_play(d, t);
    fill(d, x, 1000);
    assert_true(x[0] == 0 && x[999] == 0);
    rendered_finish(t, NULL);
    fill(d, x, N);
    assert_true(x[FADE_LIMIT] == 1 && x[N - 1] == 1);
    rendered_drop(t);
    playback_destroy(d);
}

static void short_memory_is_reported(void **state)
{
    (void)state;
    rendered *t;
    playback *d;
    for (size_t n = 1; n <= 2; n++) {
        test_fail_allocation(n);
        assert_status(rendered_create(N, RATE, false, &t, &err), LTS_ERR_MEMORY);
        assert_null(t);
    }
    test_fail_allocation(1);
    assert_status(playback_create(&d, &err), LTS_ERR_MEMORY);
    test_fail_allocation(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_take_is_saved_under_the_next_free_name),
        cmocka_unit_test(savers_at_once_do_not_take_each_others_names),
        cmocka_unit_test(a_normalised_take_is_saved_at_full_scale),
        cmocka_unit_test(a_folder_that_is_gone_is_an_error),
        cmocka_unit_test(the_deck_plays_a_take_once_and_bit_for_bit),
        cmocka_unit_test(stop_fades_out_within_ten_milliseconds),
        cmocka_unit_test(a_take_waits_for_samples_without_a_click),
        cmocka_unit_test(an_abandoned_take_ends),
        cmocka_unit_test(a_take_to_be_normalised_is_heard_when_it_is_whole),
        cmocka_unit_test(short_memory_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
