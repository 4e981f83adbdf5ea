/* Notes of a model with a data set: where labels lie in the latent space, and what is heard. */
#include "testing.h"

#include "lts/audio.h"
#include "lts/formats.h"
#include "lts/prior_file.h"
#include "lts/stft_note.h"
#include "pipeline/generate/note_run.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    LATENT = 3,
    TOLD = 8,
    BINS = 32,
    FRAMES = 48,
    FLOATS = BINS * FRAMES,
    NOTES = 5,
    SAMPLES = 1504
};

static const struct {
    const char *label;
    float min, max;
} notes[NOTES] = {{"Bright,50,A4", -50, 20},
                  {"Bright,100,A4", -40, 30},
                  {"Dark,50,A4", -60, 0},
                  {"Dark,100,A4", -70, 10},
                  {"Dark,100,E4", -65, 5}};

static lts_feature small_feature(void)
{
    lts_feature feature = lts_feature_defaults(LTS_FEATURE_STFT);
    feature.note = (lts_note_config){8000, 0.188, {.size = 2 * BINS, .hop = 32}, 80};
    return feature;
}

/* FOLDER/npy with the notes, each a decaying partial of its own. */
static char *write_notes(const char *folder)
{
    static float example[NOTES * FLOATS];
    lts_error err = {0};
    char *arrays = lts_path_join(folder, "npy"), *array = lts_path_join(arrays, "notes-1.npy");
    char *table = lts_path_join(arrays, "notes-1.csv");
    assert_ok(lts_make_folder(arrays, &err));
    for (int n = 0; n < NOTES; n++)
        for (int k = 0; k < BINS; k++)
            for (int t = 0; t < FRAMES; t++)
                example[(n * BINS + k) * FRAMES + t] =
                    expf(-0.2F * (float)((k - 4 - 4 * n) * (k - 4 - 4 * n)) - 0.03F * (float)t);
    assert_ok(lts_npy_save(array, example, NOTES, FLOATS, &err));
    FILE *file = fopen(table, "w");
    assert_non_null(file);
    fprintf(file, "file,group,descriptor,magnitude,pitch,min,max\n");
    for (int n = 0; n < NOTES; n++)
        fprintf(file, "%d.wav,G,%s,%g,%g\n", n, notes[n].label, (double)notes[n].min,
                (double)notes[n].max);
    fclose(file);
    lts_free(array);
    lts_free(table);
    return arrays;
}

/* An untrained model, told the labels or nothing. */
static lts_model *make_model(const char *folder, bool told)
{
    static const char conditions[] = "descriptor 64 69 100\nBright\nDark";
    lts_error err = {0};
    lts_model_config config = lts_model_type_defaults(LTS_MODEL_SEMANTIC);
    lts_feature feature = small_feature();
    lts_feature_note settings[LTS_FEATURE_NOTES];
    lts_model_note saved[LTS_FEATURE_NOTES + 1];
    lts_model *fresh, *model;
    char *path = lts_path_join(folder, told ? "told.safetensors" : "model.safetensors");
    const size_t count = lts_feature_notes(&feature, settings);
    for (size_t i = 0; i < count; i++)
        saved[i] = (lts_model_note){settings[i].key, settings[i].value};
    saved[count] = (lts_model_note){LTS_CONDITION_NOTE, conditions};
    config.bins = FLOATS;
    config.rows = BINS;
    config.latent = LATENT;
    snprintf(config.filters, sizeof config.filters, "4,3");
    config.condition = told ? LTS_CONDITION_DESCRIPTOR : LTS_CONDITION_NONE;
    config.conditions = told ? TOLD : 0;
    assert_ok(lts_model_create(&config, 7, &fresh, &err));
    assert_ok(lts_model_save(fresh, path, saved, count + told, &err));
    lts_model_destroy(fresh);
    assert_ok(lts_model_load(path, &model, &err));
    lts_free(path);
    return model;
}

typedef struct scene {
    char *folder, *arrays;
    lts_model *model;
    note_run run;
    note_point point, note[NOTES];
} scene;

static void open_scene(scene *s, bool told)
{
    lts_error err = {0};
    *s = (scene){.folder = test_folder()};
    s->arrays = write_notes(s->folder);
    s->model = make_model(s->folder, told);
    assert_ok(note_run_open(s->model, s->arrays, 1, &s->run, &err));
    assert_ok(note_point_create(&s->run, &s->point, &err));
    for (size_t n = 0; n < NOTES; n++) {
        assert_ok(note_point_create(&s->run, &s->note[n], &err));
        assert_ok(note_encode_row(&s->run, n, &s->note[n], &err));
    }
}

static void close_scene(scene *s)
{
    for (size_t n = 0; n < NOTES; n++)
        note_point_free(&s->note[n]);
    note_point_free(&s->point);
    note_run_close(&s->run);
    lts_model_destroy(s->model);
    lts_free(s->arrays);
    test_folder_remove(s->folder);
}

/* The point is that of these notes, each with its weight. */
static void assert_mixture(const scene *s, const double weight[NOTES])
{
    double min = 0, max = 0;
    for (size_t d = 0; d < LATENT; d++) {
        double mean = 0, variance = 0;
        for (size_t n = 0; n < NOTES; n++) {
            mean += weight[n] * (double)s->note[n].mean[d];
            variance += fabs(weight[n]) * pow((double)s->note[n].deviation[d], 2);
        }
        assert_float_equal(s->point.mean[d], (float)mean, 1e-4);
        assert_float_equal(s->point.deviation[d], (float)sqrt(variance), 1e-4);
    }
    for (size_t n = 0; n < NOTES; n++) {
        min += weight[n] * (double)notes[n].min;
        max += weight[n] * (double)notes[n].max;
    }
    assert_float_equal((float)s->point.min, (float)min, 1e-3);
    assert_float_equal((float)s->point.max, (float)max, 1e-3);
}

static void labels_lie_where_their_notes_do(void **state)
{
    (void)state;
    static const struct {
        lts_condition_part part[2];
        size_t parts;
        double weight[NOTES];
    } wanted[] = {
        {{{"Bright", 50}}, 1, {1}},
        {{{"bright", 60}}, 1, {0.8, 0.2}},
        {{{"Bright", 150}}, 1, {-1, 2}},
        {{{"Bright", 0}}, 1, {2, -1}},
        {{{"Bright", 25}, {"Dark", 75}}, 2, {0, 0.25, 0, 0.75}},
    };
    lts_error err = {0};
    scene s;
    open_scene(&s, false);
    for (size_t w = 0; w < sizeof wanted / sizeof *wanted; w++) {
        assert_ok(
            note_of_labels(&s.run, wanted[w].part, wanted[w].parts, 69, false, &s.point, &err));
        assert_mixture(&s, wanted[w].weight);
    }
    const lts_condition_part missing[] = {{"Brigth", 50}, {"Dark", 100}};
    assert_status(note_of_labels(&s.run, &missing[0], 1, 69, false, &s.point, &err),
                  LTS_ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "did you mean Bright? There are Bright, Dark"));
    assert_status(note_of_labels(&s.run, &missing[1], 1, 72, false, &s.point, &err),
                  LTS_ERR_NOT_FOUND);
    assert_string_equal(err.text, "Dark of magnitude 100 has no C5: there are E4, A4");
    close_scene(&s);
}

static void a_model_is_told_the_labels(void **state)
{
    (void)state;
    const lts_condition_part part[] = {{"bright", 25}, {"Dark", 75}};
    const float row[] = {0.25F, 0.75F, 0, 0.5F, 0.5F, 0, 0, 0};
    const lts_condition_part low = {"Bright", 50};
    lts_error err = {0};
    scene s;
    open_scene(&s, true);
    assert_ok(note_of_labels(&s.run, part, 2, 65, false, &s.point, &err));
    assert_memory_equal(s.point.condition, row, 2 * sizeof *row);
    assert_float_equal(s.point.condition[3], 1, 1e-6);
    /* Notes of another pitch will do for a model that is told the pitch. */
    assert_ok(note_of_labels(&s.run, &low, 1, 66, false, &s.point, &err));
    assert_mixture(&s, (const double[NOTES]){1});
    assert_ok(note_of_labels(&s.run, &low, 1, 69, true, &s.point, &err));
    for (size_t d = 0; d < LATENT; d++) {
        assert_float_equal(s.point.mean[d], 0, 0);
        assert_float_equal(s.point.deviation[d], 1, 0);
    }
    assert_float_equal((float)s.point.max, notes[0].max, 1e-3);
    close_scene(&s);
}

/* A prior that tells the magnitude of Bright and of Dark. */
static lts_prior make_prior(void)
{
    lts_error err = {0};
    lts_prior prior;
    assert_ok(lts_prior_alloc(LATENT, TOLD, &prior, &err));
    for (size_t z = 0; z < LATENT + LTS_PRIOR_LEVELS; z++) {
        prior.bias[z] = (float)z;
        prior.weight[z * TOLD] = 2;
        prior.weight[z * TOLD + 1] = -4;
    }
    for (size_t z = 0; z < LATENT; z++)
        prior.deviation[z] = 0.5F + (float)z;
    return prior;
}

static void labels_alone_lie_where_the_prior_says(void **state)
{
    (void)state;
    const lts_condition_part part[] = {{"Bright", 50}, {"Dark", 150}};
    const float moved = 0.5F * 2 - 1.5F * 4;
    lts_error err = {0};
    lts_prior prior = make_prior();
    scene s;
    note_run alone = {0};
    open_scene(&s, true);
    assert_ok(note_run_prior(&s.run, &prior, &err));
    assert_ok(note_of_labels(&s.run, part, 2, 69, true, &s.point, &err));
    for (size_t d = 0; d < LATENT; d++) {
        assert_float_equal(s.point.mean[d], (float)d + moved, 1e-5);
        assert_float_equal(s.point.deviation[d], prior.deviation[d], 0);
    }
    /* Levels are those of the notes where there are some, here between A4's of both. */
    assert_float_equal((float)s.point.max, 0.25F * 50 + 0.75F * 30, 1e-3);
    assert_ok(note_run_open(s.model, NULL, 1, &alone, &err));
    assert_ok(note_run_prior(&alone, &prior, &err));
    assert_ok(note_of_labels(&alone, part, 2, 69, true, &s.point, &err));
    assert_float_equal((float)s.point.min, LATENT + moved, 1e-5);
    assert_float_equal((float)s.point.max, LATENT + 1 + moved, 1e-5);
    prior.conditions--;
    assert_status(note_run_prior(&alone, &prior, &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "a prior of 3 latent dimensions and 7 conditions"));
    lts_prior_free(&prior);
    note_run_close(&alone);
    close_scene(&s);
}

static void a_prior_is_kept_beside_its_model(void **state)
{
    (void)state;
    lts_error err = {0};
    lts_prior prior = make_prior(), read;
    scene s;
    open_scene(&s, true);
    lts_model *other = make_model(s.folder, false);
    char *path = lts_path_join(s.folder, "prior.safetensors");
    char *model = lts_path_join(s.folder, "told.safetensors");
    assert_ok(lts_run_prior(model, s.model, &read, NULL, &err));
    assert_int_equal(read.latent, 0);
    assert_ok(lts_prior_save(&prior, s.model, path, &err));
    assert_ok(lts_run_prior(model, s.model, &read, NULL, &err));
    assert_memory_equal(read.weight, prior.weight,
                        (LATENT + LTS_PRIOR_LEVELS) * TOLD * sizeof(float));
    assert_memory_equal(read.bias, prior.bias, (LATENT + LTS_PRIOR_LEVELS) * sizeof(float));
    assert_memory_equal(read.deviation, prior.deviation, LATENT * sizeof(float));
    lts_prior_free(&read);
    /* Not for a model of other weights, nor for one without conditions. */
    assert_status(lts_prior_load(path, other, &read, &err), LTS_ERR_FORMAT);
    assert_non_null(strstr(err.text, "remove it and resume the run"));
    assert_int_equal(read.latent, 0);
    assert_status(lts_prior_save(&prior, other, path, &err), LTS_ERR_SHAPE);
    assert_ok(lts_run_prior(model, other, &read, NULL, &err));
    assert_int_equal(read.latent, 0);
    prior.bias[1] = NAN;
    assert_ok(lts_prior_save(&prior, s.model, path, &err));
    assert_status(lts_prior_load(path, s.model, &read, &err), LTS_ERR_NONFINITE);
    assert_non_null(strstr(err.text, "tensor bias: number 1 is not finite"));
    assert_ok(lts_run_prior(model, s.model, &read, NULL, &err));
    assert_int_equal(read.latent, 0);
    lts_prior_free(&prior);
    lts_model_destroy(other);
    lts_free(model);
    lts_free(path);
    close_scene(&s);
}

/* A decoder's picture spans less than a note's: what is played spans 0 to 1 all the same, and is
 * otherwise the decoder's. */
static void a_decoded_picture_spans_what_a_note_does(void **state)
{
    (void)state;
    static float decoded[FLOATS], picture[FLOATS];
    lts_error err = {0};
    scene s;
    open_scene(&s, true);
    const lts_condition_part part = {"Dark", 50};
    assert_ok(note_of_labels(&s.run, &part, 1, 69, false, &s.point, &err));
    lts_model_work_condition(s.run.work, s.point.condition);
    lts_model_decode(s.model, s.run.work, s.point.mean, 1, decoded);
    note_decode(&s.run, s.point.mean, s.point.condition, picture);
    size_t low = 0, high = 0;
    for (size_t i = 0; i < FLOATS; i++) {
        low = decoded[i] < decoded[low] ? i : low;
        high = decoded[i] > decoded[high] ? i : high;
    }
    assert_true(decoded[low] > 0.01F && decoded[high] < 0.99F);
    assert_float_equal(picture[low], 0, 0);
    assert_float_equal(picture[high], 1, 0);
    for (size_t i = 0; i < FLOATS; i++)
        assert_float_equal(decoded[low] + picture[i] * (decoded[high] - decoded[low]), decoded[i],
                           1e-6);
    close_scene(&s);
}

static void the_source_is_as_loud_as_its_picture(void **state)
{
    (void)state;
    lts_error err = {0};
    scene s;
    float *x, *louder;
    size_t n;
    open_scene(&s, false);
    const lts_condition_part part = {"Dark", 100};
    lts_generate wanted = {.arrays = s.arrays,
                           .part = &part,
                           .parts = 1,
                           .name = "note/1",
                           .key = 69,
                           .count = 1,
                           .from_data = true,
                           .threads = 1,
                           .phase = lts_phase_defaults(),
                           .output = {.bits = LTS_AUDIO_FLOAT}};
    char *out = lts_path_join(s.folder, "out"), *file = lts_path_join(out, "note_1_source.wav");
    assert_ok(lts_generate_notes(s.model, &wanted, out, NULL, &err));
    assert_int_equal(test_folder_count(out), 2);
    assert_ok(lts_audio_load(file, 8000, 0, 1, &x, &n, &err));
    assert_int_equal(n, SAMPLES);
    /* Against the same picture rendered by itself, 6 dB louder. */
    assert_ok(lts_alloc_checked(&louder, SAMPLES, sizeof *louder, "x", &err));
    const lts_note_config *note = &s.run.feature->note;
    const lts_stft_note config = {note->sample_rate, note->duration, note->stft};
    assert_ok(note_encode_row(&s.run, 3, &s.point, &err));
    assert_ok(lts_stft_note_render(&config, s.run.example, -70 + 6, 10 + 6, &wanted.phase, louder,
                                   NULL, &err));
    double sum = 0, sum_louder = 0;
    for (size_t i = 0; i < SAMPLES; i++) {
        sum += (double)(x[i] * x[i]);
        sum_louder += (double)(louder[i] * louder[i]);
    }
    assert_true(fabs(10 * log10(sum_louder / sum) - 6) < 0.1);
    wanted.from_data = false;
    wanted.key = 128;
    assert_status(lts_generate_notes(s.model, &wanted, out, NULL, &err), LTS_ERR_ARGUMENT);
    lts_free(louder);
    lts_free(x);
    lts_free(file);
    lts_free(out);
    close_scene(&s);
}

static void ends_are_labels_or_files(void **state)
{
    (void)state;
    assert_true(lts_generate_is_label("Crunch/75/A4"));
    assert_true(lts_generate_is_label("Bright=0.6,Fuzz=0.4/75/1-5"));
    const char *const others[] = {"Crunch/75",      "Crunch//A4", "/75/A4", "a/Crunch/75/A4",
                                  "Crunch/75/H4",   "a.wav",      "",       "Crunch/-1/A4",
                                  "Crunch/75/1.wav"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(lts_generate_is_label(others[i]));
}

static void memory_that_is_short_is_told(void **state)
{
    (void)state;
    lts_error err = {0};
    scene s;
    open_scene(&s, true);
    char *out = lts_path_join(s.folder, "out");
    const lts_generate_between way = {.arrays = s.arrays,
                                      .ends = {"Dark/100/E4", "Bright=1,Dark=2/60/A4"},
                                      .steps = 3,
                                      .threads = 1,
                                      .phase = lts_phase_defaults(),
                                      .output = {.bits = LTS_AUDIO_24}};
    (void)test_fail_allocation(0);
    assert_ok(lts_generate_path(s.model, &way, out, NULL, &err));
    const size_t asked = test_fail_allocation(0);
    assert_int_equal(test_folder_count(out), 3);
    for (size_t n = 1; n <= asked; n += 1 + n / 8) {
        (void)test_fail_allocation(n);
        const lts_status status = lts_generate_path(s.model, &way, out, NULL, &err);
        (void)test_fail_allocation(0);
        assert_status(status, LTS_ERR_MEMORY);
    }
    lts_free(out);
    close_scene(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_lie_where_their_notes_do),
        cmocka_unit_test(a_model_is_told_the_labels),
        cmocka_unit_test(labels_alone_lie_where_the_prior_says),
        cmocka_unit_test(a_prior_is_kept_beside_its_model),
        cmocka_unit_test(a_decoded_picture_spans_what_a_note_does),
        cmocka_unit_test(the_source_is_as_loud_as_its_picture),
        cmocka_unit_test(ends_are_labels_or_files),
        cmocka_unit_test(memory_that_is_short_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
