#include "pipeline/train/examples/example_sound.h"

#include "lts/audio.h"

void example_free(example *e)
{
    lts_free(e->name);
    lts_free(e->folder);
    lts_free(e->x);
    lts_free(e->own);
    lts_free(e->model);
    lts_free(e->magnitudes);
    lts_free(e->mean);
}

lts_status example_load(const example_set *set, const char *path, size_t item, example *e,
                        lts_error *err)
{
    lts_audio_info info;
    lts_status status = lts_audio_probe(path, &info, err);
    if (status != LTS_OK)
        return status;
    if (info.seconds > set->seconds) {
        lts_rng rng;
        lts_rng_seed(&rng, set->seed, item);
        e->offset = lts_rng_uniform(&rng) * (info.seconds - set->seconds);
    }
    status = lts_audio_load(path, lts_feature_sample_rate(&set->feature), e->offset, set->seconds,
                            &e->x, &e->n, err);
    if (status != LTS_OK)
        return status;
    e->frames = lts_feature_count(&set->feature, e->n);
    e->name = lts_path_stem(path);
    e->folder = e->name ? lts_path_join(set->output, e->name) : NULL;
    if (!e->folder)
        return lts_no_memory(path, err);
    const lts_model_config *model = lts_model_settings(set->model);
    const struct {
        float **array;
        size_t rows, columns;
    } wanted[] = {{&e->magnitudes, e->frames, model->bins},
                  {&e->mean, e->frames, lts_model_columns(set->model)},
                  {&e->own, e->n, 1},
                  {&e->model, e->n, 1}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        status = lts_alloc_checked(wanted[i].array, wanted[i].rows * wanted[i].columns,
                                   sizeof(float), path, err);
        if (status != LTS_OK)
            return status;
    }
    return status;
}

lts_status example_reconstruct(const example_set *set, lts_renderer *renderer, bool own, example *e,
                               lts_error *err)
{
    lts_status status = LTS_OK;
    lts_phase_config phase = lts_phase_defaults();
    phase.iterations = set->iterations;
    phase.seed = set->seed;
    lts_renderer_analyse(renderer, e->x, e->n, e->magnitudes);
    if (own)
        status =
            lts_renderer_phase(renderer, e->magnitudes, e->frames, &phase, e->own, e->n, NULL, err);
    if (status != LTS_OK)
        return status;
    lts_renderer_encode(renderer, e->magnitudes, e->frames, e->mean, NULL);
    status = lts_renderer_decode(renderer, e->mean, e->frames, e->magnitudes, err);
    if (status != LTS_OK)
        return status;
    status =
        lts_renderer_phase(renderer, e->magnitudes, e->frames, &phase, e->model, e->n, NULL, err);
    if (status != LTS_OK)
        return status;
    if (set->normalize)
        lts_normalize(e->model, e->n);
    return status;
}

lts_status example_save(const example_set *set, const char *hash, const example *e,
                        const char *file, const float *x, lts_error *err)
{
    char *path = lts_path_join(e->folder, file);
    char *comment =
        lts_format("latent-timbre %s, model %s, %s@%.3f", lts_version(), hash, e->name, e->offset);
    lts_audio_format format = {.sample_rate = lts_feature_sample_rate(&set->feature),
                               .bits = LTS_AUDIO_FLOAT,
                               .comment = comment};
    lts_status status = path && comment ? lts_audio_save(path, x, e->n, &format, err)
                                        : lts_no_memory(e->folder, err);
    lts_free(comment);
    lts_free(path);
    return status;
}
