#include "testing.h"

#include "lts/config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static lts_error err; /* of the call that failed last */

/* Collects what a load says. */
typedef struct ear {
    char text[8192];
    size_t warnings, notes;
} ear;

static void hear(void *user, lts_level level, const char *text)
{
    ear *e = user;
    size_t used = strlen(e->text);
    e->warnings += level == LTS_LEVEL_WARNING;
    e->notes += level == LTS_LEVEL_NOTE;
    snprintf(e->text + used, sizeof e->text - used, "%s\n", text);
}

static size_t times(const char *text, const char *word)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, word)); at++)
        count++;
    return count;
}

typedef struct fixture {
    char *folder, *path;
    ear ear;
    lts_reporter reporter;
    lts_config config;
} fixture;

static int set_up(void **state)
{
    fixture *f = lts_alloc(1, sizeof *f);
    f->folder = test_folder();
    f->path = lts_path_join(f->folder, "x.ini");
    f->reporter = (lts_reporter){.user = &f->ear, .message = hear};
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    lts_config_free(&f->config);
    lts_free(f->path);
    test_folder_remove(f->folder);
    lts_free(f);
    return 0;
}

static lts_status load_text(fixture *f, const char *text)
{
    test_write(f->path, text, strlen(text));
    lts_config_free(&f->config);
    memset(&f->ear, 0, sizeof f->ear);
    return lts_config_load(f->path, NULL, 0, &f->config, &f->reporter, &err);
}

static lts_status load_sets(fixture *f, const char *const *sets, size_t count)
{
    lts_config_free(&f->config);
    return lts_config_load(NULL, sets, count, &f->config, &f->reporter, &err);
}

static void assert_type(const lts_config *config, const char *type)
{
    char *text = lts_config_get(config, "model.type");
    assert_string_equal(text, type);
    lts_free(text);
}

static void default_ini_is_the_table(void **state)
{
    (void)state;
    char *bytes, *listing = lts_config_listing(NULL);
    size_t size;
    assert_non_null(listing);
    assert_ok(lts_read_file(LTS_SOURCE_DIR "/default.ini", 1 << 20, &bytes, &size, &err));
    assert_string_equal(bytes, listing);
    lts_free(bytes);
    lts_free(listing);
}

static void default_ini_gives_the_built_in_values(void **state)
{
    fixture *f = *state;
    lts_config built_in;
    lts_ini *ini;
    lts_ini_entry entry;
    assert_ok(lts_config_load(NULL, NULL, 0, &built_in, NULL, &err));
    assert_ok(
        lts_config_load(LTS_SOURCE_DIR "/default.ini", NULL, 0, &f->config, &f->reporter, &err));
    assert_int_equal(f->ear.warnings, 0);
    assert_int_equal(f->ear.notes, 0);
    assert_ok(lts_ini_load(LTS_SOURCE_DIR "/default.ini", &ini, &err));
    size_t count = 0;
    for (; lts_ini_at(ini, count, &entry); count++) {
        char *name = lts_format("%s.%s", entry.section, entry.key);
        char *a = lts_config_get(&f->config, name), *b = lts_config_get(&built_in, name);
        assert_string_equal(a, b);
        assert_string_equal(lts_config_standard(name), entry.value);
        lts_free(a);
        lts_free(b);
        lts_free(name);
    }
    assert_true(count > 40);
    lts_ini_destroy(ini);
    lts_config_free(&built_in);
}

static void the_defaults_are_the_documented_ones(void **state)
{
    fixture *f = *state;
    lts_feature feature;
    lts_cqt_config standard = lts_cqt_defaults();
    lts_model_config model, architecture = lts_model_defaults();
    assert_ok(load_sets(f, NULL, 0));
    assert_ok(lts_config_feature(&f->config, &feature, &err));
    assert_true(feature.cqt.sample_rate == standard.sample_rate && feature.cqt.hop == standard.hop);
    assert_true(feature.cqt.bins_per_octave == standard.bins_per_octave &&
                feature.cqt.octaves == standard.octaves);
    assert_true(feature.cqt.fmin > standard.fmin * (1 - 1e-12) &&
                feature.cqt.fmin < standard.fmin * (1 + 1e-12));
    assert_ok(lts_config_model(&f->config, &model, &err));
    assert_int_equal(model.type, architecture.type);
    assert_int_equal(model.bins, architecture.bins);
    assert_int_equal(model.latent, architecture.latent);
    assert_int_equal(model.units, architecture.units);
    assert_int_equal(model.output, architecture.output);
    assert_int_equal(model.compression, architecture.compression);
    assert_false(lts_config_given(&f->config, "audio.hop_length"));
}

static void the_tensorflow_originals_file_is_understood(void **state)
{
    fixture *f = *state;
    lts_model_config model;
    assert_ok(lts_config_load(test_data("config/tensorflow.ini"), NULL, 0, &f->config, &f->reporter,
                              &err));
    const lts_config *c = &f->config;
    assert_int_equal(f->ear.warnings, 0);
    assert_int_equal(c->audio.n_iter, 64);
    assert_string_equal(c->dataset.datapath, "D:\\sounds\\a set of mine");
    assert_string_equal(c->dataset.total_frames, "895918");
    assert_int_equal(c->dataset.run_number, 10);
    assert_int_equal(c->training.checkpoint_interval, 15);
    assert_int_equal(c->training.early_patience_epoch, 50);
    assert_true(c->training.early_delta == 1e-6 && c->training.learning_rate == 1e-5);
    assert_true(c->training.save_best_only && !c->training.continue_training);
    assert_string_equal(c->extra.description, "strings-vae2");
    assert_ok(lts_config_model(c, &model, &err));
    assert_int_equal(model.type, LTS_MODEL_VAE2);
    assert_int_equal(model.layers, 3);
    assert_int_equal(model.units_divider, 2);
    assert_int_equal(model.output, LTS_OUTPUT_SIGMOID);
    assert_true(model.batch_norm);
    assert_int_equal(times(f->ear.text, "buffer_size, buffer_size_dataset has no effect"), 1);
    assert_int_equal(times(f->ear.text, "plot_model has no effect"), 1);
    assert_int_equal(f->ear.notes, 2);
}

static void the_pytorch_originals_file_is_understood(void **state)
{
    fixture *f = *state;
    lts_feature feature;
    assert_ok(
        lts_config_load(test_data("config/pytorch.ini"), NULL, 0, &f->config, &f->reporter, &err));
    const lts_config *c = &f->config;
    assert_int_equal(f->ear.warnings, 0);
    assert_ok(lts_config_feature(c, &feature, &err));
    assert_true(feature.cqt.sample_rate == 48000 && feature.cqt.hop == 256);
    assert_true(feature.cqt.fmin > 54.9999 && feature.cqt.fmin < 55.0001);
    assert_int_equal(lts_feature_columns(&feature), 7 * 24);
    assert_true(c->dataset.overwrite_cqt && c->dataset.check_audio && c->dataset.check_dataset);
    assert_string_equal(c->dataset.test_dataset, "test_audio");
    assert_string_equal(c->dataset.total_frames, "");
    assert_int_equal(c->training.checkpoint_interval, 200);
    assert_int_equal(c->training.early_patience_epoch, 0);
    assert_type(c, "vae");
    assert_int_equal(times(f->ear.text, "device has no effect here: training runs on the CPU"), 1);
}

static void the_pytorch_originals_loss_is_its_sum(void **state)
{
    fixture *f = *state;
    static const char note[] = "a file of the PyTorch original";
    static const char pytorch[] = "[audio]\nsampling_rate = 44100\n[VAE]\ndevice = cpu\n";
    const struct {
        const char *more;
        lts_loss loss;
        size_t notes;
    } cases[] = {{"", LTS_LOSS_SUM, 1},
                 {"[training]\nsave_best_model_after = 5\n", LTS_LOSS_SUM, 1},
                 {"[training]\nloss =\n", LTS_LOSS_SUM, 1},
                 {"[training]\nloss = mean\n", LTS_LOSS_MEAN, 0},
                 {"[training]\nloss = sum\n", LTS_LOSS_SUM, 0},
                 {"[training]\ncheckpoint_epochs = 5\n", LTS_LOSS_MEAN, 0},
                 {"[model]\ntype = vae\n", LTS_LOSS_MEAN, 0}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char *text = lts_format("%s%s", pytorch, cases[c].more);
        assert_ok(load_text(f, text));
        assert_int_equal(f->config.training.loss, cases[c].loss);
        assert_int_equal(times(f->ear.text, note), cases[c].notes);
        lts_free(text);
    }
    /* One of the spellings alone is no original's file. */
    assert_ok(load_text(f, "[audio]\nsampling_rate = 44100\n"));
    assert_int_equal(f->config.training.loss, LTS_LOSS_RELATIVE);
    lts_config_free(&f->config);
    assert_ok(lts_config_load(test_data("config/tensorflow.ini"), NULL, 0, &f->config, NULL, &err));
    assert_int_equal(f->config.training.loss, LTS_LOSS_MEAN);
    assert_int_equal(f->config.origin, LTS_ORIGIN_TENSORFLOW);
    lts_config_free(&f->config);
    /* The command line wins too, and does not change whose file it is. */
    const char *const sets[] = {"training.seed=4", "model.type=vae", "training.loss=mean"};
    for (size_t count = 2; count <= 3; count++) {
        lts_config_free(&f->config);
        assert_ok(
            lts_config_load(test_data("config/pytorch.ini"), sets, count, &f->config, NULL, &err));
        assert_int_equal(f->config.origin, LTS_ORIGIN_PYTORCH);
        assert_int_equal(f->config.training.loss, count == 2 ? LTS_LOSS_SUM : LTS_LOSS_MEAN);
    }
    /* What a run saves says it openly. */
    lts_config_free(&f->config);
    assert_ok(lts_config_load(test_data("config/pytorch.ini"), NULL, 0, &f->config, NULL, &err));
    assert_ok(lts_config_save(&f->config, f->path, &err));
    lts_config_free(&f->config);
    memset(&f->ear, 0, sizeof f->ear);
    assert_ok(lts_config_load(f->path, NULL, 0, &f->config, &f->reporter, &err));
    assert_int_equal(f->config.training.loss, LTS_LOSS_SUM);
    assert_int_equal(times(f->ear.text, note), 0);
}

static void the_originals_arrays_begin_at_c1(void **state)
{
    fixture *f = *state;
    static const char own[] = "[model]\ntype = vae\n";
    const struct {
        const char *beside, *more,
            *ini; /* npy/config.ini, or NULL; behind it; what is trained with */
        bool originals;
        const char *fmin; /* NULL: refused */
        size_t warnings;
    } cases[] = {
        {"[audio]\ncqt_fmin = A1\n", "", "[audio]\ncqt_fmin = A1\n", true, "C1", 1},
        {"[audio]\ncqt_fmin = A1\n", "", "[audio]\ncqt_fmin = 55\n", true, "C1", 1},
        {"[audio]\ncqt_fmin = A1\n", "", "", true, "C1", 1},
        {"[audio]\ncqt_fmin = A1\n", "", "[audio]\ncqt_fmin = G2\n", true, NULL, 1},
        {"[audio]\nhop_length = 128\n", "", "[audio]\ncqt_fmin = G2\n", true, NULL, 0},
        {"[audio]\nhop_length = 128\n", "", "", true, "C1", 0},
        {"[audio]\ncqt_fmin = A1\n", own, "[audio]\ncqt_fmin = A1\n", false, "A1", 0},
        {NULL, "", "[audio]\ncqt_fmin = A1\n", true, "C1", 1},
        {NULL, "", "[audio]\nsampling_rate = 44100\ncqt_fmin = A1\n[VAE]\ndevice = cpu\n", true,
         "C1", 1},
    };
    char *folder = lts_path_join(f->folder, "npy"), *path = lts_path_join(folder, "config.ini");
    bool originals;
    assert_ok(lts_make_folder(folder, &err));
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        unlink(path);
        if (cases[c].beside) {
            char *text = lts_format("%s%s", cases[c].beside, cases[c].more);
            test_write(path, text, strlen(text));
            lts_free(text);
        }
        assert_ok(load_text(f, cases[c].ini));
        memset(&f->ear, 0, sizeof f->ear);
        assert_status(lts_config_arrays(&f->config, folder, &originals, &f->reporter, &err),
                      cases[c].fmin ? LTS_OK : LTS_ERR_SHAPE);
        assert_int_equal(originals, cases[c].originals);
        assert_int_equal(f->ear.warnings, cases[c].warnings);
        assert_int_equal(times(f->ear.text, "cqt_fmin = A1 is not"), cases[c].warnings);
        if (cases[c].fmin)
            assert_string_equal(f->config.audio.cqt_fmin, cases[c].fmin);
        else
            assert_non_null(
                strstr(err.text, "npy/config.ini: the arrays were made by the original"));
    }
    unlink(path);
    assert_false(lts_config_described(folder));
    assert_ok(load_text(f, "[audio]\ncqt_fmin = A1\n"));
    memset(&f->ear, 0, sizeof f->ear);
    assert_ok(lts_config_arrays(&f->config, folder, &originals, &f->reporter, &err));
    assert_int_equal(times(f->ear.text, "with neither .lts nor config.ini beside them"), 1);
    assert_ok(load_text(f, "[audio]\ncqt_fmin = A1\n"));
    assert_ok(lts_config_arrays(&f->config, NULL, &originals, &f->reporter, &err));
    assert_false(originals);
    assert_string_equal(f->config.audio.cqt_fmin, "A1");
    /* What lts-dataset left beside them makes them ours. */
    char *states = lts_path_join(folder, ".lts");
    assert_ok(lts_make_folder(states, &err));
    test_write(path, "[audio]\ncqt_fmin = A1\n", 22);
    assert_ok(load_text(f, "[audio]\ncqt_fmin = A1\n"));
    assert_ok(lts_config_arrays(&f->config, folder, &originals, &f->reporter, &err));
    assert_false(originals);
    assert_string_equal(f->config.audio.cqt_fmin, "A1");
    lts_free(states);
    lts_free(path);
    lts_free(folder);
}

static void a_percent_sign_is_doubled_in_files(void **state)
{
    fixture *f = *state;
    assert_ok(load_text(f, "[extra]\ndescription = 50%%\n"));
    assert_string_equal(f->config.extra.description, "50%");
    assert_ok(lts_config_save(&f->config, f->path, &err));
    char *bytes;
    size_t size;
    assert_ok(lts_read_file(f->path, 1 << 20, &bytes, &size, &err));
    assert_non_null(strstr(bytes, "description = 50%%\n"));
    lts_free(bytes);
    const char *const sets[] = {"extra.description=50%"};
    assert_ok(load_sets(f, sets, 1));
    assert_string_equal(f->config.extra.description, "50%");
}

static void a_saved_configuration_loads_as_the_same(void **state)
{
    fixture *f = *state;
    const char *const files[] = {"config/tensorflow.ini", "config/pytorch.ini"};
    for (size_t i = 0; i < 2; i++) {
        lts_config again;
        lts_ini *ini;
        lts_ini_entry entry;
        lts_config_free(&f->config);
        assert_ok(lts_config_load(test_data(files[i]), NULL, 0, &f->config, NULL, &err));
        assert_ok(lts_config_save(&f->config, f->path, &err));
        assert_ok(lts_config_load(f->path, NULL, 0, &again, NULL, &err));
        assert_int_equal(again.type, f->config.type);
        /* What the file said is still there, in its spelling. */
        assert_ok(lts_ini_load(test_data(files[i]), &ini, &err));
        for (size_t e = 0; lts_ini_at(ini, e, &entry); e++) {
            char *name = lts_format("%s.%s", entry.section, entry.key);
            char *a = lts_config_get(&f->config, name), *b = lts_config_get(&again, name);
            assert_string_equal(a, b);
            assert_non_null(lts_ini_get(again.source, entry.section, entry.key));
            lts_free(a);
            lts_free(b);
            lts_free(name);
        }
        lts_ini_destroy(ini);
        assert_non_null(lts_ini_get(again.source, "training", "seed"));
        lts_config_free(&again);
    }
}

static void unknown_keys_warn_with_their_line_and_are_kept(void **state)
{
    fixture *f = *state;
    assert_ok(load_text(f, "[training]\nepoch = 5\n[VAE]\nlearning_rate = 1\n[mine]\nzzzzz = 7\n"));
    assert_int_equal(f->ear.warnings, 3);
    assert_non_null(strstr(f->ear.text, "x.ini:2: [training] epoch is not a setting; did you mean "
                                        "[training] epochs?"));
    assert_non_null(strstr(f->ear.text, "x.ini:4: [VAE] learning_rate is not a setting; did you "
                                        "mean [training] learning_rate?"));
    assert_non_null(strstr(f->ear.text, "x.ini:6: [mine] zzzzz is not a setting: it"));
    assert_int_equal(f->config.training.epochs, 100);
    assert_ok(lts_config_save(&f->config, f->path, &err));
    lts_config_free(&f->config);
    assert_ok(lts_config_load(f->path, NULL, 0, &f->config, NULL, &err));
    assert_string_equal(lts_ini_get(f->config.source, "mine", "zzzzz"), "7");
    assert_string_equal(lts_ini_get(f->config.source, "training", "epoch"), "5");
}

static void every_bad_value_is_refused_in_one_line(void **state)
{
    fixture *f = *state;
    const char *const bad[][2] = {
        {"[audio]\nsample_rate = fast", "[audio] sample_rate = fast: must be a number, 1000 to"},
        {"[audio]\nsampling_rate = nan", "sampling_rate = nan"},
        {"[audio]\nhop_length = 0", "must be a whole number, 1 to 65536"},
        {"[audio]\nhop_length = 128.5", "must be a whole number"},
        {"[audio]\nhop_length = 12x", "must be a whole number"},
        {"[audio]\nbins_per_octave = -1", "bins_per_octave"},
        {"[audio]\nnum_octaves = 99", "1 to 24"},
        {"[audio]\ncqt_fmin = H9", "must be a note such as C1"},
        {"[audio]\ncqt_fmin = -3", "must be a note"},
        {"[audio]\ncqt_bit_depth = int8", "must be float32 or float64"},
        {"[audio]\nn_iter = 1001", "0 to 1000"},
        {"[audio]\nfeatures = mfcc", "[audio] features = mfcc: must be cqt"},
        {"[dataset]\ncqt_dataset = a/b", "must be the name of one folder"},
        {"[dataset]\ncqt_dataset = ..", "must be the name of one folder"},
        {"[dataset]\noverwrite_cqt = maybe", "must be True or False"},
        {"[dataset]\nvalidation = 1", "0 to 0.9"},
        {"[model]\ntype = gan", "must be auto, vae, vae2, "},
        {"[model]\ntype = gan", "inversynth, cvae or semantic"},
        {"[VAE]\nlatent_dim = 0", "latent_dim = 0"},
        {"[VAE]\nkl_beta = -1", "kl_beta = -1"},
        {"[VAE]\noutput_activation = tanh", "must be linear, relu or sigmoid"},
        {"[training]\nepochs = -1", "epochs = -1"},
        {"[training]\nminutes = -1", "minutes = -1"},
        {"[training]\nschedule = steps", "must be constant or cosine"},
        {"[model]\npreset = none", "must be auto, default, original-tensorflow, "},
        {"[training]\nepochs = 1e3", "epochs = 1e3"},
        {"[training]\nlearning_rate = 0", "learning_rate = 0"},
        {"[training]\nadam_beta_1 = 1", "adam_beta_1 = 1"},
        {"[training]\nloss = median", "must be mean, sum, relative, bce or elbo"},
        {"[training]\ncompression = zip", "must be none, power or log"},
        {"[training]\nseed = -1", "seed = -1"},
        {"[extra]\ndescription = ../up", "must be the name of one folder"},
        {"[extra]\nexample_length = 0", "example_length = 0"},
        {"[extra]\nalpha_step = 0", "alpha_step = 0"},
        {"[extra]\nnum_random_interpolations = many", "num_random_interpolations = many"},
    };
    for (size_t b = 0; b < sizeof bad / sizeof *bad; b++) {
        assert_status(load_text(f, bad[b][0]), LTS_ERR_ARGUMENT);
        assert_non_null(strstr(err.text, "x.ini:2: ["));
        assert_non_null(strstr(err.text, bad[b][1]));
        assert_null(strchr(err.text, '\n'));
        assert_null(f->config.source);
    }
}

static void settings_that_do_not_fit_together_are_refused(void **state)
{
    fixture *f = *state;
    lts_feature feature;
    lts_model_config model;
    assert_status(load_text(f, "[extra]\ndescription = npy\n"), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "description = npy"));
    assert_status(load_text(f, "[extra]\ndescription = audio\n"), LTS_ERR_ARGUMENT);
    assert_status(load_text(f, "[dataset]\ncqt_dataset = audio\n"), LTS_ERR_ARGUMENT);
    assert_status(load_text(f, "[extra]\nalpha_min = 1\nalpha_max = 0\n"), LTS_ERR_ARGUMENT);
    assert_status(load_text(f, "[audio]\nsample_rate = 1000\nsampling_rate = 2000\n"),
                  LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "are one setting"));
    assert_ok(load_text(f, "[audio]\nsample_rate = 2000\nsampling_rate = 2000\n"));
    /* The top bin above Nyquist. */
    assert_ok(load_text(f, "[audio]\ncqt_fmin = A2\nnum_octaves = 8\n"));
    assert_status(lts_config_feature(&f->config, &feature, &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "x.ini: [audio]: "));
    assert_non_null(strstr(err.text, "7"));
    assert_status(lts_config_model(&f->config, &model, &err), LTS_ERR_ARGUMENT);
}

static void booleans_are_read_as_configparser_reads_them(void **state)
{
    fixture *f = *state;
    const char *const words[2][4] = {{"0", "no", "False", "OFF"}, {"1", "yes", "TRUE", "On"}};
    for (int truth = 0; truth < 2; truth++)
        for (int w = 0; w < 4; w++) {
            char text[64];
            snprintf(text, sizeof text, "[training]\nlearning_schedule=%s\n", words[truth][w]);
            assert_ok(load_text(f, text));
            assert_int_equal(f->config.training.learning_schedule, truth);
        }
}

static void empty_values_mean_the_default(void **state)
{
    fixture *f = *state;
    assert_ok(load_text(f, "[audio]\nhop_length =\ncqt_fmin\n[training]\nepochs = \nseed=\n"));
    assert_int_equal(f->config.audio.hop_length, 128);
    assert_string_equal(f->config.audio.cqt_fmin, "C1");
    assert_int_equal(f->config.training.epochs, 0);
    assert_int_equal(f->ear.warnings, 0);
}

static void the_type_is_told_from_the_sections(void **state)
{
    fixture *f = *state;
    lts_model_config model;
    const struct {
        const char *text;
        const char *type;
    } cases[] = {
        {"", "vae"},
        {"[VAE]\nlatent_dim = 8\n", "vae"},
        {"[VAE]\nnum_layers = 2\n", "vae2"},
        {"[VAE]\nnum_layers =\n", "vae"},
        {"[CVAE]\nlatent_dim = 8\nnum_inital_filters = 32\nkernel_size = 3\n", "cvae"},
        {"[VAE]\nnum_layers = 2\n[model]\ntype = vae\n", "vae"},
        {"[CVAE]\nlatent_dim = 8\n[model]\ntype = VAE2\n", "vae2"},
        {"[model]\ntype = semantic\n", "semantic"},
        {"[semantic]\nfilters = 8, 8\n", "semantic"},
        {"[semantic]\nfilters =\n[VAE]\nactivation = relu\n", "vae"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        assert_ok(load_text(f, cases[c].text));
        assert_type(&f->config, cases[c].type);
        assert_int_equal(f->ear.warnings, 0);
        assert_ok(lts_config_model(&f->config, &model, &err));
        assert_string_equal(lts_model_type_text((int)model.type), cases[c].type);
    }
    assert_int_equal(times(f->ear.text, "no effect"), 0);
}

static void settings_without_effect_are_said_once(void **state)
{
    fixture *f = *state;
    assert_ok(load_text(f, "[VAE]\nbatch_norm = True\ndevice = cuda:0\ndevice_name = x\n"
                           "[audio]\ncqt_bit_depth = float64\n"));
    assert_int_equal(times(f->ear.text, "batch_norm has no effect in the model vae"), 1);
    assert_int_equal(times(f->ear.text, "device, device_name has no effect"), 1);
    assert_int_equal(times(f->ear.text, "arrays are written as float32"), 1);
    assert_int_equal(times(f->ear.text, "is as in original-tensorflow"), 1);
    assert_int_equal(f->ear.notes, 4);
    assert_ok(load_text(f, "[VAE]\nbatch_norm = False\ndevice =\nactivation = silu\n"));
    assert_int_equal(f->ear.notes, 0);
    assert_ok(load_text(f, "[VAE]\nnum_layers = 2\nbatch_norm = True\nactivation = relu\n"));
    assert_int_equal(f->ear.notes, 0);
    assert_ok(load_text(f, "[model]\ntype = vae\n[VAE]\nnum_layers = 2\n"));
    assert_int_equal(times(f->ear.text, "num_layers has no effect"), 1);
}

/* A legal value that is not the standard one. */
static char *another_value(const lts_model_setting *setting)
{
    switch (setting->kind) {
    case LTS_SETTING_SIZE:
        return lts_format("%zu", (size_t)setting->minimum +
                                     (strtod(setting->standard, NULL) > setting->minimum ? 0 : 1));
    case LTS_SETTING_REAL: return lts_format("%g", (setting->minimum + setting->maximum) / 2);
    case LTS_SETTING_FLAG:
        return lts_strdup(strcmp(setting->standard, "True") == 0 ? "False" : "True");
    case LTS_SETTING_TEXT:
        return lts_strdup(strcmp(setting->name, "filters") == 0 ? "8, 4" : "8x3x3/2x2, 16x3x4/2x3");
    default:
        return lts_strdup(setting->choices[strcmp(setting->standard, setting->choices[0]) == 0]);
    }
}

/* What a model's table says is what configuration accepts, keeps and hands on. */
/* Every kind can be chosen, and its settings are settings of [audio]. */
static void every_kind_of_feature_is_chosen_by_its_name(void **state)
{
    fixture *f = *state;
    lts_feature feature;
    const lts_feature_setting *setting;
    for (int kind = 0; lts_feature_kind_text(kind); kind++) {
        char *chosen = lts_format("audio.features=%s", lts_feature_kind_text(kind));
        for (size_t i = 0; (setting = lts_feature_setting_at((lts_feature_kind)kind, i)); i++) {
            char *name = lts_format("%s.%s", setting->section, setting->key);
            const lts_feature standard = lts_feature_defaults((lts_feature_kind)kind);
            const double wanted = lts_feature_get(&standard, setting);
            assert_non_null(lts_config_standard(name));
            assert_ok(load_sets(f, (const char *const[]){chosen}, 1));
            assert_ok(lts_config_feature(&f->config, &feature, &err));
            assert_int_equal(feature.kind, kind);
            assert_true(fabs(lts_feature_get(&feature, setting) - wanted) <= 1e-6 * wanted);
            assert_ok(lts_config_set_number(&f->config, name, 2 * wanted, &err));
            /* Twice as much may not fit the other settings, but it is what is looked at. */
            lts_config_feature(&f->config, &feature, &err);
            assert_true(fabs(lts_feature_get(&feature, setting) - 2 * wanted) <= 2e-6 * wanted);
            lts_free(name);
        }
        lts_free(chosen);
    }
}

static void a_section_of_its_own_asks_for_a_classifier(void **state)
{
    fixture *f = *state;
    lts_model_config model;
    lts_feature feature;
    const char *text = "[inversynth]\narchitecture = c3\n";
    test_write(f->path, text, strlen(text));
    lts_config_free(&f->config);
    assert_ok(lts_config_load(f->path, NULL, 0, &f->config, NULL, &err));
    assert_true(lts_config_classifies(&f->config));
    assert_ok(lts_config_model(&f->config, &model, &err));
    assert_ok(lts_config_feature(&f->config, &feature, &err));
    assert_int_equal(model.type, LTS_MODEL_INVERSYNTH);
    assert_int_equal(model.architecture, LTS_INVERSYNTH_C3);
    assert_int_equal(feature.kind, LTS_FEATURE_LOG_STFT);
    assert_int_equal(lts_feature_rows(&feature), 64);
    assert_int_equal(lts_feature_columns(&feature), 257);
    assert_int_equal(f->config.training.loss, LTS_LOSS_BCE);
    assert_int_equal(f->config.training.batch_size, 16);
    assert_string_equal(f->config.inversynth.parameters, "paper");
    /* default.ini has both sections. */
    text = "[VAE]\nlatent_dim = 9\nactivation = silu\n[inversynth]\n";
    test_write(f->path, text, strlen(text));
    lts_config_free(&f->config);
    assert_ok(lts_config_load(f->path, NULL, 0, &f->config, NULL, &err));
    assert_false(lts_config_classifies(&f->config));
}

static void what_is_no_magnitude_is_not_for_a_vae(void **state)
{
    fixture *f = *state;
    lts_model_config model;
    assert_ok(load_sets(f, (const char *const[]){"audio.features=log-stft"}, 1));
    assert_status(lts_config_model(&f->config, &model, &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "log-stft: a vae learns magnitudes: set features to cqt"));
}

static void every_setting_of_the_model_is_a_setting(void **state)
{
    fixture *f = *state;
    const lts_model_setting *setting;
    assert_ok(load_sets(f, NULL, 0));
    for (size_t s = 0; (setting = lts_model_setting_at(s)); s++) {
        if (!setting->key)
            continue;
        lts_model_config model;
        char *name = lts_format("%s.%s", setting->section, setting->key);
        assert_string_equal(lts_config_standard(name), setting->standard);
        char *other = another_value(setting);
        char *set = lts_format("%s=%s", name, other);
        const char *const types[] = {"vae2", "inversynth", "cvae", "semantic"};
        const char *type = "vae2";
        for (size_t t = 0; t < sizeof types / sizeof *types; t++)
            if (strcasecmp(types[t], setting->section) == 0)
                type = types[t];
        char *model_type = lts_format("model.type=%s", type);
        const char *const sets[] = {model_type, "VAE.n_units=512", "CVAE.num_dense_layers=1", set};
        const bool alone = strcmp(setting->key, "n_units") == 0;
        assert_ok(load_sets(f, alone ? sets + 3 : sets, alone ? 1 : 4));
        assert_ok(lts_config_model(&f->config, &model, &err));
        const lts_model_config standard = lts_model_type_defaults(model.type);
        assert_memory_not_equal((const char *)&model + setting->offset,
                                (const char *)&standard + setting->offset, 1);
        char *kept = lts_config_get(&f->config, name);
        assert_string_equal(kept, other);
        lts_free(kept);
        if (setting->kind == LTS_SETTING_SIZE) {
            char *most = lts_format("%zu", (size_t)setting->maximum);
            char *more = lts_format("%zu", (size_t)setting->maximum + 1);
            assert_ok(lts_config_set(&f->config, name, most, &err));
            assert_status(lts_config_set(&f->config, name, more, &err), LTS_ERR_ARGUMENT);
            lts_free(more);
            lts_free(most);
        }
        lts_free(model_type);
        lts_free(set);
        lts_free(other);
        lts_free(name);
    }
}

/* Originals' files, and those of version 0.1, train what they always trained. */
static void a_file_without_the_later_keys_means_the_originals_network(void **state)
{
    fixture *f = *state;
    const struct {
        const char *text;
        bool original;
    } cases[] = {{"[VAE]\nlatent_dim = 64\n", true},
                 {"[model]\ntype = vae\n[VAE]\nlatent_dim = 64\n[training]\nepochs = 3\n", true},
                 {"[VAE]\nlatent_dim = 64\nactivation = silu\n", false},
                 {"[VAE]\nlatent_dim = 64\n[model]\npreset = default\n", false},
                 {"[training]\nepochs = 3\n", false},
                 {"[model]\npreset = original-pytorch\n", true},
                 {"", false}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        lts_model_config model;
        assert_ok(load_text(f, cases[c].text));
        assert_ok(lts_config_model(&f->config, &model, &err));
        assert_int_equal(model.gain_shape, !cases[c].original);
        assert_int_equal(model.linear_paths, !cases[c].original);
        assert_int_equal(model.activation,
                         cases[c].original ? LTS_ACTIVATION_RELU : LTS_ACTIVATION_SILU);
        assert_int_equal(model.output, cases[c].original ? LTS_OUTPUT_RELU : LTS_OUTPUT_LINEAR);
        assert_int_equal(f->config.training.schedule, !cases[c].original);
        assert_true((f->config.training.transpose_share > 0) == !cases[c].original);
        /* A saved file says it all, and is read alike. */
        assert_ok(lts_config_save(&f->config, f->path, &err));
        lts_config again;
        assert_ok(lts_config_load(f->path, NULL, 0, &again, NULL, &err));
        assert_int_equal(again.model.gain_shape, model.gain_shape);
        assert_int_equal(again.training.loss, f->config.training.loss);
        assert_int_equal(again.preset, f->config.preset);
        lts_config_free(&again);
    }
    for (int o = 0; o < 2; o++) {
        const char *const name[] = {"config/tensorflow.ini", "config/pytorch.ini"};
        lts_config_free(&f->config);
        assert_ok(lts_config_load(test_data(name[o]), NULL, 0, &f->config, NULL, &err));
        assert_int_equal(f->config.model.activation, LTS_ACTIVATION_RELU);
        assert_int_equal(f->config.model.compression, LTS_COMPRESSION_NONE);
        assert_false(f->config.model.gain_shape || f->config.model.linear_paths);
        assert_true(f->config.training.minutes == 0 && f->config.training.schedule == 0);
    }
}

static void a_preset_that_is_set_goes_over_the_file(void **state)
{
    fixture *f = *state;
    const char *help, *name;
    const char *text = "[VAE]\nlatent_dim = 99\nkl_beta = 0.5\n[training]\nepochs = 7\n";
    test_write(f->path, text, strlen(text));
    for (int p = 0; (name = lts_config_preset(p, &help)); p++) {
        lts_model_config model;
        char *set = lts_format("model.preset=%s", name);
        const char *const sets[] = {set, "training.batch_size=5"};
        assert_true(help && help[0]);
        lts_config_free(&f->config);
        assert_ok(lts_config_load(f->path, sets, 2, &f->config, NULL, &err));
        assert_ok(lts_config_model(&f->config, &model, &err));
        assert_int_equal(f->config.training.batch_size, 5);
        const bool is_small = strcmp(name, "small") == 0;
        /* These have no weight of the divergence of their own. */
        const bool other = strcmp(name, "inversynth") == 0 || strcmp(name, "semantic") == 0;
        const bool keeps = strcmp(name, "default") == 0 || strcmp(name, "best") == 0 || other;
        assert_true(other || model.latent == (is_small ? 16 : 99));
        assert_true((f->config.vae.kl_beta == 0.5) == keeps);
        assert_true((f->config.training.minutes > 0) == (strcmp(name, "best") == 0));
        assert_true(other || model.gain_shape == (strncmp(name, "original", 8) != 0));
        lts_free(set);
    }
    assert_null(lts_config_preset(-1, NULL));
    const char *const wrong[] = {"model.preset=none"};
    assert_status(load_sets(f, wrong, 1), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "must be auto, default"));
}

static void a_budget_is_epochs_or_minutes(void **state)
{
    fixture *f = *state;
    const struct {
        const char *text, *set;
        int64_t epochs;
        double minutes;
    } cases[] = {{"", NULL, 0, 5},
                 {"[training]\nepochs = 4\n", NULL, 4, 0},
                 {"[training]\nminutes = 2.5\n", NULL, 0, 2.5},
                 {"[training]\nepochs = 4\nminutes = 2\n", NULL, 4, 2},
                 {"[training]\nepochs = 4\nminutes = 2\n", "training.epochs=6", 6, 0},
                 {"[training]\nepochs = 4\nminutes = 2\n", "training.minutes=6", 0, 6},
                 {"[training]\nepochs = 4\n", "training.minutes=1", 0, 1},
                 {"[training]\nepochs = 4\n", "model.preset=best", 0, 60},
                 {"[training]\nepochs = 0\n", NULL, 0, 5},
                 {"[VAE]\nlatent_dim = 4\n", NULL, 100, 0},
                 {"[VAE]\nlatent_dim = 4\n[training]\nminutes = 3\n", NULL, 0, 3}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        test_write(f->path, cases[c].text, strlen(cases[c].text));
        lts_config_free(&f->config);
        assert_ok(
            lts_config_load(f->path, &cases[c].set, cases[c].set != NULL, &f->config, NULL, &err));
        assert_int_equal(f->config.training.epochs, cases[c].epochs);
        assert_true(fabs(f->config.training.minutes - cases[c].minutes) < 1e-9);
    }
    assert_status(load_text(f, "[training]\nepochs = 0\nminutes = 0\n"), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "epochs and minutes are both 0"));
}

static void a_model_that_cannot_be_is_refused_with_the_file(void **state)
{
    fixture *f = *state;
    lts_model_config model;
    assert_ok(load_text(f, "[VAE]\nn_units = 4\nnum_layers = 3\n"));
    assert_status(lts_config_model(&f->config, &model, &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "x.ini: 3 layers"));
}

static void sets_go_over_the_file(void **state)
{
    fixture *f = *state;
    const char *const sets[] = {"training.epochs=7", "AUDIO.Sampling_Rate = 22050",
                                "extra.start=a = b", "training.epochs=8", "audio.hop_length=64"};
    const char *text = "[training]\nepochs = 5\n[audio]\nhop_length = bad\nsampling_rate = 48000\n";
    test_write(f->path, text, strlen(text));
    assert_ok(lts_config_load(f->path, sets, 5, &f->config, NULL, &err));
    assert_int_equal(f->config.training.epochs, 8);
    assert_true(f->config.audio.sample_rate == 22050);
    assert_int_equal(f->config.audio.hop_length, 64);
    assert_string_equal(f->config.extra.start, "a = b");
    assert_true(lts_config_given(&f->config, "training.epochs"));
    /* Saved under the spelling of the file, once. */
    assert_string_equal(lts_ini_get(f->config.source, "audio", "sampling_rate"), "22050");
    assert_null(lts_ini_get(f->config.source, "audio", "sample_rate"));

    const char *const wrong[][2] = {
        {"training.epoch=7", "training.epoch=7: no such setting; did you mean training.epochs?"},
        {"nothing.like.it=7", "no such setting"},
        {"training.epochs", "write it as section.key=value"},
        {"epochs=7", "name a setting as section.key"},
        {".epochs=7", "name a setting as section.key"},
        {"training.=7", "name a setting as section.key"},
        {"training.epochs=x", "training.epochs = x: must be a whole number, 0 to 10000000"},
    };
    for (size_t w = 0; w < sizeof wrong / sizeof *wrong; w++) {
        assert_status(load_sets(f, wrong[w], 1), LTS_ERR_ARGUMENT);
        assert_non_null(strstr(err.text, wrong[w][1]));
    }
}

static void values_set_by_the_program_are_text_and_value(void **state)
{
    fixture *f = *state;
    assert_ok(load_sets(f, NULL, 0));
    const double numbers[] = {0, 1, -3, 1000000, 0.1, 1e-5, 0.3333333333333333, 9007199254740992.0};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        double back;
        assert_ok(lts_config_set_number(&f->config, "training.best_loss", numbers[i], &err));
        assert_true(lts_parse_double(f->config.training.best_loss, &back) && back == numbers[i]);
    }
    assert_ok(lts_config_set_number(&f->config, "training.epochs", 1000000, &err));
    assert_int_equal(f->config.training.epochs, 1000000);
    assert_ok(lts_config_set_number(&f->config, "training.seed", 9007199254740992.0, &err));
    assert_int_equal(f->config.training.seed, 9007199254740992);
    assert_status(lts_config_set(&f->config, "training.epochs", "-1", &err), LTS_ERR_ARGUMENT);
    assert_int_equal(f->config.training.epochs, 1000000);
    assert_status(lts_config_set(&f->config, "no.such", "1", &err), LTS_ERR_ARGUMENT);
    assert_null(lts_config_get(&f->config, "no.such"));
    assert_null(lts_config_standard("no.such"));
    assert_string_equal(lts_config_standard("audio.sampling_rate"), "44100");
}

static void numbers_keep_their_point_in_every_locale(void **state)
{
    fixture *f = *state;
    char *folder = test_folder();
    test_comma_locale(folder);
    lts_status status = load_text(f, "[training]\nlearning_rate = 0.005\n");
    if (status == LTS_OK)
        status = lts_config_save(&f->config, f->path, &err);
    test_plain_locale();
    test_folder_remove(folder);
    assert_ok(status);
    lts_config_free(&f->config);
    assert_ok(lts_config_load(f->path, NULL, 0, &f->config, NULL, &err));
    assert_true(f->config.training.learning_rate == 0.005);
}

static void files_that_cannot_be_read_are_refused(void **state)
{
    fixture *f = *state;
    char *missing = lts_path_join(f->folder, "missing.ini");
    assert_status(lts_config_load(missing, NULL, 0, &f->config, NULL, &err), LTS_ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "missing.ini"));
    assert_status(lts_config_load(f->folder, NULL, 0, &f->config, NULL, &err), LTS_ERR_IO);
    assert_status(load_text(f, "no section = 1\n"), LTS_ERR_ARGUMENT);
    lts_free(missing);
}

static void running_out_of_memory_leaves_nothing_behind(void **state)
{
    fixture *f = *state;
    const char *const sets[] = {"training.epochs=7", "extra.description=x"};
    const char *text = "[audio]\nsampling_rate = 48000\n[mine]\na = b\n[VAE]\ndevice = x\n";
    char *out = lts_path_join(f->folder, "out.ini");
    test_write(f->path, text, strlen(text));
    lts_status status = LTS_ERR_MEMORY;
    for (size_t fuse = 1; status != LTS_OK; fuse++) {
        test_fail_allocation(fuse);
        status = lts_config_load(f->path, sets, 2, &f->config, &f->reporter, &err);
        if (status == LTS_OK)
            status = lts_config_save(&f->config, out, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK ? fuse > 100 : strstr(err.text, "memory") != NULL);
        assert_true(status == LTS_OK || !lts_is_file(out));
        if (status != LTS_OK)
            lts_config_free(&f->config);
    }
    lts_free(out);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(default_ini_is_the_table),
        TEST(default_ini_gives_the_built_in_values),
        TEST(the_defaults_are_the_documented_ones),
        TEST(the_tensorflow_originals_file_is_understood),
        TEST(the_pytorch_originals_file_is_understood),
        TEST(the_pytorch_originals_loss_is_its_sum),
        TEST(the_originals_arrays_begin_at_c1),
        TEST(a_percent_sign_is_doubled_in_files),
        TEST(a_saved_configuration_loads_as_the_same),
        TEST(unknown_keys_warn_with_their_line_and_are_kept),
        TEST(every_bad_value_is_refused_in_one_line),
        TEST(settings_that_do_not_fit_together_are_refused),
        TEST(booleans_are_read_as_configparser_reads_them),
        TEST(empty_values_mean_the_default),
        TEST(the_type_is_told_from_the_sections),
        TEST(settings_without_effect_are_said_once),
        TEST(every_kind_of_feature_is_chosen_by_its_name),
        TEST(a_section_of_its_own_asks_for_a_classifier),
        TEST(what_is_no_magnitude_is_not_for_a_vae),
        TEST(every_setting_of_the_model_is_a_setting),
        TEST(a_file_without_the_later_keys_means_the_originals_network),
        TEST(a_preset_that_is_set_goes_over_the_file),
        TEST(a_budget_is_epochs_or_minutes),
        TEST(a_model_that_cannot_be_is_refused_with_the_file),
        TEST(sets_go_over_the_file),
        TEST(values_set_by_the_program_are_text_and_value),
        TEST(numbers_keep_their_point_in_every_locale),
        TEST(files_that_cannot_be_read_are_refused),
        TEST(running_out_of_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
