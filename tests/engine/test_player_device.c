#include "player_show.h"

static void slow_fill_is_counted_faded_and_told_once_a_second(void **state)
{
    (void)state;
    lts_error err;
    show s = {.level = 0.5f, .slow = 0.03};
    player *p;
    player_config config = config_of(&s, "Speakers");
    assert_ok(player_open_on(&fake_api, &config, &p, &err));
    rest(2.3);
    player_status status = player_watch(p);
    player_close(p);
    assert_true(status.underruns > 20);
    assert_in_range(atomic_load(&s.lines), 1, 3);
    for (int i = 0; i < atomic_load(&s.lines); i++) {
        assert_non_null(strstr(s.line[i], "under-run"));
        assert_true(i == 0 || s.at[i] - s.at[i - 1] > 0.99);
    }
    /* Before the sound begins there is silence, which is no gap. */
    size_t first = 0, count = atomic_load(&fake.count);
    while (first < count && fake.heard[first] == 0)
        first++;
    double step = 0;
    for (size_t i = first + 2; i < count; i++)
        step = fmax(step, fabs((double)fake.heard[i] - fake.heard[i - 2]));
    assert_true(step > 0 && step <= 0.5 / DEVICE_BUFFER_FADE + 1e-6);
}

/* What of x is not a sine of this frequency, dB. */
static double residual(const float *x, size_t n, size_t stride, double frequency, double rate)
{
    double c = 0, s = 0, all = 0;
    for (size_t i = 0; i < n; i++) {
        double phase = 2 * M_PI * frequency * (double)i / rate;
        c += x[i * stride] * cos(phase) * 2 / (double)n;
        s += x[i * stride] * sin(phase) * 2 / (double)n;
        all += (double)x[i * stride] * x[i * stride] / (double)n;
    }
    double rest_power = 0;
    for (size_t i = 0; i < n; i++) {
        double phase = 2 * M_PI * frequency * (double)i / rate;
        double difference = x[i * stride] - c * cos(phase) - s * sin(phase);
        rest_power += difference * difference / (double)n;
    }
    return 10 * log10(rest_power / all);
}

static void a_device_with_another_rate_gets_the_sound_resampled(void **state)
{
    (void)state;
    lts_error err;
    bool met = false;
    for (int attempt = 0; attempt < ATTEMPTS && !met; attempt++) {
        show s = {.frequency = 1000};
        player *p;
        fake_reset();
        fake.only_rate = 48000;
        player_config config = config_of(&s, "0");
        config.ahead = 6;
        assert_ok(player_open_on(&fake_api, &config, &p, &err));
        assert_true(fake.rate == 48000);
        rest(0.6);
        player_status status = player_watch(p);
        player_close(p);
        assert_int_equal(status.limited, 0);
        assert_true(status.latency > 6 * 256.0 / RATE && status.latency < 0.1);
        /* A whole number of periods, after the beginning. */
        met = status.underruns == 0 && atomic_load(&fake.count) > 2 * (9600 + 9600) &&
              residual(fake.heard + 2 * 9600, 9600, 2, 1000, 48000) < -100;
    }
    assert_true(met);
}

/* Waits until the fake device has heard so much. */
static void wait_until_heard(size_t samples)
{
    for (double end = lts_now() + 5; atomic_load(&fake.count) < samples && lts_now() < end;)
        rest(0.01);
    assert_true(atomic_load(&fake.count) >= samples);
}

static void every_first_two_channels_get_the_sound(void **state)
{
    (void)state;
    static const struct {
        const char *device;
        int only, channels;
    } cases[] = {{"Phone", 0, 1}, {"Speakers", 0, 2}, {"Rack", 0, 2}, {"Rack", 4, 4}};
    lts_error err;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        show s = {0};
        player *p;
        fake_reset();
        fake.only_channels = cases[c].only;
        player_config config = config_of(&s, cases[c].device);
        config.ahead = 16;
        assert_ok(player_open_on(&fake_api, &config, &p, &err));
        wait_until_heard(5000 * (size_t)cases[c].channels);
        uint64_t underruns = player_watch(p).underruns;
        player_close(p);
        assert_int_equal(fake.channels, cases[c].channels);
        size_t channels = (size_t)fake.channels, frames = atomic_load(&fake.count) / channels;
        size_t first = 0, wrong = 0;
        while (first < frames && fake.heard[first * channels] != noise(0))
            first++;
        assert_true(first + 1000 < frames);
        for (size_t i = first; i < frames; i++)
            for (size_t k = 1; k < channels; k++)
                wrong += fake.heard[i * channels + k] != (k < 2 ? fake.heard[i * channels] : 0);
        assert_int_equal(wrong, 0);
        for (size_t i = 0; i < 1000 && underruns == 0; i++)
            wrong += fake.heard[(first + i) * channels] != noise(i);
        assert_int_equal(wrong, 0);
    }
}

static void a_device_that_asks_for_much_at_once_is_served(void **state)
{
    (void)state;
    lts_error err;
    show s = {0};
    player *p;
    fake.frames = 4096;
    player_config config = config_of(&s, "Speakers");
    assert_ok(player_open_on(&fake_api, &config, &p, &err));
    rest(0.3);
    uint64_t before = player_watch(p).underruns;
    rest(0.6);
    /* Without a deeper ring every request would fail: six and more. */
    assert_in_range(player_watch(p).underruns - before, 0, 2);
    player_close(p);
}

static void play_on_after_loss(const char *reason, double within)
{
    lts_error err;
    show s = {0};
    player *p;
    player_config config = config_of(&s, "Speakers");
    assert_ok(player_open_on(&fake_api, &config, &p, &err));
    rest(0.2);
    assert_false(player_watch(p).lost);
    if (strcmp(reason, "stopped") == 0)
        atomic_store(&fake.gone, true);
    else
        atomic_store(&fake.stalled, true);
    double start = lts_now();
    while (!player_watch(p).lost && lts_now() - start < 5)
        rest(0.01);
    double needed = lts_now() - start;
    assert_true(needed < within);
    rest(0.1); /* the line comes after the flag */
    const char *line = s.line[atomic_load(&s.lines) - 1];
    assert_non_null(strstr(line, "Speakers"));
    assert_non_null(strstr(line, "gone"));
    assert_non_null(strstr(line, reason));
    player_watch(p);
    assert_pace(&s, 0.5);
    player_status status = player_watch(p);
    assert_true(status.rms > 0.2f && status.lost);
    start = lts_now();
    player_close(p);
    assert_true(lts_now() - start < 2);
    assert_int_equal(fake.initialized, 0);
}

static void a_device_that_stops_is_told_and_replaced_by_the_clock(void **state)
{
    (void)state;
    play_on_after_loss("stopped", 1);
}

static void a_device_that_asks_no_more_is_told_and_replaced_by_the_clock(void **state)
{
    (void)state;
    play_on_after_loss("not asked", 3);
}

static void a_device_that_is_stuck_does_not_hold_up_the_end(void **state)
{
    (void)state;
    lts_error err;
    show s = {0};
    player *p;
    player_config config = config_of(&s, "Speakers");
    assert_ok(player_open_on(&fake_api, &config, &p, &err));
    rest(0.05);
    atomic_store(&fake.stuck, true);
    double start = lts_now();
    player_close(p);
    assert_true(lts_now() - start < 5);
    assert_false(fake.closed);
    atomic_store(&fake.stuck, false);
    start = lts_now();
    while (atomic_load(&fake.initialized) > 0 && lts_now() - start < 5)
        rest(0.01);
    assert_true(fake.closed);
    rest(0.05); /* for the closing thread to free what it held */
}

static void closing_fades_out(void **state)
{
    (void)state;
    lts_error err;
    bool faded = false;
    for (int attempt = 0; attempt < ATTEMPTS && !faded; attempt++) {
        show s = {.level = 0.5f};
        player *p;
        fake_reset();
        player_config config = config_of(&s, "Phone");
        assert_ok(player_open_on(&fake_api, &config, &p, &err));
        wait_until_heard(4000);
        player_close(p);
        const size_t count = atomic_load(&fake.count);
        double step = 0, peak = 0;
        for (size_t i = count - 1000; i < count; i++) {
            step = fmax(step, fabs((double)fake.heard[i] - fake.heard[i - 1]));
            peak = fmax(peak, fabs((double)fake.heard[i]));
        }
        faded = fake.heard[count - 1] == 0 && peak > 0.1 && step <= 0.5 / DEVICE_BUFFER_FADE + 1e-6;
    }
    assert_true(faded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLAYS(slow_fill_is_counted_faded_and_told_once_a_second),
        PLAYS(a_device_with_another_rate_gets_the_sound_resampled),
        PLAYS(every_first_two_channels_get_the_sound),
        PLAYS(a_device_that_asks_for_much_at_once_is_served),
        PLAYS(a_device_that_stops_is_told_and_replaced_by_the_clock),
        PLAYS(a_device_that_asks_no_more_is_told_and_replaced_by_the_clock),
        PLAYS(a_device_that_is_stuck_does_not_hold_up_the_end),
        PLAYS(closing_fades_out),
    };
    return cmocka_run_group_tests_name("player, device", tests, NULL, NULL);
}
