/* Models and checkpoints on disk. */
#include "testing.h"

#include "model/train/trainer.h"

#include <math.h>
#include <string.h>

enum { BATCH = 6, MAX_TENSORS = 64, MAX_PAIRS = 32 };

static lts_model_config small_config(void)
{
    lts_model_config config = original_model();
    config.type = LTS_MODEL_VAE2;
    config.batch_norm = true;
    config.bins = 12;
    config.units = 16;
    config.latent = 3;
    config.units_divider = 2;
    config.layers = 1;
    config.output = LTS_OUTPUT_SIGMOID;
    config.compression = LTS_COMPRESSION_LOG;
    return config;
}

static const lts_training small_training = {
    .loss = LTS_LOSS_SUM,
    .kl_beta = 0.01,
    .learning_rate = 1e-3,
    .beta1 = 0.9,
    .beta2 = 0.999,
    .epsilon = 1e-8,
    .batch = BATCH,
    .threads = 2,
    .seed = 77,
};

typedef struct fixture {
    char *folder, *path;
    lts_model *model;
    lts_trainer *trainer;
    float *frames; /* (4 BATCH, bins) */
} fixture;

static fixture fixture_open(void)
{
    lts_error err = {0};
    const lts_model_config config = small_config();
    fixture f = {.folder = test_folder()};
    lts_rng rng;
    f.path = lts_path_join(f.folder, "a model.safetensors");
    assert_ok(lts_model_create(&config, 9, &f.model, &err));
    assert_ok(lts_trainer_create(f.model, &small_training, &f.trainer, &err));
    f.frames = lts_alloc(4 * BATCH * config.bins, sizeof *f.frames);
    lts_rng_seed(&rng, 1, 0);
    for (size_t i = 0; i < 4 * BATCH * config.bins; i++)
        f.frames[i] = (float)lts_rng_uniform(&rng);
    return f;
}

static void fixture_close(fixture *f)
{
    lts_free(f->frames);
    lts_trainer_destroy(f->trainer);
    lts_model_destroy(f->model);
    lts_free(f->path);
    test_folder_remove(f->folder);
}

/* Steps of unequal batches, so that frames and steps count apart. */
static void train(fixture *f, lts_trainer *trainer, size_t first, size_t count)
{
    lts_error err = {0};
    for (size_t step = first; step < first + count; step++)
        assert_ok(lts_trainer_step(trainer,
                                   &(lts_batch){.x = f->frames + step % 3 * f->model->config.bins,
                                                .count = BATCH - step % 4},
                                   NULL, &err));
}

static void assert_same_file(const char *a, const char *b)
{
    lts_error err = {0};
    char *bytes_a, *bytes_b;
    size_t size_a, size_b;
    assert_ok(lts_read_file(a, 1 << 24, &bytes_a, &size_a, &err));
    assert_ok(lts_read_file(b, 1 << 24, &bytes_b, &size_b, &err));
    assert_int_equal(size_a, size_b);
    assert_memory_equal(bytes_a, bytes_b, size_a);
    lts_free(bytes_b);
    lts_free(bytes_a);
}

/* --- Models ----------------------------------------------------------------------------------- */

static void a_model_comes_back_as_it_was(void **state)
{
    (void)state;
    lts_error err = {0};
    lts_model *loaded;
    fixture f = fixture_open();
    const lts_model_note notes[] = {{"audio.hop", "128"}, {"text", "caf\xc3\xa9 \"x\"\n"}};
    train(&f, f.trainer, 0, 3); /* running statistics are no longer those of the start */
    assert_null(lts_model_note_get(f.model, "audio.hop"));
    assert_ok(lts_model_save(f.model, f.path, notes, 2, &err));
    assert_ok(lts_model_load(f.path, &loaded, &err));
    const lts_model_config *a = lts_model_settings(f.model), *b = lts_model_settings(loaded);
    assert_true(a->type == b->type && a->bins == b->bins && a->latent == b->latent);
    assert_true(a->units == b->units && a->layers == b->layers);
    assert_true(a->units_divider == b->units_divider && a->batch_norm == b->batch_norm);
    assert_true(a->output == b->output && a->compression == b->compression);
    assert_memory_equal(f.model->parameters, loaded->parameters,
                        f.model->net->total * sizeof(float));
    assert_string_equal(lts_model_hash(f.model), lts_model_hash(loaded));
    assert_string_equal(lts_model_note_get(loaded, "audio.hop"), "128");
    assert_string_equal(lts_model_note_get(loaded, "text"), notes[1].value);
    assert_null(lts_model_note_get(loaded, "nothing"));
    lts_model_destroy(loaded);
    fixture_close(&f);
}

static void the_hash_follows_the_weights(void **state)
{
    (void)state;
    fixture f = fixture_open();
    char before[LTS_HASH_TEXT];
    snprintf(before, sizeof before, "%s", lts_model_hash(f.model));
    assert_string_equal(lts_model_hash(f.model), before);
    train(&f, f.trainer, 0, 1);
    assert_string_not_equal(lts_model_hash(f.model), before);
    fixture_close(&f);
}

/* A saved file taken apart, to be written again with one thing wrong. */
typedef struct parts {
    lts_safetensors *file;
    lts_tensor tensor[MAX_TENSORS];
    lts_text_pair pair[MAX_PAIRS];
    size_t tensors, pairs;
} parts;

static const char *const own_keys[] = {
    "model.format",        "model.type",   "model.output", "model.compression",
    "model.batch_norm",    "model.bins",   "model.latent", "model.units",
    "model.units_divider", "model.layers", "trainer.step", "trainer.frames_seen"};

static parts take_apart(const char *path)
{
    lts_error err = {0};
    parts p = {0};
    assert_ok(lts_safetensors_open(path, &p.file, &err));
    while (lts_safetensors_at(p.file, p.tensors, &p.tensor[p.tensors]))
        p.tensors++;
    for (size_t k = 0; k < sizeof own_keys / sizeof *own_keys; k++) {
        const char *value = lts_safetensors_metadata(p.file, own_keys[k]);
        if (value)
            p.pair[p.pairs++] = (lts_text_pair){own_keys[k], value};
    }
    return p;
}

static lts_tensor *tensor_of(parts *p, const char *name)
{
    for (size_t i = 0; i < p->tensors; i++)
        if (strcmp(p->tensor[i].name, name) == 0)
            return &p->tensor[i];
    fail_msg("no tensor %s", name);
    return NULL;
}

static void set_pair(parts *p, const char *key, const char *value)
{
    for (size_t i = 0; i < p->pairs; i++)
        if (strcmp(p->pair[i].key, key) == 0)
            p->pair[i].value = value;
}

static void remove_pair(parts *p, const char *key)
{
    for (size_t i = 0; i < p->pairs; i++)
        if (strcmp(p->pair[i].key, key) == 0)
            p->pair[i--] = p->pair[--p->pairs];
}

static void assert_load_fails(const char *path, const parts *p, lts_status expected,
                              const char *words)
{
    lts_error err = {0};
    lts_model *model;
    char *bad = lts_format("%s.bad", path);
    assert_ok(lts_safetensors_save(bad, p->tensor, p->tensors, p->pair, p->pairs, &err));
    lts_status status = lts_model_load(bad, &model, &err);
    if (status != expected || !strstr(err.text, words) || !strstr(err.text, bad))
        fail_msg("expected '%s' and '%s', got '%s': %s", lts_strerror(expected), words,
                 lts_strerror(status), err.text);
    assert_null(model);
    lts_free(bad);
}

static void damaged_metadata_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *key, *value, *words;
        lts_status status;
    } cases[] = {
        {"model.format", "2", "model.format is '2'", LTS_ERR_FORMAT},
        {"model.type", "gan", "model.type is 'gan'", LTS_ERR_FORMAT},
        {"model.output", "", "model.output is ''", LTS_ERR_FORMAT},
        {"model.compression", "mp3", "model.compression is 'mp3'", LTS_ERR_FORMAT},
        {"model.batch_norm", "maybe", "model.batch_norm is 'maybe'", LTS_ERR_FORMAT},
        {"model.bins", "x", "model.bins is 'x'", LTS_ERR_FORMAT},
        {"model.bins", "-1", "model.bins is '-1'", LTS_ERR_FORMAT},
        {"model.bins", "13", "tensor encoder.0.weight is (16,12), the architecture says (16,13)",
         LTS_ERR_SHAPE},
        {"model.bins", "0", "bins is 0", LTS_ERR_ARGUMENT},
        {"model.bins", "1000000000000", "bins is 1000000000000", LTS_ERR_ARGUMENT},
        {"model.units", "262144", "the architecture says (262144,12)", LTS_ERR_SHAPE},
        {"model.latent", "4", "(4,8)", LTS_ERR_SHAPE},
        {"model.layers", "2", "encoder.2.weight is missing", LTS_ERR_NOT_FOUND},
        {"model.batch_norm", "false", "is not part of the architecture", LTS_ERR_FORMAT},
        {"model.type", "vae", "tensor fc1.weight is missing", LTS_ERR_NOT_FOUND},
    };
    lts_error err = {0};
    fixture f = fixture_open();
    assert_ok(lts_model_save(f.model, f.path, NULL, 0, &err));
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        parts p = take_apart(f.path);
        set_pair(&p, cases[c].key, cases[c].value);
        assert_load_fails(f.path, &p, cases[c].status, cases[c].words);
        lts_safetensors_close(p.file);
    }
    for (size_t k = 0; k < 10; k++) {
        parts p = take_apart(f.path);
        remove_pair(&p, own_keys[k]);
        assert_load_fails(f.path, &p, LTS_ERR_FORMAT, own_keys[k]);
        lts_safetensors_close(p.file);
    }
    fixture_close(&f);
}

static void damaged_tensors_are_refused(void **state)
{
    (void)state;
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    lts_error err = {0};
    fixture f = fixture_open();
    assert_ok(lts_model_save(f.model, f.path, NULL, 0, &err));
    parts p = take_apart(f.path);

    parts wrong = p;
    lts_tensor *t = tensor_of(&wrong, "z_mean.weight");
    t->name = "z_mean.other";
    assert_load_fails(f.path, &wrong, LTS_ERR_NOT_FOUND, "z_mean.weight is missing");

    wrong = p;
    t = tensor_of(&wrong, "z_mean.weight"); /* (3,8) */
    t->shape[0] = 8;
    t->shape[1] = 3;
    assert_load_fails(f.path, &wrong, LTS_ERR_SHAPE,
                      "tensor z_mean.weight is (8,3), the architecture says (3,8)");
    t->rank = 1;
    t->shape[0] = 24;
    assert_load_fails(f.path, &wrong, LTS_ERR_SHAPE, "is (24), the architecture says (3,8)");
    t->rank = 0;
    t->shape[0] = 0;
    assert_load_fails(f.path, &wrong, LTS_ERR_SHAPE, "is (), the architecture says (3,8)");

    wrong = p;
    wrong.tensor[wrong.tensors] = *tensor_of(&wrong, "z_mean.bias");
    wrong.tensor[wrong.tensors++].name = "another.bias";
    assert_load_fails(f.path, &wrong, LTS_ERR_FORMAT, "another.bias is not part of");

    for (int i = 0; i < 3; i++) {
        float values[24] = {0};
        wrong = p;
        values[23] = bad[i];
        tensor_of(&wrong, "z_mean.weight")->data = values;
        assert_load_fails(f.path, &wrong, LTS_ERR_NONFINITE, "z_mean.weight holds NaN or infinity");
    }
    lts_safetensors_close(p.file);
    fixture_close(&f);
}

static void files_that_are_no_models_are_refused(void **state)
{
    (void)state;
    lts_error err = {0};
    lts_model *model;
    fixture f = fixture_open();
    assert_status(lts_model_load(f.path, &model, &err), LTS_ERR_NOT_FOUND);
    assert_null(model);
    test_write(f.path, "RIFF....WAVEfmt ", 16);
    assert_status(lts_model_load(f.path, &model, &err), LTS_ERR_FORMAT);
    assert_non_null(strstr(err.text, f.path));
    test_write(f.path, "", 0);
    assert_status(lts_model_load(f.path, &model, &err), LTS_ERR_FORMAT);
    assert_null(model);
    fixture_close(&f);
}

static void what_cannot_be_loaded_is_not_saved(void **state)
{
    (void)state;
    lts_error err = {0};
    fixture f = fixture_open();
    const lts_model_note own = {"model.bins", "3"}, trainers = {"trainer.step", "3"};
    assert_status(lts_model_save(f.model, f.path, &own, 1, &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "model.bins"));
    assert_status(lts_trainer_save(f.trainer, f.path, &trainers, 1, &err), LTS_ERR_ARGUMENT);
    f.model->parameters[f.model->net->total - 1] = NAN;
    assert_status(lts_model_save(f.model, f.path, NULL, 0, &err), LTS_ERR_NONFINITE);
    assert_non_null(strstr(err.text, "decoder.1.norm.running_var"));
    assert_int_equal(test_folder_count(f.folder), 0);
    f.model->parameters[f.model->net->total - 1] = 1;
    char *nowhere = lts_path_join(f.folder, "no/such/folder");
    assert_status(lts_model_save(f.model, nowhere, NULL, 0, &err), LTS_ERR_IO);
    lts_free(nowhere);
    fixture_close(&f);
}

/* --- Checkpoints ------------------------------------------------------------------------------ */

static void a_resumed_run_is_the_undisturbed_one(void **state)
{
    (void)state;
    lts_error err = {0};
    fixture f = fixture_open(), g = fixture_open();
    const lts_model_note note = {"epoch", "7"};
    lts_model *model;
    lts_trainer *trainer;
    train(&f, f.trainer, 0, 6);
    assert_ok(lts_trainer_save(f.trainer, f.path, &note, 1, &err));

    train(&g, g.trainer, 0, 3);
    assert_ok(lts_trainer_save(g.trainer, g.path, &note, 1, &err));
    assert_ok(lts_trainer_load(g.path, &small_training, &model, &trainer, &err));
    assert_string_equal(lts_model_note_get(model, "epoch"), "7");
    train(&g, trainer, 3, 3);
    assert_ok(lts_trainer_save(trainer, g.path, &note, 1, &err));
    assert_same_file(f.path, g.path);
    assert_memory_equal(f.model->parameters, model->parameters, model->net->total * sizeof(float));
    assert_memory_equal(f.trainer->moments, trainer->moments,
                        2 * model->net->trained * sizeof(float));
    lts_trainer_destroy(trainer);
    lts_model_destroy(model);
    fixture_close(&g);
    fixture_close(&f);
}

static void counters_survive_beyond_what_a_float_holds(void **state)
{
    (void)state;
    lts_error err = {0};
    lts_model *model;
    lts_trainer *trainer;
    fixture f = fixture_open();
    f.trainer->adam.step = (UINT64_C(1) << 24) + 1;
    f.trainer->rows_seen = (UINT64_C(1) << 53) + 1;
    assert_ok(lts_trainer_save(f.trainer, f.path, NULL, 0, &err));
    assert_ok(lts_trainer_load(f.path, &small_training, &model, &trainer, &err));
    assert_int_equal(trainer->adam.step, (UINT64_C(1) << 24) + 1);
    assert_int_equal(trainer->rows_seen, (UINT64_C(1) << 53) + 1);
    lts_trainer_destroy(trainer);
    lts_model_destroy(model);
    fixture_close(&f);
}

static void a_checkpoint_is_a_model_but_a_model_no_checkpoint(void **state)
{
    (void)state;
    lts_error err = {0};
    lts_model *model;
    lts_trainer *trainer;
    fixture f = fixture_open();
    train(&f, f.trainer, 0, 2);
    assert_ok(lts_trainer_save(f.trainer, f.path, NULL, 0, &err));
    assert_ok(lts_model_load(f.path, &model, &err));
    assert_string_equal(lts_model_hash(model), lts_model_hash(f.model));
    lts_model_destroy(model);

    parts p = take_apart(f.path);
    tensor_of(&p, "adam.v.output.bias")->name = "adam.w.output.bias";
    char *bad = lts_format("%s.bad", f.path);
    assert_ok(lts_safetensors_save(bad, p.tensor, p.tensors, p.pair, p.pairs, &err));
    assert_status(lts_trainer_load(bad, &small_training, &model, &trainer, &err),
                  LTS_ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "adam.v.output.bias is missing"));
    lts_safetensors_close(p.file);
    lts_free(bad);

    assert_ok(lts_model_save(f.model, f.path, NULL, 0, &err));
    assert_status(lts_trainer_load(f.path, &small_training, &model, &trainer, &err),
                  LTS_ERR_FORMAT);
    assert_non_null(strstr(err.text, "trainer.step is missing"));
    assert_true(!model && !trainer);
    lts_training wrong = small_training;
    wrong.batch = 0;
    assert_status(lts_trainer_load(f.path, &wrong, &model, &trainer, &err), LTS_ERR_ARGUMENT);
    assert_true(!model && !trainer);
    fixture_close(&f);
}

static void memory_that_runs_out_is_reported(void **state)
{
    (void)state;
    lts_error err = {0};
    lts_model *model = NULL;
    lts_trainer *trainer = NULL;
    fixture f = fixture_open();
    const lts_model_note note = {"epoch", "7"};
    lts_status status = LTS_ERR_MEMORY;
    for (size_t n = 1; status != LTS_OK; n++) {
        test_fail_allocation(n);
        status = lts_trainer_save(f.trainer, f.path, &note, 1, &err);
        test_fail_allocation(0);
        assert_int_equal(test_folder_count(f.folder), status == LTS_OK);
    }
    status = LTS_ERR_MEMORY;
    for (size_t n = 1; status != LTS_OK; n++) {
        test_fail_allocation(n);
        status = lts_trainer_load(f.path, &small_training, &model, &trainer, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK || (status == LTS_ERR_MEMORY && !model && !trainer));
    }
    lts_trainer_destroy(trainer);
    lts_model_destroy(model);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_comes_back_as_it_was),
        cmocka_unit_test(the_hash_follows_the_weights),
        cmocka_unit_test(damaged_metadata_is_refused),
        cmocka_unit_test(damaged_tensors_are_refused),
        cmocka_unit_test(files_that_are_no_models_are_refused),
        cmocka_unit_test(what_cannot_be_loaded_is_not_saved),
        cmocka_unit_test(a_resumed_run_is_the_undisturbed_one),
        cmocka_unit_test(counters_survive_beyond_what_a_float_holds),
        cmocka_unit_test(a_checkpoint_is_a_model_but_a_model_no_checkpoint),
        cmocka_unit_test(memory_that_runs_out_is_reported),
    };
    return cmocka_run_group_tests_name("files", tests, NULL, NULL);
}
