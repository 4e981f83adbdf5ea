/* Data set, run, sounds and keys, as a server takes them message by message. What it reports comes
 * to a socket of the test's. */
#include "engine/live/live_parts.h"
#include "server_scene.h"
#include "tiny_run.h"

static void load_run(scene *s)
{
    lts_model_destroy(tiny_run(s->folder));
    load(s, "/load/model", "");
    hears(s, "Model loaded successfully");
}

static const char first[] = "/sound/interpolate_two/first/audio_path",
                  second[] = "/sound/interpolate_two/second/audio_path";

static void a_wrong_path_leaves_a_good_sound(void **state)
{
    scene *s = *state;
    say_text(s, first, "early.wav");
    hears(s, "kept until a data set is loaded");
    assert_string_equal(s->server->state.sound[0], "early.wav");
    load(s, first, "ds/audio/a.wav");
    hears(s, "First sound is set to: a at the path ");
    say_text(s, first, "nowhere.wav");
    hears(s, "Could not set the first sound: ");
    assert_non_null(s->server->sound[0]);
    assert_non_null(strstr(s->server->state.sound[0], "ds/audio/a.wav"));
}

static void sounds_that_are_gone_are_said_to_be(void **state)
{
    scene *s = *state;
    load(s, "/load/dataset", "ds");
    say_text(s, first, "a");
    say_text(s, second, "b.c");
    heard(s);
    load(s, "/load/dataset", "other");
    hears(s, "The second sound is not in this data set: ");
    assert_null(strstr(s->heard, "The first"));
    load(s, "/load/dataset", "other");
    hears(s, "The second sound is not in this data set: ");
    load(s, "/load/dataset", "ds");
    hears(s, "Second sound is set to: b.c at the path ");

    char *sound = inside(s, "ds/audio/a.wav");
    assert_int_equal(unlink(sound), 0);
    lts_free(sound);
    reopen(s);
    hears(s, "The first sound is not in this data set: ");
    assert_null(s->server->sound[0]);
    assert_string_equal(s->server->state.sound[0], "a");
    assert_non_null(s->server->sound[1]);
}

static void early_names_that_a_data_set_lacks_are_said(void **state)
{
    scene *s = *state;
    say_text(s, first, "a.wav");
    say_text(s, second, "q.wav");
    heard(s);
    load(s, "/load/dataset", "ds");
    heard(s);
    assert_non_null(strstr(s->heard, "First sound is set to: a at the path "));
    assert_non_null(strstr(s->heard, "The second sound is not in this data set: "));
}

static void maps_are_applied_once(void **state)
{
    scene *s = *state;
    lts_error err;
    char *inner = inside(s, "inner"), *from = inside(s, "inner/ds"), *to = inside(s, "ds"),
         *expected = inside(s, "inner/ds"), *map = lts_format("%s=%s/inner", s->folder, s->folder),
         *run = inside(s, "inner/run");
    const char *const maps[] = {map};
    assert_ok(lts_make_folder(run, &err));
    assert_int_equal(rename(to, from), 0);
    lts_model_destroy(tiny_run(run));
    lts_server_close(s->server);
    s->config.path_maps = maps;
    s->config.path_map_count = 1;
    open_server(s);
    load(s, "/load/dataset", "ds");
    load(s, "/load/model", "run");
    hears(s, "Model loaded successfully");
    for (int start = 0; start < 2; start++) {
        assert_string_equal(s->server->state.dataset, expected);
        assert_string_equal(s->server->state.run, run);
        assert_non_null(s->server->model);
        reopen(s);
        hears(s, "Model loaded successfully");
        assert_null(strstr(s->heard, "Could not"));
    }
    s->config.path_maps = NULL;
    s->config.path_map_count = 0;
    lts_free(run);
    lts_free(map);
    lts_free(expected);
    lts_free(to);
    lts_free(from);
    lts_free(inner);
}

static void numbers_no_key_has_are_refused(void **state)
{
    scene *s = *state;
    static const double values[][4] = {
        {0, 0, 60, 1e300},   {0, 0, 1e300, 64},       {1e300, 0, 60, 64},
        {-1e300, 0, 60, 64}, {1, 16, 60, 64},         {1, 0, -1e300, 64},
        {3, 0, 60, 1e10},    {3, 0, 60, -4294967296}, {1, 0, 4294967356, 64}};
    heard(s);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        say_numbers(s, "/midi", 4, values[i]);
        hears(s, "/midi: no such event");
    }
}

static double transposed(const scene *s, unsigned voice)
{
    return s->server->live->voice[voice].controls.transpose;
}

static void start_selection(scene *s)
{
    const double selection[] = {0.1, 0, 0};
    load_run(s);
    load(s, "/load/dataset", "ds");
    say_text(s, first, "a");
    say_text(s, second, "b.c");
    say_numbers(s, "/interpolate_two/select", 3, selection);
    heard(s);
}

static void a_bend_stays_within_what_a_voice_takes(void **state)
{
    scene *s = *state;
    const double up[] = {MIDI_BEND, 0, 0, 8191}, down[] = {MIDI_BEND, 0, 0, -8192},
                 middle[] = {MIDI_BEND, 0, 0, 0}, high = 47.5, low = -47.5;
    start_selection(s);
    say(s, "/live/start", NULL, 0);
    hears(s, "Voice 1 loops");
    say_numbers(s, "/live/transpose", 1, &high);
    say_numbers(s, "/midi", 4, up);
    assert_true(transposed(s, 0) == 48);
    say_numbers(s, "/midi", 4, middle);
    assert_true(transposed(s, 0) == 47.5);
    say_numbers(s, "/live/transpose", 1, &low);
    say_numbers(s, "/midi", 4, down);
    assert_true(transposed(s, 0) == -48);
    say_numbers(s, "/live/transpose", 1, &low);
    assert_true(transposed(s, 0) == -48);
    say_numbers(s, "/midi", 4, middle);
    assert_true(transposed(s, 0) == -47.5);
    assert_string_equal(heard(s), "");
}

static void a_key_lets_go_of_a_voice_that_was_taken_over(void **state)
{
    scene *s = *state;
    const double on[] = {MIDI_NOTE_ON, 0, 62, 64}, off[] = {MIDI_NOTE_OFF, 0, 62, 0};
    start_selection(s);
    say_numbers(s, "/midi", 4, on);
    assert_true(live_watch(s->server->live, 0).sounding);
    assert_true(transposed(s, 0) == 2);
    say_numbers(s, "/midi", 4, off);
    assert_false(live_watch(s->server->live, 0).sounding);

    say_numbers(s, "/midi", 4, on);
    say(s, "/live/start", NULL, 0);
    say_numbers(s, "/midi", 4, off);
    assert_true(live_watch(s->server->live, 0).sounding);
}

static void says_to(scene *s, const char *path, double value, const char *answer)
{
    heard(s);
    say_numbers(s, path, 1, &value);
    if (answer[0])
        hears(s, answer);
    else
        assert_string_equal(heard(s), "");
}

static void every_control_out_of_range_is_answered(void **state)
{
    static const struct {
        const char *path;
        double value;
        const char *answer;
    } cases[] = {{"/live/alpha", 50, "/live/alpha: alpha 50: choose -3 to 4"},
                 {"/live/alpha", 1e30, "/live/alpha: alpha 1e+30: choose -3 to 4"},
                 {"/live/alpha", -3.01, "/live/alpha: alpha -3.01: choose -3 to 4"},
                 {"/live/position", 1.01, "/live/position: position 1.01: choose 0 to 1"},
                 {"/live/speed", -9, "/live/speed: speed -9: choose -8 to 8"},
                 {"/live/gain", 4.1, "/live/gain: gain 4.1: choose 0 to 4"},
                 {"/live/gain", -0.1, "/live/gain: gain -0.1: choose 0 to 4"},
                 {"/live/transpose", 1e30, "/live/transpose: transpose 1e+30: choose -48 to 48"},
                 {"/live/9/alpha", 0, "/live/9/alpha: no such voice: choose 1 to 8"},
                 {"/live/0/gain", 0, "/live/0/gain: no such voice: choose 1 to 8"},
                 {"/live/12345678901234567890/gain", 0, "/gain: no such voice: choose 1 to 8"},
                 {"/live/9/nothing", 0, "/live/9/nothing: no such address: see lts-osc(7)"},
                 {"/live/2/gain", 1, "/live/2/gain: voice 2 does not sound: start it first"},
                 {"/live/alpha", -3, ""},
                 {"/live/alpha", 4, ""},
                 {"/live/speed", 8, ""},
                 {"/live/gain", 0, ""}};
    scene *s = *state;
    const double weights[] = {0.5, 4.5};
    start_selection(s);
    say(s, "/live/start", NULL, 0);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        says_to(s, cases[c].path, cases[c].value, cases[c].answer);
    say_numbers(s, "/live/alpha", 2, weights);
    hears(s, "/live/alpha: weight 2 is 4.5: choose -4 to 4");
    say(s, "/live/9/start", NULL, 0);
    hears(s, "/live/9/start: no such voice: choose 1 to 8");
    say(s, "/live/stop", NULL, 0);
    hears(s, "Voice 1 stopped.");
    say(s, "/live/stop", NULL, 0);
    hears(s, "/live/stop: voice 1 does not sound\n");
    say_text(s, first, "");
    hears(s, "Could not set the first sound: empty path: name a sound file");
}

static void an_alpha_that_comes_early_is_kept_for_the_start(void **state)
{
    scene *s = *state;
    says_to(s, "/live/alpha", 0.25, ""); /* before there is a model, too */
    start_selection(s);
    says_to(s, "/live/2/alpha", 0.75, "");
    says_to(s, "/live/2/alpha", 75, "alpha 75: choose -3 to 4");
    for (unsigned voice = 1; voice <= 3; voice++) {
        char path[16];
        snprintf(path, sizeof path, "/live/%u/start", voice);
        say(s, path, NULL, 0);
    }
    heard(s);
    /* Its own, or the last that was sent to any. */
    const float expected[] = {0.25f, 0.75f, 0.75f};
    for (double end = lts_now() + 20; lts_now() < end;) {
        pthread_mutex_lock(&s->server->mixing);
        bool begun = true;
        for (unsigned voice = 0; voice < 3; voice++) {
            const live_walk *walk = s->server->live->voice[voice].walk;
            begun = begun && walk;
            if (walk)
                assert_true(walk->weight[0] == expected[voice]);
        }
        pthread_mutex_unlock(&s->server->mixing);
        if (begun)
            return;
        usleep(1000);
    }
    fail_msg("the voices do not begin");
}

/* What is told of sound that is too loud fits what sounds. */
static void what_is_too_loud_is_told_for_what_it_is(void **state)
{
    scene *s = *state;
    lts_server *server = s->server;
    start_selection(s);
    server->limited_reported = 0;
    say(s, "/live/start", NULL, 0);
    pthread_mutex_lock(&server->live->lock);
    server->live->gains = (live_gains){0.1, 0.5};
    server->live->voice[0].repeated = 3;
    pthread_mutex_unlock(&server->live->lock);
    server->watched = 0;
    watch_player(server, lts_now());
    hears(s, "Too loud: the voices were turned down by up to 6 dB: lower /live/gain, or bring");
    assert_non_null(strstr(s->heard, "Voice 1: the model makes no sound of 3 frames: bring alpha"));
    assert_null(strstr(s->heard, "normalization"));
    server->watched = server->limited_reported = 0;
    watch_player(server, lts_now());
    assert_null(strstr(heard(s), "turned down"));
    pthread_mutex_lock(&server->live->lock);
    server->live->gains = (live_gains){0.1, 1};
    pthread_mutex_unlock(&server->live->lock);
    server->watched = server->limited_reported = 0;
    watch_player(server, lts_now());
    hears(s, "Loud at once: the voices were turned down by up to 20 dB meanwhile.");
}

static void another_rate_stops_what_plays(void **state)
{
    scene *s = *state;
    lts_error err;
    lts_model_note notes[TINY_NOTES];
    char *folder = inside(s, "slow/model"), *path = inside(s, "slow/model/best.safetensors");
    memcpy(notes, tiny_notes, sizeof notes);
    notes[0].value = "22050";
    notes[4].value = "16.351597831287414";
    assert_ok(lts_make_folder(folder, &err));
    tiny_model_save(path, notes, TINY_NOTES);
    start_selection(s);
    say(s, "/interpolate_two/generate", NULL, 0);
    rendered *t;
    for (double end = lts_now() + 20; !(t = worker_last(s->server->worker)) && lts_now() < end;)
        usleep(1000);
    assert_non_null(t);
    playback_play(s->server->playback, t);
    rendered_drop(t);
    heard(s);
    load(s, "/load/model", "slow");
    hears(s, "Stopped: what plays is of 44100 Hz, this model's sounds are of 22050 Hz.");
    assert_true(s->server->player_rate == 22050);
    double position;
    for (double end = lts_now() + 5; playback_position(s->server->playback, &position);) {
        assert_true(lts_now() < end);
        usleep(1000);
    }
    load(s, "/load/model", "slow");
    hears(s, "Model loaded successfully");
    assert_null(strstr(s->heard, "Stopped"));
    lts_free(path);
    lts_free(folder);
}

#define SERVED(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(a_wrong_path_leaves_a_good_sound),
        SERVED(sounds_that_are_gone_are_said_to_be),
        SERVED(early_names_that_a_data_set_lacks_are_said),
        SERVED(maps_are_applied_once),
        SERVED(numbers_no_key_has_are_refused),
        SERVED(a_bend_stays_within_what_a_voice_takes),
        SERVED(a_key_lets_go_of_a_voice_that_was_taken_over),
        SERVED(every_control_out_of_range_is_answered),
        SERVED(an_alpha_that_comes_early_is_kept_for_the_start),
        SERVED(what_is_too_loud_is_told_for_what_it_is),
        SERVED(another_rate_stops_what_plays),
    };
    return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
