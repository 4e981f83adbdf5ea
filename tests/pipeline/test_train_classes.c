/* Training of classifiers: on a folder of synthesizer sounds and on fresh ones. */
#include "testing.h"

#include "lts/synth_data.h"
#include "lts/train.h"
#include "pipeline/train/data/train_sounds.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static lts_error err;

/* A quarter of a second of a sine of three pitches and four loudnesses. */
static const char space_text[] = "[synth]\n"
                                 "source = fm\n"
                                 "sample_rate = 4096\n"
                                 "duration = 0.25\n"
                                 "gate = 0.25\n"
                                 "waves = sin\n"
                                 "filter = no\n"
                                 "gater = no\n"
                                 "[parameters]\n"
                                 "sin_f = 300 500 800\n"
                                 "sin_v = 2\n"
                                 "sin_A = 0.03 0.1 0.3 1\n"
                                 "sin_B = 0\n"
                                 "attack = 0.001\n"
                                 "decay = 0.001\n"
                                 "sustain = 1\n"
                                 "release = 0.001\n";

static const char *const tiny[] = {"model.preset=inversynth",
                                   "audio.n_fft=64",
                                   "audio.hop_length=64",
                                   "inversynth.architecture=own",
                                   "inversynth.layers=8x3x3/2x2, 8x3x3/2x4",
                                   "training.epochs=4",
                                   "training.batch_size=16",
                                   "training.learning_rate=0.005",
                                   "training.early_patience_epoch=0",
                                   "training.checkpoint_interval=1000"};
enum { TINY = sizeof tiny / sizeof *tiny, MAX_SETS = 24, SOUNDS = 240 };

static lts_synth_space *make_space(void)
{
    lts_synth_space *space;
    assert_ok(lts_synth_space_parse(space_text, strlen(space_text), "test", &space, &err));
    return space;
}

static char *make_sounds(void)
{
    char *folder = test_folder();
    lts_synth_space *space = make_space();
    const lts_synth_data data = {
        .space = space, .folder = folder, .count = SOUNDS, .seed = 1, .threads = 1};
    assert_ok(lts_synth_data_make(&data, NULL, &err));
    lts_synth_space_destroy(space);
    return folder;
}

/* Where fresh sounds are made: a folder with nothing but their parameters. */
static char *make_endless(void)
{
    char *folder = test_folder();
    char *path = lts_path_join(folder, "three.ini");
    test_write(path, space_text, strlen(space_text));
    lts_free(path);
    return folder;
}

typedef struct watch {
    size_t asked, stop_at;
    double top_1, percentile;
    char text[4096];
} watch;

static bool ask(void *user)
{
    watch *w = user;
    return ++w->asked == w->stop_at;
}

static void note_record(void *user, const char *event, const lts_field *field, size_t count)
{
    watch *w = user;
    for (size_t i = 0; strcmp(event, "epoch") == 0 && i < count; i++) {
        if (strcmp(field[i].name, "top_1") == 0)
            w->top_1 = field[i].number;
        if (strcmp(field[i].name, "mean_percentile_rank") == 0)
            w->percentile = field[i].number;
    }
}

static void hear(void *user, lts_level level, const char *text)
{
    watch *w = user;
    const size_t used = strlen(w->text);
    (void)level;
    snprintf(w->text + used, sizeof w->text - used, "%s\n", text);
}

static lts_status train(const char *folder, const char *resume, const char *const *more,
                        unsigned threads, watch *w)
{
    const char *set[MAX_SETS];
    size_t count = 0;
    lts_config config = {0};
    char *run = NULL;
    const lts_reporter reporter = {
        .user = w, .record = note_record, .message = hear, .cancelled = ask};
    for (; !resume && count < TINY; count++)
        set[count] = tiny[count];
    for (; more && *more; more++)
        set[count++] = *more;
    const lts_reporter *listener = w ? &reporter : NULL;
    lts_train_options options = {.threads = threads, .checkpoint_seconds = 0};
    lts_status status = resume ? LTS_OK : lts_config_load(NULL, set, count, &config, NULL, &err);
    if (status == LTS_OK)
        status = lts_train_config(&config, resume, folder, set, count, &run, NULL, &err);
    options.resume = run;
    if (status == LTS_OK)
        status = lts_train(&config, &options, listener, &err);
    lts_config_free(&config);
    lts_free(run);
    return status;
}

static char *run_path(const char *folder, int run, const char *name)
{
    return lts_format("%s/inversynth/run-%03d%s%s", folder, run, name[0] ? "/" : "", name);
}

static char *read_run(const char *folder, int run, const char *name, size_t *size)
{
    char *bytes, *path = run_path(folder, run, name);
    assert_ok(lts_read_file(path, 1 << 24, &bytes, size, &err));
    lts_free(path);
    return bytes;
}

static void assert_same_file(const char *folder, int a, int b, const char *name)
{
    size_t size[2];
    char *bytes[2] = {read_run(folder, a, name, &size[0]), read_run(folder, b, name, &size[1])};
    assert_int_equal(size[0], size[1]);
    assert_memory_equal(bytes[0], bytes[1], size[0]);
    lts_free(bytes[0]);
    lts_free(bytes[1]);
}

/* Pitch and loudness of a sine are plain in its spectrum. */
static void it_learns_what_is_heard(void **state)
{
    (void)state;
    static watch w;
    size_t size;
    char *folder = make_sounds();
    assert_ok(train(folder, NULL, NULL, 1, &w));
    assert_true(w.top_1 > 90 && w.percentile > 97);
    char *text = read_run(folder, 0, "report.csv", &size);
    assert_int_equal(strncmp(text, "parameter,mean_percentile_rank,top_1", 36), 0);
    assert_true(strstr(text, "\nsin_f,") && strstr(text, "\nsin_A,") && strstr(text, "\nmean,"));
    assert_null(strstr(text, "attack"));
    lts_free(text);
    text = read_run(folder, 0, "history.csv", &size);
    assert_non_null(strstr(text, "seconds,mean_percentile_rank,top_1,top_3,top_5\n1,"));
    lts_free(text);
    lts_synth_space *space = make_space(), *kept;
    char *path = run_path(folder, 0, "parameters.ini");
    assert_ok(lts_synth_space_load(path, &kept, &err));
    assert_ok(lts_synth_space_compare(space, "a", kept, "b", &err));
    lts_synth_space_destroy(space);
    lts_synth_space_destroy(kept);
    lts_free(path);
    test_folder_remove(folder);
}

static void sets_of(const char *folder, char *parameters[1], const char *more[6])
{
    parameters[0] = lts_format("inversynth.parameters=%s/three.ini", folder);
    more[0] = "inversynth.source=endless";
    more[1] = "inversynth.examples=192";
    more[2] = "inversynth.held_out=48";
    more[3] = parameters[0];
    more[4] = NULL;
}

/* Fresh sounds: the same for any number of threads, and for a run that was stopped on the way. */
static void fresh_sounds_give_the_same_bits(void **state)
{
    (void)state;
    static watch w;
    char *parameters[1];
    const char *more[6];
    char *folder = make_endless();
    sets_of(folder, parameters, more);
    w = (watch){0};
    assert_ok(train(folder, NULL, more, 1, &w));
    assert_true(w.top_1 > 80);
    assert_ok(train(folder, NULL, more, 2, NULL));
    assert_same_file(folder, 0, 1, "model/best.safetensors");
    const size_t stops[] = {1, 5, 13, 16, 30};
    for (int s = 0; s < 5; s++) {
        w = (watch){.stop_at = stops[s]};
        assert_status(train(folder, NULL, more, 1, &w), LTS_ERR_CANCELLED);
        char *run = run_path(folder, 2 + s, "");
        assert_ok(train(NULL, run, NULL, 1, NULL));
        lts_free(run);
        assert_same_file(folder, 0, 2 + s, "model/last.safetensors");
    }
    lts_free(parameters[0]);
    test_folder_remove(folder);
}

/* Example i of epoch e is example e * count + i of the seed, whatever else is asked for with it;
 * what is held out is none of them. */
static void every_epoch_is_fresh(void **state)
{
    (void)state;
    enum { COUNT = 6, SAMPLES = 1024 };
    static float x[COUNT * SAMPLES], wanted[SAMPLES];
    int32_t labels[COUNT * 2], classes[2];
    lts_synth_space *space = make_space();
    lts_synth *synth;
    lts_feature feature = lts_feature_defaults(LTS_FEATURE_SAMPLES);
    feature.segment.sample_rate = 4096;
    feature.segment.samples = SAMPLES;
    const train_sounds_options options = {.space = space,
                                          .feature = &feature,
                                          .threads = 2,
                                          .seed = 9,
                                          .examples = COUNT,
                                          .held_out_count = 2};
    train_data data;
    assert_ok(lts_synth_create(space, &synth, &err));
    assert_ok(train_sounds_endless(&options, &data, &err));
    assert_int_equal(train_data_count(&data, LTS_FRAMES_TRAIN), COUNT);
    assert_int_equal(data.label_count, 2);
    for (uint64_t epoch = 0; epoch < 3; epoch++) {
        const train_rows rows = {.epoch = epoch, .first = 2, .count = 4};
        assert_ok(train_data_gather(&data, &rows, x, labels, &err));
        for (uint64_t i = 0; i < 4; i++) {
            lts_synth_draw(space, 9, epoch * COUNT + 2 + i, classes);
            assert_ok(lts_synth_render_classes(synth, classes, wanted, &err));
            assert_memory_equal(labels + 2 * i, classes, sizeof classes);
            assert_memory_equal(x + i * SAMPLES, wanted, sizeof wanted);
        }
    }
    const train_rows held_out = {.part = LTS_FRAMES_VALIDATION, .count = 2};
    assert_ok(train_data_gather(&data, &held_out, x, labels, &err));
    lts_synth_draw(space, 9, UINT64_MAX - 1, classes);
    assert_memory_equal(labels + 2, classes, sizeof classes);
    train_data_close(&data);
    lts_synth_destroy(synth);
    lts_synth_space_destroy(space);
}

static void refuse(const char *folder, const char *const *more, lts_status wanted,
                   const char *words)
{
    assert_status(train(folder, NULL, more, 1, NULL), wanted);
    if (!strstr(err.text, words) || strchr(err.text, '\n'))
        fail_msg("%s: expected %s", err.text, words);
}

static void remove_file(const char *folder, const char *name)
{
    char *path = lts_path_join(folder, name);
    assert_int_equal(unlink(path), 0);
    lts_free(path);
}

static void write_classes(const char *folder, const int32_t *classes, size_t rows, size_t columns)
{
    lts_npy_writer *writer;
    char *path = lts_path_join(folder, "classes.npy");
    const lts_npy_layout layout = {.columns = columns, .integers = true};
    assert_ok(lts_npy_writer_open_as(path, &layout, &writer, &err));
    assert_ok(lts_npy_writer_append_integers(writer, classes, rows, &err));
    assert_ok(lts_npy_writer_commit(writer, &err));
    lts_free(path);
}

static void folders_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    int32_t classes[2 * SOUNDS] = {0};
    char *folder = make_sounds();
    classes[7] = 4;
    write_classes(folder, classes, SOUNDS, 2);
    refuse(folder, NULL, LTS_ERR_ARGUMENT, "row 3, sin_A: class 4: must be 0 to 3");
    write_classes(folder, classes, SOUNDS - 1, 2);
    refuse(folder, NULL, LTS_ERR_SHAPE, "classes of 239 sounds");
    write_classes(folder, classes, SOUNDS, 1);
    refuse(folder, NULL, LTS_ERR_SHAPE, "classes of 1 parameters");
    remove_file(folder, "classes.npy");
    refuse(folder, NULL, LTS_ERR_NOT_FOUND, "classes.npy");
    remove_file(folder, "parameters.ini");
    refuse(folder, NULL, LTS_ERR_NOT_FOUND, "parameters.ini");
    char *path = lts_path_join(folder, "parameters.ini");
    const char *fixed = strstr(space_text, "[parameters]");
    char *text = lts_format("%.*s[parameters]\nsin_f = 300\nsin_v = 2\nsin_A = 1\nsin_B = 0\n"
                            "attack = 0.1\ndecay = 0.1\nsustain = 1\nrelease = 0.1\n",
                            (int)(fixed - space_text), space_text);
    test_write(path, text, strlen(text));
    refuse(folder, NULL, LTS_ERR_ARGUMENT, "every parameter is fixed");
    lts_free(text);
    lts_free(path);
    static const char *const unknown[] = {"inversynth.source=endless",
                                          "inversynth.parameters=nonsense", NULL};
    refuse(folder, unknown, LTS_ERR_ARGUMENT, "nonsense");
    test_folder_remove(folder);
}

static void running_out_of_memory_is_reported(void **state)
{
    (void)state;
    char *folder = make_sounds();
    static const char *const more[] = {"training.epochs=1", NULL};
    size_t failed = 0;
    for (size_t i = 1; i < 4000; i = i * 5 / 4 + 1) {
        test_fail_allocation(i);
        lts_status status = train(folder, NULL, more, 1, NULL);
        test_fail_allocation(0);
        assert_true(status == LTS_OK || status == LTS_ERR_MEMORY);
        failed += status != LTS_OK;
    }
    assert_true(failed > 10);
    test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_learns_what_is_heard),
        cmocka_unit_test(fresh_sounds_give_the_same_bits),
        cmocka_unit_test(every_epoch_is_fresh),
        cmocka_unit_test(folders_that_do_not_fit_are_refused),
        cmocka_unit_test(running_out_of_memory_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
