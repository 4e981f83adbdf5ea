#include "testing.h"

#include "lts/audio.h"
#include "lts/formats.h"
#include "lts/plot.h"
#include "pipeline/plot/plot_figure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { K = 24, FILES = 12, ROWS = 40 };

/* Bytes of a point of the cloud: position, size, shape and colour. */
enum { POINT = 20 };

/* A scratch folder with a data set of FILES files, a tiny model of it, two sounds, and a gnuplot
 * that only copies its script into the picture. */
typedef struct scratch {
    char *folder, *picture, *run, *frames;
    lts_source sources[2];
} scratch;

static void write_program(const scratch *s)
{
    static const char copy[] = "#!/bin/sh\nexec cat\n";
    lts_error err = {0};
    char *bin = lts_path_join(s->folder, "bin"), *program = lts_path_join(bin, "gnuplot");
    char *path = lts_format("%s:%s", bin, getenv("PATH"));
    assert_ok(lts_make_folder(bin, &err));
    test_write(program, copy, strlen(copy));
    chmod(program, 0755);
    setenv("PATH", path, 1);
    lts_free(path);
    lts_free(program);
    lts_free(bin);
}

static void write_model(const scratch *s)
{
    lts_error err = {0};
    lts_model_config config = original_model();
    config.bins = K;
    config.units = 16;
    config.latent = 5;
    static const lts_model_note notes[] = {{"audio.sample_rate", "8000"},
                                           {"audio.hop_length", "128"},
                                           {"audio.bins_per_octave", "12"},
                                           {"audio.num_octaves", "2"},
                                           {"audio.fmin", "220"}};
    lts_model *model;
    assert_ok(lts_model_create(&config, 1, &model, &err));
    assert_ok(lts_model_save(model, s->run, notes, 5, &err));
    lts_model_destroy(model);
}

/* Files of 1 to FILES times ROWS rows; names with two prefixes and a loner. */
static void write_frames(const scratch *s)
{
    lts_error err = {0};
    float *x = lts_alloc((size_t)FILES * ROWS * K, sizeof *x);
    lts_rng rng;
    lts_rng_seed(&rng, 5, 0);
    assert_ok(lts_make_folder(s->frames, &err));
    for (size_t f = 0; f < FILES; f++) {
        char *name = lts_format("%s/%s%zu.npy", s->frames,
                                f == 0  ? "loner"
                                : f % 2 ? "drum_"
                                        : "choir_",
                                f);
        for (size_t i = 0; i < (f + 1) * ROWS * K; i++)
            x[i] = (float)lts_rng_uniform(&rng);
        assert_ok(lts_npy_save(name, x, (f + 1) * ROWS, K, &err));
        lts_free(name);
    }
    lts_free(x);
}

static void write_sounds(scratch *s)
{
    enum { N = 8000 };
    static float x[N];
    lts_error err = {0};
    const lts_audio_format format = {.sample_rate = 8000, .bits = LTS_AUDIO_FLOAT};
    for (int i = 0; i < 2; i++) {
        for (size_t n = 0; n < N; n++)
            x[n] = (float)sin(2 * M_PI * (i ? 440 : 300) * (double)n / 8000);
        s->sources[i] = (lts_source){lts_path_join(s->folder, i ? "b'_.wav" : "a.wav"), 0};
        assert_ok(lts_audio_save(s->sources[i].path, x, N, &format, &err));
    }
}

static int open_scratch(void **state)
{
    scratch *s = calloc(1, sizeof *s);
    s->folder = test_folder();
    s->picture = lts_path_join(s->folder, "z.svg");
    s->run = lts_path_join(s->folder, "m.safetensors");
    s->frames = lts_path_join(s->folder, "npy");
    write_program(s);
    write_model(s);
    write_frames(s);
    write_sounds(s);
    *state = s;
    return 0;
}

static int close_scratch(void **state)
{
    scratch *s = *state;
    setenv("PATH", strchr(getenv("PATH"), ':') + 1, 1);
    test_folder_remove(s->folder);
    for (int i = 0; i < 2; i++)
        lts_free(s->sources[i].path);
    lts_free(s->picture);
    lts_free(s->run);
    lts_free(s->frames);
    free(s);
    return 0;
}

static lts_plot_latent settings_of(const scratch *s)
{
    lts_plot_latent settings = lts_plot_latent_defaults();
    settings.run = s->run;
    settings.frames = s->frames;
    settings.sources = s->sources;
    settings.points = 200;
    return settings;
}

static char *read_script(const scratch *s, size_t *size)
{
    return test_read(s->picture, size);
}

typedef struct heard {
    double points, files, explained;
    int pictures;
} heard;

static void hear(void *user, const char *event, const lts_field *fields, size_t count)
{
    heard *h = user;
    h->pictures += strcmp(event, "picture") == 0;
    for (size_t f = 0; f < count; f++) {
        if (strcmp(fields[f].name, "points") == 0)
            h->points = fields[f].number;
        if (strcmp(fields[f].name, "files") == 0)
            h->files = fields[f].number;
        if (strcmp(fields[f].name, "explained_1") == 0)
            h->explained = fields[f].number;
    }
}

static void a_data_set_and_two_sounds_make_a_picture(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    heard h = {0};
    size_t size;
    const lts_reporter reporter = {.user = &h, .record = hear};
    lts_plot_latent settings = settings_of(s);
    assert_ok(lts_plot_latent_draw(&settings, s->picture, &reporter, &err));
    assert_int_equal(h.pictures, 1);
    assert_true(h.points > 190 && h.points <= 200 && h.files == FILES);
    assert_true(h.explained > 0 && h.explained <= 1);
    char *script = read_script(s, &size);
    const char *const said[] = {
        "title 'A: a'",  "title 'B: b''_'", "title 'from A to B'",     "title 'drum'",
        "title 'choir'", "title 'loner'",   "principal component 1 (", "frames of 12 sounds'"};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        assert_non_null(strstr(script, said[i]));
    lts_free(script);
}

static void equal_settings_give_equal_pictures(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    size_t size[3];
    char *script[3];
    for (int projection = 0; projection < 2; projection++) {
        lts_plot_latent settings = settings_of(s);
        settings.projection = projection ? LTS_PROJECTION_TSNE : LTS_PROJECTION_PCA;
        settings.points = projection ? 40 : 200;
        for (int i = 0; i < 3; i++) {
            settings.seed = i == 2;
            assert_ok(lts_plot_latent_draw(&settings, s->picture, NULL, &err));
            script[i] = read_script(s, &size[i]);
        }
        assert_int_equal(size[0], size[1]);
        assert_memory_equal(script[0], script[1], size[0]);
        assert_true(size[0] != size[2] || memcmp(script[0], script[2], size[0]) != 0);
        for (int i = 0; i < 3; i++)
            lts_free(script[i]);
    }
}

/* Points of the cloud in the script, and how many have each colour. */
static size_t count_points(const char *script, size_t of_colour[PLOT_GROUPS + 1])
{
    const char *plot = strstr(script, "plot '-' binary record=(");
    size_t n;
    assert_non_null(plot);
    assert_int_equal(sscanf(plot, "plot '-' binary record=(%zu)", &n), 1);
    const char *data = strchr(plot, '\n') + 1;
    memset(of_colour, 0, (PLOT_GROUPS + 1) * sizeof *of_colour);
    for (size_t i = 0; i < n; i++) {
        uint32_t colour;
        memcpy(&colour, data + i * POINT + 16, sizeof colour);
        for (size_t g = 0; g <= PLOT_GROUPS; g++)
            of_colour[g] += (colour & 0xffffff) == plot_group_colour(g);
    }
    return n;
}

static void every_file_gives_as_even_a_share_as_it_can(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    size_t size, of_colour[PLOT_GROUPS + 1];
    lts_plot_latent settings = settings_of(s);
    settings.sources = NULL;
    settings.points = 12 * ROWS; /* the shortest file can give just that */
    assert_ok(lts_plot_latent_draw(&settings, s->picture, NULL, &err));
    char *script = read_script(s, &size);
    assert_int_equal(count_points(script, of_colour), 12 * ROWS);
    assert_int_equal(of_colour[0], 6 * ROWS); /* drum */
    assert_int_equal(of_colour[1], 5 * ROWS); /* choir */
    assert_int_equal(of_colour[2], ROWS);     /* loner */
    lts_free(script);
    settings.points = 1000000; /* all there is */
    assert_ok(lts_plot_latent_draw(&settings, s->picture, NULL, &err));
    script = read_script(s, &size);
    assert_int_equal(count_points(script, of_colour), FILES * (FILES + 1) / 2 * ROWS);
    lts_free(script);
    settings.points = 5; /* fewer than files */
    assert_ok(lts_plot_latent_draw(&settings, s->picture, NULL, &err));
    script = read_script(s, &size);
    assert_int_equal(count_points(script, of_colour), 5);
    lts_free(script);
}

static void both_axes_have_one_scale(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    size_t size;
    double range[4], box[4];
    lts_plot_latent settings = settings_of(s);
    assert_ok(lts_plot_latent_draw(&settings, s->picture, NULL, &err));
    char *script = read_script(s, &size);
    assert_int_equal(sscanf(strstr(script, "set xrange"),
                            "set xrange [%lf:%lf]\nset yrange [%lf:%lf]", &range[0], &range[1],
                            &range[2], &range[3]),
                     4);
    assert_int_equal(sscanf(strstr(script, "set lmargin"),
                            "set lmargin at screen %lf set rmargin at screen %lf "
                            "set bmargin at screen %lf set tmargin at screen %lf",
                            &box[0], &box[1], &box[2], &box[3]),
                     4);
    double across = (range[1] - range[0]) / (box[1] - box[0]) / 1000;
    double up = (range[3] - range[2]) / (box[3] - box[2]) / 800;
    assert_true(fabs(across / up - 1) < 1e-4);
    lts_free(script);
}

static void given_alphas_make_the_paths_between(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    size_t size;
    const double alpha[] = {1, 0};
    static const char drawn[] = "0 0.5\n1 0.5\n";
    char *curve = lts_path_join(s->folder, "it's half.txt");
    test_write(curve, drawn, strlen(drawn));
    lts_plot_latent settings = settings_of(s);
    settings.alpha = alpha;
    settings.alphas = 2;
    settings.curve = curve;
    assert_ok(lts_plot_latent_draw(&settings, s->picture, NULL, &err));
    char *script = read_script(s, &size);
    assert_non_null(strstr(script, "title 'alpha = 1'"));
    assert_non_null(strstr(script, "title 'it''s half.txt'"));
    /* Alpha 1 runs along A and alpha 0 along B: the same bytes, each written twice. */
    size_t n, frames = 1 + 8000 / 128, path = frames * 2 * sizeof(float);
    const char *plot = strstr(script, "plot '-' binary record=(");
    assert_int_equal(sscanf(plot, "plot '-' binary record=(%zu)", &n), 1);
    const char *data = strchr(plot, '\n') + 1 + n * POINT;
    assert_memory_equal(data, data + 4 * path, path);
    assert_memory_equal(data + 2 * path, data + 6 * path, path);
    const float tolerance = 1e-4f;
    for (size_t i = 0; i < 2 * frames; i++) {
        float a, b, half;
        memcpy(&a, data + i * sizeof a, sizeof a);
        memcpy(&b, data + 2 * path + i * sizeof b, sizeof b);
        memcpy(&half, data + 8 * path + i * sizeof half, sizeof half);
        assert_true(fabsf(half - 0.5f * (a + b)) < tolerance);
    }
    lts_free(script);
    test_write(curve, "0\nx\n", 4);
    assert_status(lts_plot_latent_draw(&settings, s->picture, NULL, &err), LTS_ERR_FORMAT);
    assert_non_null(strstr(err.text, "it's half.txt: line 2"));
    lts_free(curve);
}

static void gnuplot_draws_it_in_every_way(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    char *with_copy = lts_strdup(getenv("PATH"));
    setenv("PATH", strchr(with_copy, ':') + 1, 1);
    for (int way = 0; way < 4; way++) {
        size_t size;
        lts_plot_latent settings = settings_of(s);
        settings.points = 60;
        settings.projection = way % 2 ? LTS_PROJECTION_TSNE : LTS_PROJECTION_PCA;
        settings.by_time = way >= 2;
        assert_ok(lts_plot_latent_draw(&settings, s->picture, NULL, &err));
        char *svg = read_script(s, &size);
        assert_non_null(strstr(svg, "</svg>"));
        assert_non_null(strstr(svg, "<text>B: b'_</text>"));
        assert_true((strstr(svg, "<text>drum</text>") != NULL) == (way < 2));
        assert_true((strstr(svg, "<text>middle</text>") != NULL) == (way >= 2));
        lts_free(svg);
    }
    setenv("PATH", with_copy, 1);
    lts_free(with_copy);
}

static void wrong_settings_are_refused(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    lts_plot_latent settings = settings_of(s);
    settings.points = 2;
    assert_status(lts_plot_latent_draw(&settings, s->picture, NULL, &err), LTS_ERR_ARGUMENT);
    settings = settings_of(s);
    settings.run = s->folder;
    assert_status(lts_plot_latent_draw(&settings, s->picture, NULL, &err), LTS_ERR_NOT_FOUND);
    settings = settings_of(s);
    settings.frames = s->folder;
    assert_status(lts_plot_latent_draw(&settings, s->picture, NULL, &err), LTS_ERR_NOT_FOUND);
    settings = settings_of(s);
    settings.duration = 7;
    assert_status(lts_plot_latent_draw(&settings, s->picture, NULL, &err), LTS_ERR_ARGUMENT);
    settings = settings_of(s);
    assert_status(lts_plot_latent_draw(&settings, "z.gif", NULL, &err), LTS_ERR_ARGUMENT);
    settings.sources = NULL;
    settings.points = 12;
    settings.projection = LTS_PROJECTION_TSNE; /* of too few */
    assert_status(lts_plot_latent_draw(&settings, s->picture, NULL, &err), LTS_ERR_ARGUMENT);
    assert_false(lts_is_file(s->picture));
}

static void points_that_are_not_finite_are_refused(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    float points[] = {0, 1, 2, 3}, path[] = {0, 0, INFINITY, 0};
    const size_t file[] = {0, 0};
    const char *const name[] = {"only"};
    const lts_plot_path paths[] = {{"the path", path, 2, false}};
    lts_plot_space space = {
        .points = points, .file = file, .n = 2, .files = {.name = name, .count = 1}};
    assert_ok(lts_plot_space_draw(&space, s->picture, NULL, &err));
    space.paths = paths;
    space.path_count = 1;
    assert_status(lts_plot_space_draw(&space, s->picture, NULL, &err), LTS_ERR_NONFINITE);
    assert_non_null(strstr(err.text, "the path: point 1"));
    points[3] = NAN;
    assert_status(lts_plot_space_draw(&space, s->picture, NULL, &err), LTS_ERR_NONFINITE);
    space.n = 0;
    assert_status(lts_plot_space_draw(&space, s->picture, NULL, &err), LTS_ERR_ARGUMENT);
}

static void few_files_stand_alone_many_are_grouped(void **state)
{
    (void)state;
    lts_error err = {0};
    plot_groups groups;
    const char *name[40];
    char text[40][16];
    size_t points[40];
    for (size_t f = 0; f < 40; f++) {
        snprintf(text[f], sizeof text[f], "%c_%zu", (char)('a' + f % 20), f);
        name[f] = text[f];
        points[f] = 100 - f;
    }
    lts_plot_files files = {.name = name, .count = 9};
    assert_ok(plot_groups_find(&files, points, &groups, &err));
    for (size_t f = 0; f < 9; f++) {
        assert_int_equal(groups.of[f], f); /* the largest first, and they fall */
        assert_string_equal(groups.name[f], name[f]);
    }
    assert_null(groups.name[PLOT_GROUPS]);
    plot_groups_free(&groups);
    files.count = 40;
    assert_ok(plot_groups_find(&files, points, &groups, &err));
    for (size_t f = 0; f < 40; f++)
        assert_int_equal(groups.of[f], f % 20 < PLOT_GROUPS ? f % 20 : PLOT_GROUPS);
    assert_string_equal(groups.name[0], "a");
    assert_string_equal(groups.name[PLOT_GROUPS], "2 others");
    plot_groups_free(&groups);
    files.grouping = LTS_GROUP_FILE;
    assert_ok(plot_groups_find(&files, points, &groups, &err));
    assert_string_equal(groups.name[0], "a_0");
    assert_string_equal(groups.name[PLOT_GROUPS], "22 others");
    plot_groups_free(&groups);
}

/* The name of the group of each of `count` files; `out` is to be freed. */
static void group_names(lts_plot_files files, char **out)
{
    lts_error err = {0};
    plot_groups groups;
    size_t *points = calloc(files.count, sizeof *points);
    assert_ok(plot_groups_find(&files, points, &groups, &err));
    for (size_t f = 0; f < files.count; f++)
        out[f] = lts_strdup(groups.name[groups.of[f]]);
    plot_groups_free(&groups);
    free(points);
}

static void groups_are_prefixes_or_folders(void **state)
{
    (void)state;
    enum { COUNT = 8, CASES = 5 };
    static const char *const name[COUNT] = {"kick_1", "kick-2", "kick3", "kick.4b",
                                            "808 a",  "_x",     "snare", "snare drum"};
    static const char *const folders[CASES][COUNT] = {
        {"a", "a", "b", "b", "", "a", "a", "a"},
        {"d/a", "d/a/x", "d/a/y", "d/b", "d/b", "d/b", "d/c", "d"},
        {"drum", "drum", "drums", "drums/x", "dr", "dr", "dr", "dr"},
        {"d/a", "d/a", "d/a", "d/a", "d/a", "d/a", "d/a", "d/a"}, /* one folder tells nothing */
    };
    static const char *const expected[CASES][COUNT] = {
        {"a", "a", "b", "b", "(no folder)", "a", "a", "a"},
        {"a", "a", "a", "b", "b", "b", "c", "(no folder)"},
        {"drum", "drum", "drums", "drums", "dr", "dr", "dr", "dr"},
        {"kick_1", "kick-2", "kick3", "kick.4b", "808 a", "_x", "snare", "snare drum"},
        {"kick", "kick", "kick", "kick", "808", "_x", "snare", "snare"},
    };
    for (size_t c = 0; c < CASES; c++) {
        char *found[COUNT];
        lts_plot_files files = {.name = name, .folder = folders[c], .count = COUNT};
        if (c == CASES - 1)
            files.grouping = LTS_GROUP_PREFIX;
        group_names(files, found);
        for (size_t f = 0; f < COUNT; f++) {
            assert_string_equal(found[f], expected[c][f]);
            lts_free(found[f]);
        }
    }
}

static void folders_of_sounds_are_found(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    char *root = lts_path_join(s->folder, "audio"), *a = lts_path_join(root, "a");
    char *deep = lts_path_join(a, "deep"), *folder[4] = {NULL};
    const char *const made[] = {"top.wav", "a/one.wav", "a/deep/two.flac"};
    const char *const name[] = {"top", "two", "gone", "one"}, *const expected[] = {"", "a/deep", "",
                                                                                   "a"};
    assert_ok(lts_make_folder(deep, &err));
    for (size_t i = 0; i < 3; i++) {
        char *path = lts_path_join(root, made[i]);
        test_write(path, "", 0);
        lts_free(path);
    }
    assert_ok(plot_folders_find(root, name, 4, folder, &err));
    for (size_t f = 0; f < 4; f++) {
        assert_string_equal(folder[f], expected[f]);
        lts_free(folder[f]);
    }
    lts_plot_latent settings = settings_of(s);
    settings.grouping = LTS_GROUP_FOLDER;
    assert_status(lts_plot_latent_draw(&settings, s->picture, NULL, &err), LTS_ERR_NOT_FOUND);
    settings.sounds = root;
    assert_ok(lts_plot_latent_draw(&settings, s->picture, NULL, &err));
    size_t size;
    char *script = read_script(s, &size);
    assert_non_null(strstr(script, "title '(no folder)'"));
    lts_free(script);
    lts_free(deep);
    lts_free(a);
    lts_free(root);
}

static void an_outlier_goes_to_the_border(void **state)
{
    enum { N = 200 };
    scratch *s = *state;
    lts_error err = {0};
    lts_rng rng;
    float points[2 * N], path[] = {0, 0, 20, 0};
    size_t file[N] = {0}, beyond, size;
    double range[4];
    const char *const name[] = {"only"};
    const lts_plot_path paths[] = {{"the path", path, 2, false}};
    lts_rng_seed(&rng, 1, 0);
    for (size_t i = 0; i < 2 * N; i++)
        points[i] = (float)(lts_rng_uniform(&rng) - 0.5);
    points[0] = 1000;
    points[3] = -1000;
    lts_plot_space space = {
        .points = points, .file = file, .n = N, .files = {.name = name, .count = 1}};
    for (int way = 0; way < 3; way++) {
        space.whole = way == 1;
        space.paths = paths;
        space.path_count = way == 2;
        assert_ok(lts_plot_space_draw(&space, s->picture, &beyond, &err));
        assert_int_equal(beyond, way == 1 ? 0 : 2);
        char *script = read_script(s, &size);
        assert_true((strstr(script, "title '2 beyond the border'") != NULL) == (way != 1));
        assert_int_equal(sscanf(strstr(script, "set xrange"),
                                "set xrange [%lf:%lf]\nset yrange [%lf:%lf]", &range[0], &range[1],
                                &range[2], &range[3]),
                         4);
        /* A path is seen whole, however far it leads. */
        assert_true(way == 1 ? range[1] > 1000 && range[2] < -1000
                             : range[1] < 30 && range[1] > (way == 2 ? 20 : 0.5));
        const char *data = strchr(strstr(script, "plot '-' binary"), '\n') + 1;
        size_t inside = 0;
        for (size_t i = 0; i < N; i++) {
            float at[2];
            memcpy(at, data + i * POINT, sizeof at);
            inside += at[0] > range[0] && at[0] < range[1] && at[1] > range[2] && at[1] < range[3];
        }
        assert_int_equal(inside, N);
        lts_free(script);
    }
}

static void short_memory_leaves_nothing_behind(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    lts_plot_latent settings = settings_of(s);
    settings.points = 30;
    size_t n = 1;
    for (lts_status status = LTS_ERR_MEMORY; status != LTS_OK; n++) {
        assert_int_equal(test_folder_count(s->folder), 5);
        test_fail_allocation(n);
        status = lts_plot_latent_draw(&settings, s->picture, NULL, &err);
        test_fail_allocation(0);
        assert_true(n < 1000);
    }
    assert_true(n > 20);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, open_scratch, close_scratch)
    const struct CMUnitTest tests[] = {
        test(a_data_set_and_two_sounds_make_a_picture),
        test(equal_settings_give_equal_pictures),
        test(every_file_gives_as_even_a_share_as_it_can),
        test(both_axes_have_one_scale),
        test(given_alphas_make_the_paths_between),
        test(gnuplot_draws_it_in_every_way),
        test(wrong_settings_are_refused),
        test(points_that_are_not_finite_are_refused),
        test(few_files_stand_alone_many_are_grouped),
        test(groups_are_prefixes_or_folders),
        test(folders_of_sounds_are_found),
        test(an_outlier_goes_to_the_border),
        test(short_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests_name("plot_latent", tests, NULL, NULL);
}
