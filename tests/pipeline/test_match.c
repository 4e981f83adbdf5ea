/* Matching with an untrained classifier: what it reads, writes and tells, and what it refuses. */
#include "lts/formats.h"
#include "lts/match.h"
#include "lts/synth_data.h"
#include "testing.h"

#include <math.h>
#include <string.h>

static lts_error err;

/* One sine of two free parameters, an eighth of a second. */
static const char text[] = "[synth]\nduration = 0.125\ngate = 0.1\nwaves = sin\n"
                           "filter = no\ngater = no\n"
                           "[parameters]\nsin_f = 440 500 600 800\nsin_v = 1\nsin_B = 0\n"
                           "sin_A = 0.5 0.7 1\nattack = 0\ndecay = 0\nsustain = 1\nrelease = 0\n";

enum { SAMPLES = 2048, CLASSES = 4, FREE = 2 };

typedef struct fixture {
    char *folder, *run, *parameters, *wav, *out, *patch;
    char records[8192];
    bool cancel;
    lts_reporter reporter;
} fixture;

static void take_message(void *user, lts_level level, const char *words)
{
    fixture *f = user;
    (void)level;
    strncat(f->records, words, sizeof f->records - strlen(f->records) - 2);
    strcat(f->records, "\n");
}

static void take_record(void *user, const char *event, const lts_field *fields, size_t count)
{
    char line[1024], *end = line;
    end += snprintf(end, 64, "%s", event);
    for (size_t i = 0; i < count && end < line + 900; i++) {
        if (fields[i].text)
            end += snprintf(end, 100, " %s=%.60s", fields[i].name, fields[i].text);
        else
            end += snprintf(end, 100, " %s=%g", fields[i].name, fields[i].number);
    }
    take_message(user, LTS_LEVEL_NOTE, line);
}

static bool is_cancelled(void *user)
{
    return ((fixture *)user)->cancel;
}

/* A run's model for sounds of SAMPLES samples, with so many parameters and classes. */
static void write_model(const char *path, size_t parameters, size_t classes, int samples)
{
    lts_feature feature = lts_feature_defaults(LTS_FEATURE_LOG_STFT);
    lts_feature_note note[LTS_FEATURE_NOTES];
    lts_model_note notes[LTS_FEATURE_NOTES];
    lts_model *model;
    lts_model_config config = lts_model_defaults();
    feature.segment.sample_rate = 16384;
    feature.segment.samples = samples;
    config.type = LTS_MODEL_INVERSYNTH;
    config.architecture = LTS_INVERSYNTH_OWN;
    strcpy(config.convolutions, "4x3x9/2x8");
    config.rows = lts_feature_rows(&feature);
    config.bins = lts_feature_floats(&feature);
    config.parameters = parameters;
    config.classes = classes;
    const size_t count = lts_feature_notes(&feature, note);
    for (size_t i = 0; i < count; i++)
        notes[i] = (lts_model_note){note[i].key, note[i].value};
    assert_ok(lts_model_create(&config, 3, &model, &err));
    assert_ok(lts_model_save(model, path, notes, count, &err));
    lts_model_destroy(model);
}

/* A sine of `seconds` at `rate` after so much silence. */
static void write_sound(const char *path, double rate, double hz, double level, double silence,
                        double seconds)
{
    const size_t before = (size_t)(silence * rate), n = before + (size_t)(seconds * rate);
    float *x = lts_alloc(n, sizeof *x);
    assert_non_null(x);
    for (size_t i = before; i < n; i++)
        x[i] = (float)(level * sin(2 * acos(-1.0) * hz * (double)(i - before + 1) / rate));
    assert_ok(lts_audio_save(
        path, x, n, &(lts_audio_format){.sample_rate = rate, .bits = LTS_AUDIO_FLOAT}, &err));
    lts_free(x);
}

static int set_up(void **state)
{
    static fixture f;
    f = (fixture){.folder = test_folder()};
    f.reporter = (lts_reporter){
        .user = &f, .message = take_message, .record = take_record, .cancelled = is_cancelled};
    f.run = lts_path_join(f.folder, "run");
    f.parameters = lts_path_join(f.run, "parameters.ini");
    f.wav = lts_path_join(f.folder, "a.wav");
    f.out = lts_path_join(f.folder, "out.wav");
    f.patch = lts_path_join(f.folder, "out.ini");
    char *model = lts_path_join(f.run, "model");
    char *best = lts_path_join(model, "best.safetensors");
    assert_ok(lts_make_folder(model, &err));
    write_model(best, FREE, CLASSES, SAMPLES);
    test_write(f.parameters, text, sizeof text - 1);
    write_sound(f.wav, 16384, 500, 0.7, 0, 0.125);
    lts_free(model);
    lts_free(best);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    test_folder_remove(f->folder);
    char *texts[] = {f->run, f->parameters, f->wav, f->out, f->patch};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        lts_free(texts[i]);
    return 0;
}

static lts_matcher *open_matcher(const fixture *f)
{
    lts_matcher *matcher;
    assert_ok(lts_matcher_open(f->run, 1, &matcher, &err));
    assert_int_equal(lts_matcher_samples(matcher), SAMPLES);
    assert_int_equal(lts_matcher_classes(matcher), CLASSES);
    assert_int_equal(lts_synth_space_free(lts_matcher_space(matcher)), FREE);
    return matcher;
}

/* --- Targets --------------------------------------------------------------------------------- */

static void a_target_is_brought_to_what_the_network_knows(void **state)
{
    fixture *f = *state;
    lts_matcher *matcher = open_matcher(f);
    lts_match_target target;
    assert_ok(lts_match_read(matcher, &(lts_source){f->wav, 0}, &target, &err));
    assert_true(target.gain == 1 && target.skipped == 0);
    assert_true(fabs(target.seconds - 0.125) < 1e-9);
    assert_true(fabs(target.pitch - 500) < 5);
    assert_true(target.lowest == 440 && target.highest == 800);
    lts_match_target_free(&target);

    /* 40 dB softer, at another rate, after silence, and longer. */
    write_sound(f->wav, 44100, 1500, 0.007, 0.5, 1);
    assert_ok(lts_match_read(matcher, &(lts_source){f->wav, 0.25}, &target, &err));
    assert_true(fabs(target.skipped - 0.25) < 0.005);
    assert_true(fabs(target.seconds - 1) < 0.005);
    assert_true(target.gain > 50 && target.gain < 200);
    double peak = 0;
    for (size_t i = 0; i < SAMPLES; i++)
        peak = fmax(peak, fabs((double)target.x[i]));
    assert_true(fabs(peak / target.gain - 0.007) < 0.0003);
    lts_match_target_free(&target);

    /* What is shorter is filled up. */
    write_sound(f->wav, 16384, 500, 0.9, 0, 0.0625);
    assert_ok(lts_match_read(matcher, &(lts_source){f->wav, 0}, &target, &err));
    for (size_t i = SAMPLES / 2; i < SAMPLES; i++)
        assert_true(target.x[i] == 0);
    lts_match_target_free(&target);

    write_sound(f->wav, 16384, 0, 0.9, 0, 0.0625);
    assert_status(lts_match_read(matcher, &(lts_source){f->wav, 0}, &target, &err),
                  LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "silent: there is nothing to match"));
    lts_match_target_free(&target);
    lts_matcher_close(matcher);
}

/* --- Matches --------------------------------------------------------------------------------- */

static void classes_are_told_by_their_probability(void **state)
{
    fixture *f = *state;
    lts_matcher *matcher = open_matcher(f);
    float probability[FREE * CLASSES] = {0.2F, 0.9F, 0.9F, 0.4F, /* sin_f; a tie keeps its order */
                                         0.1F, 0.3F, 0.2F, 1};   /* sin_A has three levels */
    const lts_match match = {.probability = probability};
    int32_t order[CLASSES] = {-1, -1, -1, -1};
    assert_int_equal(lts_match_order(matcher, &match, 0, order, CLASSES), 4);
    const int32_t first[] = {1, 2, 3, 0};
    assert_memory_equal(order, first, sizeof first);
    assert_int_equal(lts_match_order(matcher, &match, 1, order, CLASSES), 3);
    const int32_t second[] = {1, 2, 0};
    assert_memory_equal(order, second, sizeof second);
    assert_int_equal(lts_match_order(matcher, &match, 0, order, 2), 2);
    assert_true(order[0] == 1 && order[1] == 2);
    lts_matcher_close(matcher);
}

/* The files hold what the values sound like, as loud as the target. */
static void a_match_is_written_as_loud_as_its_target(void **state)
{
    fixture *f = *state;
    lts_matcher *matcher = open_matcher(f);
    const lts_match_options options = {0};
    const lts_match_output output = {
        .wav_path = f->out, .patch_path = f->patch, .bits = LTS_AUDIO_FLOAT, .top = 2};
    lts_match_target target;
    lts_match match;
    lts_synth_space *patch;
    lts_synth *synth;
    float *x, expected[SAMPLES];
    double values[8];
    size_t n;
    write_sound(f->wav, 16384, 3000, 0.01, 0, 0.125);
    const lts_source source = {f->wav, 0};
    assert_ok(lts_match_file(matcher, &source, &options, &output, &f->reporter, &err));
    assert_non_null(strstr(f->records, " louder, as loud as the synthesizer's sounds"));
    assert_non_null(strstr(f->records, "is beyond the synthesizer's, 440 to 800 Hz"));
    assert_non_null(strstr(f->records, "\nmatch file="));
    assert_non_null(strstr(f->records, " evaluations=0 seconds="));
    assert_non_null(strstr(f->records, " name=sin_A unit= value="));
    assert_non_null(strstr(f->records, " class_2="));
    assert_null(strstr(f->records, " class_3="));

    assert_ok(lts_match_read(matcher, &source, &target, &err));
    assert_ok(lts_match_sound(matcher, target.x, &options, NULL, &match, &err));
    assert_true(match.predicted == match.distance && match.predicted > 0);
    assert_ok(lts_synth_patch_load(f->patch, &patch, &err));
    lts_synth_space_values(patch, values);
    assert_memory_equal(values, match.values, sizeof values);
    assert_ok(lts_synth_create(patch, &synth, &err));
    assert_ok(lts_synth_render(synth, values, expected, &err));
    assert_ok(lts_audio_load(f->out, 0, 0, -1, &x, &n, &err));
    assert_int_equal(n, SAMPLES);
    for (size_t i = 0; i < SAMPLES; i++)
        assert_true(fabs((double)x[i] * target.gain - (double)expected[i]) < 1e-5);
    lts_free(x);
    lts_synth_destroy(synth);
    lts_synth_space_destroy(patch);
    lts_match_free(&match);
    lts_match_target_free(&target);
    lts_matcher_close(matcher);
}

static void a_search_makes_it_no_worse(void **state)
{
    fixture *f = *state;
    lts_matcher *matcher = open_matcher(f);
    const lts_match_options options = {.refine = 0.5, .seed = 4};
    lts_match_target target;
    lts_match match;
    assert_ok(lts_match_read(matcher, &(lts_source){f->wav, 0}, &target, &err));
    assert_ok(lts_match_sound(matcher, target.x, &options, NULL, &match, &err));
    assert_true(match.distance <= match.predicted && match.evaluations > 100);
    lts_match_free(&match);
    /* The 256 candidates, and 128 sounds that bring the heard ones to their level. */
    f->cancel = true;
    assert_ok(lts_match_sound(matcher, target.x, &options, &f->reporter, &match, &err));
    assert_true(match.distance <= match.predicted && match.evaluations < 400);
    lts_match_free(&match);
    const lts_match_options within = {.refine = 0.5, .seed = 4, .within_levels = true};
    assert_ok(lts_match_sound(matcher, target.x, &within, &f->reporter, &match, &err));
    assert_true(match.distance <= match.predicted && match.evaluations < 300);
    lts_match_free(&match);
    lts_match_target_free(&target);
    lts_matcher_close(matcher);
}

/* --- What does not go together --------------------------------------------------------------- */

static void a_run_must_fit_its_parameters(void **state)
{
    fixture *f = *state;
    lts_matcher *matcher;
    static const struct {
        const char *from, *to, *said;
    } wrong[] = {{"sin_A = 0.5 0.7 1", "sin_A = 1", "1 free parameters, but the run's model names"},
                 {"sin_A = 0.5 0.7 1", "sin_A = linear 0.1 1 5", "sin_A has 5 levels, but the run"},
                 {"duration = 0.125", "duration = 0.25", "sounds of 4096 samples at 16384 Hz"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char *at = strstr(text, wrong[i].from);
        char *changed =
            lts_format("%.*s%s%s", (int)(at - text), text, wrong[i].to, at + strlen(wrong[i].from));
        assert_non_null(changed);
        test_write(f->parameters, changed, strlen(changed));
        assert_status(lts_matcher_open(f->run, 1, &matcher, &err), LTS_ERR_SHAPE);
        assert_null(matcher);
        assert_non_null(strstr(err.text, "run/parameters.ini: "));
        if (!strstr(err.text, wrong[i].said))
            fail_msg("%s: expected %s", err.text, wrong[i].said);
        lts_free(changed);
    }
}

/* --- Curves ----------------------------------------------------------------------------------- */

/* Half a second: silence, a sine, a softer one. */
static void write_long(const char *path)
{
    enum { N = 8192 };
    static float x[N];
    for (int i = 0; i < N; i++)
        x[i] = i < N / 4
                   ? 0
                   : (float)((i < N / 2 ? 0.8 : 0.2) * sin(2 * acos(-1.0) * 500 * i / 16384.0));
    assert_ok(lts_audio_save(
        path, x, N, &(lts_audio_format){.sample_rate = 16384, .bits = LTS_AUDIO_FLOAT}, &err));
}

static void curves_follow_a_long_sound(void **state)
{
    fixture *f = *state;
    lts_matcher *matcher = open_matcher(f);
    enum { ROWS = 8, BLOCK = 1024, COLUMNS = 2 + 8 };
    char *array = lts_path_join(f->folder, "curves.npy");
    const lts_match_options options = {0};
    lts_match_output output = {.wav_path = f->out, .patch_path = array, .bits = LTS_AUDIO_FLOAT};
    float *table, *x;
    size_t rows, columns, n;
    write_long(f->wav);
    const lts_source source = {f->wav, 0};
    assert_ok(
        lts_match_curves(matcher, &source, BLOCK / 16384.0, &options, &output, &f->reporter, &err));
    assert_non_null(strstr(f->records, " windows=8 distance="));
    assert_ok(lts_npy_load(array, &table, &rows, &columns, &err));
    assert_true(rows == ROWS && columns == COLUMNS);
    assert_ok(lts_audio_load(f->out, 0, 0, -1, &x, &n, &err));
    assert_int_equal(n, ROWS * BLOCK);
    for (size_t r = 0; r < rows; r++) {
        assert_true(fabs((double)table[r * columns] - (double)(r * BLOCK) / 16384) < 1e-6);
        assert_true((table[r * columns + 1] == 0) == (r < 2));
        double sum = 0;
        for (size_t i = BLOCK / 4; i < 3 * BLOCK / 4; i++)
            sum += pow((double)x[r * BLOCK + i], 2) / (BLOCK / 2);
        if (r != 1 && r != 2 && r != 3 && r != 4) /* where the level moves */
            assert_true(fabs(sqrt(2 * sum) - (r < 2 ? 0 : 0.2)) < 0.03);
    }
    /* No step is larger than a sine of that level and frequency takes. */
    for (size_t i = 1; i < n; i++)
        assert_true(fabs((double)x[i] - (double)x[i - 1]) < 1.2 * 2 * acos(-1.0) * 800 / 16384);

    /* The row of a window is its own match; the text is the array. */
    lts_match_target target;
    lts_match match;
    const lts_source third = {f->wav, 2 * BLOCK / 16384.0};
    assert_ok(lts_match_read(matcher, &third, &target, &err));
    assert_ok(lts_match_sound(matcher, target.x, &options, NULL, &match, &err));
    for (size_t p = 0; p < 8; p++)
        assert_true(table[2 * columns + 2 + p] == (float)match.values[p]);
    output = (lts_match_output){.patch_path = f->patch};
    assert_ok(lts_match_curves(matcher, &source, BLOCK / 16384.0, &options, &output, NULL, &err));
    char *csv = test_read(f->patch, NULL);
    assert_true(strncmp(csv, "time,level,sin_f,", 17) == 0);
    assert_non_null(strstr(csv, "\n0.0625,0,"));
    lts_free(csv);

    f->cancel = true;
    output = (lts_match_output){.wav_path = f->folder};
    assert_status(lts_match_curves(matcher, &source, 0, &options, &output, NULL, &err),
                  LTS_ERR_ARGUMENT);
    output = (lts_match_output){.patch_path = f->patch};
    assert_status(lts_match_curves(matcher, &source, 0.1, &options, &output, &f->reporter, &err),
                  LTS_ERR_CANCELLED);
    lts_match_free(&match);
    lts_match_target_free(&target);
    lts_free(x);
    lts_free(table);
    lts_free(array);
    lts_matcher_close(matcher);
}

static void silence_has_no_curves(void **state)
{
    fixture *f = *state;
    lts_matcher *matcher = open_matcher(f);
    const lts_match_output output = {.wav_path = f->out};
    write_sound(f->wav, 16384, 0, 1, 0, 0.3);
    assert_status(lts_match_curves(matcher, &(lts_source){f->wav, 0}, 0.1, &(lts_match_options){0},
                                   &output, NULL, &err),
                  LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "silent: there is nothing to match"));
    assert_false(lts_is_file(f->out));
    lts_matcher_close(matcher);
}

/* --- Evaluation ------------------------------------------------------------------------------- */

static void make_data(const fixture *f, const char *folder, uint64_t count)
{
    lts_synth_space *space;
    assert_ok(lts_synth_space_load(f->parameters, &space, &err));
    assert_ok(lts_synth_data_make(
        &(lts_synth_data){
            .space = space, .folder = folder, .count = count, .seed = 2, .threads = 1},
        NULL, &err));
    lts_synth_space_destroy(space);
}

/* More sounds than a batch; as many threads as one likes. */
static void an_evaluation_does_not_depend_on_the_threads(void **state)
{
    fixture *f = *state;
    char *folder = lts_path_join(f->folder, "unseen"), *csv = lts_path_join(f->folder, "x.csv");
    char *report[2];
    make_data(f, folder, 70);
    for (unsigned i = 0; i < 2; i++) {
        lts_matcher *matcher;
        const lts_match_evaluation options = {.examples = i == 0 ? 0 : 70, .resyntheses = 2 * i};
        f->records[0] = '\0';
        assert_ok(lts_matcher_open(f->run, 1 + 2 * i, &matcher, &err));
        assert_ok(lts_match_evaluate(matcher, folder, &options, csv, &f->reporter, &err));
        assert_non_null(strstr(f->records, " examples=70\nscores parameter=sin_f "));
        assert_true((strstr(f->records, "\nresyntheses count=2 ") != NULL) == (i == 1));
        report[i] = test_read(csv, NULL);
        lts_matcher_close(matcher);
    }
    assert_string_equal(report[0], report[1]);
    assert_non_null(strstr(report[0], "\nmean,"));
    lts_free(report[0]);
    lts_free(report[1]);
    lts_free(folder);
    lts_free(csv);
}

static void a_stopped_evaluation_leaves_no_report(void **state)
{
    fixture *f = *state;
    char *folder = lts_path_join(f->folder, "unseen"), *csv = lts_path_join(f->folder, "x.csv");
    lts_matcher *matcher = open_matcher(f);
    const lts_match_evaluation options = {0};
    make_data(f, folder, 3);
    f->cancel = true;
    assert_status(lts_match_evaluate(matcher, folder, &options, csv, &f->reporter, &err),
                  LTS_ERR_CANCELLED);
    assert_false(lts_is_file(csv));
    lts_matcher_close(matcher);
    lts_free(folder);
    lts_free(csv);
}

/* --- Memory ---------------------------------------------------------------------------------- */

/* Everything from the run to the report, each allocation failing once. */
static lts_status do_all(fixture *f, const char *folder)
{
    const lts_match_options options = {0};
    const lts_match_output output = {.wav_path = f->out, .patch_path = f->patch, .top = 9};
    const lts_match_evaluation evaluation = {.resyntheses = 1};
    const char *const texts[] = {f->wav};
    const lts_match_set set = {.texts = texts, .count = 1, .folder = folder, .top = 1};
    size_t failed;
    lts_matcher *matcher;
    lts_status status = lts_matcher_open(f->run, 1, &matcher, &err);
    if (status == LTS_OK)
        status = lts_match_file(matcher, &(lts_source){f->wav, 0}, &options, &output, NULL, &err);
    if (status == LTS_OK)
        status = lts_match_evaluate(matcher, folder, &evaluation, NULL, NULL, &err);
    if (status == LTS_OK) {
        status = lts_match_several(matcher, &set, &options, &failed, NULL, &err);
        if (status == LTS_OK && failed)
            status = LTS_ERR_MEMORY;
    }
    if (status == LTS_OK)
        status = lts_match_curves(matcher, &(lts_source){f->wav, 0}, 0.05, &options, &output, NULL,
                                  &err);
    lts_matcher_close(matcher);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    fixture *f = *state;
    char *folder = lts_path_join(f->folder, "unseen");
    lts_status status = LTS_ERR_MEMORY;
    size_t i = 0;
    make_data(f, folder, 2);
    while (status == LTS_ERR_MEMORY && ++i < 5000) {
        test_fail_allocation(i);
        status = do_all(f, folder);
        test_fail_allocation(0);
    }
    assert_ok(status);
    assert_true(i > 100);
    lts_free(folder);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_target_is_brought_to_what_the_network_knows),
        TEST(classes_are_told_by_their_probability),
        TEST(a_match_is_written_as_loud_as_its_target),
        TEST(a_search_makes_it_no_worse),
        TEST(a_run_must_fit_its_parameters),
        TEST(curves_follow_a_long_sound),
        TEST(silence_has_no_curves),
        TEST(an_evaluation_does_not_depend_on_the_threads),
        TEST(a_stopped_evaluation_leaves_no_report),
        TEST(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
