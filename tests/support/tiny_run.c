#include "tiny_run.h"

#include "testing.h"

const lts_model_note tiny_notes[TINY_NOTES] = {{"audio.sample_rate", "44100"},
                                               {"audio.hop_length", "128"},
                                               {"audio.bins_per_octave", "48"},
                                               {"audio.num_octaves", "8"},
                                               {"audio.fmin", "32.70319566257483"}};

void tiny_model_save(const char *path, const lts_model_note *notes, size_t count)
{
    lts_error err = {0};
    lts_model *model;
    lts_model_config config = original_model();
    config.units = 16;
    config.latent = TINY_LATENT;
    assert_ok(lts_model_create(&config, 5, &model, &err));
    assert_ok(lts_model_save(model, path, notes, count, &err));
    lts_model_destroy(model);
}

lts_model *tiny_run(const char *folder)
{
    lts_error err = {0};
    lts_model *model;
    char *inside = lts_path_join(folder, "model");
    char *path = lts_path_join(inside, "best.safetensors");
    assert_ok(lts_make_folder(inside, &err));
    tiny_model_save(path, tiny_notes, TINY_NOTES);
    assert_ok(lts_model_load(path, &model, &err));
    lts_free(path);
    lts_free(inside);
    return model;
}
