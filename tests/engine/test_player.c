#include "player_show.h"

static void outputs_are_listed_with_clean_names_and_null_last(void **state)
{
    (void)state;
    sound_device d[8];
    assert_int_equal(device_list_on(&fake_api, d, 8), 7);
    static const char *names[] = {"HDMI: A hw:03 x", "Speakers", "Phone", "Rack",
                                  "Rack 2",          "Rack 3",   "null"};
    for (int i = 0; i < 7; i++) {
        assert_int_equal(d[i].id, i);
        assert_string_equal(d[i].name, names[i]);
        assert_int_equal(d[i].standard, i == 1);
    }
    memset(d, 0, sizeof d);
    assert_int_equal(device_list_on(&fake_api, d, 2), 7);
    assert_string_equal(d[1].name, "Speakers");
    assert_string_equal(d[2].name, "");
    assert_int_equal(device_list_on(&fake_api, NULL, 0), 7);
    assert_int_equal(fake.initialized, 0);
}

static void this_machine_has_at_least_null(void **state)
{
    (void)state;
    sound_device d[64];
    size_t count = device_list(d, 64);
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
        assert_int_equal(device_list_on(&fake_api, NULL, 0), 7);
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
    REFUSED(device, at_folder, LTS_ERR_EXISTS);
    REFUSED(device, "file:/dev/null", LTS_ERR_EXISTS);
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
            else if (d == 2)
                assert_int_equal(unlink(path + strlen("file:")), 0);
            player_close(p);
            assert_int_equal(fake.initialized, 0);
            assert_in_range(n, 1, 20);
        }
        lts_free(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLAYS(outputs_are_listed_with_clean_names_and_null_last),
        PLAYS(this_machine_has_at_least_null),
        PLAYS(devices_are_found_by_number_name_and_default),
        PLAYS(wrong_settings_are_refused),
        PLAYS(a_device_that_does_not_start_is_an_error),
        PLAYS(nothing_leaks_when_memory_is_short),
    };
    return cmocka_run_group_tests_name("player", tests, NULL, NULL);
}
