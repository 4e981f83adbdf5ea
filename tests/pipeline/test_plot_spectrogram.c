#include "testing.h"

#include "lts/audio.h"
#include "lts/formats.h"
#include "lts/plot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { T = 50, K = 384, LONG = 20000 };

typedef struct scratch {
    char *folder, *picture;
    float *magnitudes; /* (LONG,K), a thousandth */
} scratch;

/* A scratch folder in which gnuplot only copies its script into the picture. */
static int open_scratch(void **state)
{
    static const char copy[] = "#!/bin/sh\nexec cat\n";
    scratch *s = calloc(1, sizeof *s);
    s->folder = test_folder();
    s->picture = lts_path_join(s->folder, "s.png");
    s->magnitudes = lts_alloc((size_t)LONG * K, sizeof(float));
    for (size_t i = 0; i < (size_t)LONG * K; i++)
        s->magnitudes[i] = 1e-3f;
    char *program = lts_path_join(s->folder, "gnuplot");
    char *path = lts_format("%s:%s", s->folder, getenv("PATH"));
    test_write(program, copy, strlen(copy));
    chmod(program, 0755);
    setenv("PATH", path, 1);
    lts_free(path);
    lts_free(program);
    *state = s;
    return 0;
}

static int close_scratch(void **state)
{
    scratch *s = *state;
    setenv("PATH", strchr(getenv("PATH"), ':') + 1, 1);
    test_folder_remove(s->folder);
    lts_free(s->picture);
    lts_free(s->magnitudes);
    free(s);
    return 0;
}

static char *read_script(const scratch *s)
{
    return test_read(s->picture, NULL);
}

/* The raster of the first panel after `from`: (rows,columns) dB. */
static const char *find_raster(const char *from, size_t *columns, size_t *rows)
{
    const char *plot = strstr(from, "plot '-' binary array=(");
    assert_non_null(plot);
    assert_int_equal(sscanf(plot, "plot '-' binary array=(%zu,%zu)", columns, rows), 2);
    return strchr(plot, '\n') + 1;
}

static float cell(const char *raster, size_t index)
{
    float value;
    memcpy(&value, raster + index * sizeof value, sizeof value);
    return value;
}

static void levels_count_from_the_loudest_of_all_panels(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    const lts_feature feature = lts_feature_defaults(LTS_FEATURE_CQT);
    float *second = lts_alloc((size_t)T * K, sizeof *second);
    second[7 * K + 100] = 10;
    second[8 * K + 100] = -3;
    const lts_plot_panel panels[] = {{"one", s->magnitudes, T, 0, 0, NULL},
                                     {"two", second, T, 0, 0, NULL}};
    assert_ok(lts_plot_spectrogram(panels, 2, &feature, 90, s->picture, &err));
    char *script = read_script(s);
    size_t columns, rows;
    const char *raster = find_raster(script, &columns, &rows);
    assert_int_equal(columns, T);
    assert_int_equal(rows, K);
    for (size_t i = 0; i < columns * rows; i++)
        assert_true(fabsf(cell(raster, i) + 80) < 1e-4f);
    raster = find_raster(raster + columns * rows * sizeof(float), &columns, &rows);
    for (size_t row = 0; row < rows; row++)
        for (size_t column = 0; column < columns; column++)
            assert_true(cell(raster, row * columns + column) ==
                        (row == 100 && column == 7 ? 0 : -90));
    lts_free(script);
    lts_free(second);
}

static void a_long_sound_keeps_its_peaks(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    const lts_feature feature = lts_feature_defaults(LTS_FEATURE_CQT);
    const size_t peaks[] = {0, 1234, 7777, LONG - 1};
    for (size_t p = 0; p < 4; p++)
        s->magnitudes[peaks[p] * K + 50 * p] = 1;
    const lts_plot_panel panel = {"long", s->magnitudes, LONG, 0, 0, NULL};
    assert_ok(lts_plot_spectrogram(&panel, 1, &feature, 40, s->picture, &err));
    char *script = read_script(s);
    size_t columns, rows, loud = 0;
    const char *raster = find_raster(script, &columns, &rows);
    assert_true(columns >= 1000 && columns < 2000);
    for (size_t i = 0; i < columns * rows; i++)
        loud += cell(raster, i) == 0;
    assert_int_equal(loud, 4);
    for (size_t p = 0; p < 4; p++)
        assert_true(cell(raster, 50 * p * columns + peaks[p] * columns / LONG) == 0);
    lts_free(script);
}

static void silence_is_drawn_as_silence(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    const lts_feature feature = lts_feature_defaults(LTS_FEATURE_CQT);
    float silence[K] = {0};
    const lts_plot_panel panel = {NULL, silence, 1, 0, 0, NULL};
    assert_ok(lts_plot_spectrogram(&panel, 1, &feature, 80, s->picture, &err));
    char *script = read_script(s);
    size_t columns, rows;
    const char *raster = find_raster(script, &columns, &rows);
    for (size_t i = 0; i < columns * rows; i++)
        assert_true(cell(raster, i) == -80);
    lts_free(script);
}

/* Where the axis command puts a mark. */
static double mark_at(const char *script, const char *axis, const char *mark)
{
    double at;
    const char *line = strstr(script, axis);
    assert_non_null(line);
    const char *place = strstr(line, mark);
    assert_non_null(place);
    assert_true(place < strchr(line, '\n'));
    assert_int_equal(sscanf(place + strlen(mark), "%lf", &at), 1);
    return at;
}

static void axes_carry_notes_hertz_and_seconds(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    const lts_feature feature = lts_feature_defaults(LTS_FEATURE_CQT);
    const lts_plot_panel panels[] = {{"a", s->magnitudes, T, 2, 0, NULL},
                                     {"b", s->magnitudes, 2 * T, 2, 0, NULL}};
    assert_ok(lts_plot_spectrogram(panels, 2, &feature, 80, s->picture, &err));
    char *script = read_script(s);
    assert_true(fabs(mark_at(script, "set ytics (", "'C1' ")) < 0.01);
    assert_true(fabs(mark_at(script, "set ytics (", "'C8' ") - 7 * 48) < 0.01);
    double hertz = mark_at(script, "set y2tics (", "'1k' ");
    assert_true(fabs(feature.cqt.fmin * pow(2, hertz / 48) - 1000) < 0.1);
    double first, last;
    const char *range = strstr(script, "set xrange");
    assert_int_equal(sscanf(range, "set xrange [%lf:%lf]", &first, &last), 2);
    assert_true(first == 2 && fabs(last - 2 - 2 * T * 128 / 44100.0) < 1e-6);
    size_t columns, rows;
    const char *first_panel = find_raster(script, &columns, &rows);
    assert_non_null(strstr(first_panel + columns * rows * sizeof(float), "time (s)"));
    lts_free(script);
}

static void sounds_that_start_apart_share_a_clock_from_0(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    const lts_feature feature = lts_feature_defaults(LTS_FEATURE_CQT);
    const lts_plot_panel panels[] = {{"a", s->magnitudes, T, 2, 0, NULL},
                                     {"b", s->magnitudes, T, 3, 0, NULL}};
    assert_ok(lts_plot_spectrogram(panels, 2, &feature, 80, s->picture, &err));
    char *script = read_script(s);
    assert_non_null(strstr(script, "set xrange [0:"));
    lts_free(script);
}

static void wrong_settings_are_refused(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    const lts_feature feature = lts_feature_defaults(LTS_FEATURE_CQT);
    lts_plot_panel panels[LTS_PLOT_PANELS + 1];
    for (size_t p = 0; p <= LTS_PLOT_PANELS; p++)
        panels[p] = (lts_plot_panel){"p", s->magnitudes, T, 0, 0, NULL};
    const struct {
        size_t count;
        double range;
    } bad[] = {{0, 80}, {LTS_PLOT_PANELS + 1, 80}, {1, 9}, {1, 201}, {1, NAN}};
    for (size_t b = 0; b < sizeof bad / sizeof *bad; b++)
        assert_status(
            lts_plot_spectrogram(panels, bad[b].count, &feature, bad[b].range, s->picture, &err),
            LTS_ERR_ARGUMENT);
    panels[0].frames = 0;
    assert_status(lts_plot_spectrogram(panels, 1, &feature, 80, s->picture, &err),
                  LTS_ERR_ARGUMENT);
    panels[0].frames = T;
    s->magnitudes[3 * K + 9] = NAN;
    assert_status(lts_plot_spectrogram(panels, 1, &feature, 80, s->picture, &err),
                  LTS_ERR_NONFINITE);
    assert_non_null(strstr(err.text, "p: frame 3, bin 9"));
    lts_feature high = feature;
    high.cqt.octaves = 12;
    assert_status(lts_plot_spectrogram(panels, 1, &high, 80, s->picture, &err), LTS_ERR_ARGUMENT);
    assert_false(lts_is_file(s->picture));
}

static void gnuplot_draws_eight_panels(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    const lts_feature feature = lts_feature_defaults(LTS_FEATURE_CQT);
    lts_plot_panel panels[LTS_PLOT_PANELS];
    char *with_copy = lts_strdup(getenv("PATH")), *bytes;
    size_t size;
    for (size_t p = 0; p < LTS_PLOT_PANELS; p++)
        panels[p] = (lts_plot_panel){"it's `p`", s->magnitudes, T * (p + 1), 0, 0, NULL};
    setenv("PATH", strchr(with_copy, ':') + 1, 1);
    assert_ok(lts_plot_spectrogram(panels, LTS_PLOT_PANELS, &feature, 80, s->picture, &err));
    setenv("PATH", with_copy, 1);
    assert_ok(lts_read_file(s->picture, 1 << 26, &bytes, &size, &err));
    assert_memory_equal(bytes, "\x89PNG", 4);
    assert_true(size > 20000);
    lts_free(bytes);
    lts_free(with_copy);
}

/* Five seconds of a glide at 8 kHz, as a file and as the magnitudes of all of it. */
enum { RATE = 8000, SAMPLES = 5 * RATE + 77 };

static const lts_feature small = {.kind = LTS_FEATURE_CQT, .cqt = {RATE, 64, 12, 3, 220}};

static float *write_glide(const scratch *s, char **path, size_t *frames)
{
    lts_error err = {0};
    const lts_audio_format format = {.sample_rate = RATE, .bits = LTS_AUDIO_FLOAT};
    float *x = lts_alloc(SAMPLES, sizeof *x);
    lts_cqt *cqt;
    lts_cqt_work *work;
    for (size_t n = 0; n < SAMPLES; n++)
        x[n] = (float)sin((double)n * (0.2 + 4e-6 * (double)n));
    *path = lts_path_join(s->folder, "glide.wav");
    assert_ok(lts_audio_save(*path, x, SAMPLES, &format, &err));
    assert_ok(lts_cqt_create(&small.cqt, SAMPLES, &cqt, &err));
    assert_ok(lts_cqt_work_create(cqt, &work, &err));
    *frames = lts_feature_count(&small, SAMPLES);
    float *magnitudes = lts_alloc(*frames, 36 * sizeof *magnitudes);
    lts_cqt_magnitudes(cqt, work, x, SAMPLES, magnitudes);
    lts_cqt_work_destroy(work);
    lts_cqt_destroy(cqt);
    lts_free(x);
    return magnitudes;
}

static void a_panel_shows_the_frames_of_the_whole_sound(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    lts_plot_panel panel;
    char *path;
    size_t frames;
    float *whole = write_glide(s, &path, &frames);
    static const struct {
        double offset, duration;
        size_t first, frames; /* 0: all the rest */
    } cases[] = {
        {0, -1, 0, 0}, {0, 1, 0, 126}, {2, 1, 250, 126}, {2.0041, 0.5, 250, 63}, {4.9, 9, 612, 0},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        const lts_source source = {path, cases[c].offset};
        assert_ok(lts_plot_panel_load(&source, cases[c].duration, &small, &panel, &err));
        size_t expected = cases[c].frames ? cases[c].frames : frames - cases[c].first;
        assert_int_equal(panel.frames, expected);
        assert_non_null(strstr(panel.title, "glide.wav"));
        assert_true((strstr(panel.title, " s on") != NULL) == (cases[c].offset > 0));
        assert_true(fabs(panel.start - (double)cases[c].first * 64 / RATE) < 1e-9);
        double error = relative_error(panel.magnitudes, whole + cases[c].first * 36, expected * 36);
        if (!(error < 1e-4))
            fail_msg("case %zu: %g from the whole sound's frames", c, error);
        lts_plot_panel_free(&panel);
    }
    lts_free(whole);
    lts_free(path);
}

static void an_array_is_a_panel_too(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    lts_plot_panel panel;
    char *path = lts_path_join(s->folder, "C.NPY");
    for (size_t i = 0; i < (size_t)LONG * K; i++)
        s->magnitudes[i] = (float)(i / K);
    assert_ok(lts_npy_save(path, s->magnitudes, LONG, K, &err));
    const lts_feature feature = lts_feature_defaults(LTS_FEATURE_CQT);
    lts_source source = {path, 1};
    size_t first = 44100 / 128, count = 1 + 44100 / 128;
    assert_ok(lts_plot_panel_load(&source, 1, &feature, &panel, &err));
    assert_int_equal(panel.frames, count);
    assert_memory_equal(panel.magnitudes, s->magnitudes + first * K, count * K * sizeof(float));
    assert_string_equal(panel.title, "C.NPY from 1 s on");
    lts_plot_panel_free(&panel);
    /* All of it: thinned, each frame the largest of those it stands for. */
    source.offset = 0;
    assert_ok(lts_plot_panel_load(&source, -1, &feature, &panel, &err));
    assert_true(panel.frames > 2000 && panel.frames <= 4096);
    size_t every = (size_t)llround(panel.seconds_per_frame * 44100 / 128);
    for (size_t t = 0; t < panel.frames; t++) {
        size_t last = (t + 1) * every < LONG ? (t + 1) * every - 1 : LONG - 1;
        assert_true(panel.magnitudes[t * K + 5] == (float)last);
    }
    lts_plot_panel_free(&panel);
    source.offset = 100;
    assert_status(lts_plot_panel_load(&source, 1, &feature, &panel, &err), LTS_ERR_ARGUMENT);
    source.offset = 0;
    assert_status(lts_plot_panel_load(&source, 1, &small, &panel, &err), LTS_ERR_SHAPE);
    assert_non_null(strstr(err.text, "384 bins, expected 36 (3 octaves x 12)"));
    s->magnitudes[7 * K + 3] = INFINITY;
    assert_ok(lts_npy_save(path, s->magnitudes, 10, K, &err));
    assert_status(lts_plot_panel_load(&source, 1, &feature, &panel, &err), LTS_ERR_NONFINITE);
    assert_non_null(strstr(err.text, "C.NPY: frame 7, bin 3"));
    assert_null(panel.magnitudes);
    lts_plot_panel_free(&panel);
    lts_free(path);
}

static void sounds_that_cannot_be_shown_are_refused(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    lts_plot_panel panel;
    char *path;
    size_t frames;
    lts_free(write_glide(s, &path, &frames));
    lts_source source = {path, 5.1};
    assert_status(lts_plot_panel_load(&source, 1, &small, &panel, &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "begin earlier"));
    lts_feature high = small;
    high.cqt.octaves = 9;
    source.offset = 0;
    assert_status(lts_plot_panel_load(&source, 1, &high, &panel, &err), LTS_ERR_ARGUMENT);
    test_write(path, "no sound", 8);
    assert_int_not_equal(lts_plot_panel_load(&source, 1, &small, &panel, &err), LTS_OK);
    remove(path);
    assert_status(lts_plot_panel_load(&source, 1, &small, &panel, &err), LTS_ERR_NOT_FOUND);
    lts_free(path);
}

static void short_memory_loads_no_panel(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    lts_plot_panel panel;
    char *path;
    size_t frames, n = 1;
    lts_free(write_glide(s, &path, &frames));
    const lts_source source = {path, 0};
    for (lts_status status = LTS_ERR_MEMORY; status != LTS_OK; n++) {
        test_fail_allocation(n);
        status = lts_plot_panel_load(&source, 1, &small, &panel, &err);
        test_fail_allocation(0);
        assert_true(n < 200);
    }
    assert_true(n > 5);
    lts_plot_panel_free(&panel);
    lts_free(path);
}

static void short_memory_leaves_nothing_behind(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    const lts_feature feature = lts_feature_defaults(LTS_FEATURE_CQT);
    const lts_plot_panel panel = {"p", s->magnitudes, T, 0, 0, NULL};
    size_t n = 1;
    for (lts_status status = LTS_ERR_MEMORY; status != LTS_OK; n++) {
        assert_int_equal(test_folder_count(s->folder), 1);
        test_fail_allocation(n);
        status = lts_plot_spectrogram(&panel, 1, &feature, 80, s->picture, &err);
        test_fail_allocation(0);
        assert_true(n < 50);
    }
    assert_true(n > 3);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, open_scratch, close_scratch)
    const struct CMUnitTest tests[] = {
        test(levels_count_from_the_loudest_of_all_panels),
        test(a_long_sound_keeps_its_peaks),
        test(silence_is_drawn_as_silence),
        test(axes_carry_notes_hertz_and_seconds),
        test(sounds_that_start_apart_share_a_clock_from_0),
        test(wrong_settings_are_refused),
        test(gnuplot_draws_eight_panels),
        test(a_panel_shows_the_frames_of_the_whole_sound),
        test(an_array_is_a_panel_too),
        test(sounds_that_cannot_be_shown_are_refused),
        test(short_memory_loads_no_panel),
        test(short_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests_name("plot_spectrogram", tests, NULL, NULL);
}
