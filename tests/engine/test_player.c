#include "testing.h"

#include "fake_portaudio.h"

#include "engine/limiter.h"
#include "small_disk.h"

#include <math.h>
#include <sndfile.h>

enum { RATE = 44100, LINES = 32 };

/* What a player asked for and said. */
typedef struct show {
    atomic_size_t given; /* samples */
    double frequency;    /* Hz of a sine of amplitude 0.5; 0: noise */
    float level;         /* instead, when not 0 */
    double slow;         /* s a block takes */
    atomic_int lines;
    char line[LINES][256];
    double at[LINES];
    double *stamps; /* of each block, when not NULL */
    size_t blocks;
} show;

static char *folder;

static int make_folder(void **state)
{
    (void)state;
    folder = test_folder();
    fake_reset();
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    test_folder_remove(folder);
    free(fake.heard);
    fake.heard = NULL;
    return 0;
}

/* The n-th sample of noise within -0.5..0.5, the same whoever asks. */
static float noise(size_t n)
{
    uint64_t bits = ((uint64_t)n + 1) * 0x9e3779b97f4a7c15u;
    bits = (bits ^ (bits >> 29)) * 0xbf58476d1ce4e5b9u;
    return (float)((double)(bits >> 40) / (1 << 24) - 0.5);
}

static void fill(void *user, float *x, size_t count)
{
    show *s = user;
    size_t start = atomic_load(&s->given);
    if (s->slow > 0)
        usleep((useconds_t)(1e6 * s->slow));
    if (s->stamps && start / count < s->blocks)
        s->stamps[start / count] = lts_now();
    for (size_t i = 0; i < count; i++) {
        double phase = 2 * M_PI * s->frequency * (double)(start + i) / RATE;
        x[i] = s->level != 0      ? s->level
               : s->frequency > 0 ? (float)(0.5 * sin(phase))
                                  : noise(start + i);
    }
    atomic_store(&s->given, start + count);
}

static void tell(void *user, const char *text)
{
    show *s = user;
    int n = atomic_load(&s->lines);
    if (n == LINES)
        return;
    snprintf(s->line[n], sizeof s->line[n], "%s", text);
    s->at[n] = lts_now();
    atomic_store(&s->lines, n + 1);
}

static player_config config_of(show *s, const char *device)
{
    return (player_config){.device = device,
                           .sample_rate = RATE,
                           .block = 256,
                           .ahead = 3,
                           .fill = fill,
                           .tell = tell,
                           .user = s};
}

static void rest(double seconds)
{
    usleep((useconds_t)(1e6 * seconds));
}

/* --- Devices ---------------------------------------------------------------------------------- */

static void outputs_are_listed_with_clean_names_and_null_last(void **state)
{
    (void)state;
    player_device d[8];
    assert_int_equal(player_list_on(&fake_api, d, 8), 7);
    static const char *names[] = {"HDMI: A hw:03 x", "Speakers", "Phone", "Rack",
                                  "Rack 2",          "Rack 3",   "null"};
    for (int i = 0; i < 7; i++) {
        assert_int_equal(d[i].id, i);
        assert_string_equal(d[i].name, names[i]);
        assert_int_equal(d[i].standard, i == 1);
    }
    memset(d, 0, sizeof d);
    assert_int_equal(player_list_on(&fake_api, d, 2), 7);
    assert_string_equal(d[1].name, "Speakers");
    assert_string_equal(d[2].name, "");
    assert_int_equal(player_list_on(&fake_api, NULL, 0), 7);
    assert_int_equal(fake.initialized, 0);
}

static void this_machine_has_at_least_null(void **state)
{
    (void)state;
    player_device d[64];
    size_t count = player_list(d, 64);
    assert_in_range(count, 1, 64);
    assert_string_equal(d[count - 1].name, "null");
    assert_int_equal(d[count - 1].id, count - 1);
}

static void devices_are_found_by_number_name_and_default(void **state)
{
    (void)state;
    static const struct {
        const char *device, *name;
        int id;
    } cases[] = {{NULL, "Speakers", 1}, {"", "Speakers", 1}, {"0", "HDMI: A hw:03 x", 0},
                 {"Phone", "Phone", 2}, {"3", "Rack", 3},    {"null", "null", 6},
                 {"4", "Rack 2", 4},    {"Rack", "Rack", 3}, {"Rack 3", "Rack 3", 5},
                 {"6", "null", 6}};
    lts_error err;
    show s = {0};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        player *p;
        player_config config = config_of(&s, cases[c].device);
        assert_ok(player_open_on(&fake_api, &config, &p, &err));
        assert_string_equal(player_name(p), cases[c].name);
        assert_int_equal(player_id(p), cases[c].id);
        assert_int_equal(player_list_on(&fake_api, NULL, 0), 7);
        player_close(p);
        assert_int_equal(fake.initialized, 0);
    }
}

static void wrong_settings_are_refused(void **state)
{
    (void)state;
    show s = {0};
    lts_error err;
    player *p;
    char *nowhere = lts_format("file:%s/no/such/folder.wav", folder);
    char *at_folder = lts_format("file:%s", folder);
    const player_config good = config_of(&s, "null");
    struct {
        player_config config;
        lts_status status;
    } cases[16];
    size_t n = 0;
#define REFUSED(field, value, expected)                                                            \
    do {                                                                                           \
        cases[n].config = good;                                                                    \
        cases[n].config.field = value;                                                             \
        cases[n++].status = expected;                                                              \
    } while (0)
    REFUSED(fill, NULL, LTS_ERR_ARGUMENT);
    REFUSED(block, 63, LTS_ERR_ARGUMENT);
    REFUSED(block, 8193, LTS_ERR_ARGUMENT);
    REFUSED(ahead, 1, LTS_ERR_ARGUMENT);
    REFUSED(ahead, 65, LTS_ERR_ARGUMENT);
    REFUSED(sample_rate, 0, LTS_ERR_ARGUMENT);
    REFUSED(sample_rate, 99, LTS_ERR_ARGUMENT);
    REFUSED(sample_rate, 1000001, LTS_ERR_ARGUMENT);
    REFUSED(sample_rate, NAN, LTS_ERR_ARGUMENT);
    REFUSED(device, "7", LTS_ERR_NOT_FOUND);
    REFUSED(device, "-1", LTS_ERR_NOT_FOUND);
    REFUSED(device, "Trumpet", LTS_ERR_NOT_FOUND);
    REFUSED(device, "file:", LTS_ERR_ARGUMENT);
    REFUSED(device, nowhere, LTS_ERR_IO);
    REFUSED(device, at_folder, LTS_ERR_IO);
    REFUSED(device, "file:/dev/null", LTS_ERR_IO);
#undef REFUSED
    for (size_t c = 0; c < n; c++) {
        err.text[0] = '\0';
        assert_status(player_open_on(&fake_api, &cases[c].config, &p, &err), cases[c].status);
        assert_null(p);
        assert_true(strlen(err.text) > 10);
        assert_null(strchr(err.text, '\n'));
    }
    player_config config = good;
    char *path = lts_format("file:%s/a.wav", folder);
    config.device = path;
    config.sample_rate = 44100.5; /* which a WAV header cannot say */
    assert_status(player_open_on(&fake_api, &config, &p, &err), LTS_ERR_ARGUMENT);
    assert_int_equal(fake.initialized, 0);
    player_close(NULL);
    lts_free(path);
    lts_free(nowhere);
    lts_free(at_folder);
}

static void a_device_that_does_not_start_is_an_error(void **state)
{
    (void)state;
    show s = {0};
    lts_error err;
    player *p;
    player_config config = config_of(&s, "Speakers");
    fake.start_error = paDeviceUnavailable;
    assert_status(player_open_on(&fake_api, &config, &p, &err), LTS_ERR_IO);
    assert_non_null(strstr(err.text, "Speakers"));
    assert_int_equal(fake.initialized, 0);
    fake.start_error = paNoError;
    fake.only_rate = 8000; /* neither the wanted one nor its own */
    assert_status(player_open_on(&fake_api, &config, &p, &err), LTS_ERR_IO);
    assert_int_equal(fake.initialized, 0);
}

static void nothing_leaks_when_memory_is_short(void **state)
{
    (void)state;
    static const char *devices[] = {"null", "Speakers", "file"};
    show s = {0};
    fake.only_rate = 0;
    for (int d = 0; d < 3; d++) {
        lts_status status = LTS_ERR_MEMORY;
        char *path = lts_format("file:%s/a.wav", folder);
        for (size_t n = 1; status != LTS_OK; n++) {
            lts_error err;
            player *p;
            player_config config = config_of(&s, d == 2 ? path : devices[d]);
            test_fail_allocation(n);
            status = player_open_on(&fake_api, &config, &p, &err);
            test_fail_allocation(0);
            if (status != LTS_OK)
                assert_status(status, LTS_ERR_MEMORY);
            player_close(p);
            assert_int_equal(fake.initialized, 0);
            assert_in_range(n, 1, 20);
        }
        lts_free(path);
    }
}

/* --- Pace and content ------------------------------------------------------------------------- */

/* Loose: a busy machine lets threads wait. */
static void assert_pace(uint64_t samples, double seconds)
{
    assert_true((double)samples > 0.5 * seconds * RATE);
    assert_true((double)samples < (seconds + 0.1) * RATE);
}

static void null_takes_samples_at_the_clocks_pace(void **state)
{
    (void)state;
    show s = {0};
    lts_error err;
    player *p;
    player_config config = config_of(&s, "null");
    assert_ok(player_open_on(&fake_api, &config, &p, &err));
    double start = lts_now();
    rest(0.6);
    player_status status = player_watch(p);
    assert_pace(status.played, lts_now() - start);
    assert_true(atomic_load(&s.given) + 1 > status.played - status.underruns * 256);
    assert_false(status.lost);
    player_close(p);
    size_t given = atomic_load(&s.given);
    rest(0.02);
    assert_int_equal(atomic_load(&s.given), given);
}

/* Reads the file and compares it with what fill gave; returns its samples. */
static size_t compare_file(const char *path, bool exact)
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
    if (exact)
        assert_int_equal(wrong, 0);
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
    test_write(path, "old", 3);
    uint64_t underruns = 1;
    for (int attempt = 0; attempt < 5 && underruns > 0; attempt++) {
        show s = {0};
        player *p;
        player_config config = config_of(&s, device);
        config.ahead = 8;
        double start = lts_now();
        assert_ok(player_open_on(&fake_api, &config, &p, &err));
        assert_int_equal(player_id(p), -1);
        rest(1.3);
        /* What a kill would leave. */
        underruns = player_watch(p).underruns;
        assert_true(compare_file(path, underruns == 0) > RATE / 4);
        rest(0.2);
        underruns = player_watch(p).underruns;
        player_close(p);
        double seconds = lts_now() - start;
        assert_pace(compare_file(path, underruns == 0), seconds);
    }
    assert_int_equal(underruns, 0);
    lts_free(device);
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
    for (double end = lts_now() + 5; atomic_load(&s.lines) == 0 && lts_now() < end;)
        rest(0.01);
    test_limit_files(0);
    assert_true(player_watch(p).lost);
    assert_non_null(strstr(s.line[atomic_load(&s.lines) - 1], "full.wav"));
    size_t given = atomic_load(&s.given);
    double start = lts_now();
    rest(0.3);
    assert_pace(atomic_load(&s.given) - given, lts_now() - start);
    player_close(p);
    assert_in_range(compare_file(device + strlen("file:"), false), 1000, 5000);
    lts_free(device);
}

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
        assert_non_null(strstr(s.line[i], "under-runs"));
        assert_true(i == 0 || s.at[i] - s.at[i - 1] > 0.99);
    }
    /* Before the sound begins there is silence, which is no gap. */
    size_t first = 0, count = atomic_load(&fake.count);
    while (first < count && fake.heard[first] == 0)
        first++;
    double step = 0;
    for (size_t i = first + 2; i < count; i++)
        step = fmax(step, fabs((double)fake.heard[i] - fake.heard[i - 2]));
    assert_true(step > 0 && step <= 0.5 / OUTLET_FADE + 1e-6);
}

static void gaps_are_bridged_without_a_step(void **state)
{
    (void)state;
    enum { N = 4000 };
    lts_error err;
    lts_rng rng;
    outlet *o;
    float x[N], y[500], last = 0.8f;
    lts_rng_seed(&rng, 5, 0);
    assert_ok(outlet_create(&o, 1 << 10, &err));
    for (int i = 0; i < N; i++)
        x[i] = 0.8f;
    ring_write(o->ring, x, 100);
    outlet_take(o, y, 100);
    assert_true(y[0] == 0 && y[99] == 0); /* nothing is taken before the feeder is ready */
    assert_int_equal(ring_used(o->ring), 100);
    atomic_store(&o->primed, true);
    uint64_t gaps = 0;
    for (int round = 0; round < 300; round++) {
        size_t n = 1 + lts_rng_below(&rng, 500);
        gaps += ring_used(o->ring) < n;
        outlet_take(o, y, n);
        for (size_t i = 0; i < n; last = y[i++]) {
            assert_true(fabsf(y[i] - last) <= 0.8f / OUTLET_FADE + 1e-6f);
            assert_true(y[i] >= 0 && y[i] <= 0.8f + 1e-6f);
        }
        ring_write(o->ring, x, lts_rng_below(&rng, 450));
    }
    assert_true(gaps > 50);
    assert_int_equal(o->underruns, gaps);
    outlet_destroy(o);
}

static void latency_from_fill_to_file_is_that_of_the_ring(void **state)
{
    (void)state;
    lts_error err;
    enum { BLOCKS = 150 };
    for (size_t ahead = 2; ahead <= 3; ahead++) {
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
        /* The file's first sample sounds when the first block after those ahead is asked for. */
        size_t blocks = atomic_load(&s.given) / 256;
        blocks = blocks < BLOCKS ? blocks : BLOCKS;
        assert_true(blocks > ahead + 10);
        const double start = stamps[ahead];
        for (size_t b = ahead; b < blocks; b++)
            sum += start + (double)b * 256 / RATE - stamps[b];
        double mean = sum / (double)(blocks - ahead);
        print_message("ahead %zu: %.2f ms from fill to file, %.2f ms said\n", ahead, 1e3 * mean,
                      1e3 * status.latency);
        if (status.underruns == 0) {
            assert_true(mean > 0 && mean < (double)(ahead + 2) * 256 / RATE);
            assert_true(fabs(status.latency - (double)ahead * 256 / RATE) < 1e-9);
        }
        lts_free(device);
    }
}

/* --- Devices that are not as one would wish ----------------------------------------------------
 */

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
    uint64_t underruns = 1;
    for (int attempt = 0; attempt < 5 && underruns > 0; attempt++) {
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
        underruns = status.underruns;
        assert_int_equal(status.limited, 0);
        assert_true(status.latency > 6 * 256.0 / RATE && status.latency < 0.1);
    }
    assert_int_equal(underruns, 0);
    assert_true(atomic_load(&fake.count) > 2 * (9600 + 9600));
    /* A whole number of periods, after the beginning. */
    assert_true(residual(fake.heard + 2 * 9600, 9600, 2, 1000, 48000) < -100);
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
        rest(0.15);
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
    size_t given = atomic_load(&s.given);
    start = lts_now();
    rest(0.5);
    assert_pace(atomic_load(&s.given) - given, lts_now() - start);
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
    show s = {.level = 0.5f};
    player *p;
    player_config config = config_of(&s, "Phone");
    assert_ok(player_open_on(&fake_api, &config, &p, &err));
    rest(0.1);
    player_close(p);
    size_t count = atomic_load(&fake.count);
    assert_true(count > 1000);
    assert_true(fake.heard[count - 1] == 0);
    assert_true(fabsf(fake.heard[count - 1]) <= 0.5f);
}

/* --- Levels ----------------------------------------------------------------------------------- */

static void the_limiter_leaves_what_is_within_scale(void **state)
{
    (void)state;
    enum { N = 100001 };
    float *x = lts_alloc(N, sizeof *x), *y = lts_alloc(N, sizeof *y), last = -2;
    for (int i = 0; i < N; i++)
        x[i] = y[i] = (float)(i - N / 2) * (4.0f / N);
    size_t beyond = 0;
    for (int i = 0; i < N; i++)
        beyond += fabsf(x[i]) > 1;
    assert_int_equal(limiter_apply(y, N), beyond);
    for (int i = 0; i < N; i++) {
        if (fabsf(x[i]) <= 0.99f)
            assert_memory_equal(&x[i], &y[i], sizeof *x);
        assert_true(y[i] >= last && fabsf(y[i]) <= 1 && (y[i] < 0) == (x[i] < 0));
        last = y[i];
    }
    static const float odd[] = {NAN, INFINITY, -INFINITY, 1e30f, -1e30f, -0.0f, 1, -1};
    float z[8];
    memcpy(z, odd, sizeof z);
    assert_int_equal(limiter_apply(z, 8), 5);
    assert_true(z[0] == 0 && z[1] == 1 && z[2] == -1 && z[3] > 0.999f && z[4] < -0.999f);
    assert_true(signbit(z[5]) && z[6] > 0.99f && z[6] < 1 && z[7] == -z[6]);
    lts_free(x);
    lts_free(y);
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
#define PLAYS(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        PLAYS(outputs_are_listed_with_clean_names_and_null_last),
        PLAYS(this_machine_has_at_least_null),
        PLAYS(devices_are_found_by_number_name_and_default),
        PLAYS(wrong_settings_are_refused),
        PLAYS(a_device_that_does_not_start_is_an_error),
        PLAYS(nothing_leaks_when_memory_is_short),
        PLAYS(null_takes_samples_at_the_clocks_pace),
        PLAYS(a_file_holds_what_was_given_from_the_start),
        PLAYS(a_full_disk_is_told_and_the_clock_goes_on),
        PLAYS(slow_fill_is_counted_faded_and_told_once_a_second),
        PLAYS(gaps_are_bridged_without_a_step),
        PLAYS(latency_from_fill_to_file_is_that_of_the_ring),
        PLAYS(a_device_with_another_rate_gets_the_sound_resampled),
        PLAYS(every_first_two_channels_get_the_sound),
        PLAYS(a_device_that_asks_for_much_at_once_is_served),
        PLAYS(a_device_that_stops_is_told_and_replaced_by_the_clock),
        PLAYS(a_device_that_asks_no_more_is_told_and_replaced_by_the_clock),
        PLAYS(a_device_that_is_stuck_does_not_hold_up_the_end),
        PLAYS(closing_fades_out),
        PLAYS(the_limiter_leaves_what_is_within_scale),
        PLAYS(levels_are_those_of_what_was_played),
    };
    return cmocka_run_group_tests_name("player", tests, NULL, NULL);
}
