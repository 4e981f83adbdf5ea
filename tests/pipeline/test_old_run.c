/* A run made by version 0.1.0 loads and sounds as it did. */
#include "testing.h"

#include "lts/audio.h"
#include "lts/codec.h"
#include "lts/config.h"
#include "lts/formats.h"
#include "lts/interp.h"
#include "lts/model.h"

#include <string.h>

#define RUN LTS_TEST_DATA "/run-0.1.0"

static void its_settings_are_read(void **state)
{
    (void)state;
    lts_error err = {0};
    lts_config config = {0};
    lts_model *model;
    assert_ok(lts_run_config(RUN, &config, &err));
    assert_int_equal(config.training.epochs, 30);
    lts_config_free(&config);
    assert_ok(lts_run_model(RUN, &model, &err));
    const lts_model_config *settings = lts_model_settings(model);
    assert_int_equal(settings->type, LTS_MODEL_VAE);
    assert_int_equal(settings->bins, 384);
    assert_int_equal(settings->latent, 4);
    assert_int_equal(settings->units, 12);
    assert_int_equal(settings->output, LTS_OUTPUT_RELU);
    assert_int_equal(settings->compression, LTS_COMPRESSION_POWER);
    assert_string_equal(lts_model_note_get(model, "run.description"), "timbre");
    lts_model_destroy(model);
}

/* Without heap integration and iterations the samples are linear in the decoded magnitudes, so that
 * other processors' last bits stay last bits. */
static void its_latent_path_sounds_as_it_did(void **state)
{
    (void)state;
    const lts_phase_config phase = {.init = LTS_PHASE_ZERO, .relaxation = 1};
    const lts_sound_output output = {.bits = LTS_AUDIO_FLOAT};
    lts_error err = {0};
    lts_model *model;
    char *folder = test_folder(), *wav = lts_path_join(folder, "decoded.wav");
    float *now, *then;
    size_t now_samples, then_samples;
    assert_ok(lts_run_model(RUN, &model, &err));
    assert_ok(lts_decode_latent(model, RUN "/latent.npy", 1, &(lts_render_config){.phase = phase},
                                &output, wav, NULL, NULL, &err));
    assert_ok(lts_audio_load(wav, 0, 0, -1, &now, &now_samples, &err));
    assert_ok(lts_audio_load(RUN "/decoded.wav", 0, 0, -1, &then, &then_samples, &err));
    assert_int_equal(now_samples, then_samples);
    assert_true(relative_error(now, then, then_samples) < 1e-5);
    lts_free(then);
    lts_free(now);
    lts_free(wav);
    lts_model_destroy(model);
    test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_settings_are_read),
        cmocka_unit_test(its_latent_path_sounds_as_it_did),
    };
    return cmocka_run_group_tests_name("old_run", tests, NULL, NULL);
}
