#include "model/model_parts.h"

#include <string.h>

lts_status model_allocate(const lts_model_config *config, nn_net *net, const char *place,
                          lts_model **out, lts_error *err)
{
    *out = NULL;
    lts_model *model = lts_alloc(1, sizeof *model);
    model_hash *hash = lts_alloc(1, sizeof *hash);
    float *parameters = lts_alloc(net->total, sizeof *parameters);
    float *level_weight = lts_alloc(config->bins, sizeof *level_weight);
    char *kept = lts_strdup(place);
    if (!model || !hash || !parameters || !level_weight || !kept) {
        lts_status status = lts_fail(err, LTS_ERR_MEMORY, "%s: out of memory for %zu parameters",
                                     place, net->total);
        lts_free(kept);
        lts_free(level_weight);
        lts_free(parameters);
        lts_free(hash);
        lts_free(model);
        nn_net_destroy(net);
        return status;
    }
    *model = (lts_model){.config = *config,
                         .place = kept,
                         .net = net,
                         .sample = nn_net_find(net, NN_SAMPLE),
                         .parameters = parameters,
                         .level_weight = level_weight,
                         .hash = hash};
    model_settings_clear_unread(&model->config);
    level_weights(config->level_octave, config->bins, level_weight);
    *out = model;
    return LTS_OK;
}

lts_status lts_model_create(const lts_model_config *config, uint64_t seed, lts_model **out,
                            lts_error *err)
{
    nn_net *net;
    *out = NULL;
    lts_status status = model_build_net(config, "model", &net, err);
    if (status != LTS_OK)
        return status;
    if ((status = model_allocate(config, net, "model", out, err)) != LTS_OK)
        return status;
    nn_net_init((*out)->net, seed, (*out)->parameters);
    model_read_feature(*out);
    return status;
}

size_t lts_model_columns(const lts_model *model)
{
    return model->config.latent + (model->config.gain_shape ? 1 : 0);
}

bool lts_model_has_level(const lts_model *model)
{
    return model->config.gain_shape;
}

double lts_model_mean_square(const lts_model_config *config, const float *magnitudes, size_t frames,
                             float *scratch)
{
    double sum = 0;
    for (size_t t = 0; t < frames; t++) {
        magnitudes_compress(config, magnitudes + t * config->bins, scratch, config->bins);
        sum += gain_sum_of_squares(scratch, config->bins);
    }
    return sum / (double)(frames * config->bins);
}

static void free_text(const char *text)
{
    char *owned;
    memcpy(&owned, &text, sizeof owned);
    lts_free(owned);
}

void lts_model_destroy(lts_model *model)
{
    if (!model)
        return;
    for (size_t i = 0; i < model->note_count; i++) {
        free_text(model->notes[i].key);
        free_text(model->notes[i].value);
    }
    lts_free(model->notes);
    nn_net_destroy(model->net);
    lts_free(model->place);
    lts_free(model->level_weight);
    lts_free(model->parameters);
    lts_free(model->hash);
    lts_free(model);
}

const lts_model_config *lts_model_settings(const lts_model *model)
{
    return &model->config;
}

lts_status lts_model_check_latent(const lts_model *model, lts_error *err)
{
    if (model->sample < model->net->layer_count)
        return LTS_OK;
    return lts_fail(err, LTS_ERR_ARGUMENT,
                    "%s: the model has no latent space to encode to or decode from: use an "
                    "auto-encoder, such as %s",
                    model->place, lts_model_type_text(LTS_MODEL_VAE));
}

lts_status lts_model_check_classes(const lts_model *model, lts_error *err)
{
    if (model_classifies(&model->config))
        return LTS_OK;
    return lts_fail(err, LTS_ERR_ARGUMENT, "%s: the model is no classifier: use one of type %s",
                    model->place, lts_model_type_text(LTS_MODEL_INVERSYNTH));
}

size_t lts_model_parameter_count(const lts_model *model)
{
    return model->net->trained;
}

const char *lts_model_note_get(const lts_model *model, const char *key)
{
    for (size_t i = 0; i < model->note_count; i++)
        if (strcmp(model->notes[i].key, key) == 0)
            return model->notes[i].value;
    return NULL;
}

static const char *look_up(const void *model, const char *key)
{
    return lts_model_note_get(model, key);
}

void model_read_feature(lts_model *model)
{
    lts_error *err = &model->feature_error;
    const size_t bins = model->config.bins;
    err->status = lts_feature_from_notes(look_up, model, &model->feature, err);
    if (err->status == LTS_OK && lts_feature_floats(&model->feature) != bins) {
        char shape[LTS_FEATURE_SHAPE_TEXT];
        lts_feature_shape_text(&model->feature, shape);
        lts_fail(err, LTS_ERR_SHAPE, "model: its notes give %zu bins (%s), its layers take %zu",
                 lts_feature_floats(&model->feature), shape, bins);
    }
}

lts_status lts_model_feature(const lts_model *model, const lts_feature **feature, lts_error *err)
{
    const lts_error *why = &model->feature_error;
    *feature = why->status == LTS_OK ? &model->feature : NULL;
    return why->status == LTS_OK ? LTS_OK : lts_fail(err, why->status, "%s", why->text);
}

const char *lts_model_hash(const lts_model *model)
{
    if (!model->hash->known)
        lts_hash_bytes(model->parameters, model->net->total * sizeof(float), model->hash->text);
    model->hash->known = true;
    return model->hash->text;
}
