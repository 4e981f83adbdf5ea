/* What default.ini trains: shapes apart from levels, SiLU, linear paths, transposed frames, errors
 * relative to the data. */
#include "testing.h"

#include "trainer_fixture.h"

#include <math.h>
#include <string.h>

enum { BATCH = 16, BINS = 40, LATENT = 6, OCTAVE = 12 };

static lts_model_config recipe(lts_model_type type)
{
    lts_model_config config = lts_model_defaults();
    config.type = type;
    config.bins = BINS;
    config.level_octave = OCTAVE;
    config.units = 64;
    config.latent = LATENT;
    config.layers = 1;
    return config;
}

static lts_training recipe_training(void)
{
    return (lts_training){.loss = LTS_LOSS_RELATIVE,
                          .kl_beta = 0.01,
                          .learning_rate = 1e-3,
                          .beta1 = 0.9,
                          .beta2 = 0.999,
                          .epsilon = 1e-8,
                          .batch = BATCH,
                          .threads = 2,
                          .seed = 77,
                          .data_rms = 0.4,
                          .level_weight = 0.5,
                          .transpose_share = 0.5,
                          .gradient_clip = 2,
                          .transpose_bins = 5};
}

/* Two peaks that move, loud and soft ones, and a frame of silence. */
static void make_frames(float *x, size_t frames)
{
    lts_rng rng;
    lts_rng_seed(&rng, 1, 0);
    for (size_t t = 0; t < frames; t++) {
        const double centre = BINS * lts_rng_uniform(&rng),
                     loud = pow(10, -3 * lts_rng_uniform(&rng));
        for (size_t k = 0; k < BINS; k++) {
            const double d = (double)k - centre;
            x[t * BINS + k] =
                t == 3 ? 0
                       : (float)(loud * (exp(-0.1 * d * d) + 0.3 * exp(-0.1 * (d - 9) * (d - 9))));
        }
    }
}

/* --- Levels ----------------------------------------------------------------------------------- */

static lts_model_work *work_of(const lts_model *model)
{
    lts_error err = {0};
    lts_model_work *work;
    assert_ok(lts_model_work_create(model, 2, &work, &err));
    return work;
}

static double decibels(const float *x, size_t n)
{
    double sum = 0, weights = 0;
    for (size_t k = 0; k < n; k++) {
        const double weight = exp2((double)k / OCTAVE);
        sum += weight * (double)x[k] * (double)x[k];
        weights += weight;
    }
    return 20 * log10(sqrt(sum / weights) + 1e-8);
}

static void a_level_is_the_frames_and_what_is_decoded_has_it(void **state)
{
    (void)state;
    enum { C = LATENT + 1 };
    static float x[BATCH * BINS], z[BATCH * C], variance[BATCH * C], y[BATCH * BINS];
    make_frames(x, BATCH);
    for (int type = 0; type < 2; type++) {
        const lts_model_config config = recipe((lts_model_type)type);
        const lts_training training = recipe_training();
        fixture f = fixture_open(&config, &training);
        lts_model_work *work = work_of(f.model);
        assert_true(lts_model_has_level(f.model));
        assert_int_equal(lts_model_columns(f.model), C);
        lts_model_encode(f.model, work, x, BATCH, z, variance);
        for (size_t t = 0; t < BATCH; t++) {
            assert_true(fabs((double)z[t * C + LATENT] - decibels(x + t * BINS, BINS)) < 1e-3);
            assert_true(variance[t * C + LATENT] < -100);
            z[t * C + LATENT] = t == 0 ? 500 : -10 * (float)t;
        }
        lts_model_decode(f.model, work, z, BATCH, y);
        assert_true(fabs(decibels(y, BINS) - 120) < 1e-3); /* as loud as it gets */
        for (size_t t = 1; t < BATCH; t++)
            assert_true(fabs(decibels(y + t * BINS, BINS) + 10 * (double)t) < 1e-3);
        lts_model_work_destroy(work);
        fixture_close(&f);
    }
}

static void a_softer_sound_has_the_same_latents_and_a_lower_level(void **state)
{
    (void)state;
    enum { C = LATENT + 1 };
    static float x[BATCH * BINS], soft[BATCH * BINS], z[BATCH * C], zs[BATCH * C];
    const lts_model_config config = recipe(LTS_MODEL_VAE);
    const lts_training training = recipe_training();
    fixture f = fixture_open(&config, &training);
    lts_model_work *work = work_of(f.model);
    make_frames(x, BATCH);
    for (size_t i = 0; i < BATCH * BINS; i++)
        soft[i] = 0.05f * x[i];
    lts_model_encode(f.model, work, x, BATCH, z, NULL);
    lts_model_encode(f.model, work, soft, BATCH, zs, NULL);
    for (size_t t = 0; t < BATCH; t++) {
        if (t == 3 || z[t * C + LATENT] < -50) /* near silence, where 1e-4 begins to count */
            continue;
        for (size_t j = 0; j < LATENT; j++)
            assert_true(fabs((double)zs[t * C + j] - (double)z[t * C + j]) < 0.03);
        assert_true(fabs((double)z[t * C + LATENT] - (double)zs[t * C + LATENT] - 26.0206) < 1e-2);
    }
    lts_model_work_destroy(work);
    fixture_close(&f);
}

static void silence_stays_silence(void **state)
{
    (void)state;
    float x[BINS] = {0}, z[LATENT + 1], y[BINS];
    const lts_model_config config = recipe(LTS_MODEL_VAE);
    const lts_training training = recipe_training();
    fixture f = fixture_open(&config, &training);
    lts_model_work *work = work_of(f.model);
    lts_model_encode(f.model, work, x, 1, z, NULL);
    assert_true(fabs((double)z[LATENT] + 160) < 1e-3);
    lts_model_decode(f.model, work, z, 1, y);
    assert_true(decibels(y, BINS) < -155);
    lts_model_work_destroy(work);
    fixture_close(&f);
}

/* --- The objective ---------------------------------------------------------------------------- */

/* Without draws the loss is what the network itself says of the shapes, weighted. */
static void the_loss_is_its_definition(void **state)
{
    (void)state;
    static float x[BATCH * BINS];
    make_frames(x, BATCH);
    const lts_model_config config = recipe(LTS_MODEL_VAE);
    lts_training training = recipe_training();
    training.transpose_share = 0;
    fixture f = fixture_open(&config, &training);
    lts_losses losses;
    lts_trainer_evaluate(f.trainer, &(lts_batch){.x = x, .count = BATCH}, &losses, NULL);
    const float *y = f.trainer->activations->value[f.model->net->layer_count - 1];
    double sum = 0;
    for (size_t t = 0; t < BATCH; t++) {
        double square = 0, error = 0;
        for (size_t k = 0; k < BINS; k++)
            square += (double)x[t * BINS + k]; /* of the square roots */
        const double gain = sqrt(square / BINS) + 1e-4;
        for (size_t k = 0; k < BINS; k++)
            error += pow((double)y[t * BINS + k] - sqrt((double)x[t * BINS + k]) / gain, 2);
        sum += sqrt(fmin(gain / training.data_rms, 3)) * error;
    }
    assert_true(fabs(losses.reconstruction - sum / (BATCH * BINS)) < 1e-5 * losses.reconstruction);
    fixture_close(&f);
}

static void a_loss_relative_to_the_data_does_not_know_its_unit(void **state)
{
    (void)state;
    static float x[BATCH * BINS];
    make_frames(x, BATCH);
    lts_model_config config = recipe(LTS_MODEL_VAE);
    config.gain_shape = false;
    config.compression = LTS_COMPRESSION_NONE;
    lts_training training = recipe_training();
    lts_losses mean, relative;
    fixture f = fixture_open(&config, &training);
    lts_trainer_evaluate(f.trainer, &(lts_batch){.x = x, .count = BATCH}, &relative, NULL);
    fixture_close(&f);
    training.loss = LTS_LOSS_MEAN;
    f = fixture_open(&config, &training);
    lts_trainer_evaluate(f.trainer, &(lts_batch){.x = x, .count = BATCH}, &mean, NULL);
    fixture_close(&f);
    assert_true(fabs(relative.reconstruction * 0.16 - mean.reconstruction) <
                1e-6 * mean.reconstruction);
}

/* Along its own gradient the loss falls as fast as the gradient's norm says. */
static void the_gradient_is_the_losss(void **state)
{
    (void)state;
    static float x[BATCH * BINS], noise[BATCH * LATENT];
    lts_error err = {0};
    lts_rng rng;
    lts_rng_seed(&rng, 6, 0);
    lts_rng_fill_normal(&rng, noise, BATCH * LATENT);
    make_frames(x, BATCH);
    for (int type = 0; type < 2; type++) {
        const lts_model_config config = recipe((lts_model_type)type);
        const lts_training training = recipe_training();
        const lts_batch batch = {.x = x, .count = BATCH};
        fixture f = fixture_open(&config, &training);
        const size_t count = f.model->net->trained;
        float *g = lts_alloc(count, sizeof *g), *ignored = lts_alloc(count, sizeof *g);
        lts_losses at, above, below;
        assert_ok(trainer_gradient(f.trainer, &batch, noise, g, &at, &err));
        double norm = 0;
        for (size_t i = 0; i < count; i++)
            norm += (double)g[i] * (double)g[i];
        const float h = (float)(2e-3 / sqrt(norm));
        for (size_t i = 0; i < count; i++)
            f.model->parameters[i] += h * g[i];
        assert_ok(trainer_gradient(f.trainer, &batch, noise, ignored, &above, &err));
        for (size_t i = 0; i < count; i++)
            f.model->parameters[i] -= 2 * h * g[i];
        assert_ok(trainer_gradient(f.trainer, &batch, noise, ignored, &below, &err));
        const double slope = (above.total - below.total) / (2 * (double)h);
        assert_true(fabs(slope - norm) < 5e-3 * norm);
        lts_free(ignored);
        lts_free(g);
        fixture_close(&f);
    }
}

/* --- Augmentation ----------------------------------------------------------------------------- */

static void rows_are_moved_by_what_seed_and_place_say(void **state)
{
    (void)state;
    enum { ROWS = 4000, MOST = 5 };
    lts_training training = recipe_training();
    float x[BINS], y[BINS], again[BINS];
    size_t seen[2 * MOST + 1] = {0};
    for (size_t k = 0; k < BINS; k++)
        x[k] = (float)(k + 1);
    for (uint64_t row = 0; row < ROWS; row++) {
        augment_row(&training, row, x, y, BINS);
        augment_row(&training, row, x, again, BINS);
        assert_memory_equal(y, again, sizeof y);
        const int move = BINS / 2 - (int)y[BINS / 2] + 1;
        assert_in_range(move + MOST, 0, 2 * MOST);
        seen[move + MOST]++;
        for (int k = 0; k < BINS; k++) {
            const int from = k - move;
            assert_true(y[k] == (from >= 0 && from < BINS ? x[from] : 0));
        }
    }
    /* Half of them anywhere, evenly; the other half stay. */
    for (int m = 0; m <= 2 * MOST; m++) {
        const double expected = ROWS * (0.5 / (2 * MOST + 1) + (m == MOST ? 0.5 : 0));
        assert_true(fabs((double)seen[m] - expected) < 5 * sqrt(expected));
    }
    training.transpose_bins = 3 * BINS; /* beyond the frame nothing is left */
    for (uint64_t row = 0; row < 50; row++)
        augment_row(&training, row, x, y, BINS);
}

/* --- As the other trainings ------------------------------------------------------------------- */

static void threads_do_not_change_a_bit(void **state)
{
    (void)state;
    static float x[BATCH * BINS];
    make_frames(x, BATCH);
    for (int type = 0; type < 2; type++)
        for (unsigned threads = 2; threads <= 5; threads++) {
            const lts_model_config config = recipe((lts_model_type)type);
            lts_training training = recipe_training();
            training.threads = 1;
            fixture alone = fixture_open(&config, &training);
            training.threads = threads;
            fixture shared = fixture_open(&config, &training);
            for (size_t i = 0; i < 6; i++) {
                step(&shared, x, BATCH - i % 3, NULL);
                step(&alone, x, BATCH - i % 3, NULL);
            }
            assert_string_equal(lts_model_hash(shared.model), lts_model_hash(alone.model));
            fixture_close(&shared);
            fixture_close(&alone);
        }
}

static void it_learns_loud_and_soft_alike(void **state)
{
    (void)state;
    static float x[BATCH * BINS], y[BATCH * BINS];
    float z[BATCH * (LATENT + 1)];
    make_frames(x, BATCH);
    lts_model_config config = recipe(LTS_MODEL_VAE);
    lts_training training = recipe_training();
    training.kl_beta = 1e-4;
    training.level_weight = 0;
    training.transpose_share = 0;
    fixture f = fixture_open(&config, &training);
    for (size_t i = 0; i < 1500; i++)
        step(&f, x, BATCH, NULL);
    lts_model_work *work = work_of(f.model);
    lts_model_encode(f.model, work, x, BATCH, z, NULL);
    lts_model_decode(f.model, work, z, BATCH, y);
    for (size_t t = 0; t < BATCH; t++) {
        double error = 0, square = 0;
        for (size_t k = t * BINS; k < (t + 1) * BINS; k++) {
            error += pow((double)y[k] - (double)x[k], 2);
            square += pow((double)x[k], 2);
        }
        assert_true(t == 3 || error < 0.04 * square);
    }
    lts_model_work_destroy(work);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_level_is_the_frames_and_what_is_decoded_has_it),
        cmocka_unit_test(a_softer_sound_has_the_same_latents_and_a_lower_level),
        cmocka_unit_test(silence_stays_silence),
        cmocka_unit_test(the_loss_is_its_definition),
        cmocka_unit_test(a_loss_relative_to_the_data_does_not_know_its_unit),
        cmocka_unit_test(the_gradient_is_the_losss),
        cmocka_unit_test(rows_are_moved_by_what_seed_and_place_say),
        cmocka_unit_test(threads_do_not_change_a_bit),
        cmocka_unit_test(it_learns_loud_and_soft_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
