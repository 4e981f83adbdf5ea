/* Matches and the synthesizer as a server takes them message by message, with an untrained
 * classifier. */
#include "lts/features.h"
#include "lts/formats.h"
#include "lts/match.h"
#include "server_scene.h"
#include "tiny_run.h"

#include <sys/stat.h>

enum { SAMPLES = 4096 };

/* A run of a built-in space, a quarter of a second long. */
static void make_classifier(const scene *s, const char *name, const char *builtin)
{
    lts_error err;
    lts_feature feature = lts_feature_defaults(LTS_FEATURE_LOG_STFT);
    lts_feature_note note[LTS_FEATURE_NOTES];
    lts_model_note notes[LTS_FEATURE_NOTES];
    lts_model_config config = lts_model_defaults();
    lts_synth_space *space;
    lts_model *model;
    char *run = inside(s, name), *folder = lts_path_join(run, "model"),
         *best = lts_path_join(folder, "best.safetensors"),
         *parameters = lts_path_join(run, "parameters.ini");
    assert_ok(lts_make_folder(folder, &err));
    assert_ok(lts_synth_space_builtin(builtin, &space, &err));
    lts_synth_settings settings = *lts_synth_space_settings(space);
    settings.duration = SAMPLES / settings.sample_rate;
    settings.gate = 0.2;
    assert_ok(lts_synth_space_set_settings(space, &settings, &err));
    assert_ok(lts_synth_space_save(space, parameters, &err));
    feature.segment.sample_rate = settings.sample_rate;
    feature.segment.samples = SAMPLES;
    config.type = LTS_MODEL_INVERSYNTH;
    config.architecture = LTS_INVERSYNTH_OWN;
    strcpy(config.convolutions, "4x3x9/2x8");
    config.rows = lts_feature_rows(&feature);
    config.bins = lts_feature_floats(&feature);
    config.parameters = lts_synth_space_free(space);
    config.classes = 16;
    const size_t count = lts_feature_notes(&feature, note);
    for (size_t i = 0; i < count; i++)
        notes[i] = (lts_model_note){note[i].key, note[i].value};
    assert_ok(lts_model_create(&config, 3, &model, &err));
    assert_ok(lts_model_save(model, best, notes, count, &err));
    lts_model_destroy(model);
    lts_synth_space_destroy(space);
    char *paths[] = {run, folder, best, parameters};
    for (size_t i = 0; i < 4; i++)
        lts_free(paths[i]);
}

static void say_nothing(scene *s, const char *path)
{
    say(s, path, NULL, 0);
}

static void say_number(scene *s, const char *path, double x)
{
    say_numbers(s, path, 1, &x);
}

/* The reports until one of them holds the text. */
static void waits_for(scene *s, const char *text)
{
    for (double end = lts_now() + 30; lts_now() < end; usleep(1000))
        if (strstr(heard(s), text))
            return;
    fail_msg("'%s' was not reported", text);
}

static void load_classifier(scene *s)
{
    make_classifier(s, "run", "paper");
    load(s, "/match/run", "run");
    hears(s, "Classifier of 23 parameters loaded from ");
    load(s, "/load/dataset", "ds");
    heard(s);
}

static void match_both(scene *s)
{
    load_classifier(s);
    say_text(s, "/match/start", "a");
    say_text(s, "/match/2/start", "b.c.wav");
    waits_for(s, "Match 2 is b.c.wav: distance ");
}

/* Where the synthesizer is going to. */
static double going_to(const scene *s, const char *name)
{
    double values[LTS_SYNTH_PARAMETERS];
    live_synth_get(s->server->synth, values);
    return values[lts_synth_space_find(live_synth_space(s->server->synth), name)];
}

static double matched(scene *s, unsigned slot, const char *name)
{
    match_result *m = match_slots_get(&s->server->matches, slot);
    assert_non_null(m);
    const double value = match_result_value(m, name);
    match_result_drop(m);
    return value;
}

/* --- Matches --------------------------------------------------------------------------------- */

static void what_is_missing_is_told(void **state)
{
    scene *s = *state;
    static const struct {
        const char *path, *answer;
    } early[] = {{"/match/play", "Match 1 is not there: send /match/start."},
                 {"/match/2/save", "Match 2 is not there: send /match/2/start."},
                 {"/match/params", "Match 1 is not there"},
                 {"/match/2/use", "Match 2 is not there"},
                 {"/match/3/use", "/match/3/use: no such match: choose 1 to 2"},
                 {"/match/nothing", "/match/nothing: no such address: see lts-osc(7)"},
                 {"/synth/a/b", "/synth/a/b: no such address"},
                 {"/synth/", "/synth/: no such address"}};
    heard(s);
    for (size_t i = 0; i < sizeof early / sizeof *early; i++) {
        say_nothing(s, early[i].path);
        hears(s, early[i].answer);
    }
    say_text(s, "/match/start", "a");
    hears(s, "No classifier is loaded: send /match/run.");
    load(s, "/match/run", "nowhere");
    hears(s, "nowhere: no such folder");
    load(s, "/match/run", "ds");
    hears(s, "Could not load the classifier: ");
    say_number(s, "/synth/morph", 0.5);
    hears(s, "/synth/morph: match 1 is not there: send /match/start");
    load_classifier(s);
    say_text(s, "/match/start", "nothing.wav");
    hears(s, "Could not match: ");
    const control_arg long_search[] = {{.type = 's', .text = "a"}, {.type = 'i', .number = 601}};
    say(s, "/match/start", long_search, 2);
    hears(s, "/match/start: refine 601: choose 0 to 600 seconds");
}

static void a_match_is_what_the_tool_finds(void **state)
{
    scene *s = *state;
    lts_error err;
    lts_matcher *matcher;
    lts_match_target target;
    lts_match match;
    load_classifier(s);
    char *run = inside(s, "run"), *sound = inside(s, "ds/audio/a.wav");
    say_text(s, "/match/start", "a");
    waits_for(s, "Match 1 is a.wav: distance ");
    assert_ok(lts_matcher_open(run, 1, &matcher, &err));
    assert_ok(lts_match_read(matcher, &(lts_source){sound, 0}, &target, &err));
    assert_ok(lts_match_sound(matcher, target.x, &(lts_match_options){0}, NULL, &match, &err));
    match_result *m = match_slots_get(&s->server->matches, 0);
    assert_memory_equal(m->values, match.values, 23 * sizeof *m->values);
    assert_true(m->distance == match.distance && m->predicted == match.predicted);
    assert_true(m->confidence[0] > 0 && m->confidence[0] < 1);
    assert_int_equal(m->sound->n, 44100 * SAMPLES / 16384);
    match_result_drop(m);
    heard(s);
    say_nothing(s, "/match/play");
    hears(s, "Playing match 1...");
    double position;
    assert_true(playback_position(s->server->playback, &position));
    say_nothing(s, "/match/params");
    hears(s, "Match 1 is a.wav.");
    lts_match_free(&match);
    lts_match_target_free(&target);
    lts_matcher_close(matcher);
    lts_free(sound);
    lts_free(run);
}

static void a_search_is_cancelled_and_the_match_before_stays(void **state)
{
    scene *s = *state;
    load_classifier(s);
    say_text(s, "/match/start", "a");
    waits_for(s, "Match 1 is a.wav");
    match_result *before = match_slots_get(&s->server->matches, 0);
    const control_arg search[] = {{.type = 's', .text = "b.c"}, {.type = 'i', .number = 300}};
    say(s, "/match/start", search, 2);
    waits_for(s, "Matching b.c.wav");
    say(s, "/match/2/start", search, 2);
    hears(s, "Queued: begins when the present match is done.");
    say(s, "/match/2/start", search, 2);
    hears(s, "Queued, in place of the one that waited.");
    say_nothing(s, "/interpolate_two/cancel");
    hears(s, "Cancelled.");
    /* What comes next begins at once. */
    say_text(s, "/match/2/start", "a");
    waits_for(s, "Match 2 is a.wav");
    match_result *after = match_slots_get(&s->server->matches, 0);
    assert_ptr_equal(before, after);
    match_result_drop(before);
    match_result_drop(after);
}

static void a_match_is_saved_as_a_patch(void **state)
{
    scene *s = *state;
    lts_error err;
    lts_synth_space *patch;
    double values[LTS_SYNTH_PARAMETERS];
    match_both(s);
    say_nothing(s, "/match/save");
    hears(s, "Please provide a save folder before saving the match");
    load(s, "/sound/interpolate_two/save_folder", "other");
    for (int i = 0; i < 2; i++) {
        say_nothing(s, "/match/2/save");
        hears(s, "Saved match 2 at the path: ");
    }
    char *path = inside(s, "other/matched_patch-00001.ini");
    assert_ok(lts_synth_patch_load(path, &patch, &err));
    lts_synth_space_values(patch, values);
    assert_true(values[lts_synth_space_find(patch, "f_cut")] == matched(s, 1, "f_cut"));
    lts_synth_space_destroy(patch);
    lts_free(path);
    char *folder = inside(s, "other");
    assert_int_equal(test_folder_count(folder), 3); /* audio, and both */
    lts_free(folder);
}

static void a_classifier_is_remembered(void **state)
{
    scene *s = *state;
    load_classifier(s);
    reopen(s);
    hears(s, "Classifier of 23 parameters loaded from ");
    say_text(s, "/match/start", "a");
    waits_for(s, "Match 1 is a.wav");
    lts_server_close(s->server);
    char *run = inside(s, "run"), *away = inside(s, "away");
    assert_int_equal(rename(run, away), 0);
    open_server(s);
    hears(s, "Could not load the classifier: ");
    assert_string_equal(s->server->state.match_run, run);
    lts_free(run);
    lts_free(away);
}

/* --- The synthesizer ------------------------------------------------------------------------- */

static void a_wrong_name_or_number_gets_one_line(void **state)
{
    scene *s = *state;
    static const struct {
        const char *path;
        double value;
        const char *answer;
    } cases[] = {{"/synth/fcut", 900, "/synth/fcut: no such parameter: did you mean f_cut?\n"},
                 {"/synth/nothing", 1, "/synth/nothing: no such parameter: see /synth/params\n"},
                 {"/synth/24", 1, "/synth/24: no such parameter: choose 1 to 23\n"},
                 {"/synth/0", 1, "/synth/0: no such parameter: choose 1 to 23\n"},
                 {"/synth/sin_f", 20001, "/synth/sin_f: sin_f 20001: choose 0 to 20000 Hz\n"},
                 {"/synth/sustain", 1.01, "/synth/sustain: sustain 1.01: choose 0 to 1\n"},
                 {"/synth/21", 0.5, "/synth/21: f_cut 0.5: choose 1 to 21609 Hz\n"},
                 {"/synth/gain", 4.1, "/synth/gain: gain 4.1: choose 0 to 4\n"},
                 {"/synth/transpose", -49, "/synth/transpose: transpose -49: choose -48 to 48\n"},
                 {"/synth/morph", 5, "/synth/morph: morph 5: choose -3 to 4\n"},
                 {"/synth/channel", 17, "/synth/channel: channel 17: choose 0 to 16\n"},
                 {"/synth/f_cut", 900, ""},
                 {"/synth/1", 330, ""},
                 {"/synth/gain", 0.5, ""}};
    static const double loops[][2] = {{0, 1}, {1, -1}, {601, 1}}, note[] = {128, 1};
    const control_arg map[] = {{.type = 'i', .number = 128}, {.type = 's', .text = "q"}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        heard(s);
        say_number(s, cases[c].path, cases[c].value);
        assert_string_equal(heard(s), cases[c].answer);
    }
    assert_true(going_to(s, "f_cut") == 900 && going_to(s, "sin_f") == 330);
    for (size_t i = 0; i < 3; i++) {
        say_numbers(s, "/synth/loop", 2, loops[i]);
        hears(s, i == 1 ? "/synth/loop: gate -1: choose 0 to 600 s" : "choose 0.01 to 600 s");
    }
    say_numbers(s, "/synth/note", 2, note);
    hears(s, "/synth/note: note 128: choose 0 to 127");
    say(s, "/synth/map", map, 2);
    hears(s, "/synth/map: controller 128: choose 0 to 127");
    say_text(s, "/synth/f_cut", "much");
    hears(s, "/synth/f_cut: give a number.");
}

static void a_morph_goes_from_match_to_match(void **state)
{
    scene *s = *state;
    match_both(s);
    say_nothing(s, "/match/use");
    hears(s, "The synthesizer goes to match 1.");
    assert_true(going_to(s, "q") == matched(s, 0, "q"));
    /* Two matches of which much is known. */
    static const char *const names[] = {"sin_f", "f_cut", "q"};
    static const double values[][2] = {{440, 880}, {200, 3200}, {1, 3}};
    for (unsigned slot = 0; slot < 2; slot++) {
        match_result *m = match_slots_get(&s->server->matches, slot);
        for (size_t i = 0; i < 3; i++)
            m->values[lts_synth_space_find(m->space, names[i])] = values[i][slot];
        match_result_drop(m);
    }
    heard(s);
    say_number(s, "/synth/morph", 0);
    assert_true(going_to(s, "sin_f") == 880 && going_to(s, "f_cut") == 3200);
    say_number(s, "/synth/morph", 0.5);
    assert_true(fabs(going_to(s, "sin_f") - 440 * sqrt(2)) < 1e-9);
    assert_true(fabs(going_to(s, "f_cut") - 800) < 1e-9 && going_to(s, "q") == 2);
    say_number(s, "/synth/morph", 1);
    assert_true(going_to(s, "sin_f") == 440 && going_to(s, "q") == 1);
    assert_string_equal(heard(s), "");
}

/* --- MIDI ------------------------------------------------------------------------------------ */

static void plays(scene *s, int kind, int channel, int number, int value)
{
    const double event[] = {kind, channel, number, value};
    say_numbers(s, "/midi", 4, event);
}

static void controllers_move_parameters(void **state)
{
    scene *s = *state;
    plays(s, MIDI_CONTROLLER, 3, 20, 0);
    assert_true(going_to(s, "sin_f") == 440);
    plays(s, MIDI_CONTROLLER, 3, 20, 127);
    assert_true(fabs(going_to(s, "sin_f") - 440 * exp2(15 / 12.0)) < 1e-9);
    plays(s, MIDI_CONTROLLER, 0, 112, 127);
    assert_true(going_to(s, "f_gate") == 30);
    plays(s, MIDI_CONTROLLER, 0, 110, 0);
    assert_true(going_to(s, "f_cut") == 200);
    const control_arg map[] = {{.type = 'i', .number = 74}, {.type = 's', .text = "f_cut"}},
                      off[] = {{.type = 'i', .number = 110}, {.type = 's', .text = "none"}};
    say(s, "/synth/map", map, 2);
    hears(s, "Controller 74 moves f_cut.");
    say(s, "/synth/map", off, 2);
    hears(s, "Controller 110 moves no parameter.");
    plays(s, MIDI_CONTROLLER, 0, 110, 127);
    assert_true(going_to(s, "f_cut") == 200);
    plays(s, MIDI_CONTROLLER, 0, 74, 127);
    assert_true(fabs(going_to(s, "f_cut") - 4000) < 1e-9);
}

static bool sounds_within(scene *s, bool sounding)
{
    for (double end = lts_now() + 10; lts_now() < end; usleep(1000))
        if (live_synth_active(s->server->synth) == sounding)
            return true;
    return false;
}

static void a_channel_plays_it_alone(void **state)
{
    scene *s = *state;
    plays(s, MIDI_NOTE_ON, 2, 60, 100);
    hears(s, "Nothing is selected"); /* the voices' */
    say_number(s, "/synth/channel", 3);
    hears(s, "MIDI channel 3 plays the synthesizer.");
    plays(s, MIDI_NOTE_ON, 2, 72, 127);
    assert_true(sounds_within(s, true));
    plays(s, MIDI_BEND, 2, 0, -8192);
    plays(s, MIDI_NOTE_OFF, 2, 60, 0); /* another key */
    assert_true(s->server->synth_play.note == 72 && s->server->synth_play.bend == -2);
    assert_true(live_synth_active(s->server->synth));
    assert_true(s->server->bend == 0);
    plays(s, MIDI_CONTROLLER, 2, 7, 127);
    plays(s, MIDI_NOTE_OFF, 2, 72, 0);
    assert_true(sounds_within(s, false));
    assert_string_equal(heard(s), "");
    plays(s, MIDI_NOTE_ON, 1, 60, 100);
    hears(s, "Nothing is selected");
}

/* --- Beside the rest ------------------------------------------------------------------------- */

static void a_stop_silences_it(void **state)
{
    scene *s = *state;
    const double looped[] = {0.1, 0.05};
    say_numbers(s, "/synth/loop", 2, looped);
    assert_true(sounds_within(s, true));
    receive_message(s->server, &(control_message){.address = "/sound/stop"});
    assert_true(sounds_within(s, false));
    say_nothing(s, "/synth/start");
    assert_true(sounds_within(s, true));
    say_nothing(s, "/synth/stop");
    assert_true(sounds_within(s, false));
}

/* What it and the voices come to is limited together. */
static void it_is_under_the_voices_limiter(void **state)
{
    scene *s = *state;
    enum { N = 8192 };
    static float x[N];
    double most = 0;
    lts_model_destroy(tiny_run(s->folder));
    load(s, "/load/model", "");
    hears(s, "Model loaded successfully");
    pthread_mutex_lock(&s->server->mixing); /* in the feeder's place */
    say_number(s, "/synth/sin_A", 10);
    say_number(s, "/synth/f_cut", 20000);
    say_nothing(s, "/synth/start");
    live_fill(s->server->live, x, N);
    pthread_mutex_unlock(&s->server->mixing);
    for (size_t i = 0; i < N; i++)
        most = fmax(most, fabs((double)x[i]));
    assert_true(most > 0.3 && most <= 1);
    s->server->watched = s->server->limited_reported = 0;
    for (double end = lts_now() + 10; lts_now() < end; usleep(1000)) {
        s->server->watched = s->server->limited_reported = 0;
        watch_player(s->server, lts_now());
        if (strstr(heard(s), "lower /live/gain or /synth/gain."))
            return;
    }
    fail_msg("nothing was too loud");
}

/* A model of another rate: the synthesizer is set as before, and matches are not its own. */
static void another_rate_keeps_what_is_set(void **state)
{
    scene *s = *state;
    lts_error err;
    lts_model_note notes[TINY_NOTES];
    char *folder = inside(s, "slow/model"), *path = inside(s, "slow/model/best.safetensors");
    match_both(s);
    say_number(s, "/synth/f_cut", 900);
    say_number(s, "/synth/gain", 0.25);
    memcpy(notes, tiny_notes, sizeof notes);
    notes[0].value = "22050";
    notes[4].value = "16.351597831287414";
    assert_ok(lts_make_folder(folder, &err));
    tiny_model_save(path, notes, TINY_NOTES);
    load(s, "/load/model", "slow");
    hears(s, "Model loaded successfully");
    assert_true(going_to(s, "f_cut") == 900 && s->server->synth_play.gain == 0.25);
    assert_true(s->server->synth_play.rate == 22050);
    say_number(s, "/synth/f_cut", 11000);
    hears(s, "f_cut 11000: choose 1 to 10804.5 Hz");
    say_nothing(s, "/match/play");
    hears(s, "Match 1 has 44100 Hz, the model 22050: match it again.");
    say_nothing(s, "/synth/start");
    assert_true(sounds_within(s, true)); /* through the voices' limiter */
    say_nothing(s, "/match/use");
    hears(s, "The synthesizer goes to match 1.");
    lts_free(folder);
    lts_free(path);
}

/* --- What is remembered ---------------------------------------------------------------------- */

static void maps(scene *s, int controller, const char *name)
{
    const control_arg args[] = {{.type = 'i', .number = controller}, {.type = 's', .text = name}};
    say(s, "/synth/map", args, 2);
    heard(s);
}

/* Settings that no start has by itself. */
static void set_all(scene *s)
{
    say_number(s, "/synth/gain", 0.25);
    say_number(s, "/synth/sin_f", 660);
    say_number(s, "/synth/f_cut", 900.0 / 7);
    maps(s, 74, "f_cut");
    maps(s, 20, "none");
}

static void assert_all(scene *s)
{
    const synth_play *play = &s->server->synth_play;
    assert_true(play->gain == 0.25);
    assert_true(going_to(s, "sin_f") == 660 && going_to(s, "f_cut") == 900.0 / 7);
    assert_int_equal(play->controller[20], -1);
    plays(s, MIDI_CONTROLLER, 0, 74, 0);
    assert_true(going_to(s, "f_cut") == 200);
    plays(s, MIDI_CONTROLLER, 0, 21, 127);
    assert_true(fabs(going_to(s, "sin_v") - 30) < 1e-9);
}

static void the_synthesizer_is_as_it_was_left(void **state)
{
    scene *s = *state;
    load_classifier(s);
    reopen(s);
    assert_true(s->server->state.patch.count == 0 && !s->server->state.patch.controller);
    set_all(s);
    reopen(s);
    assert_null(strstr(heard(s), "forgotten"));
    assert_all(s);
    reopen(s); /* what controllers moved */
    assert_true(going_to(s, "f_cut") == 200 && fabs(going_to(s, "sin_v") - 30) < 1e-9);
    plays(s, MIDI_CONTROLLER, 2, 7, 127); /* not on its channel: no volume */
    say_number(s, "/synth/channel", 3);
    plays(s, MIDI_CONTROLLER, 2, 7, 0);
    reopen(s);
    assert_true(s->server->synth_play.gain == 0);
}

/* A patch is saved when nothing has moved for a while, and when the server ends. */
static void a_moving_parameter_does_not_write_the_state(void **state)
{
    scene *s = *state;
    save_state(s->server);
    handle_due(s->server);
    say_number(s, "/synth/sin_f", 660);
    assert_false(s->server->changed);
    s->server->synth_changed_at -= 1.5;
    handle_due(s->server);
    assert_true(s->server->synth_changed);
    say_number(s, "/synth/sin_f", 661);
    s->server->synth_changed_at -= 2.5;
    handle_due(s->server);
    assert_false(s->server->synth_changed);
    assert_int_equal(s->server->state.patch.count, 23);
    assert_true(s->server->state.patch.value[0].value == 661);
}

/* The state file with one text in place of another. */
static void reopen_edited(scene *s, const char *from, const char *to)
{
    lts_error err;
    char *text, *edited;
    size_t size;
    lts_server_close(s->server);
    assert_ok(lts_read_file(s->state, 1 << 20, &text, &size, &err));
    char *at = strstr(text, from);
    assert_non_null(at);
    edited = lts_format("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    test_write(s->state, edited, strlen(edited));
    lts_free(edited);
    lts_free(text);
    open_server(s);
}

static void what_is_of_another_synthesizer_is_forgotten(void **state)
{
    scene *s = *state;
    static const char *const edits[][3] = {
        {"\"sin_f\":", "\"sine_f\":", "forgotten: sine_f is no parameter of it"},
        {"\"sin_v\":", "\"sin_f\": 1, \"sin_v\":", "forgotten: 24 parameters, it has 23"},
        {":\t\"f_cut\"", ":\t\"fcut\"", "forgotten: fcut is no parameter of it"}};
    load_classifier(s);
    for (size_t e = 0; e < sizeof edits / sizeof *edits; e++) {
        set_all(s);
        save_state(s->server);
        heard(s);
        reopen_edited(s, edits[e][0], edits[e][1]);
        hears(s, edits[e][2]);
        assert_true(s->server->synth_play.gain == 0.25 && going_to(s, "sin_f") == 440);
        assert_true(s->server->synth_play.controller[20] == 0);
        assert_int_equal(s->server->state.patch.count, 0);
    }
    set_all(s);
    save_state(s->server);
    heard(s);
    reopen_edited(s, "660", "66000");
    hears(s, "sin_f 66000: choose 0 to 20000 Hz");
    assert_true(going_to(s, "sin_f") == 440 && going_to(s, "f_cut") == 900.0 / 7);
}

static void another_classifier_has_what_it_shares(void **state)
{
    scene *s = *state;
    load_classifier(s);
    set_all(s);
    make_classifier(s, "small", "implementation");
    load(s, "/match/run", "small");
    hears(s, "Classifier of 1");
    assert_true(s->server->synth_changed);
    reopen(s);
    assert_null(strstr(heard(s), "forgotten"));
    assert_true(going_to(s, "sin_f") == 660 && s->server->synth_play.gain == 0.25);
    assert_true(s->server->synth_play.controller[20] == 0);
    assert_false(s->server->state.patch.controller);
}

static void a_rate_too_low_keeps_what_is_set(void **state)
{
    scene *s = *state;
    load_classifier(s);
    set_all(s);
    s->server->player_rate = 500;
    prepare_synth(s->server);
    assert_null(s->server->synth);
    save_state(s->server);
    s->server->player_rate = 44100;
    prepare_synth(s->server);
    assert_all(s);
}

/* As its run: what is away today may be back tomorrow. */
static void a_patch_waits_for_its_classifier(void **state)
{
    scene *s = *state;
    char *run = inside(s, "run"), *away = inside(s, "away");
    load_classifier(s);
    set_all(s);
    save_state(s->server);
    lts_server_close(s->server);
    assert_int_equal(rename(run, away), 0);
    open_server(s);
    hears(s, "Could not load the classifier: ");
    assert_true(going_to(s, "sin_f") == 660); /* it fits the paper's synthesizer, too */
    say_number(s, "/synth/gain", 0.25);
    assert_int_equal(rename(away, run), 0);
    reopen(s);
    assert_all(s);
    set_all(s);
    save_state(s->server);
    lts_server_close(s->server);
    assert_int_equal(rename(run, away), 0);
    open_server(s);
    load(s, "/match/run", "away");
    assert_all(s);
    lts_free(away);
    lts_free(run);
}

#define SERVED(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(what_is_missing_is_told),
        SERVED(a_match_is_what_the_tool_finds),
        SERVED(a_search_is_cancelled_and_the_match_before_stays),
        SERVED(a_match_is_saved_as_a_patch),
        SERVED(a_classifier_is_remembered),
        SERVED(a_wrong_name_or_number_gets_one_line),
        SERVED(a_morph_goes_from_match_to_match),
        SERVED(controllers_move_parameters),
        SERVED(a_channel_plays_it_alone),
        SERVED(a_stop_silences_it),
        SERVED(it_is_under_the_voices_limiter),
        SERVED(another_rate_keeps_what_is_set),
        SERVED(the_synthesizer_is_as_it_was_left),
        SERVED(a_moving_parameter_does_not_write_the_state),
        SERVED(what_is_of_another_synthesizer_is_forgotten),
        SERVED(another_classifier_has_what_it_shares),
        SERVED(a_rate_too_low_keeps_what_is_set),
        SERVED(a_patch_waits_for_its_classifier),
    };
    return cmocka_run_group_tests_name("matches and synthesizer", tests, NULL, NULL);
}
