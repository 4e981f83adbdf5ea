#include "testing.h"

#include "lts/audio.h"
#include "lts/render.h"
#include "tiny_run.h"

#include <math.h>
#include <string.h>

enum { BINS = 384 };

typedef struct fixture {
    char *folder;
    lts_model *model;
    lts_renderer *renderer;
    float *x;
    size_t n, frames;
} fixture;

static int set_up(void **state)
{
    lts_error err = {0};
    fixture *f = lts_alloc(1, sizeof *f);
    f->folder = test_folder();
    f->model = tiny_run(f->folder);
    assert_ok(lts_audio_load(test_data("cqt/guitar.wav"), 44100, 0, -1, &f->x, &f->n, &err));
    assert_ok(lts_renderer_create(f->model, f->n, 1, &f->renderer, &err));
    f->frames = lts_feature_count(lts_renderer_feature(f->renderer), f->n);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    lts_renderer_destroy(f->renderer);
    lts_model_destroy(f->model);
    lts_free(f->x);
    test_folder_remove(f->folder);
    lts_free(f);
    return 0;
}

static float *floats(size_t count)
{
    float *x = lts_alloc(count, sizeof *x);
    assert_non_null(x);
    return x;
}

static void settings_come_from_the_models_notes(void **state)
{
    fixture *f = *state;
    const lts_feature *feature = lts_renderer_feature(f->renderer);
    assert_true(feature->cqt.sample_rate == 44100);
    assert_int_equal(feature->cqt.hop, 128);
    assert_int_equal(lts_feature_columns(feature), 384);
}

static void a_model_without_its_settings_is_refused(void **state)
{
    fixture *f = *state;
    lts_error err;
    char *path = lts_path_join(f->folder, "other.safetensors");
    for (size_t missing = 0; missing < TINY_NOTES; missing++) {
        lts_model_note notes[TINY_NOTES];
        size_t count = 0;
        for (size_t i = 0; i < TINY_NOTES; i++)
            if (i != missing)
                notes[count++] = tiny_notes[i];
        lts_model *model;
        const lts_feature *feature;
        tiny_model_save(path, notes, count);
        assert_ok(lts_model_load(path, &model, &err));
        assert_status(lts_model_feature(model, &feature, &err), LTS_ERR_NOT_FOUND);
        assert_non_null(strstr(err.text, tiny_notes[missing].key));
        lts_model_destroy(model);
    }
    static const struct {
        size_t note;
        const char *value;
        lts_status status;
    } bad[] = {{0, "many", LTS_ERR_FORMAT},  {1, "1.5", LTS_ERR_FORMAT},
               {1, "0", LTS_ERR_FORMAT},     {2, "24", LTS_ERR_SHAPE},
               {3, "60", LTS_ERR_ARGUMENT},  {4, "-1", LTS_ERR_ARGUMENT},
               {0, "8000", LTS_ERR_ARGUMENT}};
    for (size_t b = 0; b < sizeof bad / sizeof *bad; b++) {
        lts_model_note notes[TINY_NOTES];
        lts_model *model;
        const lts_feature *feature;
        memcpy(notes, tiny_notes, sizeof notes);
        notes[bad[b].note].value = bad[b].value;
        tiny_model_save(path, notes, TINY_NOTES);
        assert_ok(lts_model_load(path, &model, &err));
        assert_status(lts_model_feature(model, &feature, &err), bad[b].status);
        lts_model_destroy(model);
    }
    lts_free(path);
}

/* x -> latents, in pieces of `most` frames; spread may be NULL. */
static void encode(fixture *f, size_t most, float *mean, float *spread)
{
    float *magnitudes = floats(f->frames * BINS);
    lts_renderer_analyse(f->renderer, f->x, f->n, magnitudes);
    for (size_t t = 0; t < f->frames; t += most) {
        const size_t count = f->frames - t < most ? f->frames - t : most;
        lts_renderer_encode(f->renderer, magnitudes + t * BINS, count, mean + t * TINY_LATENT,
                            spread ? spread + t * TINY_LATENT : NULL);
    }
    lts_free(magnitudes);
}

static void pieces_encode_as_the_whole(void **state)
{
    fixture *f = *state;
    const size_t count = f->frames * TINY_LATENT;
    float *whole = floats(count), *part = floats(count);
    encode(f, f->frames, whole, NULL);
    encode(f, 256, part, NULL);
    assert_memory_equal(whole, part, count * sizeof *whole);
    lts_free(whole);
    lts_free(part);
}

static void a_mixture_renders_the_same_bytes_every_time(void **state)
{
    fixture *f = *state;
    lts_error err;
    size_t count = f->frames * TINY_LATENT;
    float *mean = floats(count), *spread = floats(count), *weight = floats(2 * f->frames);
    float *first = floats(f->n), *second = floats(f->n);
    encode(f, f->frames, mean, spread);
    float *reversed = floats(count), *reversed_spread = floats(count);
    for (size_t t = 0; t < f->frames; t++)
        for (size_t i = 0; i < TINY_LATENT; i++) {
            size_t from = (f->frames - 1 - t) * TINY_LATENT + i;
            reversed[t * TINY_LATENT + i] = mean[from];
            reversed_spread[t * TINY_LATENT + i] = spread[from];
        }
    for (size_t t = 0; t < f->frames; t++) {
        weight[t] = 1.3f;
        weight[f->frames + t] = -0.3f;
    }
    const float *means[] = {mean, reversed}, *spreads[] = {spread, reversed_spread};
    lts_mixture mixture = {
        .sounds = 2, .frames = f->frames, .mean = means, .log_variance = spreads, .weight = weight};
    lts_render_config config = lts_render_defaults();
    config.phase.iterations = 1;
    assert_ok(lts_render(f->renderer, &mixture, &config, f->n, &(lts_render_output){.x = first},
                         NULL, &err));
    assert_ok(lts_render(f->renderer, &mixture, &config, f->n, &(lts_render_output){.x = second},
                         NULL, &err));
    assert_memory_equal(first, second, f->n * sizeof *first);

    config.sample = true;
    assert_ok(lts_render(f->renderer, &mixture, &config, f->n, &(lts_render_output){.x = second},
                         NULL, &err));
    assert_memory_not_equal(first, second, f->n * sizeof *first);
    assert_ok(lts_render(f->renderer, &mixture, &config, f->n, &(lts_render_output){.x = first},
                         NULL, &err));
    assert_memory_equal(first, second, f->n * sizeof *first);
    config.seed = 1;
    assert_ok(lts_render(f->renderer, &mixture, &config, f->n, &(lts_render_output){.x = first},
                         NULL, &err));
    assert_memory_not_equal(first, second, f->n * sizeof *first);
    mixture.log_variance = NULL;
    assert_status(lts_render(f->renderer, &mixture, &config, f->n, &(lts_render_output){.x = first},
                             NULL, &err),
                  LTS_ERR_ARGUMENT);
    lts_free(mean);
    lts_free(spread);
    lts_free(reversed);
    lts_free(reversed_spread);
    lts_free(weight);
    lts_free(first);
    lts_free(second);
}

static void a_path_too_far_out_is_refused_with_its_frame(void **state)
{
    fixture *f = *state;
    lts_error err;
    float z[3 * TINY_LATENT] = {0}, *magnitudes = floats(3 * 384);
    z[2 * TINY_LATENT] = 3e38f;
    z[2 * TINY_LATENT + 1] = -3e38f;
    for (size_t i = 2; i < TINY_LATENT; i++)
        z[2 * TINY_LATENT + i] = 3e38f;
    assert_ok(lts_renderer_decode(f->renderer, z, 2, magnitudes, &err));
    for (size_t i = 0; i < 2 * 384; i++)
        assert_true(magnitudes[i] >= 0);
    assert_status(lts_renderer_decode(f->renderer, z, 3, magnitudes, &err), LTS_ERR_NONFINITE);
    assert_non_null(strstr(err.text, "frame 2"));
    lts_free(magnitudes);
}

static void every_allocation_may_fail(void **state)
{
    fixture *f = *state;
    lts_error err;
    lts_status status = LTS_ERR_MEMORY;
    for (size_t n = 1; status != LTS_OK && n < 1000; n++) {
        lts_renderer *renderer;
        test_fail_allocation(n);
        status = lts_renderer_create(f->model, 1000, 1, &renderer, &err);
        test_fail_allocation(0);
        if (status != LTS_OK) {
            assert_status(status, LTS_ERR_MEMORY);
            assert_null(renderer);
        }
        lts_renderer_destroy(renderer);
    }
    assert_status(status, LTS_OK);
}

static void normalizing_reaches_full_scale(void **state)
{
    (void)state;
    float x[] = {0.1f, -0.25f, 0}, silence[4] = {0};
    lts_normalize(x, 3);
    assert_true(x[1] == -1 && x[0] == 0.4f && x[2] == 0);
    lts_normalize(silence, 4);
    for (int i = 0; i < 4; i++)
        assert_true(silence[i] == 0);
}

static void a_plain_renderer_needs_no_model(void **state)
{
    fixture *f = *state;
    lts_error err = {0};
    lts_renderer *plain;
    lts_phase_config phase = lts_phase_defaults();
    const lts_feature *feature = lts_renderer_feature(f->renderer);
    size_t bins = lts_feature_columns(feature);
    assert_ok(lts_renderer_create_plain(feature, f->n, &plain, &err));
    assert_true(lts_feature_equal(lts_renderer_feature(plain), feature));
    float *a = floats(f->frames * bins), *b = floats(f->frames * bins);
    lts_renderer_analyse(f->renderer, f->x, f->n, a);
    lts_renderer_analyse(plain, f->x, f->n, b);
    assert_memory_equal(a, b, f->frames * bins * sizeof *a);
    float *x = floats(f->n), *y = floats(f->n);
    assert_ok(lts_renderer_phase(f->renderer, a, f->frames, &phase, x, f->n, NULL, &err));
    assert_ok(lts_renderer_phase(plain, b, f->frames, &phase, y, f->n, NULL, &err));
    assert_memory_equal(x, y, f->n * sizeof *x);
    const lts_render_config config = lts_render_defaults();
    assert_status(lts_render(plain, &(lts_mixture){.frames = f->frames}, &config, f->n,
                             &(lts_render_output){.x = x}, NULL, &err),
                  LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "needs a model"));
    lts_free(a);
    lts_free(b);
    lts_free(x);
    lts_free(y);
    lts_renderer_destroy(plain);
    lts_feature wrong = *feature;
    wrong.cqt.hop = 0;
    assert_status(lts_renderer_create_plain(&wrong, f->n, &plain, &err), LTS_ERR_ARGUMENT);
    assert_null(plain);
}

static void a_feature_may_be_given_for_a_model_without_notes(void **state)
{
    fixture *f = *state;
    lts_error err = {0};
    lts_renderer *given;
    lts_feature feature = *lts_renderer_feature(f->renderer);
    assert_ok(lts_renderer_create_with(f->model, &feature, f->n, 1, &given, &err));
    float *a = floats(f->frames * BINS), *b = floats(f->frames * BINS);
    float *z = floats(f->frames * TINY_LATENT);
    lts_renderer_analyse(given, f->x, f->n, a);
    lts_renderer_encode(given, a, f->frames, z, NULL);
    assert_ok(lts_renderer_decode(given, z, f->frames, a, &err));
    assert_ok(lts_renderer_decode(f->renderer, z, f->frames, b, &err));
    assert_memory_equal(a, b, f->frames * BINS * sizeof *a);
    lts_free(a);
    lts_free(b);
    lts_free(z);
    lts_renderer_destroy(given);
    feature.cqt.octaves--;
    assert_status(lts_renderer_create_with(f->model, &feature, f->n, 1, &given, &err),
                  LTS_ERR_SHAPE);
    assert_null(given);
}

static bool always(void *user)
{
    (void)user;
    return true;
}

static void rendering_stops_when_asked(void **state)
{
    fixture *f = *state;
    lts_error err = {0};
    lts_render_config config = lts_render_defaults();
    lts_reporter reporter = {.cancelled = always};
    config.phase.iterations = 0;
    float *mean = floats(f->frames * TINY_LATENT), *weight = floats(f->frames), *x = floats(f->n);
    const float *path = mean;
    lts_mixture mixture = {.sounds = 1, .frames = f->frames, .mean = &path, .weight = weight};
    assert_status(lts_render(f->renderer, &mixture, &config, f->n, &(lts_render_output){.x = x},
                             &reporter, &err),
                  LTS_ERR_CANCELLED);
    assert_ok(
        lts_render(f->renderer, &mixture, &config, f->n, &(lts_render_output){.x = x}, NULL, &err));
    lts_free(mean);
    lts_free(weight);
    lts_free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_come_from_the_models_notes),
        cmocka_unit_test(a_model_without_its_settings_is_refused),
        cmocka_unit_test(pieces_encode_as_the_whole),
        cmocka_unit_test(a_mixture_renders_the_same_bytes_every_time),
        cmocka_unit_test(a_path_too_far_out_is_refused_with_its_frame),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(normalizing_reaches_full_scale),
        cmocka_unit_test(a_plain_renderer_needs_no_model),
        cmocka_unit_test(a_feature_may_be_given_for_a_model_without_notes),
        cmocka_unit_test(rendering_stops_when_asked),
    };
    return cmocka_run_group_tests_name("render", tests, set_up, tear_down);
}
