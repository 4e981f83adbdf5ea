#include "testing.h"

#include "lts/codec.h"
#include "lts/formats.h"
#include "lts/interp.h"
#include "pipeline/interp/interp_sounds.h"
#include "tiny_run.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct fixture {
    char *folder;
    lts_model *model;
    lts_source sources[2];
} fixture;

static int set_up(void **state)
{
    fixture *f = lts_alloc(1, sizeof *f);
    f->folder = test_folder();
    f->model = tiny_run(f->folder);
    f->sources[0] = (lts_source){lts_strdup(test_data("cqt/guitar.wav")), 0.25};
    f->sources[1] = (lts_source){lts_strdup(test_data("cqt/breakbeat.wav")), 0};
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    lts_model_destroy(f->model);
    lts_free(f->sources[0].path);
    lts_free(f->sources[1].path);
    test_folder_remove(f->folder);
    lts_free(f);
    return 0;
}

static void sources_are_parsed(void **state)
{
    fixture *f = *state;
    lts_error err;
    static const struct {
        const char *text, *path;
        double offset;
    } good[] = {{"a.wav", "a.wav", 0},
                {"a.wav@1.5", "a.wav", 1.5},
                {"a@b.wav", "a@b.wav", 0},
                {"01 Now.wav@0", "01 Now.wav", 0},
                {"me@home/x.wav", "me@home/x.wav", 0},
                {"a.wav@0:03.5", "a.wav", 3.5},
                {"a@12:30", "a", 750},
                {"a@1:02:03", "a", 3723},
                {"a@1:60", "a@1:60", 0},
                {"a@1:99:00", "a@1:99:00", 0},
                {"a@1:2:3:4", "a@1:2:3:4", 0},
                {"a@:3", "a@:3", 0},
                {"a@-1:3", "a@-1:3", 0}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        lts_source source;
        assert_ok(lts_source_parse(good[i].text, &source, &err));
        assert_string_equal(source.path, good[i].path);
        assert_true(source.offset == good[i].offset);
        lts_free(source.path);
    }
    lts_source source;
    assert_status(lts_source_parse("a.wav@-1", &source, &err), LTS_ERR_ARGUMENT);
    assert_status(lts_source_parse("", &source, &err), LTS_ERR_ARGUMENT);
    assert_status(lts_source_parse("@2", &source, &err), LTS_ERR_ARGUMENT);

    char *named = lts_path_join(f->folder, "take@2");
    test_write(named, "x", 1);
    assert_ok(lts_source_parse(named, &source, &err));
    assert_string_equal(source.path, named);
    lts_free(source.path);
    lts_free(named);
}

static void sounds_are_found_by_name(void **state)
{
    fixture *f = *state;
    lts_error err;
    char *audio = lts_path_join(f->folder, "ds/audio"), *deep = lts_path_join(audio, "deep");
    static const char *const files[] = {"glass.flac", "take@2.wav", "deep/em9.wav", "em9.aiff"};
    assert_ok(lts_make_folder(deep, &err));
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *file = lts_path_join(audio, files[i]);
        test_write(file, "x", 1);
        lts_free(file);
    }
    static const struct {
        const char *text, *found;
        double offset;
    } good[] = {{"glass", "glass.flac", 0},          {"glass.flac", "glass.flac", 0},
                {"glass.wav", "glass.flac", 0},      {"glass@0:03", "glass.flac", 3},
                {"take@2", "take@2.wav", 0},         {"take@2@1.5", "take@2.wav", 1.5},
                {"deep/em9.wav", "deep/em9.wav", 0}, {"em9.wav", "deep/em9.wav", 0},
                {"em9", "deep/em9.wav", 0}};
    lts_source source;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        char *expected = lts_path_join(audio, good[i].found);
        assert_ok(lts_source_find(good[i].text, audio, &source, &err));
        assert_string_equal(source.path, expected);
        assert_true(source.offset == good[i].offset);
        lts_free(source.path);
        lts_free(expected);
    }
    /* A folder of the same name is no sound. */
    char *here = lts_path_join(audio, "..");
    assert_status(lts_source_find(here, audio, &source, &err), LTS_ERR_NOT_FOUND);
    lts_free(here);
    assert_ok(lts_source_find(f->sources[0].path, audio, &source, &err));
    assert_string_equal(source.path, f->sources[0].path);
    lts_free(source.path);
    assert_status(lts_source_find("glas@1", audio, &source, &err), LTS_ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "glas: neither a file nor a sound in "));
    assert_non_null(strstr(err.text, "did you mean glass?"));
    assert_status(lts_source_find("quite another", audio, &source, &err), LTS_ERR_NOT_FOUND);
    assert_null(strstr(err.text, "did you mean"));
    assert_ok(lts_source_find("glas", NULL, &source, &err)); /* whoever reads it will say */
    lts_free(source.path);

    lts_config config;
    assert_ok(lts_config_load(NULL, NULL, 0, &config, NULL, &err));
    char *run = lts_path_join(f->folder, "ds/timbre/run-000");
    assert_ok(lts_make_folder(run, &err));
    char *around = lts_run_audio(run, NULL, &config), *other = lts_run_audio(run, "x", &config);
    assert_true(lts_is_folder(around));
    assert_string_equal(other, "x/audio");
    lts_free(around);
    lts_free(other);
    lts_free(run);
    lts_config_free(&config);
    lts_free(deep);
    lts_free(audio);
}

/* Half a second of sound, then silence, but for `silent`. */
static void random_excerpts_are_heard(void **state)
{
    enum { RATE = 44100, N = 12 * RATE };
    fixture *f = *state;
    lts_error err;
    const lts_audio_format format = {.sample_rate = RATE, .bits = LTS_AUDIO_16};
    char *run = lts_path_join(f->folder, "heard"), *audio = lts_path_join(f->folder, "tails");
    assert_ok(lts_make_folder(audio, &err));
    float *x = lts_alloc(N, sizeof *x);
    for (int silent = 1; silent >= 0; silent--) {
        char *file = lts_format("%s/%s.wav", audio, silent ? "a silent one" : "tail");
        for (size_t i = 0; i < RATE / 2; i++)
            x[3 * RATE + i] = silent ? 0 : (float)(0.5 * sin(0.05 * (double)i));
        assert_ok(lts_audio_save(file, x, N, &format, &err));
        lts_free(file);
        lts_interp_batch batch = {.run = run,
                                  .audio_folder = audio,
                                  .random = 3,
                                  .length = 1,
                                  .step = 1,
                                  .threads = 1,
                                  .render = lts_render_defaults(),
                                  .output = {.bits = LTS_AUDIO_FLOAT}};
        batch.render.phase.iterations = 0;
        assert_ok(lts_interp_run_batch(f->model, &batch, NULL, &err));
        for (int set = 0; set < 6; set++) {
            char *drawn = lts_format("%s/audio_examples_interpolations/random-%2d/original_%d.wav",
                                     run, set / 2, set % 2 + 1);
            float *own, peak = 0;
            size_t n;
            assert_ok(lts_audio_load(drawn, RATE, 0, -1, &own, &n, &err));
            for (size_t i = 0; i < n; i++)
                peak = fmaxf(peak, fabsf(own[i]));
            assert_true(silent ? peak == 0 : peak > 0.4f);
            lts_free(own);
            lts_free(drawn);
        }
    }
    lts_free(x);
    lts_free(run);
    lts_free(audio);
}

static void curves_come_from_files_of_good_size(void **state)
{
    fixture *f = *state;
    lts_error err;
    lts_curve curve;
    char *text = lts_path_join(f->folder, "curve.txt"), *array = lts_path_join(f->folder, "c.npy");
    char header[129];
    test_write(text, "0\n1\n", 4);
    assert_ok(lts_curve_load(text, 1, &curve, &err));
    assert_int_equal(curve.count, 2);
    lts_curve_free(&curve);

    /* 256 MiB of zeros behind a header, of which the disk holds nothing. */
    snprintf(header, sizeof header, "\x93NUMPY\x01%cv%c%-117s\n", '\0', '\0',
             "{'descr': '<f4', 'fortran_order': False, 'shape': (67108864, 1), }");
    test_write(array, header, 128);
    assert_int_equal(truncate(array, 128 + (1 << 28)), 0);
    assert_status(lts_curve_load(array, 1, &curve, &err), LTS_ERR_FORMAT);
    assert_non_null(strstr(err.text, "larger than"));
    assert_int_equal(curve.count, 0);

    /* As a shell's <(command) comes. */
    static const char through[] = "0 1\n1 0.25\n";
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], through, sizeof through - 1), sizeof through - 1);
    close(ends[1]);
    char *opened = lts_format("/dev/fd/%d", ends[0]);
    assert_ok(lts_curve_load(opened, 1, &curve, &err));
    assert_int_equal(curve.count, 2);
    assert_true(curve.value[1] == 0.25f);
    lts_curve_free(&curve);
    close(ends[0]);
    lts_free(opened);
    lts_free(array);
    lts_free(text);
}

static void a_run_without_a_model_is_refused(void **state)
{
    fixture *f = *state;
    lts_error err;
    lts_model *model;
    char *empty = lts_path_join(f->folder, "empty");
    assert_status(lts_run_model(empty, &model, &err), LTS_ERR_NOT_FOUND);
    assert_ok(lts_make_folder(empty, &err));
    assert_status(lts_run_model(empty, &model, &err), LTS_ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "lts-train"));
    assert_ok(lts_run_model(f->folder, &model, &err));
    assert_string_equal(lts_model_hash(model), lts_model_hash(f->model));
    lts_model_destroy(model);
    lts_free(empty);
}

static void excerpts_end_with_their_files(void **state)
{
    fixture *f = *state;
    lts_error err;
    lts_interp *interp;
    /* 66150 - 11025 samples are left of the guitar, 57330 of the drums. */
    assert_ok(lts_interp_open(f->model, f->sources, 2, -1, 1, &interp, NULL, &err));
    assert_int_equal(lts_interp_samples(interp), 66150 - 11025);
    assert_int_equal(lts_interp_frames(interp), 1 + (66150 - 11025) / 128);
    lts_interp_close(interp);
    double left = (66150 - 11025) / 44100.0;
    assert_ok(lts_interp_open(f->model, f->sources, 2, left + 0.002, 1, &interp, NULL, &err));
    lts_interp_close(interp);
    assert_status(lts_interp_open(f->model, f->sources, 2, left + 0.01, 1, &interp, NULL, &err),
                  LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "guitar.wav"));
    assert_non_null(strstr(err.text, "at most 1.250 s"));
    assert_status(lts_interp_open(f->model, f->sources, 2, 0.001, 1, &interp, NULL, &err),
                  LTS_ERR_ARGUMENT);
    assert_status(lts_interp_open(f->model, f->sources, 0, -1, 1, &interp, NULL, &err),
                  LTS_ERR_ARGUMENT);
    lts_source late = {f->sources[0].path, 99};
    assert_status(lts_interp_open(f->model, &late, 1, -1, 1, &interp, NULL, &err),
                  LTS_ERR_ARGUMENT);
    char name[] = "no such file.wav";
    lts_source absent = {name, 0};
    assert_int_not_equal(lts_interp_open(f->model, &absent, 1, -1, 1, &interp, NULL, &err), LTS_OK);
    assert_non_null(strstr(err.text, "no such file.wav"));
}

static void alpha_one_is_the_first_sound_alone(void **state)
{
    fixture *f = *state;
    lts_error err;
    lts_interp *both, *alone;
    lts_render_config config = lts_render_defaults();
    config.phase.iterations = 1;
    assert_ok(lts_interp_open(f->model, f->sources, 2, 0.5, 1, &both, NULL, &err));
    assert_ok(lts_interp_open(f->model, f->sources, 1, 0.5, 1, &alone, NULL, &err));
    size_t frames = lts_interp_frames(both), n = lts_interp_samples(both);
    float *weight = lts_alloc(2 * frames, sizeof *weight);
    float *x = lts_alloc(n, sizeof *x), *y = lts_alloc(n, sizeof *y);
    for (size_t t = 0; t < frames; t++)
        weight[t] = 1;
    assert_ok(lts_interp_render(both, weight, &config, &(lts_render_output){.x = x}, NULL, &err));
    assert_ok(lts_interp_render(alone, weight, &config, &(lts_render_output){.x = y}, NULL, &err));
    assert_memory_equal(x, y, n * sizeof *x);
    lts_free(weight);
    lts_free(x);
    lts_free(y);
    lts_interp_close(both);
    lts_interp_close(alone);
}

static void count_ready(void *user, size_t ready)
{
    size_t *heard = user;
    assert_true(ready > *heard);
    *heard = ready;
}

static lts_status collect(void *user, const float *x, size_t count, lts_error *err)
{
    float **end = user;
    (void)err;
    memcpy(*end, x, count * sizeof *x);
    *end += count;
    return LTS_OK;
}

static void what_is_not_kept_gives_the_same_samples(void **state)
{
    fixture *f = *state;
    lts_error err;
    lts_interp *kept, *streamed;
    lts_render_config config = lts_render_defaults();
    config.phase.iterations = 1;
    assert_ok(lts_interp_open(f->model, f->sources, 2, 1.25, 1, &kept, NULL, &err));
    assert_ok(lts_interp_open_stream(f->model, f->sources, 2, 1.25, 1, 0, &streamed, NULL, &err));
    const size_t frames = lts_interp_frames(kept), n = lts_interp_samples(kept);
    assert_non_null(lts_interp_mean(kept, 1));
    assert_null(lts_interp_mean(streamed, 1));
    float *weight = lts_alloc(2 * frames, sizeof *weight), *end;
    float *x = lts_alloc(n, sizeof *x), *y = lts_alloc(n, sizeof *y);
    for (size_t t = 0; t < frames; t++) {
        weight[t] = 0.3f;
        weight[frames + t] = 0.7f;
    }
    for (int sample = 0; sample < 2; sample++) {
        config.sample = sample;
        assert_ok(
            lts_interp_render(kept, weight, &config, &(lts_render_output){.x = x}, NULL, &err));
        for (int again = 0; again < 2; again++) {
            end = y;
            memset(y, 0, n * sizeof *y);
            assert_ok(lts_interp_render(streamed, weight, &config,
                                        &(lts_render_output){.sink = collect, .user = &end}, NULL,
                                        &err));
            assert_ptr_equal(end, y + n);
            assert_memory_equal(x, y, n * sizeof *x);
        }
    }
    size_t first, count;
    assert_status(
        lts_interp_retake(streamed, weight, weight, &config, x, &first, &count, NULL, &err),
        LTS_ERR_ARGUMENT);
    lts_free(weight);
    lts_free(x);
    lts_free(y);
    lts_interp_close(kept);
    lts_interp_close(streamed);
}

/* A tone, and 10 ms after 2 s a beat of noise that lasts. */
static char *write_beat(fixture *f, float level)
{
    enum { RATE = 44100, AT = 2 * RATE + 441, LENGTH = 3 * RATE };
    lts_error err;
    lts_rng rng;
    const lts_audio_format format = {.sample_rate = RATE, .bits = LTS_AUDIO_FLOAT};
    char *path = lts_path_join(f->folder, "beat.wav");
    float *x = lts_alloc(LENGTH, sizeof *x);
    lts_rng_seed(&rng, 1, 0);
    for (size_t i = 0; i < LENGTH; i++) {
        x[i] = (float)(0.01 * sin(0.02 * (double)i));
        if (i >= AT)
            x[i] += (float)(1.6 * (lts_rng_uniform(&rng) - 0.5) * exp(-(double)(i - AT) / 4000));
        x[i] *= level;
    }
    assert_ok(lts_audio_save(path, x, LENGTH, &format, &err));
    lts_free(x);
    return path;
}

static void an_excerpt_has_no_more_frames_than_it_has(void **state)
{
    fixture *f = *state;
    lts_error err;
    lts_interp *interp;
    excerpt *e;
    assert_ok(lts_interp_open(f->model, f->sources, 1, 0.5, 1, &interp, NULL, &err));
    assert_ok(interp_open_excerpt(interp, &interp->sounds[0], &e, &err));
    const size_t frames = lts_interp_frames(interp), bins = excerpt_bins(e);
    float *rows;
    assert_ok(lts_alloc_checked(&rows, frames, bins * sizeof *rows, "rows", &err));
    assert_ok(excerpt_read(e, frames - 1, rows, &err));
    assert_status(excerpt_read(e, 2, rows, &err), LTS_ERR_FORMAT);
    assert_non_null(strstr(err.text, f->sources[0].path));
    assert_non_null(strstr(err.text, "1 too early"));
    assert_status(excerpt_read(e, 1, rows, &err), LTS_ERR_FORMAT);
    assert_ok(excerpt_read(e, 0, rows, &err));
    lts_free(rows);
    excerpt_close(e);
    lts_interp_close(interp);
}

static void an_excerpt_ends_before_the_next_beat(void **state)
{
    fixture *f = *state;
    lts_error err;
    lts_interp *interp;
    char *path = write_beat(f, 1);
    lts_source source = {path, 0.5};
    assert_ok(lts_interp_open(f->model, &source, 1, 1.5, 1, &interp, NULL, &err));
    const size_t n = lts_interp_samples(interp);
    float *x = lts_alloc(n, sizeof *x), *own = lts_alloc(n, sizeof *own), *end = own;
    assert_ok(lts_interp_original(interp, 0, collect, &end, &err));
    assert_ptr_equal(end, own + n);
    assert_true(own[n - 1] == (float)(0.01 * sin(0.02 * (2 * 44100 - 1 - 44))) ||
                fabsf(own[n - 1]) <= 0.0101f);
    for (int iterations = 0; iterations <= 16; iterations += 4) {
        lts_phase_config phase = lts_phase_defaults();
        float peak = 0;
        phase.iterations = iterations;
        end = x;
        assert_ok(lts_interp_phase_only(interp, 0, &phase, collect, &end, NULL, &err));
        assert_ptr_equal(end, x + n);
        for (size_t i = n - 220; i < n; i++)
            peak = fmaxf(peak, fabsf(x[i]));
        print_message("%d iterations: %.3f\n", iterations, (double)peak);
        assert_true(peak < 0.05f);
    }
    lts_free(x);
    lts_free(own);
    lts_free(path);
    lts_interp_close(interp);
}

static void what_is_too_loud_is_refused_with_its_place(void **state)
{
    fixture *f = *state;
    lts_error err;
    lts_interp *interp;
    char *path = write_beat(f, 1e30f);
    char *mean = lts_path_join(f->folder, "loud.npy");
    lts_source source = {path, 0.5};
    const size_t before = test_folder_count(f->folder);
    assert_status(lts_encode_file(f->model, &source, 1, 1, mean, NULL, NULL, &err),
                  LTS_ERR_NONFINITE);
    assert_non_null(strstr(err.text, "beat.wav: at 0.4"));
    assert_non_null(strstr(err.text, "too loud"));
    assert_int_equal(test_folder_count(f->folder), before);
    assert_status(lts_interp_open(f->model, &source, 1, 1, 1, &interp, NULL, &err),
                  LTS_ERR_NONFINITE);
    assert_non_null(strstr(err.text, "beat.wav: at 0.4"));
    assert_null(interp);
    lts_free(mean);
    lts_free(path);
}

static void a_retake_changes_what_its_weights_reach(void **state)
{
    fixture *f = *state;
    lts_error err;
    lts_interp *interp;
    lts_render_config config = lts_render_defaults();
    size_t heard = 0, first, count;
    config.phase.iterations = 1;
    config.sample = true;
    assert_ok(lts_interp_open(f->model, f->sources, 2, 1.25, 1, &interp, NULL, &err));
    size_t frames = lts_interp_frames(interp), n = lts_interp_samples(interp);
    float *before = lts_alloc(2 * frames, sizeof *before);
    float *weight = lts_alloc(2 * frames, sizeof *weight);
    float *x = lts_alloc(n, sizeof *x), *old = lts_alloc(n, sizeof *old);
    for (size_t t = 0; t < 2 * frames; t++)
        before[t] = weight[t] = 0.5f;
    assert_ok(
        lts_interp_render(interp, before, &config, &(lts_render_output){.x = old}, NULL, &err));
    assert_ok(lts_interp_render(interp, before, &config,
                                &(lts_render_output){.x = x, .ready = count_ready, .user = &heard},
                                NULL, &err));
    assert_int_equal(heard, n);
    assert_memory_equal(x, old, n * sizeof *x);
    assert_ok(lts_interp_retake(interp, weight, before, &config, x, &first, &count, NULL, &err));
    assert_int_equal(count, 0);
    assert_memory_equal(x, old, n * sizeof *x);
    weight[frames - 1] = 0.6f;
    assert_ok(lts_interp_retake(interp, weight, before, &config, x, &first, &count, NULL, &err));
    assert_true(first > 0 && first + count == n);
    assert_memory_equal(x, old, first * sizeof *x);
    assert_memory_not_equal(x + first, old + first, count * sizeof *x);
    lts_free(before);
    lts_free(weight);
    lts_free(x);
    lts_free(old);
    lts_interp_close(interp);
}

static void a_range_is_named_as_the_originals_name_it(void **state)
{
    fixture *f = *state;
    lts_error err;
    lts_interp *interp;
    lts_render_config config = lts_render_defaults();
    lts_sound_output output = {.bits = LTS_AUDIO_FLOAT, .normalize = true};
    config.phase.iterations = 0;
    assert_ok(lts_interp_open(f->model, f->sources, 2, 0.1, 1, &interp, NULL, &err));
    char *folder = lts_path_join(f->folder, "range");
    assert_ok(lts_interp_save_range(interp, folder, -0.1, 1.1, 0.1, &config, &output, NULL, &err));
    assert_int_equal(test_folder_count(folder), 13);
    char *first = lts_path_join(folder, " 0-x_interpolations_-0.1.wav");
    char *last = lts_path_join(folder, "12-x_interpolations_1.1.wav");
    assert_true(lts_is_file(first));
    assert_true(lts_is_file(last));
    lts_free(first);
    lts_free(last);
    static const double bad[][3] = {{0, 1, 0}, {1, 0, 0.1}, {0, 1, -1}, {0, 1, 1e-9}};
    for (size_t i = 0; i < 4; i++)
        assert_status(lts_interp_save_range(interp, folder, bad[i][0], bad[i][1], bad[i][2],
                                            &config, &output, NULL, &err),
                      LTS_ERR_ARGUMENT);
    lts_free(folder);
    lts_interp_close(interp);
}

/* Says "stop" once `left` questions have been answered. */
static bool stop_later(void *user)
{
    int *left = user;
    return (*left)-- <= 0;
}

static void an_interrupted_range_keeps_what_is_whole(void **state)
{
    fixture *f = *state;
    lts_error err = {0};
    lts_interp *interp;
    lts_render_config config = lts_render_defaults();
    lts_sound_output output = {.bits = LTS_AUDIO_16};
    config.phase.iterations = 3;
    assert_ok(lts_interp_open(f->model, f->sources, 2, 0.05, 1, &interp, NULL, &err));
    bool between = false, within = false;
    for (int answers = 0; answers < 12; answers++) {
        int left = answers;
        lts_reporter reporter = {.user = &left, .cancelled = stop_later};
        char *folder = lts_format("%s/stopped-%d", f->folder, answers);
        assert_status(
            lts_interp_save_range(interp, folder, 0, 1, 0.1, &config, &output, &reporter, &err),
            LTS_ERR_CANCELLED);
        size_t whole = test_folder_count(folder);
        char *said =
            lts_format("%s: interrupted: %zu of 11 sounds are there and whole", folder, whole);
        assert_string_equal(err.text, said);
        between = between || whole > 0;
        within = within || whole < (size_t)answers;
        lts_free(said);
        lts_free(folder);
    }
    assert_true(between && within);
    lts_interp_close(interp);
}

static void a_ranges_values_are_what_their_names_say(void **state)
{
    fixture *f = *state;
    lts_error err;
    lts_interp *interp;
    lts_render_config config = lts_render_defaults();
    lts_sound_output output = {.bits = LTS_AUDIO_16};
    assert_ok(lts_interp_open(f->model, f->sources, 2, 0.05, 1, &interp, NULL, &err));
    char *folder = lts_path_join(f->folder, "zero/");
    assert_ok(lts_interp_save_range(interp, folder, -0.3, 0.1, 0.1, &config, &output, NULL, &err));
    char *zero = lts_path_join(folder, " 3-x_interpolations_0.0.wav"); /* not -0.0 */
    assert_true(lts_is_file(zero));
    assert_int_equal(lts_interp_range_count(-0.3, 0.1, 0.1), 5);
    assert_int_equal(lts_interp_range_count(0, 0, 1), 1);
    assert_int_equal(lts_interp_range_count(0, 9999, 1), 10000);
    assert_int_equal(lts_interp_range_count(0, 10000, 1), 0);
    assert_int_equal(lts_interp_range_count(NAN, 1, 1), 0);
    lts_free(zero);
    lts_free(folder);
    lts_interp_close(interp);
}

static void an_output_is_checked_before_the_work(void **state)
{
    fixture *f = *state;
    lts_error err;
    char *good = lts_path_join(f->folder, "new.wav"), *link = lts_path_join(f->folder, "link.wav");
    char *lost = lts_path_join(f->folder, "lost/new.wav");
    size_t before = test_folder_count(f->folder);
    assert_ok(lts_output_check(good, f->sources, 2, &err));
    assert_int_equal(test_folder_count(f->folder), before);
    assert_status(lts_output_check(lost, f->sources, 2, &err), LTS_ERR_IO);
    assert_non_null(strstr(err.text, lost));
    assert_status(lts_output_check(f->folder, f->sources, 2, &err), LTS_ERR_IO);
    assert_int_equal(symlink(f->sources[1].path, link), 0);
    assert_status(lts_output_check(link, f->sources, 2, &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "would be overwritten"));
    lts_free(good);
    lts_free(link);
    lts_free(lost);
}

static void a_long_story_fits_into_the_comment(void **state)
{
    fixture *f = *state;
    lts_error err;
    lts_interp *interp;
    lts_sound_output output = {.bits = LTS_AUDIO_16};
    char *wav = lts_path_join(f->folder, "story.wav"), *story = lts_alloc(40001, 1);
    for (size_t i = 0; i < 40000; i++)
        story[i] = i % 2 ? '\xb6' : '\xc3';
    assert_ok(lts_interp_open(f->model, f->sources, 1, 0.05, 1, &interp, NULL, &err));
    const lts_interp_made made = {.path = story};
    assert_ok(lts_interp_save(interp, wav, &made, &output, NULL, &err));
    assert_true(lts_is_file(wav));
    lts_free(story);
    lts_free(wav);
    lts_interp_close(interp);
}

static void a_batch_holds_fixed_and_random_sets(void **state)
{
    fixture *f = *state;
    lts_error err;
    char *run = lts_path_join(f->folder, "batch");
    lts_interp_batch batch = {.run = run,
                              .audio_folder = test_data("cqt"),
                              .fixed = f->sources,
                              .random = 2,
                              .length = 0.2,
                              .from = 0,
                              .to = 1,
                              .step = 0.5,
                              .threads = 1,
                              .render = lts_render_defaults(),
                              .output = {.bits = LTS_AUDIO_FLOAT}};
    batch.render.phase.iterations = 0;
    assert_ok(lts_interp_run_batch(f->model, &batch, NULL, &err));
    static const char *const sets[] = {"fixed", "random- 0", "random- 1"};
    for (size_t s = 0; s < 3; s++) {
        char *set = lts_format("%s/audio_examples_interpolations/%s", run, sets[s]);
        assert_int_equal(test_folder_count(set), 2 + 2 + 3);
        lts_free(set);
    }
    batch.fixed = NULL;
    batch.random = 0;
    assert_status(lts_interp_run_batch(f->model, &batch, NULL, &err), LTS_ERR_ARGUMENT);
    lts_free(run);
}

static void encode_writes_the_path_interpolation_uses(void **state)
{
    fixture *f = *state;
    lts_error err;
    lts_interp *interp;
    char *mean = lts_path_join(f->folder, "z.npy"), *spread = lts_path_join(f->folder, "v.npy");
    assert_ok(lts_interp_open(f->model, f->sources, 1, 0.5, 1, &interp, NULL, &err));
    assert_ok(lts_encode_file(f->model, &f->sources[0], 0.5, 1, mean, spread, NULL, &err));
    size_t rows, columns;
    float *z;
    assert_ok(lts_npy_load(mean, &z, &rows, &columns, &err));
    assert_int_equal(rows, lts_interp_frames(interp));
    assert_int_equal(columns, TINY_LATENT);
    assert_true(relative_error(z, lts_interp_mean(interp, 0), rows * columns) < 1e-4);
    lts_free(z);
    lts_interp_close(interp);

    char *wav = lts_path_join(f->folder, "z.wav");
    lts_phase_config phase = lts_phase_defaults();
    lts_sound_output output = {.bits = LTS_AUDIO_FLOAT};
    assert_ok(lts_decode_latent(f->model, mean, 1, &(lts_render_config){.phase = phase}, &output,
                                wav, NULL, NULL, &err));
    lts_audio_info info;
    assert_ok(lts_audio_probe(wav, &info, &err));
    assert_int_equal(info.frames, (rows - 1) * 128);
    lts_source late = {f->sources[0].path, 99};
    assert_status(lts_encode_file(f->model, &late, -1, 1, mean, NULL, NULL, &err),
                  LTS_ERR_ARGUMENT);
    assert_status(lts_encode_file(f->model, &f->sources[0], 1.3, 1, mean, NULL, NULL, &err),
                  LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "at most 1.250 s fit"));
    assert_status(lts_encode_file(f->model, &f->sources[0], 0.5, 1, mean, mean, NULL, &err),
                  LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "name two files"));
    lts_free(wav);
    lts_free(mean);
    lts_free(spread);
}

static void bad_arrays_are_refused_with_their_place(void **state)
{
    fixture *f = *state;
    lts_error err;
    char *npy = lts_path_join(f->folder, "bad.npy"), *wav = lts_path_join(f->folder, "bad.wav");
    float z[2 * TINY_LATENT] = {0};
    lts_phase_config phase = lts_phase_defaults();
    lts_sound_output output = {.bits = LTS_AUDIO_FLOAT};
    lts_feature feature = lts_feature_defaults(LTS_FEATURE_CQT);
    z[TINY_LATENT + 3] = NAN;
    assert_ok(lts_npy_save(npy, z, 2, TINY_LATENT, &err));
    assert_status(lts_decode_latent(f->model, npy, 1, &(lts_render_config){.phase = phase}, &output,
                                    wav, NULL, NULL, &err),
                  LTS_ERR_NONFINITE);
    assert_non_null(strstr(err.text, "row 1, column 3"));
    assert_status(lts_decode_features(&feature, npy, &phase, &output, wav, NULL, &err),
                  LTS_ERR_SHAPE);
    assert_ok(lts_npy_save(npy, z, 0, TINY_LATENT, &err));
    assert_status(lts_decode_latent(f->model, npy, 1, &(lts_render_config){.phase = phase}, &output,
                                    wav, NULL, NULL, &err),
                  LTS_ERR_SHAPE);
    assert_ok(lts_npy_save(npy, z, 2, TINY_LATENT - 1, &err));
    assert_status(lts_decode_latent(f->model, npy, 1, &(lts_render_config){.phase = phase}, &output,
                                    wav, NULL, NULL, &err),
                  LTS_ERR_SHAPE);
    assert_false(lts_is_file(wav));
    lts_free(npy);
    lts_free(wav);
}

static void features_come_back_as_sound(void **state)
{
    fixture *f = *state;
    lts_error err;
    lts_cqt *cqt;
    lts_cqt_work *work;
    lts_feature feature = lts_feature_defaults(LTS_FEATURE_CQT);
    lts_phase_config phase = lts_phase_defaults();
    lts_sound_output output = {.bits = LTS_AUDIO_FLOAT};
    char *wav = lts_path_join(f->folder, "features.wav");
    assert_ok(lts_decode_features(&feature, test_data("cqt/silent_edges.exact.npy"), &phase,
                                  &output, wav, NULL, &err));
    float *x;
    size_t n, rows, columns;
    float *target = test_array("cqt/silent_edges.exact.npy", &rows, &columns);
    assert_ok(lts_audio_load(wav, 44100, 0, -1, &x, &n, &err));
    assert_ok(lts_cqt_create(&feature.cqt, n, &cqt, &err));
    assert_ok(lts_cqt_work_create(cqt, &work, &err));
    float *heard = lts_alloc(rows * columns, sizeof *heard);
    lts_cqt_magnitudes(cqt, work, x, n, heard);
    assert_true(relative_error(heard, target, rows * columns) < 0.01);
    lts_free(heard);
    lts_free(target);
    lts_free(x);
    lts_free(wav);
    lts_cqt_work_destroy(work);
    lts_cqt_destroy(cqt);
}

static void count_warning(void *user, lts_level level, const char *text)
{
    assert_int_equal(level, LTS_LEVEL_WARNING);
    assert_non_null(strstr(text, "3 magnitudes below 0"));
    ++*(int *)user;
}

static void magnitudes_below_zero_count_as_zero(void **state)
{
    fixture *f = *state;
    lts_error err;
    lts_feature feature = lts_feature_defaults(LTS_FEATURE_CQT);
    lts_phase_config phase = lts_phase_defaults();
    lts_sound_output output = {.bits = LTS_AUDIO_FLOAT};
    char *npy = lts_path_join(f->folder, "edited.npy"), *wav[2];
    size_t rows, columns, size[2];
    int warnings = 0;
    lts_reporter reporter = {.user = &warnings, .message = count_warning};
    float *c = test_array("cqt/silent_edges.exact.npy", &rows, &columns);
    char *bytes[2];
    for (int negative = 0; negative < 2; negative++) {
        for (size_t i = 100; i < 103; i++)
            c[i * columns + 200] = negative ? -1 : 0;
        wav[negative] = lts_format("%s/%d.wav", f->folder, negative);
        assert_ok(lts_npy_save(npy, c, rows, columns, &err));
        assert_ok(
            lts_decode_features(&feature, npy, &phase, &output, wav[negative], &reporter, &err));
        bytes[negative] = test_read(wav[negative], &size[negative]);
    }
    assert_int_equal(warnings, 1);
    assert_int_equal(size[0], size[1]);
    assert_memory_equal(bytes[0], bytes[1], size[0]);
    for (int i = 0; i < 2; i++) {
        lts_free(bytes[i]);
        lts_free(wav[i]);
    }
    lts_free(npy);
    lts_free(c);
}

static lts_status encode_and_decode(fixture *f, const char *npy, const char *wav, lts_error *err)
{
    lts_phase_config phase = lts_phase_defaults();
    lts_sound_output output = {.bits = LTS_AUDIO_FLOAT};
    lts_render_config config = lts_render_defaults();
    lts_interp *interp = NULL;
    lts_status status = lts_encode_file(f->model, &f->sources[1], 0.01, 1, npy, NULL, NULL, err);
    if (status == LTS_OK)
        status = lts_decode_latent(f->model, npy, 1, &(lts_render_config){.phase = phase}, &output,
                                   wav, NULL, NULL, err);
    if (status == LTS_OK)
        status = lts_interp_open(f->model, f->sources, 2, 0.01, 1, &interp, NULL, err);
    if (status == LTS_OK)
        status = lts_interp_save_range(interp, f->folder, 0, 0, 1, &config, &output, NULL, err);
    lts_interp_close(interp);
    return status;
}

static void short_memory_leaves_nothing_behind(void **state)
{
    fixture *f = *state;
    lts_error err = {0};
    char *npy = lts_path_join(f->folder, "short.npy"), *wav = lts_path_join(f->folder, "short.wav");
    size_t n = 1, before = test_folder_count(f->folder);
    for (lts_status status = LTS_ERR_MEMORY; status != LTS_OK; n++) {
        test_fail_allocation(n);
        status = encode_and_decode(f, npy, wav, &err);
        test_fail_allocation(0);
        if (status != LTS_OK)
            assert_status(status, LTS_ERR_MEMORY);
        assert_true(n < 1000);
    }
    assert_true(n > 20);
    assert_int_equal(test_folder_count(f->folder), before + 3);
    lts_free(npy);
    lts_free(wav);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sources_are_parsed),
        cmocka_unit_test(sounds_are_found_by_name),
        cmocka_unit_test(random_excerpts_are_heard),
        cmocka_unit_test(curves_come_from_files_of_good_size),
        cmocka_unit_test(a_run_without_a_model_is_refused),
        cmocka_unit_test(excerpts_end_with_their_files),
        cmocka_unit_test(alpha_one_is_the_first_sound_alone),
        cmocka_unit_test(what_is_not_kept_gives_the_same_samples),
        cmocka_unit_test(an_excerpt_has_no_more_frames_than_it_has),
        cmocka_unit_test(an_excerpt_ends_before_the_next_beat),
        cmocka_unit_test(what_is_too_loud_is_refused_with_its_place),
        cmocka_unit_test(a_retake_changes_what_its_weights_reach),
        cmocka_unit_test(a_range_is_named_as_the_originals_name_it),
        cmocka_unit_test(an_interrupted_range_keeps_what_is_whole),
        cmocka_unit_test(a_ranges_values_are_what_their_names_say),
        cmocka_unit_test(an_output_is_checked_before_the_work),
        cmocka_unit_test(a_long_story_fits_into_the_comment),
        cmocka_unit_test(a_batch_holds_fixed_and_random_sets),
        cmocka_unit_test(encode_writes_the_path_interpolation_uses),
        cmocka_unit_test(bad_arrays_are_refused_with_their_place),
        cmocka_unit_test(features_come_back_as_sound),
        cmocka_unit_test(magnitudes_below_zero_count_as_zero),
        cmocka_unit_test(short_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests_name("interp", tests, set_up, tear_down);
}
