#include "player_show.h"

#include "small_disk.h"

#include <sndfile.h>

static void null_takes_samples_at_the_clocks_pace(void **state)
{
    (void)state;
    show s = {0};
    lts_error err;
    player *p;
    player_config config = config_of(&s, "null");
    assert_ok(player_open_on(&fake_api, &config, &p, &err));
    assert_pace(&s, 0.6);
    const size_t given_before = atomic_load(&s.given);
    player_status status = player_watch(p);
    assert_true(status.played + (config.ahead + 2) * 256 >= given_before);
    assert_true(atomic_load(&s.given) + 1 > status.played - status.underruns * 256);
    assert_false(status.lost);
    player_close(p);
    size_t given = atomic_load(&s.given);
    rest(0.02);
    assert_int_equal(atomic_load(&s.given), given);
}

/* Reads the file, tells whether it is what fill gave, and returns its samples. */
static size_t compare_file(const char *path, bool *same)
{
    SF_INFO info = {0};
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    assert_non_null(file);
    assert_int_equal(info.samplerate, RATE);
    assert_int_equal(info.channels, 1);
    assert_int_equal(info.format, SF_FORMAT_WAV | SF_FORMAT_FLOAT);
    float *x = calloc((size_t)info.frames + 1, sizeof *x);
    assert_int_equal(sf_read_float(file, x, info.frames), info.frames);
    size_t wrong = 0;
    for (size_t i = 0; i < (size_t)info.frames; i++)
        wrong += x[i] != noise(i);
    *same = wrong == 0;
    free(x);
    sf_close(file);
    return (size_t)info.frames;
}

static void a_file_holds_what_was_given_from_the_start(void **state)
{
    (void)state;
    lts_error err;
    char *device = lts_format("file:%s/out \xc3\xa9.wav", folder);
    const char *path = device + strlen("file:");
    bool kept = false;
    for (int attempt = 0; attempt < ATTEMPTS && !kept; attempt++) {
        show s = {0};
        player *p;
        player_config config = config_of(&s, device);
        config.ahead = 8;
        double start = lts_now();
        assert_ok(player_open_on(&fake_api, &config, &p, &err));
        assert_int_equal(player_id(p), -1);
        rest(1.3);
        /* What a kill would leave. */
        bool early, whole;
        const size_t begun = compare_file(path, &early);
        rest(0.2);
        const bool unbroken = player_watch(p).underruns == 0;
        player_close(p);
        const double seconds = lts_now() - start;
        kept = is_pace(compare_file(path, &whole), seconds) && unbroken && early && whole &&
               begun > RATE / 4;
        assert_int_equal(unlink(path), 0);
    }
    assert_true(kept);
    lts_free(device);
}

static void a_recording_takes_no_name_that_something_has(void **state)
{
    (void)state;
    lts_error err;
    show s = {0};
    player *p;
    char *device = lts_format("file:%s/new.wav", folder), *target = lts_format("%s/there", folder);
    const char *path = device + strlen("file:");
    player_config config = config_of(&s, device);
    test_write(path, "kept", 4);
    assert_status(player_open_on(&fake_api, &config, &p, &err), LTS_ERR_EXISTS);
    assert_non_null(strstr(err.text, "new.wav: is there already"));
    char *text = test_read(path, NULL);
    assert_string_equal(text, "kept");
    lts_free(text);
    assert_int_equal(unlink(path), 0);
    /* A link that leads nowhere yet would make a file where it leads. */
    assert_int_equal(symlink(target, path), 0);
    assert_status(player_open_on(&fake_api, &config, &p, &err), LTS_ERR_EXISTS);
    assert_false(lts_is_file(target));
    assert_int_equal(unlink(path), 0);
    assert_ok(player_open_on(&fake_api, &config, &p, &err));
    player_close(p);
    assert_true(lts_is_file(path));
    assert_status(player_open_on(&fake_api, &config, &p, &err), LTS_ERR_EXISTS);
    lts_free(target);
    lts_free(device);
}

/* The line that tells of a recording's end, "" when there is none for five seconds: a busy machine
 * may tell of under-runs before it. */
static const char *wait_for_end(show *s)
{
    for (double end = lts_now() + 5; lts_now() < end; rest(0.01))
        for (int i = 0; i < atomic_load(&s->lines); i++)
            if (strstr(s->line[i], "the recording ends"))
                return s->line[i];
    return "";
}

static void a_full_disk_is_told_and_the_clock_goes_on(void **state)
{
    (void)state;
    lts_error err;
    show s = {0};
    player *p;
    char *device = lts_format("file:%s/full.wav", folder);
    player_config config = config_of(&s, device);
    assert_ok(player_open_on(&fake_api, &config, &p, &err));
    test_limit_files(20000);
    const char *line = wait_for_end(&s);
    test_limit_files(0);
    assert_true(player_watch(p).lost);
    assert_non_null(strstr(line, "full.wav: the recording ends: File too large: going on"));
    assert_pace(&s, 0.3);
    player_close(p);
    bool same;
    assert_in_range(compare_file(device + strlen("file:"), &same), 1000, 5000);
    lts_free(device);
}

static void a_file_that_is_removed_is_told(void **state)
{
    (void)state;
    lts_error err;
    show s = {0};
    player *p;
    char *below = lts_format("%s/below", folder);
    char *device = lts_format("file:%s/lost.wav", below);
    player_config config = config_of(&s, device);
    assert_ok(lts_make_folder(below, &err));
    assert_ok(player_open_on(&fake_api, &config, &p, &err));
    rest(0.1);
    assert_int_equal(unlink(device + strlen("file:")), 0);
    assert_int_equal(rmdir(below), 0);
    const char *line = wait_for_end(&s);
    assert_non_null(strstr(line, "lost.wav: the recording ends: its file was removed"));
    assert_true(player_watch(p).lost);
    player_close(p);
    lts_free(device);
    lts_free(below);
}

static void a_recording_that_never_began_leaves_its_name(void **state)
{
    (void)state;
    lts_error err = {0};
    show s = {0};
    player *p;
    char *device = lts_format("file:%s/never.wav", folder);
    player_config config = config_of(&s, device);
    lts_status status = LTS_ERR_MEMORY;
    for (size_t n = 1; status == LTS_ERR_MEMORY; n++) {
        test_fail_allocation(n);
        status = player_open_on(&fake_api, &config, &p, &err);
        test_fail_allocation(0);
        assert_int_equal(lts_is_file(device + strlen("file:")), status == LTS_OK);
    }
    assert_ok(status);
    player_close(p);
    lts_free(device);
}

/* Whether the mean time from fill to file was that of `ahead` blocks; false also when the machine
 * let a thread wait for too long. */
static bool measure_latency(size_t ahead)
{
    enum { BLOCKS = 150 };
    lts_error err;
    double stamps[BLOCKS] = {0}, sum = 0;
    show s = {.stamps = stamps, .blocks = BLOCKS};
    player *p;
    char *device = lts_format("file:%s/latency.wav", folder);
    player_config config = config_of(&s, device);
    config.ahead = ahead;
    assert_ok(player_open_on(&fake_api, &config, &p, &err));
    rest(0.5);
    player_status status = player_watch(p);
    player_close(p);
    assert_int_equal(unlink(device + strlen("file:")), 0);
    lts_free(device);
    /* The file's first sample sounds when the first block after those ahead is asked for. */
    size_t blocks = atomic_load(&s.given) / 256;
    blocks = blocks < BLOCKS ? blocks : BLOCKS;
    if (blocks <= ahead + 10 || status.underruns > 0)
        return false;
    assert_true(fabs(status.latency - (double)ahead * 256 / RATE) < 1e-9);
    for (size_t b = ahead; b < blocks; b++)
        sum += stamps[ahead] + (double)b * 256 / RATE - stamps[b];
    const double mean = sum / (double)(blocks - ahead);
    print_message("ahead %zu: %.2f ms from fill to file, %.2f ms said\n", ahead, 1e3 * mean,
                  1e3 * status.latency);
    return mean > 0 && mean < (double)(ahead + 2) * 256 / RATE;
}

static void latency_from_fill_to_file_is_that_of_the_ring(void **state)
{
    (void)state;
    for (size_t ahead = 2; ahead <= 3; ahead++) {
        bool met = false;
        for (int attempt = 0; attempt < ATTEMPTS && !met; attempt++)
            met = measure_latency(ahead);
        assert_true(met);
    }
}

static void levels_are_those_of_what_was_played(void **state)
{
    (void)state;
    lts_error err;
    show s = {.frequency = 441};
    player *p;
    player_config config = config_of(&s, "null");
    config.ahead = 16;
    assert_ok(player_open_on(&fake_api, &config, &p, &err));
    rest(0.5);
    player_status status = player_watch(p);
    if (status.underruns == 0)
        assert_true(fabsf(status.rms - 0.5f / sqrtf(2)) < 0.02f);
    assert_true(fabsf(status.peak - 0.5f) < 1e-3f);
    player_close(p);
    s = (show){.level = 3};
    assert_ok(player_open_on(&fake_api, &config, &p, &err));
    rest(0.2);
    status = player_watch(p);
    assert_true(status.peak > 0.99f && status.peak <= 1);
    assert_true(status.limited >= status.played - status.underruns * 256 && status.limited > 0);
    player_close(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLAYS(null_takes_samples_at_the_clocks_pace),
        PLAYS(a_file_holds_what_was_given_from_the_start),
        PLAYS(a_recording_takes_no_name_that_something_has),
        PLAYS(a_file_that_is_removed_is_told),
        PLAYS(a_recording_that_never_began_leaves_its_name),
        PLAYS(a_full_disk_is_told_and_the_clock_goes_on),
        PLAYS(latency_from_fill_to_file_is_that_of_the_ring),
        PLAYS(levels_are_those_of_what_was_played),
    };
    return cmocka_run_group_tests_name("player, clock", tests, NULL, NULL);
}
