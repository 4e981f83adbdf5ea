/* Classifiers of sounds by a synthesizer's parameters: their tables of layers, their training,
 * their files and their answers. */
#include "trainer_fixture.h"

#include <math.h>
#include <string.h>

enum { ROWS = 16, COLUMNS = 20, PARAMETERS = 3, CLASSES = 4, EXAMPLES = 24 };
enum { FLOATS = ROWS * COLUMNS, OUTPUTS = PARAMETERS * CLASSES };

static lts_model_config config_of(lts_inversynth architecture)
{
    const bool samples =
        architecture == LTS_INVERSYNTH_CE2E || architecture == LTS_INVERSYNTH_CE2E_2D;
    lts_model_config config = lts_model_defaults();
    config.type = LTS_MODEL_INVERSYNTH;
    config.architecture = architecture;
    config.bins = samples ? 16384 : 64 * 257;
    config.rows = samples ? 16384 : 64;
    config.parameters = 23;
    config.classes = 16;
    return config;
}

static lts_model_config small_config(const char *convolutions)
{
    lts_model_config config = config_of(LTS_INVERSYNTH_OWN);
    config.bins = FLOATS;
    config.rows = ROWS;
    config.parameters = PARAMETERS;
    config.classes = CLASSES;
    snprintf(config.convolutions, sizeof config.convolutions, "%s", convolutions);
    return config;
}

/* --- Tables ---------------------------------------------------------------------------------- */

static void the_nine_networks_have_the_paper_s_parameters(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t parameters;
    } expected[] = {
        [LTS_INVERSYNTH_C1] = {"c1", 1174978},           [LTS_INVERSYNTH_C2] = {"c2", 1157110},
        [LTS_INVERSYNTH_C3] = {"c3", 1156338},           [LTS_INVERSYNTH_C4] = {"c4", 1155494},
        [LTS_INVERSYNTH_C5] = {"c5", 1155282},           [LTS_INVERSYNTH_C6] = {"c6", 1155287},
        [LTS_INVERSYNTH_C6XL] = {"c6xl", 2279792},       [LTS_INVERSYNTH_CE2E] = {"ce2e", 1916696},
        [LTS_INVERSYNTH_CE2E_2D] = {"ce2e_2d", 1654552},
    };
    for (size_t a = 0; a < sizeof expected / sizeof *expected; a++) {
        lts_error err = {0};
        lts_model *model;
        const lts_model_config config = config_of((lts_inversynth)a);
        assert_ok(lts_model_create(&config, 1, &model, &err));
        if (lts_model_parameter_count(model) != expected[a].parameters)
            fail_msg("%s has %zu parameters, expected %zu", expected[a].name,
                     lts_model_parameter_count(model), expected[a].parameters);
        lts_model_destroy(model);
    }
}

static void tensors_are_named_by_their_layers(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int rank;
        size_t shape[NN_MAX_RANK];
    } expected[] = {
        {"conv1.weight", 4, {64, 1, 1, 96}},   {"conv1.bias", 1, {96}},
        {"conv2.weight", 4, {32, 1, 96, 96}},  {"conv2.bias", 1, {96}},
        {"conv3.weight", 4, {16, 1, 96, 128}}, {"conv3.bias", 1, {128}},
        {"conv4.weight", 4, {8, 1, 128, 257}}, {"conv4.bias", 1, {257}},
        {"conv6.weight", 4, {3, 3, 1, 32}},    {"conv6.bias", 1, {32}},
        {"conv7.weight", 4, {3, 3, 32, 71}},
    };
    lts_error err = {0};
    lts_model *model;
    const lts_model_config config = config_of(LTS_INVERSYNTH_CE2E);
    assert_ok(lts_model_create(&config, 1, &model, &err));
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const nn_parameter *p = &model->net->parameters[i];
        assert_string_equal(p->name, expected[i].name);
        assert_int_equal(p->rank, expected[i].rank);
        assert_memory_equal(p->shape, expected[i].shape, (size_t)p->rank * sizeof *p->shape);
    }
    lts_model_destroy(model);
}

/* Biases are 0 before ReLUs alone, where the weights are He's, if they are to be. */
static void assert_hidden_layers_begin(bool he_init)
{
    lts_error err = {0};
    lts_model *model;
    lts_model_config config = config_of(LTS_INVERSYNTH_C3);
    assert_true(config.he_init);
    config.he_init = he_init;
    assert_ok(lts_model_create(&config, 1, &model, &err));
    size_t hidden = 0;
    for (size_t i = 0; i < model->net->parameter_count; i++) {
        const nn_parameter *p = &model->net->parameters[i];
        if (p->rank != 1)
            continue;
        const bool last = strcmp(p->name, "fc2.bias") == 0;
        for (size_t o = 0; o < p->count; o++)
            assert_true((model->parameters[p->offset + o] == 0) == (he_init && !last));
        hidden += !last;
    }
    assert_int_equal(hidden, 4);
    lts_model_destroy(model);
}

static void hidden_layers_begin_as_he_has_it(void **state)
{
    (void)state;
    assert_hidden_layers_begin(true);
    assert_hidden_layers_begin(false);
}

static void layers_of_one_s_own_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t rows, parameters;
    } cases[] = {
        {"8x3x3/2x2", ROWS, 9 * 8 + 8 + (8 * 10 * 8 + 1) * 512 + 513 * OUTPUTS},
        {" 8x3x3/2x2 ,4x1x2/1x5", ROWS, 80 + 2 * 8 * 4 + 4 + (8 * 2 * 4 + 1) * 512 + 513 * OUTPUTS},
        {"6x8/4,image,2x3x3/4x3", FLOATS,
         8 * 6 + 6 + 9 * 2 + 2 + (20 * 2 * 2 + 1) * 512 + 513 * OUTPUTS},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        lts_error err = {0};
        lts_model *model;
        lts_model_config config = small_config(cases[c].text);
        config.rows = cases[c].rows;
        assert_ok(lts_model_create(&config, 1, &model, &err));
        assert_int_equal(lts_model_parameter_count(model), cases[c].parameters);
        lts_model_destroy(model);
    }
}

static void layers_that_cannot_be_are_refused_in_a_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"", "layers: layer 1, '', cannot be: expected filters, window and strides, such as"},
        {"8x3x3/2x2,", "layer 2, '', cannot be"},
        {"8x3x3", "layer 1, '8x3x3', cannot be"},
        {"8x3x3/2", "layer 1, '8x3x3/2', cannot be"},
        {"8x3x3/2x2/1", "cannot be"},
        {"8x3x3/2x2 x", "cannot be"},
        {"8 x3x3/2x2", "cannot be"},
        {"-8x3x3/2x2", "cannot be"},
        {"0x3x3/2x2", "cannot be"},
        {"8x0x3/2x2", "cannot be"},
        {"8x3x3/2x0", "cannot be"},
        {"8x3x1025/2x2", "cannot be"},
        {"99999x3x3/2x2", "cannot be"},
        {"1234567x3x3/2x2", "cannot be"},
        {"8x3x3/2x2, eight", "layer 2, 'eight', cannot be"},
        {"8x16/4", "layer 1, '8x16/4', is for samples, but reads an image"},
        {"8x3x3/2x2, image", "layer 2, 'image', is for samples"},
        {"1x1x1/1x1,1x1x1/1x1,1x1x1/1x1,1x1x1/1x1,1x1x1/1x1,1x1x1/1x1,1x1x1/1x1,1x1x1/1x1,"
         "1x1x1/1x1,1x1x1/1x1,1x1x1/1x1,1x1x1/1x1,1x1x1/1x1,1x1x1/1x1,1x1x1/1x1,1x1x1/1x1,"
         "1x1x1/1x1",
         "more than 16 layers"},
        {"65536x1x1/1x1", "a convolution layer cannot turn"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        lts_error err = {0};
        lts_model *model;
        const lts_model_config config = small_config(cases[c].text);
        assert_status(lts_model_create(&config, 1, &model, &err), LTS_ERR_ARGUMENT);
        assert_null(model);
        if (!strstr(err.text, cases[c].words) || strchr(err.text, '\n'))
            fail_msg("'%s' says: %s", cases[c].text, err.text);
    }
}

static void settings_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    lts_error err = {0};
    lts_model_config config = config_of(LTS_INVERSYNTH_C6);
    config.rows = 63;
    assert_status(lts_model_check(&config, "x", &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "x: 16448 numbers cannot be an example of 63 rows"));
    config = config_of(LTS_INVERSYNTH_C6);
    config.classes = 1;
    assert_status(lts_model_check(&config, "x", &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "classes is 1, expected 2 to 1024"));
    config = config_of(LTS_INVERSYNTH_CE2E);
    config.rows = 128;
    assert_status(lts_model_check(&config, "x", &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "layer 1, '96x64/4', is for samples"));
    config = config_of((lts_inversynth)10);
    assert_status(lts_model_check(&config, "x", &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "no such architecture: 10"));
}

/* --- Training -------------------------------------------------------------------------------- */

static lts_training training_of(unsigned threads)
{
    return (lts_training){.loss = LTS_LOSS_BCE,
                          .learning_rate = 1e-3,
                          .beta1 = 0.9,
                          .beta2 = 0.999,
                          .epsilon = 1e-8,
                          .batch = EXAMPLES,
                          .threads = threads,
                          .seed = 3};
}

/* Images of noise with a bright spot for each parameter, in a place that its class tells. */
typedef struct examples {
    float x[EXAMPLES][FLOATS];
    int32_t labels[EXAMPLES][PARAMETERS];
} examples;

static void make_examples(examples *of, uint64_t seed)
{
    lts_rng rng;
    lts_rng_seed(&rng, seed, 0);
    lts_rng_fill_normal(&rng, *of->x, EXAMPLES * FLOATS);
    for (size_t b = 0; b < EXAMPLES; b++)
        for (size_t p = 0; p < PARAMETERS; p++) {
            const size_t c = (size_t)lts_rng_below(&rng, CLASSES);
            of->labels[b][p] = (int32_t)c;
            for (size_t i = 0; i < 9; i++)
                of->x[b][(p * 5 + i / 3) * COLUMNS + c * 5 + i % 3] += 4;
        }
}

static lts_batch batch_of(const examples *of)
{
    return (lts_batch){
        .x = *of->x, .labels = *of->labels, .label_count = PARAMETERS, .count = EXAMPLES};
}

static const char small[] = "6x3x3/2x2, 9x3x4/1x2";

static void a_classifier_learns(void **state)
{
    (void)state;
    static examples of;
    static float y[EXAMPLES][PARAMETERS][CLASSES], evaluated[EXAMPLES][PARAMETERS][CLASSES];
    lts_error err = {0};
    lts_losses first, last;
    lts_classifier *classifier;
    const lts_model_config config = small_config(small);
    const lts_training training = training_of(2);
    make_examples(&of, 1);
    const lts_batch batch = batch_of(&of);
    fixture f = fixture_open(&config, &training);
    assert_ok(lts_trainer_evaluate_classes(f.trainer, &batch, &first, NULL, &err));
    assert_true(fabs(first.total - log(2)) < 0.1); /* of logits near 0 */
    for (int step = 0; step < 60; step++)
        assert_ok(lts_trainer_step(f.trainer, &batch, NULL, &err));
    assert_ok(lts_trainer_evaluate_classes(f.trainer, &batch, &last, **evaluated, &err));
    assert_true(last.total < 0.1 * first.total);
    assert_ok(lts_classifier_create(f.model, 2, &classifier, &err));
    lts_classifier_run(classifier, *of.x, EXAMPLES, **y);
    size_t right = 0;
    double loss = 0;
    for (size_t b = 0; b < EXAMPLES; b++)
        for (size_t p = 0; p < PARAMETERS; p++) {
            size_t best = 0;
            for (size_t c = 0; c < CLASSES; c++) {
                const float probability = y[b][p][c];
                assert_true(probability >= 0 && probability <= 1);
                assert_true(fabsf(probability - evaluated[b][p][c]) < 1e-5f);
                best = probability > y[b][p][best] ? c : best;
                loss -= log((size_t)of.labels[b][p] == c ? probability : 1 - probability);
            }
            right += best == (size_t)of.labels[b][p];
        }
    assert_true(right > EXAMPLES * PARAMETERS * 9 / 10);
    assert_true(fabs(loss / (EXAMPLES * OUTPUTS) - last.total) < 1e-4);
    lts_classifier_destroy(classifier);
    fixture_close(&f);
}

static void a_step_allocates_nothing(void **state)
{
    (void)state;
    static examples of;
    lts_error err = {0};
    const lts_model_config config = small_config(small);
    const lts_training training = training_of(1); /* whose allocations are all of this thread */
    make_examples(&of, 7);
    const lts_batch batch = batch_of(&of);
    fixture f = fixture_open(&config, &training);
    test_fail_allocation(0);
    assert_ok(lts_trainer_step(f.trainer, &batch, NULL, &err));
    assert_int_equal(test_fail_allocation(0), 0);
    fixture_close(&f);
}

static void threads_do_not_change_a_bit(void **state)
{
    (void)state;
    static examples of;
    lts_error err = {0};
    const lts_model_config config = small_config(small);
    make_examples(&of, 2);
    const lts_batch batch = batch_of(&of);
    const lts_training alone = training_of(1);
    fixture a = fixture_open(&config, &alone);
    for (int step = 0; step < 3; step++)
        assert_ok(lts_trainer_step(a.trainer, &batch, NULL, &err));
    for (unsigned threads = 2; threads <= 5; threads++) {
        const lts_training shared = training_of(threads);
        fixture b = fixture_open(&config, &shared);
        static float y[2][EXAMPLES * OUTPUTS];
        lts_classifier *classifier[2];
        for (int step = 0; step < 3; step++)
            assert_ok(lts_trainer_step(b.trainer, &batch, NULL, &err));
        assert_string_equal(lts_model_hash(a.model), lts_model_hash(b.model));
        for (int i = 0; i < 2; i++) {
            assert_ok(lts_classifier_create(a.model, i ? threads : 1, &classifier[i], &err));
            lts_classifier_run(classifier[i], *of.x, EXAMPLES, y[i]);
            lts_classifier_destroy(classifier[i]);
        }
        assert_memory_equal(y[0], y[1], sizeof y[0]);
        fixture_close(&b);
    }
    fixture_close(&a);
}

static void a_resumed_training_goes_on_bit_for_bit(void **state)
{
    (void)state;
    static examples of;
    lts_error err = {0};
    lts_model *model;
    lts_trainer *trainer;
    const lts_model_config config = small_config(small);
    const lts_training training = training_of(2);
    char *folder = test_folder(), *path = lts_path_join(folder, "checkpoint.safetensors");
    make_examples(&of, 3);
    const lts_batch batch = batch_of(&of);
    fixture f = fixture_open(&config, &training);
    assert_ok(lts_trainer_step(f.trainer, &batch, NULL, &err));
    assert_ok(lts_trainer_save(f.trainer, path, NULL, 0, &err));
    assert_ok(lts_trainer_load(path, &training, &model, &trainer, &err));
    assert_ok(lts_trainer_step(f.trainer, &batch, NULL, &err));
    assert_ok(lts_trainer_step(trainer, &batch, NULL, &err));
    assert_string_equal(lts_model_hash(model), lts_model_hash(f.model));
    lts_trainer_destroy(trainer);
    lts_model_destroy(model);
    fixture_close(&f);
    lts_free(path);
    test_folder_remove(folder);
}

static void a_saved_classifier_loads_and_says_the_same(void **state)
{
    (void)state;
    static examples of;
    static float y[2][EXAMPLES * OUTPUTS];
    lts_error err = {0};
    lts_model *model[2];
    const lts_model_config config = small_config(small);
    char *folder = test_folder(), *path = lts_path_join(folder, "best.safetensors");
    make_examples(&of, 4);
    assert_ok(lts_model_create(&config, 5, &model[0], &err));
    assert_ok(lts_model_save(model[0], path, NULL, 0, &err));
    assert_ok(lts_model_load(path, &model[1], &err));
    assert_null(
        lts_model_settings_differ(lts_model_settings(model[0]), lts_model_settings(model[1])));
    assert_string_equal(lts_model_settings(model[1])->convolutions, small);
    assert_string_equal(lts_model_note_get(model[1], "model.convolutions"), small);
    assert_null(lts_model_note_get(model[1], "model.latent"));
    for (int i = 0; i < 2; i++) {
        lts_classifier *classifier;
        assert_ok(lts_classifier_create(model[i], 1, &classifier, &err));
        lts_classifier_run(classifier, *of.x, EXAMPLES, y[i]);
        lts_classifier_destroy(classifier);
        lts_model_destroy(model[i]);
    }
    assert_memory_equal(y[0], y[1], sizeof y[0]);
    lts_free(path);
    test_folder_remove(folder);
}

/* --- What is refused ------------------------------------------------------------------------- */

static void wrong_labels_are_refused(void **state)
{
    (void)state;
    static examples of;
    lts_error err = {0};
    lts_losses losses;
    const lts_model_config config = small_config(small);
    const lts_training training = training_of(1);
    fixture f = fixture_open(&config, &training);
    char before[LTS_HASH_TEXT];
    snprintf(before, sizeof before, "%s", lts_model_hash(f.model));
    make_examples(&of, 6);
    lts_batch batch = batch_of(&of);
    batch.labels = NULL;
    assert_status(lts_trainer_step(f.trainer, &batch, NULL, &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "0 labels an example, expected one for each of 3"));
    batch = batch_of(&of);
    batch.label_count = 2;
    assert_status(lts_trainer_step(f.trainer, &batch, NULL, &err), LTS_ERR_ARGUMENT);
    batch = batch_of(&of);
    of.labels[7][1] = CLASSES;
    assert_status(lts_trainer_step(f.trainer, &batch, NULL, &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "row 7 of the batch, parameter 1: class 4, expected 0 to 3"));
    of.labels[7][1] = -1;
    assert_status(lts_trainer_evaluate_classes(f.trainer, &batch, &losses, NULL, &err),
                  LTS_ERR_ARGUMENT);
    assert_string_equal(lts_model_hash(f.model), before);
    fixture_close(&f);
}

static void classifiers_and_auto_encoders_are_told_apart(void **state)
{
    (void)state;
    lts_error err = {0};
    lts_model *model;
    lts_trainer *trainer;
    lts_model_work *work;
    lts_classifier *classifier;
    lts_model_config config = small_config(small);
    lts_training training = training_of(1);
    assert_ok(lts_model_create(&config, 1, &model, &err));
    assert_status(lts_model_check_latent(model, &err), LTS_ERR_ARGUMENT);
    assert_status(lts_model_work_create(model, 1, &work, &err), LTS_ERR_ARGUMENT);
    training.loss = LTS_LOSS_MEAN;
    assert_status(lts_trainer_create(model, &training, &trainer, &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "loss = mean is not for a model of type inversynth: use bce"));
    training = training_of(1);
    training.transpose_share = 0.5;
    assert_status(lts_trainer_create(model, &training, &trainer, &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "transpose_share is 0.5"));
    lts_model_destroy(model);
    config = original_model();
    assert_ok(lts_model_create(&config, 1, &model, &err));
    training = training_of(1);
    assert_status(lts_trainer_create(model, &training, &trainer, &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "loss = bce is not for a model of type vae"));
    assert_status(lts_classifier_create(model, 1, &classifier, &err), LTS_ERR_ARGUMENT);
    assert_null(classifier);
    assert_non_null(strstr(err.text, "no classifier"));
    lts_model_destroy(model);
}

static void memory_that_runs_out_is_reported(void **state)
{
    (void)state;
    lts_error err = {0};
    lts_model *model;
    lts_classifier *classifier;
    const lts_model_config config = small_config(small);
    lts_status status = LTS_ERR_MEMORY;
    for (size_t n = 1; status != LTS_OK; n++) {
        test_fail_allocation(n);
        status = lts_model_create(&config, 1, &model, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK || (status == LTS_ERR_MEMORY && !model));
    }
    status = LTS_ERR_MEMORY;
    for (size_t n = 1; status != LTS_OK; n++) {
        test_fail_allocation(n);
        status = lts_classifier_create(model, 2, &classifier, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK || (status == LTS_ERR_MEMORY && !classifier));
    }
    lts_classifier_destroy(classifier);
    lts_classifier_destroy(NULL);
    lts_model_destroy(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nine_networks_have_the_paper_s_parameters),
        cmocka_unit_test(tensors_are_named_by_their_layers),
        cmocka_unit_test(hidden_layers_begin_as_he_has_it),
        cmocka_unit_test(layers_of_one_s_own_are_read),
        cmocka_unit_test(layers_that_cannot_be_are_refused_in_a_line),
        cmocka_unit_test(settings_that_do_not_fit_are_refused),
        cmocka_unit_test(a_classifier_learns),
        cmocka_unit_test(a_step_allocates_nothing),
        cmocka_unit_test(threads_do_not_change_a_bit),
        cmocka_unit_test(a_resumed_training_goes_on_bit_for_bit),
        cmocka_unit_test(a_saved_classifier_loads_and_says_the_same),
        cmocka_unit_test(wrong_labels_are_refused),
        cmocka_unit_test(classifiers_and_auto_encoders_are_told_apart),
        cmocka_unit_test(memory_that_runs_out_is_reported),
    };
    return cmocka_run_group_tests_name("inversynth", tests, NULL, NULL);
}
