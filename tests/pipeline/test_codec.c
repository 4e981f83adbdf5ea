/* Encoding and decoding with a model that can do neither. */
#include "testing.h"

#include "lts/codec.h"
#include "model/model_parts.h"

#include <string.h>

static lts_model *classifier(size_t bins)
{
    lts_error err = {0};
    lts_model_config config = original_model();
    const nn_layer layer = {.kind = NN_DENSE,
                            .name = "classes",
                            .in = {bins, 1, 1},
                            .out = {3, 1, 1},
                            .activation = NN_LINEAR};
    nn_net *net;
    lts_model *model;
    config.bins = bins;
    assert_ok(nn_net_create(&layer, 1, &net, &err));
    assert_ok(model_allocate(&config, net, "run-000/model.safetensors", &model, &err));
    return model;
}

static void a_model_without_a_latent_space_is_refused(void **state)
{
    (void)state;
    lts_error err = {0};
    char *folder = test_folder();
    char *sound = lts_path_join(folder, "x.wav"), *array = lts_path_join(folder, "x.npy");
    lts_model *model = classifier(24);
    const lts_source source = {.path = sound};
    const lts_phase_config phase = lts_phase_defaults();
    const lts_sound_output output = {0};
    assert_status(lts_encode_file(model, &source, -1, 1, array, NULL, NULL, &err),
                  LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "run-000/model.safetensors: the model has no latent space"));
    assert_status(lts_decode_latent(model, array, 1, &(lts_render_config){.phase = phase}, &output,
                                    sound, NULL, NULL, &err),
                  LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "run-000/model.safetensors: the model has no latent space"));
    assert_null(strchr(err.text, '\n'));
    assert_false(lts_is_file(array) || lts_is_file(sound));
    lts_model_destroy(model);
    lts_free(sound);
    lts_free(array);
    test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_without_a_latent_space_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
